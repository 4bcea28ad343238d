/** Sums that accumulators hold as a whole do not go through a memory; all others do. */
import { expect, test } from 'vitest';
import { keepResident } from '../../../src/compiler/passes/resident.ts';
import { parseLoops } from '../../../src/ir/loops-parse.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { buildProgram } from '../../../src/sweep/point/build.ts';
import { runPoint } from '../../../src/sweep/point/point.ts';
import { fabricNamed } from '../../support/fabric.ts';

const text = (leaf: string, more = '') => `program "sums" {}
dram in x f32 [8, 16]
dram out y f32 [16]
memory tile f32 [4, 16]
memory s f32 [16]
nest pipe () {
  nest pipe (t: 0..8 step 4) {
    load x[t, 0] [4, 16] -> tile
    ${leaf}
${more}  }
  store s -> y[0] [16]
}
`;
const sum = (loops: string, init = 'carried s[i] over t first 0x00000000') => `leaf (${loops}) {
      %0 = read tile[k, i] : f32
      %1 = reduce fadd %0 over k ${init} : f32
      write s[i] = %1
    }`;
const after = (program: string) => printLoops(keepResident(parseLoops(program)));

test('a sum over rows of tiles stays', () => {
  expect(after(text(sum('k: 0..4, i: 0..16 par 8')))).toContain('reduce fadd %0 over t k from 0x00000000');
});

test.each([
  ['elements outside the sum', text(sum('i: 0..16, k: 0..4'))],
  ['one element a tile, without accumulators', text(sum('k: 0..1, i: 0..16 par 8'))],
  ['a start from what the memory holds', text(sum('k: 0..4, i: 0..16 par 8', 'carried s[i] over t'))],
  ['another reader in the loop', text(sum('k: 0..4, i: 0..16 par 8'), '    store s -> y[0] [16]\n')],
  ['copies of the loop', text(sum('k: 0..4, i: 0..16 par 8')).replace('(t: 0..8 step 4)', '(t: 0..8 step 4 par 2)')],
])('%s: it stays carried', (_, program) => {
  expect(after(program)).toBe(printLoops(parseLoops(program)));
});

test('as many elements a tile as an addition takes cycles: once a hang', async () => {
  const fabric = fabricNamed('demo', { grid: { columns: 6, rows: 6 } });
  const built = buildProgram(fabric, programNamed('logreg'), { n: 70, d: 19, epochs: 2 }, {});
  const witnesses = new Set(['evaluator', 'golden'] as const);
  const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
  const options = { witnesses, given, profile: DRAM_PROFILES.ddr3x4, network: 'routed', maxCycles: 10_000 } as const;
  const point = await runPoint(fabric, built, options);
  expect(point.problems).toEqual([]);
});
