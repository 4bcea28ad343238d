/** Loops that end at run time, and branches: against plain loops. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import type { Explicit, LoopProgram, Program } from '../../src/index.ts';
import { explicit, program, reduce, startAt } from '../../src/index.ts';
import { parseLoops } from '../../src/ir/loops-parse.ts';
import { printLoops } from '../../src/ir/loops-print.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const tiny = fabricNamed('tiny');
const sara = fabricNamed('sara');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;

/** Sums of the parts of a triangle, row by row; the first row is empty. */
const triangle = (n: number, lanes: number): Program =>
  program({
    name: 'triangle',
    params: {},
    build: () =>
      explicit(({ dramOut, sram, pipe, store, leaf }) => {
        const y = dramOut('y', 'i32', [n]);
        pipe({}, () => {
          const out = sram('out', 'i32', [n]);
          pipe({ i: n }, ({ i }) => {
            leaf({ j: { max: i, par: lanes } }, ({ j }) => out.set([i], reduce('add', j.add(i).value, [j])));
          });
          store(y, [0], out);
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => ({ outputs: { y: Int32Array.from({ length: n }, (_, i) => (i * (i - 1)) / 2 + i * i) } }),
  });

/** Three loops, all of whose ends are words of memory; the sums over the loops from each level inwards, written at that level. */
const nested = (a: number, b: readonly number[], c: readonly number[], lanes: number): Program =>
  program({
    name: 'nested',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, count }) => {
        const [x, y, z] = [dramIn('x', 'i32', [9]), dramOut('y', 'i32', [3]), dramOut('z', 'i32', [1])];
        const ends = sram('ends', 'i32', [9]);
        const [sums, all] = [sram('sums', 'i32', [3]), sram('all', 'i32', [1])];
        pipe({}, () => {
          load(x, [0], ends);
          leaf({ s: 3 }, ({ s }) => sums.set([s], -1));
          const first = count(ends.at(0), { atMost: 3 });
          pipe({ i: first }, ({ i }) => {
            const second = count(ends.at(i.add(1)), { atMost: 3 });
            pipe({ j: second }, ({ j }) => {
              const third = count(ends.at(j.add(4)), { atMost: 3 });
              leaf({ k: { max: third, par: lanes } }, ({ k }) =>
                sums.set([i], reduce('add', k.add(i.mul(100)).add(j.mul(10)).add(1000).value, [j, k], startAt('i32', 7))),
              );
            });
          });
          leaf({ t: 3 }, ({ t }) => all.set([0], reduce('max', sums.at(t), [t])));
          store(y, [0], sums);
          store(z, [0], all);
        });
      }),
    data: () => ({ arrays: { x: Int32Array.from([a, ...b, ...c, 0, 0]) } }),
    reference: () => {
      const y = [-1, -1, -1];
      for (let i = 0; i < Math.min(3, a); i++) {
        y[i] = 7;
        for (let j = 0; j < Math.min(3, b[i]); j++) for (let k = 0; k < Math.min(3, c[j]); k++) y[i] += k + 100 * i + 10 * j + 1000;
      }
      return { outputs: { y, z: [Math.max(...y)] } };
    },
  });

/** Rows of a length that data says, taken through two leaves; what lies behind them stays. */
const rows = (lengths: readonly number[], lanes: number): Program =>
  program({
    name: 'rows',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, count }) => {
        const n = lengths.length;
        const [x, y] = [dramIn('x', 'i32', [n]), dramOut('y', 'i32', [n, 8])];
        const [ends, out] = [sram('ends', 'i32', [n]), sram('out', 'i32', [n, 8])];
        pipe({}, () => {
          load(x, [0], ends);
          leaf({ a: n, e: { max: 8, par: lanes } }, ({ a, e }) => out.set([a, e], -1));
          pipe({ r: n }, ({ r }) => {
            const row = sram('row', 'i32', [8]);
            const end = count(ends.at(r), { atMost: 8 });
            leaf({ j: { max: end, par: lanes } }, ({ j }) => row.set([j], j.value.mul(3)));
            leaf({ k: { max: end, par: lanes } }, ({ k }) => out.set([r, k], row.at(k).add(r.value)));
          });
          store(y, [0, 0], out);
        });
      }),
    data: () => ({ arrays: { x: Int32Array.from(lengths) } }),
    reference: () => ({
      outputs: { y: lengths.flatMap((length, r) => Array.from({ length: 8 }, (_, k) => (k < length ? 3 * k + r : -1))) },
    }),
  });

/** A count that another loop makes, with no iteration in some rounds. */
const counted = (n: number): Program =>
  program({
    name: 'counted',
    params: {},
    build: () =>
      explicit(({ dramOut, sram, reg, pipe, store, leaf, count }) => {
        const y = dramOut('y', 'i32', [n]);
        const out = sram('out', 'i32', [n]);
        pipe({}, () => {
          pipe({ i: n }, ({ i }) => {
            const length = reg('length', 'i32');
            const end = count(i.value.and(3), { atMost: 3 });
            leaf({ j: end }, ({ j }) => length.set(reduce('add', j.value.mul(0).add(2), [j])));
            const twice = count(length.value, { atMost: 6 });
            leaf({ k: twice }, ({ k }) => out.set([i], reduce('add', k.value, [k])));
          });
          store(y, [0], out);
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => ({ outputs: { y: Int32Array.from({ length: n }, (_, i) => [0, 1, 6, 15][i % 4]) } }),
  });

/** An argument that ends a loop, negative ones included. */
const argued = (given: number): Program =>
  program({
    name: 'argued',
    params: {},
    build: () =>
      explicit(({ argIn, result, pipe, leaf, count }) => {
        const [n, sum] = [argIn('n', 'i32'), result('sum', 'i32')];
        pipe({}, () => {
          const end = count(n, { atMost: 40 });
          leaf({ i: { min: 2, max: end, step: 3, par: 4 } }, ({ i }) => sum.set(reduce('add', i.value, [i])));
        });
      }),
    data: () => ({ arrays: {}, args: { n: given } }),
    reference: () => {
      let sum = 0;
      for (let i = 2; i < Math.min(given, 40); i += 3) sum += i;
      return { results: { sum } };
    },
  });

/** One way or the other, by data; a word that neither writes stays. */
const branches = (n: number): Program =>
  program({
    name: 'branches',
    params: {},
    build: () =>
      explicit(({ dramOut, sram, reg, pipe, store, leaf, when }) => {
        const y = dramOut('y', 'i32', [n]);
        const out = sram('out', 'i32', [n]);
        pipe({}, () => {
          const last = reg('last', 'i32');
          leaf({ s: 1 }, () => last.set(-5));
          pipe({ i: n }, ({ i }) => {
            when(
              i.value.and(1),
              () => {
                const twice = reg('twice', 'i32');
                leaf({ a: 1 }, () => twice.set(i.value.mul(2)));
                leaf({ b: 1 }, () => out.set([i], twice.value.add(last.value)));
              },
              () => {
                when(i.value.and(2), () => leaf({ c: 1 }, () => last.set(i.value)));
                leaf({ d: 1 }, () => out.set([i], last.value));
              },
            );
          });
          store(y, [0], out);
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => {
      let last = -5;
      const y = Array.from({ length: n }, (_, i) => {
        if (i % 2 === 1) return 2 * i + last;
        if (i & 2) last = i;
        return last;
      });
      return { outputs: { y } };
    },
  });

/** Copies of the loop around one that ends at run time. */
const copied = (n: number, copies: number, combiner: 'add' | 'max'): Program =>
  program({
    name: 'copied',
    params: {},
    build: () =>
      explicit(({ result, pipe, leaf, count }) => {
        const sum = result('sum', 'i32');
        pipe({ i: { max: n, par: copies } }, ({ i }) => {
          const end = count(i.value.sub(3), { atMost: n });
          leaf({ j: { max: end, par: 4 } }, ({ j }) => sum.set(reduce(combiner, j.add(i).sub(100).value, [i, j])));
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => {
      const all: number[] = [];
      for (let i = 0; i < n; i++) for (let j = 0; j < i - 3; j++) all.push(i + j - 100);
      return { results: { sum: combiner === 'add' ? all.reduce((a, b) => a + b, 0) : Math.max(...all) } };
    },
  });

const programs = [
  ['a triangle', tiny, triangle(7, 1)],
  ['a triangle in vectors', tiny, triangle(13, 4)],
  ['rows of any length', sara, rows([0, 8, 3, 0, 5, 1, 7], 4)],
  ['rows of any length, by words', sara, rows([8, 0, 0, 2], 1)],
  ['a count made by a loop', sara, counted(10)],
  ['an argument', tiny, argued(17)],
  ['an argument above the most', tiny, argued(1000)],
  ['a negative argument', tiny, argued(-9)],
  ['branches', sara, branches(11)],
  ['copies, added', sara, copied(12, 3, 'add')],
  ['copies, the greatest', sara, copied(12, 3, 'max')],
] as const;

describe.each(programs)('%s', (_, fabric, one) => {
  test('reference = evaluator = golden', async () => {
    const built = buildProgram(fabric, one, {}, {});
    const { problems } = await runPoint(fabric, built, options, async (_title, work) => work(() => {}));
    expect(problems).toEqual([]);
  });

  test('is printed and read back', () => {
    const text = printLoops(one.build({}));
    expect(text).toContain(' below ');
    expect(printLoops(parseLoops(text) as LoopProgram)).toBe(text);
  });
});

const trips = [0, 1, 2, 3];
const all = trips.flatMap((a) => trips.flatMap((b) => trips.map((c) => [a, b, c] as const)));

test.each(all)('three loops that end at run time: %d, %d and %d', async (a, b, c) => {
  const one = nested(a, [b, 3 - b, 2], [c, 2, 3 - c], 1 + (a % 2) * 3);
  const built = buildProgram(sara, one, {}, {});
  const { problems } = await runPoint(sara, built, options, async (_title, work) => work(() => {}));
  expect(problems).toEqual([]);
});

const messages = (build: (v: Explicit) => void): string[] => {
  try {
    buildProgram(tiny, { ...triangle(4, 1), build: () => explicit(build) }, {}, {});
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ message }) => message);
    throw error;
  }
  return [];
};

test('what cannot end at run time is refused', () => {
  expect(
    messages(({ dramOut, sram, pipe, store, leaf }) => {
      const y = dramOut('y', 'i32', [4]);
      pipe({ i: 4 }, ({ i }) => {
        pipe({ b: i }, () => {
          const word = sram('word', 'i32', [1]);
          leaf({ j: 1 }, () => word.set([0], 1));
          store(y, [i], word);
        });
      });
    }),
  ).toEqual(['transfer of `y` cannot be mapped yet: the loop `b` around it ends at run time, and address generators have constant bounds']);
  const last = messages(({ result, pipe, leaf }) => {
    const y = result('y', 'i32');
    pipe({ i: 4 }, ({ i }) => leaf({ j: i }, ({ j }) => y.set(j.value)));
  });
  expect(last[0]).toContain('a result takes the last value of loops that may have no iteration');
  const starts = messages(({ result, sram, pipe, leaf }) => {
    const [y, words] = [result('y', 'i32'), sram('words', 'i32', [4])];
    pipe({}, () => {
      pipe({ i: 4 }, ({ i }) =>
        leaf({ k: i, l: { max: 4, par: 4 } }, ({ k, l }) => words.set([l], reduce('max', k.add(l).value, [k], startAt('i32', -9)))),
      );
      leaf({ s: 4 }, ({ s }) => y.set(reduce('add', words.at(s), [s])));
    });
  });
  expect(starts[0]).toContain('from another start than 0');
});
