/**
 * Sections in RTL: each is loaded into the hardware that ran the one before it, with all that this left in registers and memories, over
 * the same DRAM; golden and RTL take the same cycles.
 */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';
import { randomCuts, runCuts } from '../support/random-cuts.ts';
import { randomExplicitProgram } from '../support/random-explicit.ts';

const FULL = Boolean(process.env.KILN_FULL);
const demo = fabricNamed('demo');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;

test.each([['suite/MLP', {}, 3], ...(FULL ? ([['suite/BlackScholes', { N: 64, ts: 16, ip: 8 }, 9]] as const) : [])] as const)(
  '%s',
  { timeout: 900_000 },
  async (name, params, sections) => {
    const built = buildProgram(demo, programNamed(name), params, { fewer: true });
    expect(built.sections).toHaveLength(sections);
    const options = {
      witnesses: new Set(['evaluator', 'golden', 'rtl'] as const),
      given,
      profile: DRAM_PROFILES.ddr3x4,
      network: 'routed',
    } as const;
    const { problems, golden, rtl } = await runPoint(demo, built, options);
    expect(problems).toEqual([]);
    expect(rtl?.cycles).toBe(golden?.cycles);
  },
);

test('cut at random', { timeout: 900_000 }, async () => {
  let ran = 0;
  for (let seed = 0; seed < (FULL ? 100 : 24); seed++) {
    const rng = new Rng(`cuts in RTL ${seed}`);
    try {
      const { point, steps } = await runCuts(demo, randomExplicitProgram(demo.arch, seed), {}, (loops) => randomCuts(loops, rng), 'rtl');
      expect(point?.problems, `seed ${seed}, cut behind ${steps}`).toEqual([]);
      expect(point?.rtl?.cycles).toBe(point?.golden?.cycles);
      ran++;
    } catch (error) {
      // A section that does not fit.
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
  expect(ran).toBeGreaterThan(5);
});

test('in Icarus Verilog', { timeout: 900_000 }, async () => {
  const tiny = fabricNamed('tiny');
  const program = programNamed('outerproduct');
  const { point, steps } = await runCuts(
    tiny,
    program,
    { m: 8, n: 8, copies: 1 },
    (loops) => randomCuts(loops, new Rng('icarus'), 1),
    'icarus',
  );
  expect(steps).toHaveLength(1);
  expect(point?.problems).toEqual([]);
});
