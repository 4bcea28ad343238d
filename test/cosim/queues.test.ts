/** FIFOs on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { test } from 'vitest';
import type { Explicit } from '../../src/frontend/dsl/explicit.ts';
import type { Expr } from '../../src/frontend/dsl/expr.ts';
import { reduce } from '../../src/frontend/dsl/handles.ts';
import type { Expected } from '../../src/frontend/program.ts';
import { checkExplicit } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const x = Int32Array.from({ length: 96 }, (_, i) => ((i * 37) % 101) - 50);

const round = (t: number) => {
  const row = [...x.slice(10 * t, 10 * t + 10)];
  return [...row, 3 * t, 3 * t + 1, 3 * t + 2, row.reduce((a, b) => a + b)];
};

/** Words of each of four rounds, and of which of `x` one is taken for. */
const PER = 10;
const LEAST = [...x].sort((a, b) => b - a)[4 * PER];
const isTaken = (value: Expr<'i32'>) => value.gt(LEAST);
const word = (n: number) => 2400 * Math.floor(n / PER) + (n % PER);
let at = 0;

const CASES: readonly (readonly [string, (v: Explicit) => void, Expected])[] = [
  [
    'a load, a leaf and a finished sum write one FIFO',
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [84]);
      v.pipe({ t: 6 }, ({ t }) => {
        const tile = v.sram('tile', 'i32', [10]);
        v.load(from, [t.mul(10)], tile);
        const f = v.fifo('f', 'i32', 16);
        v.load(from, [t.mul(10)], f, { extent: [10] });
        v.leaf({ i: { max: 3, par: 2 } }, ({ i }) => f.enqueue(t.value.mul(3).add(i.value)));
        v.leaf({ i: { max: 10, par: 4 } }, ({ i }) => f.enqueue(reduce('add', tile.at(i), [i])));
        v.store(to, [t.mul(14)], f, { extent: [14] });
      });
    },
    { outputs: { y: Int32Array.from([0, 1, 2, 3, 4, 5].flatMap(round)) } },
  ],
  [
    'data picks where words are taken, in the round they come in or a later one',
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [96]);
      v.pipe({ t: { max: 96, step: 24 } }, ({ t }) => {
        const mask = v.fifo('mask', 'i32', 8);
        v.load(from, [t], mask, { extent: [24] });
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: PER, par: 4 } }, ({ i }) => f.enqueue(i.value.add(t.value.mul(100))));
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 24, par: 4 } }, () => out.enqueue(f.dequeue({ when: isTaken(mask.dequeue()) })));
        v.store(to, [t], out, { extent: [24] });
      });
    },
    { outputs: { y: Int32Array.from(x, (value) => (value > LEAST ? word(at++) : 0)) } },
  ],
];

test.each(CASES)('%s', async (_, build, expected) => {
  await checkExplicit(demo, build, { x }, expected, 'rtl');
});
