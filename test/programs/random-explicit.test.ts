/**
 * Random explicit programs: the program as written and as mapped (copies, blocks, accumulators) give the same words in the
 * evaluator, and the golden machine and the RTL give those of the mapped one, bit for bit; or a diagnostic says why not.
 */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';
import { randomExplicitProgram } from '../support/random-explicit.ts';

const FULL = Boolean(process.env.KILN_FULL);
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;

/** Runs program `seed`; false where it does not fit. */
async function isRight(fabric: Fabric, seed: number, on: 'golden' | 'rtl'): Promise<boolean> {
  try {
    const made = randomExplicitProgram(fabric.arch, seed);
    const built = buildProgram(fabric, made, {}, {});
    const profile = DRAM_PROFILES[seed % 2 === 0 ? 'ideal' : 'ddr3x4'];
    const options = { witnesses: new Set(['evaluator', 'golden', on] as const), given, profile, network: 'routed', poison: true } as const;
    const point = await runPoint(fabric, built, options);
    expect(point.problems, `seed ${seed}`).toEqual([]);
    if (on === 'rtl') expect(point.rtl?.cycles, `seed ${seed}`).toBe(point.golden?.cycles);
    return true;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return false;
  }
}

describe.each([
  ['plasticine', FULL ? 1000 : 40],
  ['sara', FULL ? 500 : 20],
])('on %s', (name, count) => {
  const fabric = fabricNamed(name);
  test('programs are right, or refused', { timeout: 1_800_000 }, async () => {
    let ran = 0;
    for (let seed = 0; seed < count; seed++) if (await isRight(fabric, seed, 'golden')) ran++;
    expect(ran).toBeGreaterThan(count / 2);
  });
});

test.runIf(FULL)('those that fit on demo are right in RTL, too', { timeout: 1_800_000 }, async () => {
  const demo = fabricNamed('demo');
  let ran = 0;
  for (let seed = 0; seed < 150; seed++) if (await isRight(demo, seed, 'rtl')) ran++;
  expect(ran).toBeGreaterThan(10);
});
