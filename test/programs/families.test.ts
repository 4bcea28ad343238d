/** Families at other sizes and parallelisations than the table's: the right answer on the golden machine, or a diagnostic. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import { programNamed } from '../../src/programs/index.ts';
import { VARIANTS } from '../../src/programs/suite/variants.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';
import { familyParams } from '../support/random-families.ts';

const demo = fabricNamed('demo');
/** Families that need more than the 16 units of `demo` at any size. */
const LARGE = new Set(['BankRange', 'BlackScholes', 'Kmeans', 'LogReg', 'MLP']);
const plasticine = fabricNamed('plasticine');
const families = [...new Set(VARIANTS.map(({ family }) => family))];
const ROUNDS = process.env.KILN_FULL ? 40 : 4;
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;

test.each(families)('%s', async (family) => {
  const rng = new Rng(family);
  const fabric = LARGE.has(family) ? plasticine : demo;
  let ran = 0;
  // One fifty-unit expression is much like another.
  const rounds = family === 'BlackScholes' ? ROUNDS / 4 : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    const params = familyParams(family, rng, round % 2 === 0 ? 1 : 3);
    try {
      const built = buildProgram(fabric, programNamed(`suite/${family}`), params, {});
      const { problems } = await runPoint(fabric, built, options);
      expect(problems, JSON.stringify(params)).toEqual([]);
      ran++;
    } catch (error) {
      // Too many units for a fabric of 16 is an answer, too.
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
  expect(ran).toBeGreaterThan(0);
});

test('features that no tree looks at are through before the run is', async () => {
  const built = buildProgram(fabricNamed('sara'), programNamed('suite/RandomCARTInference'), { nSamplesPerTile: 64 }, {});
  const late = { ...options, profile: DRAM_PROFILES.ddr3x4 };
  const { problems } = await runPoint(fabricNamed('sara'), built, late);
  expect(problems).toEqual([]);
});

// Copies that all write one memory: it lies in as many units as they need.
test.each([
  [1, 134],
  [2, 118],
  [3, 127],
  [4, 122],
  [5, 125],
  [7, 124],
  [8, 131],
  [16, 155],
])('%i copies of the nodes of BankRange: %i cycles', async (nodePar, cycles) => {
  const sara = fabricNamed('sara');
  const built = buildProgram(sara, programNamed('suite/BankRange'), { nodePar }, {});
  const { problems, golden } = await runPoint(sara, built, { ...options, profile: DRAM_PROFILES.pir2020 });
  expect([problems, golden?.cycles]).toEqual([[], cycles]);
});

// A memory of more words than anybody lists needs no zeros before it.
test.each([
  ['SRAMSplit_2', 92_915],
  ['SRAMSplit_3', 185_750],
])('%s: %i cycles', async (name, cycles) => {
  const sara = fabricNamed('sara');
  const { family, params } = VARIANTS.find((variant) => variant.name === name)!;
  const built = buildProgram(sara, programNamed(`suite/${family}`), params, {});
  const { problems, golden } = await runPoint(sara, built, { ...options, witnesses: new Set(['golden']), profile: DRAM_PROFILES.pir2020 });
  expect([problems, golden?.cycles]).toEqual([[], cycles]);
});
