/**
 * Variants of the suite as they are on the whole 20x20 RTL of `sara`, with the memory of the peer's log: the same answers, in the
 * same cycles, as the golden machine. One build serves all; it takes long, so only the full tests ask for it.
 */
import { expect, test } from 'vitest';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const VARIANTS = [
  'DotProduct_0',
  'DotProduct_7',
  'TPCHQ6_0',
  'SumSquare_0',
  'LUTTest_0',
  'BankEnable_0',
  'FIFOTest_0',
  'UnalignLoad_0',
  'UnalignStore_1',
  'VecTest',
  'CountZero_0',
  'BankRange_0',
  'DRAMDoubleBuffer_1',
  'SharedLoader',
];

const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);

test.runIf(process.env.KILN_FULL).each(VARIANTS)('%s', async (name) => {
  const sara = fabricNamed('sara');
  const options = { witnesses, given, profile: DRAM_PROFILES.pir2020, network: 'routed' } as const;
  const built = buildProgram(sara, programNamed(`suite/${name}`), {}, {});
  const point = await runPoint(sara, built, options);
  expect(point.problems).toEqual([]);
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
  console.log(`${name} ${point.rtl?.cycles} cycles`);
});
