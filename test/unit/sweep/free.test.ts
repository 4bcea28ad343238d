/** Parallelisation left to Kiln: what is chosen, what stays, and that the answers stay right. */
import { expect, test } from 'vitest';
import { programNamed } from '../../../src/programs/index.ts';
import { VARIANTS } from '../../../src/programs/suite/variants.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { choicesOf, freeParams } from '../../../src/sweep/point/free.ts';
import { suiteRow } from '../../bench/suite.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const memory = DRAM_PROFILES.pir2020;
const product = programNamed('suite/GEMM');
const names = (list: readonly (readonly [string, unknown])[]) => list.map(([name]) => name);

test('sizes of the data, rows of a batch and what is only asked for are not free', () => {
  expect(names(freeParams(product))).toEqual(['ts', 'its', 'loop_ii', 'loop_jj', 'loop_kk', 'loop_i', 'loop_j', 'ip']);
  expect(names(freeParams(programNamed('suite/SGD')))).toEqual(['mp1', 'mp2', 'ip']);
  expect(names(freeParams(programNamed('suite/UnalignParTest')))).toEqual(['ts1', 'ts2', 'ip', 'ip1', 'op1', 'op2']);
  expect(freeParams(programNamed('innerproduct'))).toEqual([]);
});

test('what is given stays', () => {
  expect(names(freeParams(product, { ip: 4, ts: 16 }))).not.toContain('ip');
  for (const { params } of choicesOf(demo, product, { dim: 16, ip: 4, ts: 16 }, memory))
    expect(params).toMatchObject({ dim: 16, ip: 4, ts: 16 });
});

test('the first choice has the fewest cycles, but for what is not worth its units', () => {
  const choices = choicesOf(demo, product, { dim: 32 }, memory);
  const [first, ...others] = choices;
  const fewest = Math.min(...choices.map(({ expected }) => expected));
  expect(first.expected).toBeLessThanOrEqual(fewest / 0.98);
  for (const one of others) if (one.units < first.units) expect(one.expected).toBeGreaterThan(fewest / 0.98);
  // The same every time.
  expect(choicesOf(demo, product, { dim: 32 }, memory)).toEqual(choices);
});

test('what does not fit is no choice', () => {
  expect(choicesOf(fabricNamed('tiny'), programNamed('suite/BlackScholes'), {}, memory)).toEqual([]);
});

// Among them rows that predictions alone made slower. The full suite has all rows.
const ROWS = [
  ...['DotProduct_0', 'DotProduct_2', 'DotProduct_3', 'DotProduct_5', 'GEMM_7', 'OuterProduct_0', 'SGD_0', 'SGD_3', 'SumSquare_3'],
  ...['UnalignStore_1', 'UnalignParTest_1', 'DRAMDoubleBuffer_0', 'IfTest_0', 'OuterWrite'],
];

test.each(VARIANTS.filter(({ name }) => process.env.KILN_FULL || ROWS.includes(name)).map((variant) => [variant.name, variant] as const))(
  '%s: free is right, and no slower than the parallelisation of the table',
  async (_, variant) => {
    const fabric = fabricNamed('sara');
    const [fixed, free] = [await suiteRow(variant, fabric), await suiteRow(variant, fabric, { free: true })];
    expect(free.problem).toBeUndefined();
    expect(free.cycles).toBeLessThanOrEqual(fixed.cycles as number);
  },
);
