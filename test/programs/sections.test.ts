/** Programs in sections: cut anywhere they mean the same, and those that do not fit are cut by themselves. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import type { LoopProgram } from '../../src/ir/loops.ts';
import { programNamed } from '../../src/programs/index.ts';
import { VARIANTS } from '../../src/programs/suite/variants.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildFromKbit, buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { reportOf } from '../../src/sweep/point/report.ts';
import { fabricNamed } from '../support/fabric.ts';
import { randomCuts, runCuts } from '../support/random-cuts.ts';
import { randomExplicitProgram } from '../support/random-explicit.ts';
import { familyParams } from '../support/random-families.ts';
import { randomPatterns } from '../support/random-patterns.ts';

const FULL = Boolean(process.env.KILN_FULL);
const plasticine = fabricNamed('plasticine');
const demo = fabricNamed('demo');

describe('cut at random', () => {
  test('explicit programs', { timeout: 1_800_000 }, async () => {
    const count = FULL ? 300 : 20;
    let ran = 0;
    for (let seed = 0; seed < count; seed++) {
      const rng = new Rng(`cuts ${seed}`);
      const program = randomExplicitProgram(plasticine.arch, seed);
      try {
        const { point, steps } = await runCuts(plasticine, program, {}, (loops) => randomCuts(loops, rng));
        expect(point?.problems, `seed ${seed}, cut behind ${steps}`).toEqual([]);
        ran++;
      } catch (error) {
        // Where a memory is only looked at beyond its edge a section does not read it at all: refused, as such a program is.
        if (!(error instanceof DiagnosticError)) throw error;
      }
    }
    expect(ran).toBeGreaterThan(0.95 * count);
  });

  test('patterns', { timeout: 1_800_000 }, async () => {
    const count = FULL ? 300 : 20;
    let ran = 0;
    for (let seed = 0; seed < count; seed++) {
      const rng = new Rng(`cuts ${seed}`);
      const { program, text } = randomPatterns(new Rng(`patterns plasticine ${seed}`), plasticine.arch);
      const { point, steps } = await runCuts(plasticine, program, {}, (loops) => randomCuts(loops, rng));
      // Some are one leaf that is one reduction.
      if (!point) continue;
      expect(point.problems, `${text}, cut behind ${steps}`).toEqual([]);
      ran++;
    }
    expect(ran).toBeGreaterThan(0.8 * count);
  });

  const families = [...new Set(VARIANTS.map(({ family }) => family))];
  const cut = new Set<string>();
  test.each(families)('suite/%s', { timeout: 900_000 }, async (family) => {
    const rng = new Rng(`cut ${family}`);
    for (let round = 0; round < (FULL ? 16 : 1); round++) {
      const params = familyParams(family, rng, 1);
      let steps: readonly number[] = [];
      const draw = (loops: LoopProgram) => {
        steps = randomCuts(loops, rng);
        return steps;
      };
      try {
        const { point } = await runCuts(plasticine, programNamed(`suite/${family}`), params, draw);
        if (!point) continue;
        expect(point.problems, `${JSON.stringify(params)}, cut behind ${steps}`).toEqual([]);
        cut.add(family);
      } catch (error) {
        // Rounds of a FIFO that data counts are refused.
        if (!(error instanceof DiagnosticError)) throw error;
      }
    }
  });

  test('most families are cut, few are refused', () => {
    expect(cut.size).toBeGreaterThan(0.7 * families.length);
  });
});

const options = {
  witnesses: new Set(['evaluator', 'golden'] as const),
  given: { arrays: new Map(), args: new Map(), seed: 1 },
  profile: DRAM_PROFILES.ddr3x4,
  network: 'routed',
  poison: true,
} as const;

describe('a program that does not fit', () => {
  const params = { N: 64, ts: 16, ip: 8 };
  const program = programNamed('suite/BlackScholes');
  const built = buildProgram(demo, program, params, { fewer: true });

  test('runs in sections, each as large as fits', async () => {
    expect(built.warnings?.map(({ code, message }) => [code, message])).toEqual([
      ['W0702', 'the program runs in 9 configurations, one after the other, each in one copy'],
    ]);
    for (const { units } of built.sections) {
      expect(units.pcu).toBeLessThanOrEqual(8);
      expect(units.pcu + units.pmu).toBeGreaterThan(1);
    }
    const point = await runPoint(demo, built, options);
    expect(point.problems).toEqual([]);
    expect(point.golden?.cycles).toBe(1727);
    const report = reportOf(demo, point, options.profile, {});
    expect(report.cycles.golden).toBe(1727);
    expect(report.bound.cycles).toBe(point.certificate.sections?.reduce((sum, { cycles }) => sum + cycles, 0));
    expect(report.bound.cycles).toBeLessThanOrEqual(1727);
  });

  test('is made again from its file', async () => {
    const again = buildFromKbit(demo, program, built.kbit);
    expect(again.sections.map(({ units, host }) => [units, host])).toEqual(built.sections.map(({ units, host }) => [units, host]));
    const { problems, golden } = await runPoint(demo, again, options);
    expect([problems, golden?.cycles]).toEqual([[], 1727]);
  });

  test('is refused with `--exact`', () => {
    expect(() => buildProgram(demo, program, params, {})).toThrow(/needs 51 compute units, `demo` has 8/);
  });

  test('a file of a program that is another one since is refused', () => {
    const other = programNamed('innerproduct');
    expect(() => buildFromKbit(demo, { ...other, resolve: () => other.resolve({ n: 64 }) }, built.kbit)).toThrow(DiagnosticError);
  });
});

test('layers one after the other, in the same bytes every time', async () => {
  const [built, again] = [1, 2].map(() => buildProgram(demo, programNamed('suite/MLP'), {}, { fewer: true }));
  expect(again.kbit).toEqual(built.kbit);
  expect(built.sections.length).toBeGreaterThan(1);
  const { problems } = await runPoint(demo, built, options);
  expect(problems).toEqual([]);
});

// The state of an iteration is what the next one begins with: each iteration has sections of its own.
test.each([
  ['kmeans', { n: 64, d: 8, k: 4, epochs: 2 }, 6],
  ['logreg', { n: 64, d: 16, epochs: 2 }, 4],
  ['suite/LogReg', { N: 64 }, 4],
] as const)('iterations of %s', async (name, params, sections) => {
  const built = buildProgram(demo, programNamed(name), params, { fewer: true });
  expect(built.sections).toHaveLength(sections);
  const { problems } = await runPoint(demo, built, options);
  expect(problems).toEqual([]);
});

// Both iterations load the same array, each by a statement of its own.
test('a load of the first iteration is dropped there alone', async () => {
  const { point } = await runCuts(plasticine, programNamed('suite/LogReg'), { iters: 2, D: 13, N: 22, ts: 11, ip: 8 }, () => [26, 29]);
  expect(point?.problems).toEqual([]);
});

test('a memory that is too large for all units is no matter of sections', () => {
  expect(() => buildProgram(demo, programNamed('suite/SRAMSplit'), { ip: 8 }, { fewer: true })).toThrow(/E0601/);
});
