/** One small program a feature of the suite on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { expect, test } from 'vitest';
import type { Fabric } from '../../src/fabric/graph.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);

const FEATURES: readonly (readonly [feature: string, family: string, params: Readonly<Record<string, number>>])[] = [
  ['a lane tree over counters', 'SumSquare', { N: 200, ts: 40, ip: 8 }],
  ['copies and their sum', 'SumSquare', { N: 200, ts: 40, op: 2, ip: 3 }],
  ['an argument, a queue, the last value', 'StreamFake', {}],
  ['one leaf streams into another', 'SimpleDotProduct', { N: 96 }],
  ['tables that come with the bitstream', 'LUTTest', { N: 64, ts: 16, ip: 8 }],
  ['tables from a file, in copies', 'FileLUTTest', { N: 90, ts: 16, op: 2, ip: 8 }],
  ['a memory in parts', 'SRAMSplit', { N: 9000, ts: 64, ip: 8 }],
  ['a memory in blocks', 'SRAMSplit', { N: 600, ts: 64, op: 2, mp: 2, ip: 8 }],
  ['writes that do not depend on the inner loop', 'OuterWrite', { N: 20, ts: 32, ip: 8 }],
  ['a memory written and a dense store', 'UnalignStore', { N: 64, ip: 5 }],
  ['a write with a predicate of lanes', 'BankEnable', { N: 32, ip: 8 }],
  ['a store in each arm', 'IfTest', { N: 64, ip: 8 }],
  ['a memory that a sum is carried in', 'MemReduceTest', { D: 64, N: 6, ip: 8 }],
  ['a dense load, lanes that do not divide', 'UnalignLoad', { N: 64, ip: 5 }],
  ['two loads into one sum', 'DotProduct', { N: 128, ip: 8 }],
  ['four loads and a predicate', 'TPCHQ6', { N: 128, ts: 32, ip: 8 }],
  ['one word for all lanes', 'BroadcastTest', { N: 16, op: 1 }],
  ['a word and a vector of one memory', 'VecTest', { N: 16, op: 1 }],
  ['products of tiles made on chip', 'UnalignParTest', { M: 16, N: 32, ts1: 8, ip: 8, ip1: 8 }],
  ['products of tiles that are loaded', 'OuterProduct', { M: 16, N: 32, ts1: 8, ts2: 16, ip: 8, ip1: 8 }],
  ['a store beyond the ends of its array', 'OuterProduct', { M: 13, N: 19, ts1: 9, ts2: 6, ip: 8, ip1: 5 }],
  ['two arrays that take turns, in the order of their tiles', 'DRAMDoubleBuffer', { N: 64, ts: 16, ip: 4 }],
  ['passes between two halves of an array', 'DRAMDoubleBuffer2', { N: 40, ts: 16, ip: 8, iters: 3 }],
  ['an array of FIFOs, a guard at both ends', 'FIFOTest', { N: 40, ts: 16, op: 2, ip: 5 }],
  ['lanes picked by a predicate, packed', 'SharedLoader', { N: 5, ip: 8 }],
  ['a FIFO that several loops read', 'SharedLoader2', { N: 5, ip: 8, group: 2 }],
  ['whole vectors picked by a predicate', 'RandomCARTInference', { nEstimators: 2, nSamples: 40, nFeatures: 5, nSamplesPerTile: 8, ip: 8 }],
  ['a product of matrices', 'GEMM', { dim: 16, ts: 8, its: 8, ip: 8 }],
];

/** What has more units than `demo`: on a larger grid of it, the same for those that fit. */
const LARGER: readonly (readonly [family: string, columns: number, rows: number, params: Readonly<Record<string, number>>])[] = [
  ['MLP', 6, 6, { N: 21, d0: 2, d1: 2, d2: 2, d3: 2, op0: 2, op1: 2, op2: 2 }],
  ['Kmeans', 6, 6, { K: 4, D: 5, N: 12, ts: 8, ip: 8 }],
  ['LogReg', 6, 6, { N: 24, D: 9, ts: 8, ip: 8 }],
  ['BlackScholes', 12, 9, { N: 64, ts: 32, ip: 8 }],
];

/** What runs always: no other test has a program with tables on the RTL. */
const QUICK = new Set(['tables that come with the bitstream']);
const ROWS = FEATURES.filter(([feature]) => process.env.KILN_FULL || QUICK.has(feature));

test.each(ROWS)('%s: %s %o', (_, family, params) => agree(demo, family, params));

test.runIf(process.env.KILN_FULL).each(LARGER)('%s on %ix%i: %o', (family, columns, rows, params) =>
  agree(fabricNamed('demo', { grid: { columns, rows } }), family, params),
);

async function agree(fabric: Fabric, family: string, params: Readonly<Record<string, number>>): Promise<void> {
  const built = buildProgram(fabric, programNamed(`suite/${family}`), params, {});
  const options = { witnesses, given, profile: DRAM_PROFILES.pir2020, network: 'routed' } as const;
  const point = await runPoint(fabric, built, options);
  expect(point.problems).toEqual([]);
  expect(point.rtl).toBeDefined();
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
}
