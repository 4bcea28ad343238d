/** Memories whose words outlive an iteration of the loops around: no other buffer than the one they were written to is read. */
import { expect, test } from 'vitest';
import type { Explicit } from '../../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import type { Expected } from '../../../src/frontend/program.ts';
import { checkExplicit } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
/** One write context more, for the zeros before the loops. */
const wide = fabricNamed('demo', { pmu: { writeContexts: 3 } });
const y = (length: number, word: (n: number) => number): Expected => ({ outputs: { y: Int32Array.from({ length }, (_, n) => word(n)) } });
const upTo = (n: number) => (n * (n + 1)) / 2;

const CASES: readonly (readonly [string, (v: Explicit) => void, Expected])[] = [
  [
    'words of all iterations so far, others are 0',
    (v) => {
      const to = v.dramOut('y', 'i32', [8]);
      const g = v.fifo('g', 'i32', 8);
      const m = v.sram('m', 'i32', [8]);
      v.pipe({ t: 8 }, ({ t }) => {
        v.leaf({ i: 1 }, () => m.set([t], t.value.add(1)));
        v.leaf({ k: { max: 8, par: 4 } }, ({ k }) => g.enqueue(reduce('add', m.at(k), [k])));
      });
      v.store(to, [0], g, { extent: [8] });
    },
    y(8, (t) => upTo(t + 1)),
  ],
  [
    'a word that the first iteration of an inner loop wrote',
    (v) => {
      const to = v.dramOut('y', 'i32', [24]);
      const g = v.fifo('g', 'i32', 8);
      const m = v.sram('m', 'i32', [12]);
      v.pipe({ t: { max: 24, step: 4 } }, ({ t }) => {
        v.pipe({ u: 4 }, ({ u }) => {
          v.leaf({ i: 1 }, () => m.set([u], t.add(u).value));
          v.leaf({ i: 1 }, () => g.enqueue(m.at(0).mul(100).add(u.value)));
        });
      });
      v.store(to, [0], g, { extent: [24] });
    },
    y(24, (n) => 100 * (n - (n % 4)) + (n % 4)),
  ],
  [
    'the half that is written after it was read',
    (v) => {
      const to = v.dramOut('y', 'i32', [5]);
      const g = v.fifo('g', 'i32', 8);
      const m = v.sram('m', 'i32', [8]);
      v.pipe({ t: 5 }, ({ t }) => {
        v.leaf({ i: { max: 4, par: 4 } }, ({ i }) => m.set([i], t.add(1).value));
        v.leaf({ k: { max: 8, par: 8 } }, ({ k }) => g.enqueue(reduce('add', m.at(k), [k])));
        v.leaf({ i: { min: 4, max: 8, par: 4 } }, ({ i }) => m.set([i], t.add(1).value.mul(100)));
      });
      v.store(to, [0], g, { extent: [5] });
    },
    y(5, (t) => 4 * (t + 1) + 400 * t),
  ],
  [
    'a window that moves over what earlier iterations wrote',
    (v) => {
      const to = v.dramOut('y', 'i32', [6]);
      const g = v.fifo('g', 'i32', 8);
      const m = v.sram('m', 'i32', [8]);
      v.pipe({ t: 6 }, ({ t }) => {
        v.leaf({ i: 1 }, () => m.set([t.add(2)], t.add(1).value));
        v.leaf({ k: { max: 3, par: 3 } }, ({ k }) => g.enqueue(reduce('add', m.at(t.add(k)), [k])));
      });
      v.store(to, [0], g, { extent: [6] });
    },
    y(6, (t) => upTo(t + 1) - upTo(Math.max(0, t - 2))),
  ],
  [
    'words that nothing ever writes are stored as zeros',
    (v) => {
      const to = v.dramOut('y', 'i32', [16]);
      v.pipe({ t: { max: 16, step: 8 } }, ({ t }) => {
        const m = v.sram('m', 'i32', [8]);
        v.leaf({ i: 4 }, ({ i }) => m.set([i], t.add(i).value.add(1)));
        v.store(to, [t], m);
      });
    },
    y(16, (n) => (n % 8 < 4 ? n + 1 : 0)),
  ],
  [
    'words that nothing ever writes are summed as zeros',
    (v) => {
      const to = v.dramOut('y', 'i32', [3]);
      const g = v.fifo('g', 'i32', 8);
      const m = v.sram('m', 'i32', [8, 4]);
      v.pipe({ t: 3 }, ({ t }) => {
        v.leaf({ i: 8, j: { max: 3, par: 3 } }, ({ i, j }) => m.set([i, j], t.value.add(j.value)));
        v.leaf({ i: 8, j: { max: 4, par: 4 } }, ({ i, j }) => g.enqueue(reduce('add', m.at(i, j), [i, j])));
      });
      v.store(to, [0], g, { extent: [3] });
    },
    y(3, (t) => 8 * (3 * t + 3)),
  ],
];

test.each(CASES)('%s', async (_, build, expected) => {
  await checkExplicit(wide, build, {}, expected);
});

test.each([false, true])('what a guard keeps out stays as it was, written before: %s', async (before) => {
  const words = new Array<number>(8).fill(before ? 50 : 0);
  const sums = Array.from({ length: 4 }, (_, t) => {
    words.fill(t + 1, 0, 8 - t);
    return words.reduce((a, b) => a + b);
  });
  await checkExplicit(
    demo,
    (v) => {
      const to = v.dramOut('y', 'i32', [4]);
      const g = v.fifo('g', 'i32', 8);
      const m = v.sram('m', 'i32', [8]);
      if (before) v.leaf({ i: 8 }, ({ i }) => m.set([i], 50));
      v.pipe({ t: 4 }, ({ t }) => {
        v.leaf({ i: { max: 8, par: 4 } }, ({ i }) => {
          v.guard(i.add(t), 8);
          m.set([i], t.add(1).value);
        });
        v.leaf({ k: { max: 8, par: 4 } }, ({ k }) => g.enqueue(reduce('add', m.at(k), [k])));
      });
      v.store(to, [0], g, { extent: [4] });
    },
    {},
    y(4, (t) => sums[t]),
  );
});

test('what a guard keeps out stays as it was where all of it is stored', async () => {
  await checkExplicit(
    demo,
    (v) => {
      const to = v.dramOut('y', 'i32', [4, 8]);
      const m = v.sram('m', 'i32', [8]);
      v.pipe({ t: 4 }, ({ t }) => {
        v.leaf({ i: { max: 8, par: 4 } }, ({ i }) => {
          v.guard(i.add(t.mul(2)), 8);
          m.set([i], t.add(1).value);
        });
        v.store(to, [t, 0], m);
      });
    },
    {},
    y(32, (n) => Math.min(Math.floor(n / 8), Math.floor((7 - (n % 8)) / 2)) + 1),
  );
});

test('words of the same iteration alone have several buffers, and no zeros before them', async () => {
  const { point } = await checkExplicit(
    demo,
    (v) => {
      const to = v.dramOut('y', 'i32', [40]);
      v.pipe({ t: 5 }, ({ t }) => {
        const m = v.sram('m', 'i32', [16]);
        v.leaf({ i: { max: 4, par: 4 } }, ({ i }) => m.set([i], t.add(i).value));
        v.leaf({ i: { min: 4, max: 8, par: 4 } }, ({ i }) => m.set([i], i.add(100).value));
        const out = v.sram('out', 'i32', [8]);
        v.leaf({ k: { max: 8, par: 8 } }, ({ k }) => out.set([k], m.at(k)));
        v.store(to, [t.mul(8)], out);
      });
    },
    {},
    y(40, (n) => (n % 8 < 4 ? Math.floor(n / 8) + (n % 8) : 100 + (n % 8))),
  );
  expect(point.golden?.cycles).toBeLessThan(80);
});

test('two loads of one memory, and two leaves of one name', async () => {
  const [a, b] = [0, 100].map((base) => Int32Array.from({ length: 8 }, (_, i) => base + i));
  await checkExplicit(
    demo,
    (v) => {
      const [from, more, to, next] = [
        v.dramIn('a', 'i32', [8]),
        v.dramIn('b', 'i32', [8]),
        v.dramOut('y', 'i32', [8]),
        v.dramOut('z', 'i32', [8]),
      ];
      v.pipe({}, () => {
        const [m, first, second] = [v.sram('m', 'i32', [8]), v.sram('first', 'i32', [8]), v.sram('second', 'i32', [8])];
        v.load(from, [0], m);
        v.leaf({ i: 8 }, ({ i }) => first.set([i], m.at(i).add(1)), { label: 'sum' });
        v.load(more, [0], m);
        v.leaf({ i: 8 }, ({ i }) => second.set([i], m.at(i).add(1)), { label: 'sum' });
        v.store(to, [0], first);
        v.store(next, [0], second);
      });
    },
    { a, b },
    { outputs: { y: a.map((word) => word + 1), z: b.map((word) => word + 1) } },
  );
});
