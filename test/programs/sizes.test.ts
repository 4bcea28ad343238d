/** The applications at sizes that nothing divides, small ones above all: the right answer on the golden machine, or a diagnostic. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const plasticine = fabricNamed('plasticine');
const FULL = Boolean(process.env.KILN_FULL);
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' } as const;

/** Sizes up to 40, often very small; copies left to Kiln, or a few. */
function randomParams(name: string, rng: Rng): Record<string, number | string> {
  const draw = (key: string, min: number, max: number) => {
    if (key === 'copies') return rng.int(0, 3);
    if (/^(kernel|padding|stride|epochs|batch|batches)$/.test(key)) return rng.int(min, Math.min(max, 4));
    return rng.int(min, Math.min(max, rng.int(0, 3) === 0 ? 5 : 40));
  };
  return Object.fromEntries(
    Object.entries(programNamed(name).params).map(([key, spec]) => [
      key,
      'choices' in spec ? spec.choices[rng.int(0, spec.choices.length - 1)] : draw(key, spec.min, spec.max),
    ]),
  );
}

/** Runs, or says why not; gives whether it ran. */
async function isRight(name: string, params: Record<string, number | string>, fabric = plasticine): Promise<boolean> {
  try {
    const built = buildProgram(fabric, programNamed(name), params, {});
    const { problems } = await runPoint(fabric, built, options);
    expect(problems, JSON.stringify(params)).toEqual([]);
    return true;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return false;
  }
}

// An expression of fifty units, and the choices of k means, take a second each.
test.each([
  ['innerproduct', 6],
  ['outerproduct', 6],
  ['blackscholes', 1],
  ['tpchq6', 6],
  ['gemm', 6],
  ['gda', 4],
  ['logreg', 2],
  ['sgd', 4],
  ['kmeans', 1],
  ['conv', 4],
])('%s', async (name, quick) => {
  const rng = new Rng(`sizes of ${name}`);
  const rounds = FULL ? 40 : quick;
  let ran = 0;
  for (let round = 0; round < rounds; round++) if (await isRight(name, randomParams(name, rng))) ran++;
  expect(ran).toBeGreaterThan(rounds / 2);
});

// Blocks of one row: what is summed on top of a memory came back into a pipeline that waited for it.
test.each([
  [9, 10],
  [9, 8],
  [33, 16],
])('gda of %i points in %i dimensions does not wait for itself', async (n, d) => {
  expect(await isRight('gda', { n, d })).toBe(true);
});

// No kernel takes these: maps with few columns, or more zeros around them than there is map.
test.each<Record<string, number | string>>([
  { channels: 4, filters: 27, height: 23, width: 4, kernel: 1, padding: 3 },
  { channels: 24, filters: 3, height: 1, width: 4, kernel: 3, padding: 1 },
  { channels: 2, filters: 1, height: 1, width: 1, kernel: 1, padding: 1, dtype: 'i32' },
  { channels: 1, filters: 2, height: 3, width: 70, kernel: 2, padding: 4 },
  { channels: 1, filters: 38, height: 38, width: 37, kernel: 2, padding: 1, stride: 4, dilation: 2 },
])('conv in loops: %o', async (params) => {
  expect(await isRight('conv', params, fabricNamed('demo'))).toBe(true);
});
