/** Patterns that read arrays and states beside their index: evaluator = golden machine = plain arithmetic, words that nothing wrote poisoned. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { defaultTarget, type Words } from '../../src/frontend/program.ts';
import { type Expr, type Index, type Patterns, patterns, program } from '../../src/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';
import { edgeSums } from '../support/stencils.ts';

type I32 = Expr<'i32'>;

const x = Int32Array.from({ length: 600 }, (_, i) => ((i * 37) % 101) - 50);
const options = {
  given: { arrays: new Map(), args: new Map(), seed: 1 },
  profile: DRAM_PROFILES.pir2020,
  network: 'routed',
  poison: true,
} as const;

async function check(
  build: (p: Patterns) => void,
  arrays: Record<string, Words>,
  expected: object,
  arch = 'demo',
  sets = {},
): Promise<void> {
  const fabric = fabricNamed(arch, sets);
  const made = program({
    name: 'case',
    params: {},
    build: (_, target) => patterns(target, build),
    data: () => ({ arrays }),
    reference: () => expected,
  });
  const built = buildProgram(fabric, made, {}, {});
  const point = await runPoint(fabric, built, { ...options, witnesses: new Set(['evaluator', 'golden'] as const) });
  expect(point.problems).toEqual([]);
  for (const bound of point.certificate.bounds) expect(bound.cycles, bound.kind).toBeLessThanOrEqual(point.golden?.cycles ?? 0);
}

const ints = (n: number, of: (i: number) => number) => Int32Array.from({ length: n }, (_, i) => of(i));

describe('one leaf over whole arrays', () => {
  test.each([1, 7, 40, 100])('differences of %i words', async (n) => {
    const build = ({ input, output, tabulate }: Patterns) => {
      const a = input('a', 'i32', [n]);
      output(
        'd',
        tabulate([n], (i) => i.value.gt(0).select(a.at(i).sub(a.at(i.sub(1))), -7)),
      );
    };
    await check(build, { a: x.slice(0, n) }, { outputs: { d: ints(n, (i) => (i > 0 ? x[i] - x[i - 1] : -7)) } });
  });

  test('an array over several memory units', async () => {
    const n = 150;
    const build = ({ input, output, tabulate }: Patterns) => {
      const a = input('a', 'i32', [n]);
      output(
        'd',
        tabulate([n], (i) => i.value.lt(n - 3).select(a.at(i.add(3)), a.at(i))),
      );
    };
    const small = { pmu: { bankWords: 16 }, pcu: { lanes: 4 }, grid: { columns: 6, rows: 6 } };
    await check(build, { a: x.slice(0, n) }, { outputs: { d: ints(n, (i) => (i < n - 3 ? x[i + 3] : x[i])) } }, 'demo', small);
  });

  test.each([undefined, 2])('a grid and the words around each, copies %s', async (copies) => {
    const [rows, columns] = [6, 20];
    const build = ({ input, output, tabulate }: Patterns) => {
      const a = input('a', 'i32', [rows, columns]);
      const word = (i: Index, j: Index, y: number, z: number): I32 => {
        const [r, c] = [i.add(y).value, j.add(z).value];
        return r
          .ge(0)
          .and(r.lt(rows))
          .and(c.ge(0))
          .and(c.lt(columns))
          .select(a.at(i.add(y), j.add(z)), -1);
      };
      const around = tabulate([rows, columns], (i, j) =>
        word(i, j, -1, 0)
          .add(word(i, j, 1, 0))
          .add(word(i, j, 0, -1).add(word(i, j, 0, 1))),
      );
      output('s', around, copies ? { copies } : {});
    };
    const a = x.slice(0, rows * columns);
    await check(build, { a }, { outputs: { s: edgeSums(a, rows, columns) } }, 'sara');
  });

  test('windows, sums of differences, words in reverse and every second one', async () => {
    const n = 60;
    const build = ({ input, output, result, tabulate, fold, foldOver }: Patterns) => {
      const a = input('a', 'i32', [n]);
      const b = input('b', 'i32', [6, 10]);
      const inWindow = (i: Index, k: Index) =>
        i
          .add(k)
          .value.ge(2)
          .and(i.add(k).value.lt(n + 2));
      output(
        'highest',
        tabulate([n], (i) => foldOver('max', [5], (k) => inWindow(i, k).select(a.at(i.add(k).sub(2)), -1000))),
      );
      result(
        'way',
        fold(
          'add',
          tabulate([n], (i) =>
            i.value.gt(0).select(
              a
                .at(i)
                .sub(a.at(i.sub(1)))
                .abs(),
              0,
            ),
          ),
        ),
      );
      output(
        'back',
        tabulate([n], (i) => a.at(i.mul(-1).add(n - 1))),
      );
      output(
        'second',
        tabulate([n / 2], (i) => a.at(i.mul(2).add(1))),
      );
      output(
        'first',
        tabulate([n / 4], (i) => a.at(i).add(a.at(0))),
      );
      output(
        'corner',
        tabulate([4], (i) => b.at(i, i)),
      );
    };
    const near = (i: number) => [-2, -1, 0, 1, 2].map((k) => (i + k >= 0 && i + k < n ? x[i + k] : -1000));
    await check(
      build,
      { a: x.slice(0, n), b: x.slice(0, 60) },
      {
        outputs: {
          highest: ints(n, (i) => Math.max(...near(i))),
          back: ints(n, (i) => x[n - 1 - i]),
          second: ints(n / 2, (i) => x[2 * i + 1]),
          first: ints(n / 4, (i) => x[i] + x[0]),
          corner: ints(4, (i) => x[10 * i + i]),
        },
        results: { way: ints(n, (i) => (i > 0 ? Math.abs(x[i] - x[i - 1]) : 0)).reduce((a, b) => a + b) },
      },
      'plasticine',
    );
  });
});

describe('states', () => {
  const step = (now: Int32Array, of: (at: (i: number) => number, i: number) => number) => now.map((_, i) => of((k) => now[k], i));
  const times = (count: number, start: Int32Array, of: (at: (i: number) => number, i: number) => number) =>
    Array.from({ length: count }).reduce<Int32Array>((now) => step(now, of), start);

  test.each([1, 4])('words that move towards their neighbours, %i steps', async (steps) => {
    const n = 36;
    const build = ({ input, output, tabulate, iterate }: Patterns) => {
      const a = input('a', 'i32', [n]);
      const inside = (i: Index) => i.value.gt(0).and(i.value.lt(n - 1));
      const next = (now: { at(i: Index): I32 }) => (i: Index) =>
        inside(i).select(
          now
            .at(i.sub(1))
            .add(now.at(i.add(1)))
            .add(now.at(i).mul(2))
            .shiftRight(2),
          now.at(i),
        );
      output(
        'y',
        iterate([steps], a, (now) => tabulate([n], next(now as never))),
      );
    };
    const a = x.slice(0, n);
    const y = times(steps, a, (at, i) => (i > 0 && i < n - 1 ? (at(i - 1) + at(i + 1) + 2 * at(i)) >> 2 : at(i)));
    await check(build, { a }, { outputs: { y } });
  });

  test('the game of life', async () => {
    const [rows, columns] = [7, 12];
    const cells = x.slice(0, rows * columns).map((word) => Number(word > 0));
    const build = ({ input, output, tabulate, iterate }: Patterns) => {
      const a = input('a', 'i32', [rows, columns]);
      const next = (now: { at(i: Index, j: Index): I32 }) => (i: Index, j: Index) => {
        const word = ([y, z]: readonly number[]): I32 => {
          const [r, c] = [i.add(y).value, j.add(z).value];
          return r
            .ge(0)
            .and(r.lt(rows))
            .and(c.ge(0))
            .and(c.lt(columns))
            .select(now.at(i.add(y), j.add(z)), 0);
        };
        const places = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((z) => [y, z])).filter(([y, z]) => y !== 0 || z !== 0);
        const count = places.map(word).reduce((sum, one) => sum.add(one));
        return count.eq(3).or(count.eq(2).and(now.at(i, j)));
      };
      output(
        'y',
        iterate([3], a, (now) => tabulate([rows, columns], next(now as never))),
      );
    };
    const y = times(3, cells, (at, k) => {
      const [r, c] = [Math.floor(k / columns), k % columns];
      let count = 0;
      for (const dr of [-1, 0, 1])
        for (const dc of [-1, 0, 1]) {
          const [i, j] = [r + dr, c + dc];
          if ((dr !== 0 || dc !== 0) && i >= 0 && j >= 0 && i < rows && j < columns) count += at(i * columns + j);
        }
      return Number(count === 3 || (count === 2 && at(k) === 1));
    });
    await check(build, { a: cells }, { outputs: { y } }, 'plasticine');
  });

  test('an array that is read along the state: one tile, stored once', async () => {
    for (const n of [20, 40, 300]) {
      const build = ({ input, output, tabulate, iterate }: Patterns) => {
        const a = input('a', 'i32', [n]);
        const zero = tabulate([n], (i) => i.value.mul(0));
        output(
          'y',
          iterate([5], zero, (now) => tabulate([n], (i) => now.at(i).mul(2).add(a.at(i)))),
        );
        const shifted = (i: Index) => i.value.gt(0).select(a.at(i.sub(1)), 0);
        output(
          'z',
          iterate([3], zero, (now) => tabulate([n], (i) => now.at(i).add(shifted(i)))),
        );
      };
      const a = x.slice(0, n);
      await check(
        build,
        { a },
        { outputs: { y: a.map((word) => 31 * word), z: a.map((_, i) => (i > 0 ? 3 * a[i - 1] : 0)) } },
        'plasticine',
      );
    }
  });
});

test('what cannot be is refused at its line', () => {
  const refusals = (build: (p: Patterns) => void): string[] => {
    try {
      patterns({ ...defaultTarget, memoryWords: 1024 }, build);
      return [];
    } catch (error) {
      if (error instanceof DiagnosticError) return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
      throw error;
    }
  };
  const before =
    (n: number, condition: (i: Index) => I32) =>
    ({ input, output, tabulate }: Patterns) => {
      const a = input('a', 'i32', [n]);
      output(
        'd',
        tabulate([n], (i) => condition(i).select(a.at(i.sub(1)), 0)),
      );
    };
  expect(refusals(before(40, (i) => i.value.gt(0)))).toEqual([]);
  expect(refusals(before(40, (i) => i.value.ge(0)))).toEqual(['E0209 a read of `a_whole` reaches -1 in dimension 0, it holds 0 to 39']);
  expect(refusals(before(9000, (i) => i.value.gt(0)))).toEqual([
    'E0264 `a` is read at something else than whole dimensions, and is too large to be on chip (9000 words)',
  ]);
});
