/** FIFOs that several statements write one after the other: the evaluator, the golden machine and plain arithmetic agree. */
import { expect, test } from 'vitest';
import type { Explicit } from '../../../src/frontend/dsl/explicit.ts';
import type { Fifo } from '../../../src/frontend/dsl/fifos.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import { checkExplicit, refusalOf } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const x = Int32Array.from({ length: 96 }, (_, i) => ((i * 37) % 101) - 50);

const y = (length: number, word: (n: number) => number) => ({ outputs: { y: Int32Array.from({ length }, (_, n) => word(n)) } });

test.each([1, 4, 8])('a load and two leaves, round after round, %i lanes', async (par) => {
  const at = (t: number, n: number) => (n < 10 ? x[10 * t + n] : n < 17 ? 100 * t + n - 10 : -(n - 17));
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [4, 22]);
      v.pipe({ t: 4 }, ({ t }) => {
        const ramp = v.fifo('ramp', 'i32', 16);
        v.leaf({ i: { max: 7, par } }, ({ i }) => ramp.enqueue(i.value.add(t.value.mul(100))));
        v.leaf({ j: { max: 5, par } }, ({ j }) => ramp.enqueue(j.value.neg()));
        const loaded = v.fifo('loaded', 'i32', 16);
        v.load(from, [t.mul(10)], loaded, { extent: [10] });
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ k: { max: 10, par } }, () => f.enqueue(loaded.dequeue()));
        v.leaf({ k: { max: 12, par } }, () => f.enqueue(ramp.dequeue()));
        v.store(to, [t, 0], f, { extent: [22] });
      });
    },
    { x },
    y(88, (n) => at(Math.floor(n / 22), n % 22)),
  );
});

test('a load into a part of a FIFO, a leaf before it, and two readers', async () => {
  const words = (t: number) => [1, 2, 3, ...x.slice(8 * t, 8 * t + 8)];
  const all = Array.from({ length: 6 }, (_, t) => words(t)).flat();
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [66]);
      const sum = v.result('sum', 'i32');
      v.pipe({ t: 6 }, ({ t }) => {
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ i: { max: 3, par: 8 } }, ({ i }) => f.enqueue(i.add(1).value));
        v.load(from, [t.mul(8)], f, { extent: [8] });
        v.store(to, [t.mul(11)], f, { extent: [11] });
        v.leaf({ k: { max: 11, par: 4 } }, ({ k }) => sum.set(reduce('add', f.dequeue(), [t, k])));
      });
    },
    { x },
    { outputs: { y: Int32Array.from(all) }, results: { sum: all.reduce((a, b) => a + b) } },
  );
});

test('writers that take turns in a nest inside the round', async () => {
  const row = (t: number, p: number) => [...Array.from({ length: 5 }, (_, i) => 100 * t + 10 * p + i), -p, -p - 1];
  await checkExplicit(
    demo,
    (v) => {
      const to = v.dramOut('y', 'i32', [2, 29]);
      v.pipe({ t: 2 }, ({ t }) => {
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ h: 1 }, () => f.enqueue(7));
        v.pipe({ p: { min: 2, max: 10, step: 2 } }, ({ p }) => {
          v.leaf({ i: { max: 5, par: 4 } }, ({ i }) => f.enqueue(t.value.mul(100).add(p.value.mul(10)).add(i.value)));
          v.leaf({ j: 2 }, ({ j }) => f.enqueue(p.value.add(j.value).neg()));
        });
        v.store(to, [t, 0], f, { extent: [29] });
      });
    },
    {},
    { outputs: { y: Int32Array.from([0, 1].flatMap((t) => [7, ...[2, 4, 6, 8].flatMap((p) => row(t, p))])) } },
  );
});

test('one of the writers packs the words that data picks; what the others add is known', async () => {
  const picked = x.filter((value) => value < -1);
  expect(picked.length % 8).not.toBe(0);
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [picked.length + 8]);
      v.pipe({}, () => {
        const a = v.fifo('a', 'i32', 16);
        v.load(from, [0], a, { extent: [96] });
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ i: { max: 3, par: 8 } }, ({ i }) => f.enqueue(i.value));
        v.leaf({ i: { max: 96, par: 8 } }, () => f.enqueue(a.dequeue(), { when: a.dequeue().lt(-1) }));
        v.leaf({ i: { max: 5, par: 8 } }, ({ i }) => f.enqueue(i.value.add(10)));
        v.store(to, [0], f, { extent: [picked.length + 8] });
      });
    },
    { x },
    { outputs: { y: Int32Array.of(0, 1, 2, ...picked, 10, 11, 12, 13, 14) } },
  );
});

test.each([2, 3, 4])('%i copies of a loop write one FIFO: neighbouring iterations each, in the order of the program', async (copies) => {
  await checkExplicit(
    demo,
    (v) => {
      const to = v.dramOut('y', 'i32', [2, 35]);
      v.pipe({ t: 2 }, ({ t }) => {
        const f = v.fifo('f', 'i32', 16);
        v.leaf({ j: { max: 7, par: copies }, i: { max: 5, par: 4 } }, ({ j, i }) =>
          f.enqueue(t.value.mul(100).add(j.value.mul(10)).add(i.value)),
        );
        v.store(to, [t, 0], f, { extent: [35] });
      });
    },
    {},
    y(70, (n) => 100 * Math.floor(n / 35) + 10 * Math.floor((n % 35) / 5) + (n % 5)),
  );
});

test('copies of a nest, a load and finished sums in each of them', async () => {
  const row = (r: number) => x.slice(12 * r, 12 * r + 12);
  const words = (r: number) => [...row(r), row(r).reduce((a, b) => a + b)];
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [8, 12]);
      const to = v.dramOut('y', 'i32', [104]);
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 16);
        v.pipe({ r: { max: 8, par: 2 } }, ({ r }) => {
          const a = v.sram('a', 'i32', [12]);
          v.load(from, [r, 0], a);
          v.leaf({ i: { max: 12, par: 8 } }, ({ i }) => f.enqueue(a.at(i)));
          v.leaf({ i: { max: 12, par: 8 } }, ({ i }) => f.enqueue(reduce('add', a.at(i), [i])));
        });
        v.store(to, [0], f, { extent: [104] });
      });
    },
    { x },
    { outputs: { y: Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap(words)) } },
  );
});

test('three writers around one that data thins out, joined two by two', async () => {
  const odd = x.slice(0, 41).filter((value) => value & 1);
  const { point, memories } = await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [odd.length + 9]);
      v.pipe({}, () => {
        const a = v.fifo('a', 'i32', 16);
        v.load(from, [0], a, { extent: [41] });
        const f = v.fifo('f', 'i32', 16);
        const ramp = (start: number) => v.leaf({ i: 3 }, ({ i }) => f.enqueue(i.value.add(start)));
        ramp(0);
        v.leaf({ i: { max: 41, par: 8 } }, () => f.enqueue(a.dequeue(), { when: a.dequeue().and(1) }));
        ramp(10);
        ramp(20);
        v.store(to, [0], f, { extent: [odd.length + 9] });
      });
    },
    { x },
    { outputs: { y: Int32Array.of(0, 1, 2, ...odd, 10, 11, 12, 20, 21, 22) } },
  );
  expect(odd.length % 8).not.toBe(0);
  expect(point.golden?.cycles).toBeGreaterThan(0);
  expect(memories).toBe(3);
});

test('what cannot be mapped is said as it is', () => {
  const refusal = (write: (v: Explicit, f: Fifo<'i32'>) => void, taken: number, outside?: (v: Explicit, f: Fifo<'i32'>) => void) =>
    refusalOf(demo, (v) => {
      const to = v.dramOut('y', 'i32', [taken]);
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 8);
        v.pipe({ p: 4 }, () => write(v, f));
        outside?.(v, f);
        v.store(to, [0], f, { extent: [taken] });
      });
    });
  const words = (v: Explicit, f: Fifo<'i32'>) => v.leaf({ i: 5 }, ({ i }) => f.enqueue(i.value));
  const some = (v: Explicit, f: Fifo<'i32'>) => v.leaf({ i: 5 }, ({ i }) => f.enqueue(i.value, { when: i.value.and(1) }));
  expect(refusal(words, 25, words)).toBe('');
  expect(refusal(some, 17, words)).toBe('');
  expect(refusal(some, 15, some)).toContain('data or guards decide how many words each of several writers adds');
  expect(
    refusal((v, f) => {
      words(v, f);
      some(v, f);
    }, 32),
  ).toContain('decides where the words of another one lie, iteration by iteration');
  expect(
    refusalOf(demo, (v) => {
      const to = v.dramOut('y', 'i32', [9]);
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 8);
        v.pipe({ p: 2 }, ({ p }) => {
          v.leaf({ i: 4 }, ({ i }) => f.enqueue(reduce('add', i.value, [p, i])));
          v.leaf({ i: 4 }, ({ i }) => f.enqueue(i.value));
        });
        v.store(to, [0], f, { extent: [9] });
      });
    }),
  ).toContain('a finished reduction comes after what other writers add in the loops that it is over');
  expect(
    refusalOf(demo, (v) => {
      const sums = [v.result('first', 'i32'), v.result('second', 'i32')];
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 8);
        words(v, f);
        v.leaf({ k: 5 }, ({ k }) => sums[0].set(reduce('add', f.dequeue({ when: k.value.lt(5) }), [k])));
        words(v, f);
        v.leaf({ k: 10 }, ({ k }) => sums[1].set(reduce('add', f.dequeue(), [k])));
      });
    }),
  ).toContain('it is read before it is written');
  expect(
    refusalOf(demo, (v) => {
      const sum = v.result('sum', 'i32');
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 8);
        const n = v.count(v.argIn('n', 'i32'), { atMost: 8 });
        v.leaf({ i: n }, ({ i }) => f.enqueue(i.value));
        words(v, f);
        v.leaf({ k: 10 }, ({ k }) => sum.set(reduce('add', f.dequeue(), [k])));
      });
    }),
  ).toContain('several statements write it, and how many words a loop has that ends at run time is not known');
});
