import { describe, expect, test } from 'vitest';
import { defaultTarget } from '../../src/frontend/program.ts';
import { blackscholes } from '../../src/programs/blackscholes.ts';
import { gemm } from '../../src/programs/gemm.ts';
import { innerproduct } from '../../src/programs/innerproduct.ts';
import { outerproduct } from '../../src/programs/outerproduct.ts';
import { tpchq6 } from '../../src/programs/tpchq6.ts';
import { demoTarget, runProgram, tinyTarget } from './check.ts';

const targets = { tiny: tinyTarget, demo: demoTarget, plasticine: defaultTarget } as const;
const types = ['i32', 'f32'] as const;

describe.each(Object.entries(targets))('on %s', (_, target) => {
  test.each([1, 17, 1000, 20_011])('blackscholes of %i options', (n) => {
    expect(runProgram(blackscholes, { n }, target)).toMatchObject({ mismatches: [], compared: n });
  });

  describe.each(types)('in %s', (dtype) => {
    test.each([1, 5, 16, 17, 100, 1024, 16385, 50_001])('innerproduct of %i', (n) => {
      expect(runProgram(innerproduct, { n, dtype }, target)).toMatchObject({ mismatches: [], compared: 1 });
    });

    test.each([1, 5, 17, 100, 8192, 33_333])('tpchq6 of %i rows', (n) => {
      expect(runProgram(tpchq6, { n, dtype }, target)).toMatchObject({ mismatches: [], compared: 1 });
    });

    test.each([
      [1, 1],
      [5, 17],
      [64, 64],
      [100, 33],
      [3, 2500],
    ])('outerproduct of %i x %i', (m, n) => {
      expect(runProgram(outerproduct, { m, n, dtype }, target)).toMatchObject({ mismatches: [], compared: m * n });
    });

    test.each([
      [1, 1, 1],
      [5, 17, 3],
      [16, 16, 16],
      [33, 100, 17],
      [7, 5, 1301],
      [70, 64, 600],
    ])('gemm of %i x %i x %i', (m, n, k) => {
      expect(runProgram(gemm, { m, n, k, dtype }, target)).toMatchObject({ mismatches: [], compared: m * n });
    });

    test.each([2, 3, 4])('with %i copies', (copies) => {
      expect(runProgram(innerproduct, { n: 1000, dtype, copies }, target).mismatches).toEqual([]);
      expect(runProgram(tpchq6, { n: 1000, dtype, copies }, target).mismatches).toEqual([]);
      expect(runProgram(outerproduct, { m: 50, n: 40, dtype, copies }, target).mismatches).toEqual([]);
      expect(runProgram(gemm, { m: 50, n: 40, k: 30, dtype, copies }, target).mismatches).toEqual([]);
    });
  });
});

test('a wrong answer is found', () => {
  const wrong = { ...innerproduct, reference: () => ({ results: { sum: 12345.5 } }) };
  expect(runProgram(wrong, { n: 10 }).mismatches).toMatchObject([{ name: 'sum', expected: 12345.5, count: 1 }]);
  const missing = { ...outerproduct, reference: () => ({}) };
  expect(runProgram(missing, { m: 2, n: 3 }).mismatches).toMatchObject([{ name: 'out', index: [0, 0], count: 6 }]);
});

test('the revenue of the full query is not nothing, and wraps in i32', () => {
  const params = tpchq6.resolve({ n: 50_000, dtype: 'i32' });
  const { reference } = tpchq6;
  const { built } = runProgram(tpchq6, { n: 50_000 });
  expect(built.dram.map(({ name }) => name)).toEqual(['shipdate', 'quantity', 'discount', 'price']);
  const rows = (values: number[]) => Int32Array.from(values);
  const inputs = {
    arrays: {
      shipdate: rows([8766, 9130, 9131, 8765]),
      quantity: rows([23, 1, 1, 1]),
      discount: rows([5, 7, 6, 6]),
      price: rows([2 ** 30, 3, 5, 7]),
    },
  };
  expect(reference({ ...params, n: 4 }, inputs).results).toEqual({ revenue: (2 ** 30 * 5 + 21) | 0 });
});
