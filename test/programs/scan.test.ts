/** Scans: a value in every iteration, against plain loops. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import type { LoopProgram, Program } from '../../src/index.ts';
import { explicit, program, scan, startAt } from '../../src/index.ts';
import { parseLoops } from '../../src/ir/loops-parse.ts';
import { printLoops } from '../../src/ir/loops-print.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const tiny = fabricNamed('tiny');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;

/** Running sums of a vector, tile by tile. */
const prefix = (n: number, ts: number): Program =>
  program({
    name: 'prefix',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf }) => {
        const [x, y] = [dramIn('x', 'i32', [n]), dramOut('y', 'i32', [n])];
        pipe({ t: { max: n, step: ts } }, ({ t }) => {
          const [a, b] = [sram('a', 'i32', [ts]), sram('b', 'i32', [ts])];
          load(x, [t], a);
          leaf({ i: ts }, ({ i }) => b.set([i], scan('add', a.at(i), [t, i], startAt('i32', 5))));
          store(y, [t], b);
        });
      }),
    data: (_, rng) => ({ arrays: { x: Int32Array.from({ length: n }, () => rng.int(-99, 99)) } }),
    reference: (_, { arrays: { x } }) => {
      let sum = 5;
      return { outputs: { y: Array.from(x, (value) => (sum += value)) } };
    },
  });

/** Running maxima of the rows of a matrix, and what is made of them; lanes hold different rows. */
const rows = (m: number, n: number, lanes: number, combiner: 'max' | 'add' = 'max'): Program =>
  program({
    name: 'rows',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf }) => {
        const [x, y] = [dramIn('x', 'f32', [m, n]), dramOut('y', 'f32', [m, n])];
        pipe({}, () => {
          const [a, b] = [sram('a', 'f32', [m, n]), sram('b', 'f32', [m, n])];
          load(x, [0, 0], a);
          leaf({ k: n, i: { max: m, par: lanes } }, ({ k, i }) => {
            const most = scan(combiner, a.at(i, k), [k], startAt('f32', combiner === 'add' ? 0 : Number.NEGATIVE_INFINITY));
            b.set([i, k], most.sub(a.at(i, k)));
          });
          store(y, [0, 0], b);
        });
      }),
    data: (_, rng) => ({ arrays: { x: Float32Array.from({ length: m * n }, () => rng.int(-99, 99)) } }),
    reference: (_, { arrays: { x } }) => {
      const y = Array.from(x, (value, at) => Math.max(...x.slice(at - (at % n), at + 1)) - value);
      return { outputs: { y } };
    },
  });

describe.each([
  ['a vector of one tile', prefix(13, 13)],
  ['a vector of tiles', prefix(96, 32)],
  ['rows in as many vectors as the ring has entries', rows(16, 9, 4)],
] as const)('%s', (_, scanned) => {
  test('reference = evaluator = golden', async () => {
    const built = buildProgram(tiny, scanned, {}, {});
    const { problems } = await runPoint(tiny, built, options);
    expect(problems).toEqual([]);
  });

  test('is printed and read back', () => {
    const loops = scanned.build({});
    const text = printLoops(loops);
    expect(text).toContain('= scan ');
    expect(printLoops(parseLoops(text) as LoopProgram)).toBe(text);
  });
});

test('one word a cycle', async () => {
  const built = buildProgram(tiny, prefix(1024, 128), {}, {});
  const { golden } = await runPoint(tiny, built, options);
  expect(golden?.cycles).toBeLessThan(1024 + 160);
});

const messages = (build: () => unknown): string[] => {
  try {
    build();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ message }) => message);
    throw error;
  }
  return [];
};

test('what cannot be scanned is refused', () => {
  const along = (par: number, copies: number) =>
    explicit(({ dramOut, sram, pipe, store, leaf }) => {
      const y = dramOut('y', 'i32', [32]);
      pipe({ t: { max: 32, step: 16, par: copies } }, ({ t }) => {
        const b = sram('b', 'i32', [16]);
        leaf({ i: { max: 16, par } }, ({ i }) => b.set([i], scan('add', i.value, [t, i], startAt('i32', 0))));
        store(y, [t], b);
      });
    });
  expect(messages(() => along(4, 1))).toEqual(['a scan along the lanes of `i`']);
  expect(messages(() => buildProgram(tiny, { ...prefix(32, 16), build: () => along(1, 2) }, {}, {}))).toEqual([
    'copies of the scanned loop `t` cannot be mapped yet: each iteration needs the one before it',
  ]);
  // Sums of floats take four cycles, and one vector of rows comes every cycle.
  const late = rows(4, 9, 4, 'add');
  expect(messages(() => buildProgram(tiny, late, {}, {}))[0]).toContain('accumulator');
});
