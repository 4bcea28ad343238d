import { expect, test } from 'vitest';
import { countWork } from '../../src/ir/count.ts';
import type { Op } from '../../src/ops/table.ts';
import { programNamed, programs } from '../../src/programs/index.ts';
import { VARIANTS } from '../../src/programs/suite/variants.ts';
import { demoTarget, runProgram } from './check.ts';

/** The operation that the work of a family is counted in. */
const countedBy: Readonly<Record<string, Op>> = {
  DotProduct: 'mul',
  FileLUTTest: 'mul',
  GEMM: 'mul',
  LUTTest: 'mul',
  MLP: 'mul',
  OuterProduct: 'mul',
  SimpleDotProduct: 'mul',
  SumSquare: 'mul',
  TPCHQ6: 'mul',
  UnalignParTest: 'mul',
  VecTest: 'fmul',
};

test.each(VARIANTS.map((variant) => [variant.name, variant] as const))('%s', (name, variant) => {
  const program = programNamed(`suite/${name}`);
  const { built, mismatches, compared } = runProgram(program, {});
  expect(mismatches).toEqual([]);
  expect(compared).toBeGreaterThan(0);
  expect(built.name).toBe(`suite/${name}`);
  expect(built.params).toEqual(variant.params);
  // The table counts multiply-adds (in some families other things); iterations that only exist as padding are not among them.
  const counted = countedBy[variant.family];
  if (counted) expect(countWork(built).byOp.get(counted)).toBe(variant.work);
});

test('known answers of the suite', () => {
  const sums: Record<string, number> = {
    DotProduct_0: 357389824,
    FileLUTTest_0: 690880,
    LUTTest_4: 10416,
    OuterWrite: 2016,
    SRAMSplit_0: 4294836224 | 0,
    StreamFake: 10,
    SumSquare_0: 357389824,
    TPCHQ6_0: 17296,
    UnalignLoad_0: 2016,
    UnalignReduce_1: 4032,
  };
  for (const [name, sum] of Object.entries(sums)) {
    const program = programNamed(`suite/${name}`);
    const params = program.resolve();
    const inputs = program.data(params, undefined as never);
    expect(Object.values(program.reference(params, inputs).results ?? {})).toEqual([sum]);
  }
});

test.each([1, 5, 17, 100, 1000])('ragged sizes: %i', (N) => {
  for (const name of ['DotProduct', 'SumSquare', 'SimpleDotProduct', 'TPCHQ6']) {
    for (const op of [1, 2, 3]) {
      for (const ip of [1, 5, 8]) expect(runProgram(programNamed(`suite/${name}`), { N, op, ip }, demoTarget).mismatches).toEqual([]);
    }
  }
});

test.each([1, 5, 17, 64, 100])('ragged sizes of the small families: %i', (N) => {
  for (const op of [1, 2, 3]) {
    for (const ip of [1, 5, 8]) {
      for (const name of ['BroadcastTest', 'IfTest', 'LUTTest', 'UnalignLoad', 'UnalignReduce', 'UnalignStore', 'VecTest'])
        expect(runProgram(programNamed(`suite/${name}`), { N, op, ip }, demoTarget).mismatches).toEqual([]);
      expect(runProgram(programNamed('suite/MemReduceTest'), { N, D: 40, op, ip }, demoTarget).mismatches).toEqual([]);
      expect(runProgram(programNamed('suite/UnalignParTest'), { M: 20, N, op2: op, ip }, demoTarget).mismatches).toEqual([]);
    }
    for (const ip of [1, 4])
      expect(runProgram(programNamed('suite/SRAMSplit'), { N, ts: 16, op, mp: op, ip }, demoTarget).mismatches).toEqual([]);
    expect(runProgram(programNamed('suite/MLP'), { N, batch: op, opb: op, d1: 5, op1: op }, demoTarget).mismatches).toEqual([]);
    expect(runProgram(programNamed('suite/BankEnable'), { N, ip: op }, demoTarget).mismatches).toEqual([]);
    for (const ts of [3, 16]) expect(runProgram(programNamed('suite/FIFOTest'), { N, ts, op, ip: op }, demoTarget).mismatches).toEqual([]);
    expect(runProgram(programNamed('suite/BlackScholes'), { N, ts: 16, op }, demoTarget).mismatches).toEqual([]);
    expect(runProgram(programNamed('suite/RandomCARTInference'), { nSamples: N, nEstimators: op }, demoTarget).mismatches).toEqual([]);
    expect(runProgram(programNamed('suite/StreamFake'), { N }, demoTarget).mismatches).toEqual([]);
    expect(runProgram(programNamed('suite/OuterWrite'), { N }, demoTarget).mismatches).toEqual([]);
  }
});

test('ragged matrices', () => {
  for (const dim of [1, 5, 17, 33]) {
    expect(runProgram(programNamed('suite/GEMM'), { dim, ts: 16, its: 8, loop_kk: 2, loop_ii: 3, ip: 8 }, demoTarget).mismatches).toEqual(
      [],
    );
    expect(
      runProgram(programNamed('suite/OuterProduct'), { M: dim, N: 40, ts1: 16, ts2: 32, op1: 2, op2: 3, ip1: 8 }, demoTarget).mismatches,
    ).toEqual([]);
  }
});

test('ragged sizes of the families that memory-reduce', () => {
  for (const [op, mp] of [
    [1, 1],
    [2, 3],
  ]) {
    const mismatches = (name: string, params: Record<string, number>) =>
      runProgram(programNamed(`suite/${name}`), params, demoTarget).mismatches;
    for (const [R, C] of [
      [1, 1],
      [13, 5],
      [20, 17],
    ])
      expect(mismatches('GDA', { R, C, ts: 6, op, mp1: mp, mp2: op, ip: 5 })).toEqual([]);
    for (const [N, K, D] of [
      [5, 1, 2],
      [23, 7, 9],
    ])
      expect(mismatches('Kmeans', { N, K, D, I: 3, ts: 10, op, mp1: op, mp2: mp, mp3: mp, ip: 5 })).toEqual([]);
    for (const [N, D] of [
      [1, 1],
      [37, 9],
    ]) {
      expect(mismatches('LogReg', { N, D, ts: 8, op, mp, ip: 5 })).toEqual([]);
      expect(mismatches('SGD', { N, D, ts: 8, mp1: op, mp2: mp, ip: 5 })).toEqual([]);
    }
  }
});

test('names are unique and a misspelt one is told', () => {
  expect([...programs.keys()].filter((name) => name.startsWith('suite/')).length).toBe(
    new Set(VARIANTS.flatMap(({ name, family }) => [name, family])).size,
  );
  expect(() => programNamed('suite/GEMM_00')).toThrow(/there is no program `suite\/GEMM_00`/);
});
