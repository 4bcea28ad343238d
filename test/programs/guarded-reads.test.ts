/**
 * Reads that look beyond the edge of their memory under a condition that keeps it from mattering: the program, as written and as
 * mapped, on the golden machine and in plain arithmetic. Words that nothing wrote are poison.
 */
import { describe, expect, test } from 'vitest';
import { type Explicit, explicit, type Index, type Memory, program, reduce, startAt } from '../../src/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildFromKbit, buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { checkExplicit, refusalOf } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';
import { edgeSums, edges, neighbourSums, neighbours } from '../support/stencils.ts';

const demo = fabricNamed('demo');
const sara = fabricNamed('sara');
/** 64 words in a unit. */
const small = fabricNamed('demo', { pmu: { bankWords: 16 }, pcu: { lanes: 4 }, grid: { columns: 8, rows: 8 } });
const x = Int32Array.from({ length: 600 }, (_, i) => ((i * 37) % 101) - 50);
const floats = Float32Array.from(x, (word, i) => (i % 7 === 0 ? Number.NaN : word / 3));

describe('a line and its neighbours', () => {
  test.each([
    [24, 1, 1, 1],
    [24, 8, 1, 3],
    [24, 4, 2, 3],
    [30, 8, 2, 4],
  ])('of %i words, %i lanes, %i copies, %i lines', async (n, par, copies, lines) => {
    const given = x.slice(0, n * lines);
    await checkExplicit(demo, neighbours(n, par, copies, lines), { x: given }, { outputs: { y: neighbourSums(given, n) } });
  });

  test('in parts, over the cuts', async () => {
    for (const [par, copies] of [
      [1, 1],
      [4, 1],
      [4, 2],
    ]) {
      const { memories } = await checkExplicit(
        small,
        neighbours(150, par, copies, 1),
        { x: x.slice(0, 150) },
        { outputs: { y: neighbourSums(x.slice(0, 150), 150) } },
      );
      expect(memories).toBeGreaterThan(3);
    }
  });
});

describe('a grid and the words around each', () => {
  test.each([
    [5, 12, 1, 1, demo],
    [6, 16, 8, 1, demo],
    [6, 20, 4, 2, sara],
    [7, 9, 8, 3, sara],
  ])('of %i x %i, %i lanes, %i copies of rows', async (rows, columns, par, copies, fabric) => {
    const given = x.slice(0, rows * columns);
    await checkExplicit(fabric, edges(rows, columns, par, copies), { x: given }, { outputs: { y: edgeSums(given, rows, columns) } });
  });

  test('in parts', async () => {
    const given = x.slice(0, 15 * 10);
    await checkExplicit(small, edges(15, 10, 4, 1), { x: given }, { outputs: { y: edgeSums(given, 15, 10) } });
  });
});

/** Words of `x` in a memory, and one statement after the other that makes `n` words of them. */
const onRow =
  (n: number, make: (v: Explicit, a: Row, made: Row) => void, name = 'a') =>
  (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [n]);
    const to = v.dramOut('y', 'i32', [n]);
    v.pipe({}, () => {
      const [a, made] = [v.sram(name, 'i32', [n]), v.sram('made', 'i32', [n])];
      v.load(from, [0], a);
      make(v, a, made);
      v.store(to, [0], made);
    });
  };
type Row = Memory<'i32', readonly [number]>;

const n = 40;
const some = x.slice(0, n);
const at = (i: number) => some[i] ?? 0;
const checkRow = (make: (v: Explicit, a: Row, made: Row) => void, of: (i: number) => number, fabric = demo) =>
  checkExplicit(fabric, onRow(n, make), { x: some }, { outputs: { y: Int32Array.from({ length: n }, (_, i) => of(i)) } });

describe('what else reads feed', () => {
  test('writes with a predicate: other words stay as they are', async () => {
    await checkRow(
      (v, a, made) => v.leaf({ i: { max: n, par: 8 } }, ({ i }) => made.set([i], a.at(i.sub(3)), { when: i.value.ge(3) })),
      (i) => at(i - 3),
    );
    await checkRow(
      (v, a, made) =>
        v.leaf({ i: { max: n, par: 4 } }, ({ i }) => made.set([i], a.at(i), { when: i.value.gt(0).and(a.at(i.sub(1)).gt(0)) })),
      (i) => (at(i - 1) > 0 ? at(i) : 0),
    );
  });

  test('words of a FIFO with a predicate', async () => {
    const build = (v: Explicit) => {
      const from = v.dramIn('x', 'i32', [n]);
      const to = v.dramOut('y', 'i32', [n - 1]);
      v.pipe({}, () => {
        const a = v.sram('a', 'i32', [n]);
        const steps = v.fifo('steps', 'i32', 64);
        v.load(from, [0], a);
        v.leaf({ i: { max: n, par: 8 } }, ({ i }) => steps.enqueue(a.at(i).sub(a.at(i.sub(1))), { when: i.value.gt(0) }));
        v.store(to, [0], steps, { extent: [n - 1] });
      });
    };
    await checkExplicit(demo, build, { x: some }, { outputs: { y: Int32Array.from({ length: n - 1 }, (_, i) => at(i + 1) - at(i)) } });
  });

  test('sums: a window around each word, selects inside', async () => {
    const window = (i: Index, k: Index, a: Row) => {
      const place = i.add(k).sub(2);
      return place.value.ge(0).and(place.value.lt(n)).select(a.at(place), 0);
    };
    const sum = (i: number) => [-2, -1, 0, 1, 2].reduce((total, k) => total + at(i + k), 0);
    await checkRow(
      (v, a, made) => v.leaf({ i: n, k: { max: 5, par: 8 } }, ({ i, k }) => made.set([i], reduce('add', window(i, k, a), [k]))),
      sum,
    );
    await checkRow(
      (v, a, made) =>
        v.leaf({ b: { max: n, step: 8 }, k: 5, c: { max: 8, par: 8 } }, ({ b, k, c }) =>
          made.set([b.add(c)], reduce('add', window(b.add(c), k, a), [k], startAt('i32', 0))),
        ),
      sum,
    );
  });

  test('iterations by turns', async () => {
    // The words of even places are those before, those of odd places the ones behind.
    await checkRow(
      (v, a, made) => v.leaf({ i: { max: n, par: 8 } }, ({ i }) => made.set([i], i.value.and(1).select(a.at(i.sub(1)), a.at(i.add(1))))),
      (i) => (i % 2 === 1 ? at(i - 1) : at(i + 1)),
    );
  });

  test('nothing: words so far outside that no iteration uses one', async () => {
    await checkRow(
      (v, a, made) => v.leaf({ i: { max: n, par: 8 } }, ({ i }) => made.set([i], i.value.lt(0).select(a.at(i.sub(100)), a.at(i)))),
      at,
    );
    await checkRow(
      (v, a, made) =>
        v.leaf({ c: { max: 2, par: 2 }, i: { max: n / 2, par: 4 } }, ({ c, i }) => {
          const place = c.mul(n / 2).add(i);
          made.set([place], c.value.gt(1).select(a.at(place.add(100)), a.at(place)));
        }),
      at,
    );
  });
});

describe('other memories', () => {
  test('tables', async () => {
    await checkRow(
      (v, a, made) => {
        const table = v.table('table', 'i32', [5], (i) => 10 ** i);
        v.leaf({ i: { max: n, par: 8 } }, ({ i }) => made.set([i], a.at(i).add(i.value.lt(5).select(table.at(i), -1))));
      },
      (i) => at(i) + (i < 5 ? 10 ** i : -1),
    );
  });

  test('floats: what is read for nothing is no NaN of theirs', async () => {
    const build = (v: Explicit) => {
      const from = v.dramIn('x', 'f32', [4, 30]);
      const to = v.dramOut('y', 'f32', [4, 30]);
      v.pipe({ t: 4 }, ({ t }) => {
        const [a, made] = [v.sram('a', 'f32', [30]), v.sram('made', 'f32', [30])];
        v.load(from, [t, 0], a);
        v.leaf({ i: { max: 30, par: 8 } }, ({ i }) =>
          made.set(
            [i],
            i.value
              .gt(0)
              .and(i.value.lt(29))
              .select(a.at(i.sub(1)).add(a.at(i.add(1))), 1),
          ),
        );
        v.store(to, [t, 0], made);
      });
    };
    const given = floats.slice(0, 120);
    const y = given.map((_, k) => (k % 30 > 0 && k % 30 < 29 ? Math.fround(given[k - 1] + given[k + 1]) : 1));
    await checkExplicit(demo, build, { x: given }, { outputs: { y } });
  });

  test.each([3, 6])('a line buffer, across its edges, of %i lines', async (lines) => {
    const [height, width] = [30, 14];
    const given = x.slice(0, height * width);
    const build = (v: Explicit) => {
      const from = v.dramIn('x', 'i32', [height, width]);
      const to = v.dramOut('y', 'i32', [height, width]);
      v.pipe({ r: height }, ({ r }) => {
        const rows = v.lineBuffer('rows', 'i32', [lines, width]);
        const made = v.sram('made', 'i32', [width]);
        v.load(from, [r, 0], rows);
        v.leaf({ c: { max: width, par: 8 } }, ({ c }) => {
          const left = c.value.gt(0).select(rows.at(0, c.sub(1)), 0);
          const right = c.value.lt(width - 1).select(rows.at(lines - 1, c.add(1)), 0);
          made.set([c], left.sub(right));
        });
        v.store(to, [r, 0], made);
      });
    };
    const word = (r: number, c: number) => (r < 0 || c < 0 || c >= width ? 0 : given[r * width + c]);
    const y = given.map((_, k) => word(Math.floor(k / width) - lines + 1, (k % width) - 1) - word(Math.floor(k / width), (k % width) + 1));
    await checkExplicit(demo, build, { x: given }, { outputs: { y } });
  });

  test('one whose last words a second statement writes, with banks and blocks', async () => {
    for (const banks of [undefined, 2, 4])
      await checkRow(
        (v, a, made) => {
          const both = v.sram('both', 'i32', [n], banks ? { banks } : {});
          v.leaf({ c: { max: 2, par: 2 }, i: { max: n / 2, par: 4 } }, ({ c, i }) =>
            both.set([c.mul(n / 2).add(i)], a.at(c.mul(n / 2).add(i)).mul(2)),
          );
          v.leaf({ c: { max: 2, par: 2 }, i: { max: n / 2, par: 4 } }, ({ c, i }) => {
            const place = c.mul(n / 2).add(i);
            const word = (far: number) => {
              const other = place.add(far).value;
              return other
                .ge(0)
                .and(other.lt(n))
                .select(both.at(place.add(far)), 5);
            };
            made.set([place], word(-1).add(word(7)));
          });
        },
        (i) => (i > 0 ? 2 * at(i - 1) : 5) + (i + 7 < n ? 2 * at(i + 7) : 5),
        sara,
      );
  });

  test('one that four copies write, and four read over its blocks', async () => {
    await checkRow(
      (v, a, made) => {
        const both = v.sram('both', 'i32', [n]);
        const loops = { c: { max: 4, par: 4 }, i: { max: n / 4, par: 4 } };
        v.leaf(loops, ({ c, i }) => both.set([c.mul(n / 4).add(i)], a.at(c.mul(n / 4).add(i)).mul(3)));
        v.leaf(loops, ({ c, i }) => {
          const place = c.mul(n / 4).add(i);
          const [before, behind] = [
            place.value.gt(0).select(both.at(place.sub(1)), 5),
            place.value.lt(n - 1).select(both.at(place.add(1)), 5),
          ];
          made.set([place], before.sub(behind));
        });
      },
      (i) => (i > 0 ? 3 * at(i - 1) : 5) - (i < n - 1 ? 3 * at(i + 1) : 5),
      sara,
    );
  });

  test('addresses far from the unit, as far as addresses go', async () => {
    const read = (far: number, par: number) => (v: Explicit, a: Row, made: Row) =>
      v.leaf({ i: { max: n, par } }, ({ i }) => made.set([i], i.value.eq(2).select(a.at(i.sub(2).mul(far).add(7)), a.at(i))));
    for (const [far, par] of [
      [1001, 8],
      [30_001, 8],
      [100_001, 1],
    ])
      await checkRow(read(far, par), (i) => (i === 2 ? at(7) : at(i)));
    expect(refusalOf(demo, onRow(n, read(40_001, 8)))).toMatch(
      /a read of memory `a` cannot be mapped yet: its lanes are 40001 words apart/,
    );
    expect(refusalOf(demo, onRow(n, read(1_000_001, 1)))).toMatch(/reaches word 37000044 of a memory of 40/);
  });
});

test('of a bitstream alone the flag of a context says that it may read for nothing', async () => {
  const given = x.slice(0, 120);
  const made = program({
    name: 'case',
    params: {},
    build: () => explicit(neighbours(30, 8, 1, 4)),
    data: () => ({ arrays: { x: given } }),
    reference: () => ({ outputs: { y: neighbourSums(given, 30) } }),
  });
  const { kbit } = buildProgram(demo, made, {}, {});
  const run = {
    given: { arrays: new Map(), args: new Map(), seed: 1 },
    profile: DRAM_PROFILES.ideal,
    network: 'routed',
    poison: true,
  } as const;
  const point = await runPoint(demo, buildFromKbit(demo, made, kbit), { ...run, witnesses: new Set(['evaluator', 'golden'] as const) });
  expect(point.golden?.unwritten).not.toEqual([]);
  expect(point.problems).toEqual([]);
});
