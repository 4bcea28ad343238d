import { expect, test } from 'vitest';
import { accessesOf, sitesOf } from '../../../src/compiler/analysis/sites.ts';
import { simplifySingle } from '../../../src/compiler/passes/single.ts';
import { findStreams } from '../../../src/compiler/passes/streams.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import { evaluate } from '../../../src/ir/evaluate.ts';
import type { Leaf, Nest } from '../../../src/ir/loops.ts';

const streamsOf = (build: (v: Explicit) => void): string[] => {
  const program = explicit(build);
  return [...findStreams(program, accessesOf(program, sitesOf(program)), 16)].sort();
};

test('two leaves over the same elements meet in a stream', () => {
  const meet = (par: number, max: number) =>
    streamsOf((v) => {
      const sum = v.result('sum', 'i32');
      v.pipe({ t: { max: 64, step: 32 } }, ({ t }) => {
        const x = v.sram('x', 'i32', [32]);
        v.leaf({ u: { max: 32, par: 8 } }, ({ u }) => x.set([u], t.add(u).value));
        v.leaf({ i: { max, par } }, ({ i }) => sum.set(reduce('add', x.at(i), [t, i])));
      });
    });
  expect(meet(8, 32)).toEqual(['x']);
  expect(meet(4, 32)).toEqual([]);
  expect(meet(8, 31)).toEqual([]);
});

test('a word that is overwritten before it is read needs its memory', () => {
  const streams = streamsOf((v) => {
    const sum = v.result('sum', 'i32');
    v.pipe({}, () => {
      const x = v.sram('x', 'i32', [8]);
      v.pipe({ t: 4 }, ({ t }) => v.leaf({ u: 8 }, ({ u }) => x.set([u], t.add(u).value)));
      v.pipe({ s: 4 }, ({ s }) => v.leaf({ i: 8 }, ({ i }) => sum.set(reduce('add', x.at(i), [s, i]))));
    });
  });
  expect(streams).toEqual([]);
});

test('elements that must wait for a sum of themselves are kept', () => {
  const streams = streamsOf((v) => {
    const out = v.dramOut('out', 'i32', [1024]);
    v.pipe({}, () => {
      const x = v.sram('x', 'i32', [1024]);
      const y = v.sram('y', 'i32', [1024]);
      const total = v.sram('total', 'i32', [1]);
      const z = v.sram('z', 'i32', [1024]);
      v.leaf({ u: { max: 1024, par: 16 } }, ({ u }) => {
        x.set([u], u.value);
        y.set([u], u.value);
      });
      v.leaf({ k: { max: 1024, par: 16 } }, ({ k }) => total.set([0], reduce('add', x.at(k), [k])));
      v.leaf({ i: { max: 1024, par: 16 } }, ({ i }) => z.set([i], y.at(i).sub(total.at(0))));
      v.store(out, [0], z);
    });
  });
  // With y as a stream its writer would stop before the sum of x is known.
  expect(streams).toEqual(['total', 'x', 'z']);
});

test('a reduction over single iterations is its value, a single index a constant', () => {
  const program = explicit((v) => {
    const sum = v.result('sum', 'i32');
    v.pipe({ t: { min: 7, max: 8 } }, ({ t }) => v.leaf({ u: 1 }, ({ u }) => sum.set(reduce('add', t.value.add(u.value), [t, u]))));
  });
  const simple = simplifySingle(program);
  const latency = { simple: 1, multiply: 2, float: 4 };
  expect(evaluate(simple, new Map(), new Map(), { latency }).results.get('sum')).toBe(7);
  const leaf = (simple.body as Nest).body[0] as Leaf;
  expect(leaf.values[leaf.effects[0].value]).toEqual({ kind: 'const', type: 'i32', bits: 7 });
});
