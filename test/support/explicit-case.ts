/** Explicit programs as cases: compiled, run by the evaluator and the golden machine (and in RTL), and compared with what is expected. */
import { expect } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { type Explicit, explicit } from '../../src/frontend/dsl/explicit.ts';
import { type Expected, type Program, program, type Words } from '../../src/frontend/program.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { type Point, runPoint } from '../../src/sweep/point/point.ts';

type Build = (v: Explicit) => void;

const options = {
  given: { arrays: new Map(), args: new Map(), seed: 1 },
  profile: DRAM_PROFILES.pir2020,
  network: 'routed',
  poison: true,
} as const;

export interface Checked {
  readonly point: Point;
  /** Memory units that the program takes. */
  readonly memories: number | undefined;
}

const made = (build: Build, arrays: Record<string, Words>, expected: Expected): Program =>
  program({ name: 'case', params: {}, build: () => explicit(build), data: () => ({ arrays }), reference: () => expected });

/** With 'rtl' the cycles of both machines are the same. Words that nothing wrote are poison; no bound of the certificate is above the cycles. */
export async function checkExplicit(
  fabric: Fabric,
  build: Build,
  arrays: Record<string, Words>,
  expected: Expected,
  on: 'golden' | 'rtl' = 'golden',
): Promise<Checked> {
  const built = buildProgram(fabric, made(build, arrays, expected), {}, {});
  const point = await runPoint(fabric, built, { ...options, witnesses: new Set(['evaluator', 'golden', on] as const) });
  expect(point.problems).toEqual([]);
  expect(point.golden?.cycles).toBeGreaterThan(0);
  if (on === 'rtl') expect(point.rtl?.cycles).toBe(point.golden?.cycles);
  for (const bound of point.certificate.bounds) expect(bound.cycles, bound.kind).toBeLessThanOrEqual(point.golden?.cycles ?? 0);
  return { point, memories: built.sections[0].compiled?.units.pmu };
}

/** The messages with which a program is refused; empty when it is not. */
export function refusalOf(fabric: Fabric, build: Build): string {
  try {
    buildProgram(fabric, made(build, {}, {}), {}, {});
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ message }) => message).join('; ');
    throw error;
  }
  return '';
}
