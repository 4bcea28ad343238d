/** A random stencil on a fabric, compared with plain arithmetic; words that nothing wrote are poison. */
import { expect } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { type Built, buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { randomStencil } from './random-stencils.ts';

const options = {
  given: { arrays: new Map(), args: new Map(), seed: 1 },
  profile: DRAM_PROFILES.ideal,
  network: 'routed',
  poison: true,
} as const;

/** Runs stencil `seed`; false where it does not fit. */
export async function stencilIsRight(fabric: Fabric, seed: number, on: 'golden' | 'rtl'): Promise<boolean> {
  const { program, text } = randomStencil(new Rng(`stencil ${seed}`));
  let built: Built;
  try {
    built = buildProgram(fabric, program, {}, {});
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    // What it means is clear: it may be too large, no more.
    expect(
      error.diagnostics.map(({ code }) => code).filter((code) => code.startsWith('E02')),
      text,
    ).toEqual([]);
    return false;
  }
  const { problems } = await runPoint(fabric, built, { ...options, witnesses: new Set(['evaluator', 'golden', on] as const) });
  expect(problems, `seed ${seed}: ${text}`).toEqual([]);
  return true;
}
