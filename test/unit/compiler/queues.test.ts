/** FIFOs and predicates on the fabric: the evaluator, the golden machine and plain arithmetic agree. */
import { expect, test } from 'vitest';
import type { Explicit } from '../../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import type { Expected } from '../../../src/frontend/program.ts';
import { checkExplicit, refusalOf } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const x = Int32Array.from({ length: 96 }, (_, i) => ((i * 37) % 101) - 50);

/** Compiled for `demo` (8 lanes). */
async function check(build: (v: Explicit) => void, expected: Expected, memories?: number): Promise<void> {
  const checked = await checkExplicit(demo, build, { x }, expected);
  if (memories !== undefined) expect(checked.memories).toBe(memories);
}

const refusal = (build: (v: Explicit) => void): string => refusalOf(demo, build);

const tenfold = x.map((value) => value * 10);

test.each([
  [8, 8, 0],
  [3, 3, 2],
  [8, 5, 2],
])('a FIFO in and one out, %i lanes in, %i lanes in the middle: %i memories', async (depth, par, memories) => {
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [96]);
      v.pipe({ t: { max: 96, step: 24 } }, ({ t }) => {
        const a = v.fifo('a', 'i32', depth);
        const b = v.fifo('b', 'i32', depth);
        v.load(from, [t], a, { extent: [24] });
        v.leaf({ i: { max: 24, par } }, () => b.enqueue(a.dequeue().mul(10)));
        v.store(to, [t], b, { extent: [24] });
      });
    },
    { outputs: { y: tenfold } },
    memories,
  );
});

test('a box of two dimensions goes through a FIFO row by row', async () => {
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [8, 12]);
      const to = v.dramOut('y', 'i32', [8, 12]);
      v.pipe({ t: { max: 8, step: 2 } }, ({ t }) => {
        const a = v.fifo('a', 'i32', 24);
        v.load(from, [t, 0], a, { extent: [2, 12] });
        const b = v.fifo('b', 'i32', 24);
        v.leaf({ i: { max: 24, par: 8 } }, () => b.enqueue(a.dequeue().mul(10)));
        v.store(to, [t, 0], b, { extent: [2, 12] });
      });
    },
    { outputs: { y: tenfold } },
  );
});

test('one load, two readers, each sees everything', async () => {
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const sum = v.result('sum', 'i32');
      const most = v.result('most', 'i32');
      v.pipe({}, () => {
        const a = v.fifo('a', 'i32', 16);
        v.load(from, [0], a, { extent: [96] });
        v.leaf({ i: { max: 96, par: 8 } }, ({ i }) => sum.set(reduce('add', a.dequeue(), [i])));
        v.leaf({ i: { max: 96, par: 8 } }, ({ i }) => most.set(reduce('max', a.dequeue(), [i])));
      });
    },
    { results: { sum: x.reduce((s, a) => s + a, 0), most: Math.max(...x) } },
    0,
  );
});

test.each([3, 8])('lanes that data chooses close up, %i lanes', async (par) => {
  const even = x.filter((value) => value % 2 === 0);
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [even.length]);
      v.pipe({}, () => {
        const a = v.sram('a', 'i32', [96]);
        v.load(from, [0], a);
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ i: { max: 96, par } }, ({ i }) => f.enqueue(a.at(i), { when: a.at(i).and(1).eq(0) }));
        v.store(to, [0], f, { extent: [even.length] });
      });
    },
    { outputs: { y: even } },
    par === 8 ? 0 : 1,
  );
  expect(even.length % 8).not.toBe(0);
});

test('a round of whole vectors, whose last lane is known to be full', async () => {
  await check(
    (v) => {
      const to = v.dramOut('y', 'i32', [3, 16]);
      v.pipe({ t: 3 }, ({ t }) => {
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ i: { max: 32, par: 8 } }, ({ i }) => f.enqueue(t.add(i).value, { when: i.value.and(1) }));
        v.store(to, [t, 0], f);
      });
    },
    { outputs: { y: Int32Array.from({ length: 48 }, (_, n) => Math.floor(n / 16) + 2 * (n % 16) + 1) } },
  );
});

test('whole vectors that a predicate of an outer loop lets pass, to several FIFOs', async () => {
  const wanted = [1, 4, 1, 2];
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [6, 16]);
      const to = v.dramOut('y', 'i32', [16]);
      v.pipe({ t: { max: 16, step: 8 } }, ({ t }) => {
        const picked = wanted.map((_, k) => v.fifo(`picked${k}`, 'i32', 8));
        v.pipe({ f: 6 }, ({ f }) => {
          const row = v.fifo('row', 'i32', 8);
          v.load(from, [f, t], row);
          v.leaf({ i: { max: 8, par: 8 } }, () => {
            for (const [k, which] of wanted.entries()) picked[k].enqueue(row.dequeue(), { when: f.value.eq(which) });
          });
        });
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ i: { max: 8, par: 8 } }, () => out.enqueue(picked.map((one) => one.dequeue()).reduce((a, b) => a.mul(3).add(b))));
        v.store(to, [t], out);
      });
    },
    { outputs: { y: Int32Array.from({ length: 16 }, (_, i) => wanted.reduce((sum, f) => sum * 3 + x[f * 16 + i], 0)) } },
    0,
  );
});

test('both ends under the same predicate: every word travels, the reader selects', async () => {
  await check(
    (v) => {
      const to = v.dramOut('y', 'i32', [40]);
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 16);
        const out = v.fifo('out', 'i32', 16);
        v.leaf({ i: 5, j: { max: 8, par: 8 } }, ({ i, j }) => f.enqueue(i.mul(8).add(j).value, { when: j.value.and(1) }));
        v.leaf({ p: 5, q: { max: 8, par: 8 } }, ({ q }) => out.enqueue(f.dequeue({ when: q.value.and(1) })));
        v.store(to, [0], out, { extent: [40] });
      });
    },
    { outputs: { y: Int32Array.from({ length: 40 }, (_, n) => (n % 2 ? n : 0)) } },
  );
});

test.each([1, 3])('%i copies, each with a FIFO of its own in an array of them', async (copies) => {
  await check(
    (v) => {
      const sum = v.result('sum', 'i32');
      v.pipe({}, () => {
        const f = v.fifos('f', 'i32', 16, copies);
        const totals = Array.from({ length: copies }, (_, c) => v.sram(`total${c}`, 'i32', [1]));
        for (let c = 0; c < copies; c++) v.leaf({ i: { max: 20, par: 8 } }, ({ i }) => f.enqueue(c, i.value.add(100 * c)));
        for (let c = 0; c < copies; c++)
          v.leaf({ i: { max: 20, par: 8 } }, ({ i }) => totals[c].set([0], reduce('add', f.dequeue(c), [i])));
        v.leaf({ u: 1 }, () => sum.set(totals.map((total) => total.at(0)).reduce((a, b) => a.add(b))));
      });
    },
    { results: { sum: Array.from({ length: copies }, (_, c) => 190 + 2000 * c).reduce((a, b) => a + b) } },
  );
});

test('a write with a predicate of lanes: what it leaves out stays as it was, at first 0', async () => {
  await check(
    (v) => {
      const to = v.dramOut('y', 'i32', [3, 20]);
      v.pipe({ t: 3 }, ({ t }) => {
        const m = v.sram('m', 'i32', [20]);
        v.leaf({ i: { max: 20, par: 8 } }, ({ i }) => m.set([i], t.add(1).value, { when: i.value.lt(t.add(1).mul(6).value) }));
        v.store(to, [t, 0], m);
      });
    },
    { outputs: { y: Int32Array.from({ length: 60 }, (_, n) => (n % 20 < (Math.floor(n / 20) + 1) * 6 ? Math.floor(n / 20) + 1 : 0)) } },
  );
});

test('a predicated write on top of a load', async () => {
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [96]);
      v.pipe({ t: { max: 96, step: 24 } }, ({ t }) => {
        const m = v.sram('m', 'i32', [24]);
        v.load(from, [t], m);
        v.leaf({ i: { max: 24, par: 8 } }, ({ i }) => m.set([i], 7, { when: i.value.and(3).eq(0) }));
        v.store(to, [t], m);
      });
    },
    { outputs: { y: x.map((value, i) => ((i % 24) % 4 === 0 ? 7 : value)) } },
  );
});

test('finished sums go through a FIFO', async () => {
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [12]);
      v.pipe({}, () => {
        const a = v.fifo('a', 'i32', 16);
        v.load(from, [0], a, { extent: [96] });
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ r: 12, i: { max: 8, par: 8 } }, ({ i }) => f.enqueue(reduce('add', a.dequeue(), [i])));
        v.store(to, [0], f, { extent: [12] });
      });
    },
    { outputs: { y: Int32Array.from({ length: 12 }, (_, r) => x.slice(8 * r, 8 * r + 8).reduce((s, a) => s + a, 0)) } },
  );
});

test('what cannot be mapped is said at its line', () => {
  const filtered = (taken: number) => (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [96]);
    const to = v.dramOut('y', 'i32', [96]);
    const a = v.fifo('a', 'i32', 8);
    v.load(from, [0], a, { extent: [96] });
    const f = v.fifo('f', 'i32', 8);
    v.leaf({ i: { max: 96, par: 8 } }, () => f.enqueue(a.dequeue(), { when: a.dequeue().lt(0) }));
    v.store(to, [0], f, { extent: [taken] });
  };
  expect(refusal(filtered(47))).toBe('');
  expect(refusal(filtered(48))).toContain('whether its last vector fills up just at the end of a round of 48 words is up to data');
});
