/** Dequeues of which data decides whether they take a word: the evaluator, the golden machine and plain arithmetic agree. */
import { expect, test } from 'vitest';
import type { Explicit } from '../../../src/frontend/dsl/explicit.ts';
import { explicit } from '../../../src/frontend/dsl/explicit.ts';
import type { Fifo } from '../../../src/frontend/dsl/fifos.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import { program } from '../../../src/frontend/program.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { buildProgram } from '../../../src/sweep/point/build.ts';
import { runPoint } from '../../../src/sweep/point/point.ts';
import { checkExplicit, refusalOf } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const large = fabricNamed('demo', { grid: { columns: 6, rows: 6 } });
const x = Int32Array.from({ length: 96 }, (_, i) => ((i * 37) % 101) - 50);

/** What an iteration takes whose mask is not 0, of words one after the other; 0 elsewhere. */
function taken(masks: ArrayLike<number>, words: ArrayLike<number>): number[] {
  let at = 0;
  return Array.from(masks, (mask) => (mask ? words[at++] : 0));
}

const odd = Int32Array.from(x, (value) => value & 1);
const count = (masks: ArrayLike<number>) => Array.from(masks).filter((mask) => mask).length;

test.each([1, 4])('where a mask says, in one round, %i lanes', async (par) => {
  const masks = odd.slice(0, 30);
  const n = count(masks);
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [30]);
      v.pipe({}, () => {
        const mask = v.fifo('mask', 'i32', 8);
        v.load(from, [0], mask, { extent: [30] });
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: n, par } }, ({ i }) => f.enqueue(i.value.add(100)));
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 30, par } }, () => out.enqueue(f.dequeue({ when: mask.dequeue().and(1) }).add(mask.dequeue())));
        v.store(to, [0], out, { extent: [30] });
      });
    },
    { x },
    {
      outputs: {
        y: Int32Array.from(
          taken(
            masks,
            Array.from({ length: n }, (_, i) => i + 100),
          ),
          (word, i) => word + x[i],
        ),
      },
    },
  );
});

/** Masks of 96 iterations in four rounds; few of the first ones are set, and so many of the last ones that 48 are in all. */
const masks = Int32Array.from(odd, (mask, i) => (i < 12 ? 0 : mask));
for (let i = 95; count(masks) < 48; i--) masks[i] = 1;

test.each([1, 4])('words that one round leaves are taken in a later one, %i lanes', async (par) => {
  // Early rounds take less than the twelve words that they get.
  expect(count(masks.subarray(0, 24))).toBeLessThan(12);
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('m', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [96]);
      v.pipe({ t: { min: 24, max: 120, step: 24 } }, ({ t }) => {
        const mask = v.sram('mask', 'i32', [24]);
        v.load(from, [t.add(-24)], mask);
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: 12, par } }, ({ i }) => f.enqueue(i.value.add(t.value.mul(1000))));
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 24, par } }, ({ k }) => out.enqueue(f.dequeue({ when: mask.at(k) })));
        v.store(to, [t.add(-24)], out, { extent: [24] });
      });
    },
    { m: masks },
    {
      outputs: {
        y: Int32Array.from(
          taken(
            masks,
            Array.from({ length: 48 }, (_, n) => 24000 * (Math.floor(n / 12) + 1) + (n % 12)),
          ),
        ),
      },
    },
  );
});

test.each([1, 4])('rounds side by side, floats, %i lanes', async (par) => {
  const w = Float32Array.from({ length: 48 }, (_, i) => i / 4 - 3);
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('m', 'i32', [96]);
      const given = v.dramIn('w', 'f32', [48]);
      const to = v.dramOut('y', 'f32', [96]);
      v.pipe({ t: 4 }, ({ t }) => {
        const mask = v.fifo('mask', 'i32', 8);
        v.load(from, [t.mul(24)], mask, { extent: [24] });
        const f = v.fifo('f', 'f32', 8);
        v.load(given, [t.mul(12)], f, { extent: [12] });
        const out = v.fifo('out', 'f32', 8);
        v.leaf({ j: { max: 6, step: 2 }, k: { max: 8, par } }, () => out.enqueue(f.dequeue({ when: mask.dequeue() })));
        v.store(to, [t.mul(24)], out, { extent: [24] });
      });
    },
    { m: masks, w },
    { outputs: { y: Float32Array.from(taken(masks, w)) } },
  );
});

test('loops alone say that every round takes all it gets: no round waits for another one', async () => {
  const { point } = await checkExplicit(
    demo,
    (v) => {
      const to = v.dramOut('y', 'i32', [96]);
      v.pipe({ t: 4 }, ({ t }) => {
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: 8, par: 8 } }, ({ i }) => f.enqueue(i.value.add(t.value.mul(10))));
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 24, par: 4 } }, ({ k }) => out.enqueue(f.dequeue({ when: k.value.mod(3).eq(1) })));
        v.store(to, [t.mul(24)], out, { extent: [24] });
      });
    },
    {},
    { outputs: { y: Int32Array.from({ length: 96 }, (_, n) => (n % 3 === 1 ? Math.floor(n / 24) * 10 + Math.floor((n % 24) / 3) : 0)) } },
  );
  expect(point.golden?.cycles).toBeLessThan(400);
});

test('one of several FIFOs, as data picks', async () => {
  const which = Int32Array.from({ length: 24 }, (_, i) => (i * 7) % 3);
  const at = [0, 0, 0];
  await checkExplicit(
    large,
    (v) => {
      const from = v.dramIn('which', 'i32', [24]);
      const to = v.dramOut('y', 'i32', [24]);
      v.pipe({}, () => {
        const f = v.fifos('f', 'i32', 8, 2);
        for (const k of [0, 1]) v.leaf({ i: { max: 8, par: 4 } }, ({ i }) => f.all[k].enqueue(i.value.add(100 * (k + 1))));
        const picks = v.fifo('picks', 'i32', 8);
        v.load(from, [0], picks, { extent: [24] });
        const out = v.fifo('out', 'i32', 8);
        // No FIFO has number 2: then the word is 0.
        v.leaf({ k: { max: 24, par: 4 } }, () => out.enqueue(f.dequeue(picks.dequeue())));
        v.store(to, [0], out, { extent: [24] });
      });
    },
    { which },
    { outputs: { y: Int32Array.from(which, (k) => (k < 2 ? 100 * (k + 1) + at[k]++ : 0)) } },
  );
});

test('a predicate that is itself a word that data picks', async () => {
  const masks = Int32Array.of(0, 3, 0, 1, 1, 0, 4, 1, 0, 1);
  const inner = taken(masks, [1, 0, 1, 0, 1, 1]);
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('m', 'i32', [10]);
      const next = v.dramIn('next', 'i32', [6]);
      const sum = v.result('sum', 'i32');
      v.pipe({}, () => {
        const mask = v.fifo('mask', 'i32', 8);
        v.load(from, [0], mask, { extent: [10] });
        const a = v.fifo('a', 'i32', 8);
        v.load(next, [0], a, { extent: [6] });
        const b = v.fifo('b', 'i32', 8);
        v.leaf({ i: 4 }, ({ i }) => b.enqueue(i.value.add(5)));
        v.leaf({ k: { max: 10, par: 4 } }, ({ k }) =>
          sum.set(reduce('add', b.dequeue({ when: a.dequeue({ when: mask.dequeue() }) }).mul(k.value), [k])),
        );
      });
    },
    { m: masks, next: Int32Array.of(1, 0, 1, 0, 1, 1) },
    { results: { sum: taken(inner, [5, 6, 7, 8]).reduce((s, word, k) => s + word * k, 0) } },
  );
});

test('a store sees all words beside a reader that takes some of them', async () => {
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [20]);
      const sum = v.result('sum', 'i32');
      v.pipe({ t: 2 }, ({ t }) => {
        const f = v.fifo('f', 'i32', 8);
        v.load(from, [t.mul(10)], f, { extent: [10] });
        v.store(to, [t.mul(10)], f, { extent: [10] });
        v.leaf({ k: { max: 20, par: 4 } }, ({ k }) =>
          sum.set(reduce('add', f.dequeue({ when: k.add(t).value.mod(3).eq(0) }).mul(k.value), [t, k])),
        );
      });
    },
    { x },
    {
      outputs: { y: x.slice(0, 20) },
      results: {
        sum: [0, 1].reduce((s, t) => {
          const ks = Array.from({ length: 20 }, (_, k) => k).filter((k) => (k + t) % 3 === 0);
          const before = t === 0 ? 0 : 7;
          return s + ks.reduce((a, k, i) => a + x[before + i] * k, 0);
        }, 0),
      },
    },
  );
});

test.each([
  [1, 1],
  [4, 8],
])('data picks what is added and where it is taken, %i and %i lanes', async (par, other) => {
  const picked = x.slice(0, 40).filter((value) => value < 0);
  const all = Int32Array.from({ length: 30 }, (_, i) => (i * 7 + 3) % 30);
  // As many as are picked: those with the least keys.
  const places = all.map((key) => (key < picked.length ? 1 : 0));
  await checkExplicit(
    large,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const keys = v.dramIn('keys', 'i32', [30]);
      const to = v.dramOut('y', 'i32', [30]);
      v.pipe({}, () => {
        const a = v.fifo('a', 'i32', 8);
        v.load(from, [0], a, { extent: [40] });
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: 40, par } }, () => f.enqueue(a.dequeue().mul(3), { when: a.dequeue().lt(0) }));
        const key = v.fifo('key', 'i32', 8);
        v.load(keys, [0], key, { extent: [30] });
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 30, par: other } }, () => out.enqueue(f.dequeue({ when: key.dequeue().lt(picked.length) })));
        v.store(to, [0], out, { extent: [30] });
      });
    },
    { x, keys: all },
    {
      outputs: {
        y: Int32Array.from(
          taken(
            places,
            picked.map((value) => 3 * value),
          ),
        ),
      },
    },
  );
});

test.each([1, 4])('data on both ends, and rounds that do not come out even, %i lanes', async (par) => {
  const words = x.filter((value) => value < 0);
  // Half of the words that are there are taken in a round, and in the last one all of them.
  let held = 0;
  const late = Int32Array.from(
    [0, 1, 2, 3].flatMap((t) => {
      held += x.slice(24 * t, 24 * t + 24).filter((value) => value < 0).length;
      const now = t === 3 ? held : held >> 1;
      held -= now;
      return Array.from({ length: 27 }, (_, k) => ((k * 5) % 27 < now ? 1 : 0));
    }),
  );
  expect(count(late)).toBe(words.length);
  await checkExplicit(
    large,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const places = v.dramIn('late', 'i32', [108]);
      const to = v.dramOut('y', 'i32', [108]);
      v.pipe({ t: 4 }, ({ t }) => {
        const a = v.sram('a', 'i32', [24]);
        v.load(from, [t.mul(24)], a);
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: 24, par } }, ({ i }) => f.enqueue(a.at(i), { when: a.at(i).lt(0) }));
        const place = v.fifo('place', 'i32', 8);
        v.load(places, [t.mul(27)], place, { extent: [27] });
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 27, par } }, () => out.enqueue(f.dequeue({ when: place.dequeue() })));
        v.store(to, [t.mul(27)], out, { extent: [27] });
      });
    },
    { x, late },
    { outputs: { y: Int32Array.from(taken(late, words)) } },
  );
});

test('data on both ends, beside a store of the words that are picked', async () => {
  const picked = x.slice(0, 30).filter((value) => value > 4);
  expect(picked.length % 8).not.toBe(0);
  const places = Int32Array.from({ length: 20 }, (_, i) => (i >= 20 - picked.length ? 1 : 0));
  await checkExplicit(
    large,
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const given = v.dramIn('places', 'i32', [20]);
      const to = v.dramOut('y', 'i32', [20]);
      const packed = v.dramOut('packed', 'i32', [picked.length]);
      v.pipe({}, () => {
        const a = v.sram('a', 'i32', [30]);
        v.load(from, [0], a);
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: 30, par: 8 } }, ({ i }) => f.enqueue(a.at(i), { when: a.at(i).gt(4) }));
        v.store(packed, [0], f, { extent: [picked.length] });
        const place = v.fifo('place', 'i32', 8);
        v.load(given, [0], place, { extent: [20] });
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 20, par: 8 } }, () => out.enqueue(f.dequeue({ when: place.dequeue() })));
        v.store(to, [0], out, { extent: [20] });
      });
    },
    { x, places },
    { outputs: { packed: picked, y: Int32Array.from(taken(places, picked)) } },
  );
});

test('a word that is not there is 0, in the machine without the evaluator', async () => {
  const masks = Int32Array.of(1, 1, 1, 1, 0, 1, 1, 0);
  const build = (v: Explicit): void => {
    const from = v.dramIn('m', 'i32', [8]);
    const to = v.dramOut('y', 'i32', [8]);
    v.pipe({ t: 2 }, ({ t }) => {
      const mask = v.fifo('mask', 'i32', 8);
      v.load(from, [t.mul(4)], mask, { extent: [4] });
      const f = v.fifo('f', 'i32', 8);
      v.leaf({ i: 3 }, ({ i }) => f.enqueue(t.value.mul(10).add(i.value).add(1)));
      const out = v.fifo('out', 'i32', 8);
      v.leaf({ k: 4 }, () => out.enqueue(f.dequeue({ when: mask.dequeue() })));
      v.store(to, [t.mul(4)], out, { extent: [4] });
    });
  };
  const made = program({
    name: 'case',
    params: {},
    build: () => explicit(build),
    data: () => ({ arrays: { m: masks } }),
    // The fourth word comes in the second round only, and two of six are left.
    reference: () => ({ outputs: { y: Int32Array.of(1, 2, 3, 0, 0, 12, 13, 0) } }),
  });
  const given = { arrays: new Map(), args: new Map(), seed: 1 };
  const run = (witness: 'golden' | 'evaluator') =>
    runPoint(demo, buildProgram(demo, made, {}, {}), {
      witnesses: new Set([witness]),
      given,
      profile: DRAM_PROFILES.pir2020,
      network: 'routed',
      poison: true,
    });
  expect((await run('golden')).problems).toEqual([]);
  await expect(run('evaluator')).rejects.toThrow('FIFO `f` is empty where word 3 of it is taken');
});

test('what cannot be mapped is said as it is', () => {
  const masked =
    (rounds: number, words: number, end: (v: Explicit, f: Fifo<'i32'>) => void) =>
    (v: Explicit): void => {
      v.pipe({ t: rounds }, () => {
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: words, par: 8 } }, ({ i }) => f.enqueue(i.value));
        end(v, f);
      });
    };
  const some = (v: Explicit, f: Fifo<'i32'>) => {
    const from = v.dramIn('m', 'i32', [64]);
    const to = v.dramOut('y', 'i32', [64]);
    const mask = v.fifo('mask', 'i32', 8);
    v.load(from, [0], mask, { extent: [64] });
    const out = v.fifo('out', 'i32', 8);
    v.leaf({ k: 64 }, () => out.enqueue(f.dequeue({ when: mask.dequeue() })));
    v.store(to, [0], out, { extent: [64] });
  };
  expect(refusalOf(demo, masked(1, 40, some))).toBe('');
  expect(refusalOf(demo, masked(1, 9000, some))).toContain('its 9000 words do not fit in a memory unit, which holds 8192');
  expect(refusalOf(demo, masked(300, 40, some))).toContain('the words of all 300 rounds need 12000, a memory unit holds 8192');
  const guarded = (v: Explicit, f: Fifo<'i32'>) => {
    const sum = v.result('sum', 'i32');
    const mask = v.sram('mask', 'i32', [64]);
    v.load(v.dramIn('m', 'i32', [64]), [0], mask);
    v.leaf({ k: 64 }, ({ k }) => {
      v.guard(k, 50);
      sum.set(reduce('add', f.dequeue({ when: mask.at(k) }), [k]));
    });
  };
  const one = (v: Explicit, f: Fifo<'i32'>) => v.leaf({ i: 3 }, ({ i }) => f.enqueue(i.value, { when: i.value.and(1) }));
  expect(
    refusalOf(
      demo,
      masked(1, 40, (v, f) => {
        one(v, f);
        some(v, f);
      }),
    ),
  ).toContain('what it gets is up to a guard, or to the predicate of one of several writers');
  expect(refusalOf(demo, masked(1, 40, guarded))).toContain('data decides where it is read, in a leaf with a guard');
  expect(
    refusalOf(demo, (v) => {
      v.pipe({}, () => {
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: 3 }, ({ i }) => f.enqueue(i.value));
        v.pipe({ p: 4 }, () => {
          v.leaf({ i: 3 }, ({ i }) => f.enqueue(i.value));
          some(v, f);
        });
      });
    }),
  ).toContain('words of one writer come before the loops around the reader, those of another one in them');
});

// What it costs, as the README says: every word is looked at for every iteration.
test.each([
  ['one round', 1, 64, 419],
  ['one round', 1, 256, 4_499],
  ['four rounds, as some words may be taken in later ones', 4, 64, 4_262],
])('%s: %i x %i iterations that take half as many words: %i cycles', async (_, rounds, size, cycles) => {
  const masks = Int32Array.from({ length: rounds * size }, (__, i) => i & 1);
  const words = size / 2;
  const { point } = await checkExplicit(
    demo,
    (v) => {
      const [from, to] = [v.dramIn('mask', 'i32', [rounds * size]), v.dramOut('y', 'i32', [rounds * size])];
      v.pipe({ t: { max: rounds * size, step: size } }, ({ t }) => {
        const [mask, f, out] = [v.fifo('masks', 'i32', 8), v.fifo('f', 'i32', 8), v.fifo('out', 'i32', 8)];
        v.load(from, [t], mask, { extent: [size] });
        v.leaf({ i: { max: words, par: 8 } }, ({ i }) => f.enqueue(i.value.add(1)));
        v.leaf({ k: { max: size, par: 8 } }, () => out.enqueue(f.dequeue({ when: mask.dequeue() })));
        v.store(to, [t], out, { extent: [size] });
      });
    },
    { mask: masks },
    { outputs: { y: masks.map((one, i) => (one ? ((i >> 1) % words) + 1 : 0)) } },
  );
  expect(point.golden?.cycles).toBe(cycles);
});
