/** Accumulations in memory that begin with something other than 0. */
import { expect, test } from 'vitest';
import { type Combiner, explicit, program } from '../../src/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;

/** For each of `groups`, the words of `n` rows combined, in copies; `fold`: on top of the index. */
const combined = (combiner: Combiner, groups: number, n: number, copies: number, words: number) =>
  program({
    name: 'combined',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, memreduce, load, store, leaf }) => {
        const [x, y] = [dramIn('x', 'i32', [groups, n, words]), dramOut('y', 'i32', [groups, words])];
        pipe({ g: groups }, ({ g }) => {
          const sum = sram('sum', 'i32', [words]);
          memreduce(
            sum,
            { t: { max: n, par: copies } },
            ({ t }) => {
              const [row, part] = [sram('row', 'i32', [words]), sram('part', 'i32', [words])];
              load(x, [g, t, 0], row);
              leaf({ i: { max: words, par: 8 } }, ({ i }) => part.set([i], row.at(i).add(t.value)));
              return part;
            },
            { combiner, par: 8 },
          );
          store(y, [g, 0], sum);
        });
      }),
    data: (_, rng) => ({ arrays: { x: Int32Array.from({ length: groups * n * words }, () => rng.int(-999, -9)) } }),
    reference: (_, { arrays: { x } }) => {
      const of = { min: Math.min, max: Math.max, mul: Math.imul, and: (a: number, b: number) => a & b }[combiner as 'min'];
      const y = Array.from({ length: groups * words }, (_, at) => {
        const [g, i] = [Math.floor(at / words), at % words];
        return Array.from({ length: n }, (_, t) => x[(g * n + t) * words + i] + t).reduce((a, b) => of(a, b));
      });
      return { outputs: { y } };
    },
  });

test.each([
  ['max', 1, 5, 1, 16],
  ['max', 3, 5, 1, 20],
  ['min', 2, 6, 2, 16],
  ['mul', 3, 4, 2, 9],
  ['and', 2, 7, 2, 8],
] as const)('%s of %i x %i rows in %i copies, %i words', async (combiner, groups, n, copies, words) => {
  const built = buildProgram(demo, combined(combiner, groups, n, copies, words), {}, {});
  const { problems } = await runPoint(demo, built, options);
  expect(problems).toEqual([]);
});
