/** Data that a program did not reckon with: defined results, the same on evaluator, golden machine and RTL, in the same cycles. */
import { expect, test } from 'vitest';
import type { Explicit } from '../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../src/frontend/dsl/handles.ts';
import { patterns } from '../../src/frontend/dsl/patterns.ts';
import { program } from '../../src/frontend/program.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { checkExplicit } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');

test.each<['div' | 'mod', (a: number, b: number) => number]>([
  ['div', (a, b) => (b === 0 ? -1 : Math.trunc(a / b) | 0)],
  ['mod', (a, b) => (b === 0 ? a : a % b)],
])('%s by zero, and of the most negative number by -1', async (op, plain) => {
  const a = Int32Array.of(7, -7, 0, -(2 ** 31), -(2 ** 31), 2 ** 31 - 1, 5, -5);
  const b = Int32Array.of(0, 0, 0, 0, -1, -1, 2, 2);
  const build = (v: Explicit) => {
    const [x, y] = [v.dramIn('a', 'i32', [8]), v.dramIn('b', 'i32', [8])];
    const z = v.dramOut('z', 'i32', [8]);
    const [p, q, r] = ['p', 'q', 'r'].map((name) => v.sram(name, 'i32', [8]));
    v.load(x, [0], p);
    v.load(y, [0], q);
    v.leaf({ i: { max: 8, par: 8 } }, ({ i }) => r.set([i], p.at(i)[op](q.at(i))));
    v.store(z, [0], r);
  };
  await checkExplicit(demo, build, { a, b }, { outputs: { z: a.map((word, i) => plain(word, b[i]) + 0) } }, 'rtl');
});

test('counts below nothing and above the most there can be', async () => {
  const counts = Int32Array.of(-(2 ** 31), -3, 0, 5, 16, 17, 2 ** 31 - 1, 3);
  const build = (v: Explicit) => {
    const given = v.dramIn('counts', 'i32', [8]);
    const y = v.dramOut('y', 'i32', [8]);
    const [n, sums] = [v.sram('n', 'i32', [8]), v.sram('sums', 'i32', [8])];
    v.load(given, [0], n);
    v.pipe({ t: 8 }, ({ t }) => {
      const most = v.count(n.at(t), { atMost: 16 });
      v.leaf({ i: { max: most, par: 4 } }, ({ i }) => sums.set([t], reduce('add', i.value.add(1), [i])));
    });
    v.store(y, [0], sums);
  };
  const sum = (n: number) => (n * (n + 1)) / 2;
  const y = counts.map((n) => sum(Math.min(16, Math.max(0, n))));
  await checkExplicit(demo, build, { counts }, { outputs: { y } }, 'rtl');
});

test('groups that do not exist get nothing', async () => {
  const keys = Int32Array.from({ length: 64 }, (_, i) => [-(2 ** 31), -1, 0, 3, 7, 8, 12, 2 ** 31 - 1][(i * 5) % 8]);
  const x = Int32Array.from({ length: 64 }, (_, i) => i - 9);
  const sums = new Int32Array(8);
  for (const [i, key] of keys.entries()) if (key >= 0 && key < 8) sums[key] += x[i];
  const made = program({
    name: 'case',
    params: {},
    build: (_, target) =>
      patterns(target, ({ input, groupBy, output }) =>
        output('sums', groupBy('add', 8, input('keys', 'i32', [64]), input('x', 'i32', [64]))),
      ),
    data: () => ({ arrays: { keys, x } }),
    reference: () => ({ outputs: { sums } }),
  });
  const options = { profile: DRAM_PROFILES.pir2020, network: 'routed', given: { arrays: new Map(), args: new Map(), seed: 1 } } as const;
  const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);
  const point = await runPoint(demo, buildProgram(demo, made, {}, {}), { ...options, witnesses });
  expect(point.problems).toEqual([]);
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
});
