import { describe, expect, test } from 'vitest';
import { type GemmShape, gemmKernel } from '../../../../src/compiler/kernels/gemm-kernel.ts';
import { portsOf } from '../../../../src/fabric/ports.ts';
import { verifyNetlist } from '../../../../src/ir/netlist.ts';
import { archNamed } from '../../../support/fabric.ts';
import { runGemm } from '../../../support/gemm-run.ts';

/** Ends well, with nothing left inside and nothing the bitstream's rules object to, and every element right to the bit. */
function product(name: string, shape: GemmShape, change: Record<string, unknown> = {}) {
  const run = runGemm(archNamed(name, change), shape);
  expect(run.problems).toEqual([]);
  expect(run.result.status).toBe('done');
  expect(run.result.errors).toEqual([]);
  expect(run.result.residue).toBe(false);
  expect(run.wrong).toEqual([]);
  return run;
}

const wide = { grid: { columns: 4, rows: 2 } };

describe('one unit', () => {
  test.each([
    ['f32', { m: 4, n: 16, k: 8 }],
    ['f32', { m: 12, n: 16, k: 5 }],
    ['f32', { m: 7, n: 13, k: 9 }],
    ['i32', { m: 4, n: 8, k: 4 }],
    ['i32', { m: 9, n: 7, k: 6 }],
  ] as const)('%s %j on four lanes', (dtype, shape) => {
    product('tiny', { ...shape, dtype }, wide);
  });

  test('six stages of sixteen lanes multiply and add in every cycle', () => {
    for (const k of [6, 16, 64]) {
      const run = product('plasticine', { m: 6, n: 64, k, dtype: 'f32' });
      expect(run.span).toBe(4 * k);
      expect(run.utilisation).toBe(1);
    }
  });

  test('block follows block without a pause', () => {
    const run = product('plasticine', { m: 30, n: 64, k: 64, dtype: 'f32' });
    expect(run.utilisation).toBeGreaterThan(0.999);
  });

  test('more blocks of A than a memory unit holds come through its ring', () => {
    const run = product('tiny', { m: 40, n: 16, k: 12, dtype: 'f32' }, { ...wide, pmu: { bankWords: 64 } });
    expect(run.kernel.data.a.length).toBeGreaterThan(256);
  });
});

describe('a grid of units', () => {
  test('two by two', () => {
    expect(product('demo', { m: 24, n: 64, k: 32, dtype: 'f32', grid: { rows: 2, columns: 2 } }).utilisation).toBeGreaterThan(0.98);
  });

  test('rows and columns at the edge that are only partly there', () => {
    product('demo', { m: 20, n: 50, k: 11, dtype: 'i32', grid: { rows: 2, columns: 4 } }, { grid: { columns: 8, rows: 6 } });
  });

  test('collectors merge when address generators are few', () => {
    const shape = { m: 12, n: 128, k: 8, dtype: 'f32', grid: { rows: 2, columns: 4 } } as const;
    const arch = archNamed('demo', { grid: { columns: 8, rows: 4 } });
    const units = (generators: number) => gemmKernel(arch, { ...shape, generators }).netlist.units.map((unit) => unit.id);
    expect(units(10).filter((id) => id.startsWith('save')).length).toBe(4);
    expect(units(9).filter((id) => id.startsWith('save')).length).toBe(3);
    expect(units(9)).toContain('join0_0');
    expect(units(8).filter((id) => id.startsWith('save')).length).toBe(2);
    // An array of 8x4 has seven generators: one too few for this grid, enough on three sides.
    product('demo', shape, { grid: { columns: 8, rows: 4 }, ag: { sides: ['west', 'east', 'north'] } });
  });

  // Six stages do not divide 64 rows of a unit: eleven blocks of which the last has four rows, 32/33 of the work is useful.
  test.runIf(process.env.KILN_FULL).each([
    ['ml', 512, { rows: 8, columns: 8 }, 0.99],
    ['ml', 1024, { rows: 4, columns: 16 }, 0.99],
    ['plasticine', 512, { rows: 8, columns: 8 }, 0.96],
  ] as const)('%s: %i cubed on %j keeps more than %f of the array busy with the answer', (name, size, grid, least) => {
    const run = product(name, { m: size, n: size, k: size, dtype: 'f32', grid }, { ag: { sides: ['west', 'east', 'north', 'south'] } });
    expect(run.utilisation).toBeGreaterThan(least);
  });
});

test('the netlists of the big products are legal and fit the array', () => {
  const arch = archNamed('ml');
  for (const [size, rows, columns] of [
    [512, 8, 8],
    [1024, 4, 16],
  ]) {
    const { netlist } = gemmKernel(arch, { m: size, n: size, k: size, dtype: 'f32', grid: { rows, columns }, generators: 47 });
    expect(verifyNetlist(netlist, (kind) => portsOf(arch, kind))).toEqual([]);
    const count = (kind: string) => netlist.units.filter((unit) => unit.kind === kind).length;
    expect(count('pcu')).toBe(64);
    expect(count('pmu')).toBeLessThanOrEqual(64);
    expect(count('ag')).toBeLessThanOrEqual(47);
  }
});

test('what does not fit is refused by name', () => {
  const arch = archNamed('demo');
  expect(() => gemmKernel(arch, { m: 6, n: 64, k: 16, dtype: 'f32' })).toThrow(/64 columns of C on 1 units of 32/);
  expect(() => gemmKernel(arch, { m: 6, n: 32, k: 4, dtype: 'f32' })).toThrow(/shorter than the pipeline/);
  expect(() => gemmKernel(arch, { m: 6, n: 32, k: 4096, dtype: 'f32' })).toThrow(/exceed a memory unit/);
});
