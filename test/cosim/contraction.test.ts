/** Matrix products and convolutions mapped whole: the same answers on three witnesses, in the same cycles on two. */
import { expect, test } from 'vitest';
import type { AcceptPlan } from '../../src/compiler/kernels/select.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import type { Program } from '../../src/frontend/program.ts';
import { conv } from '../../src/programs/conv.ts';
import { gemm } from '../../src/programs/gemm.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);

async function agree(fabric: Fabric, one: Program, params: Readonly<Record<string, number | string>>, accept?: AcceptPlan) {
  const built = buildProgram(fabric, one, params, { accept });
  expect(built.sections[0].compiled?.lowered.netlist.units.some(({ id }) => id.startsWith('mac0_0'))).toBe(true);
  const options = { witnesses, given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' } as const;
  const point = await runPoint(fabric, built, options);
  expect(point.problems).toEqual([]);
  expect(point.answers.size).toBe(3);
  expect(point.rtl).toBeDefined();
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
  return point;
}

const minutes = { timeout: 1_800_000 };

test.each([
  [1, 1, 64],
  [2, 2, 96],
] as const)('a product on %i x %i compute units, depth %i, keeps their functional units busy', minutes, async (rows, columns, k) => {
  const demo = fabricNamed('demo');
  const { pcu } = demo.arch;
  const shape = { m: rows * pcu.stages, n: columns * 4 * pcu.lanes, k, dtype: 'f32', copies: 1 };
  const accept: AcceptPlan = ({ grid }) => grid.rows === rows && grid.columns === columns && grid.links === 1;
  const { golden } = await agree(demo, gemm, shape, accept);
  const busy = golden!.stats.contexts.filter((context) => context.kind === 'pcu' && context.issues > 0);
  expect(busy.length).toBe(rows * columns);
  // The golden machine, equal in every cycle, tells when the compute units issued.
  const span = Math.max(...busy.map(({ lastIssue }) => lastIssue)) - Math.min(...busy.map(({ firstIssue }) => firstIssue)) + 1;
  expect((shape.m * shape.n * shape.k) / (busy.length * pcu.stages * pcu.lanes * span)).toBeGreaterThanOrEqual(rows > 1 ? 0.97 : 0.99);
});

test.each([
  ['a chain of compute units, sums handed on', gemm, { m: 20, n: 40, k: 64, dtype: 'i32', copies: 1 }, ({ grid }) => grid.links === 2],
  ['windows over whole maps', conv, { channels: 4, filters: 12, height: 9, width: 10, dtype: 'f32' }, ({ right }) => !right.image?.bands],
  ['windows over bands of maps', conv, { channels: 3, filters: 7, height: 8, width: 7, dtype: 'f32' }, ({ right }) => right.image?.bands],
  [
    'windows that move by two, in planes',
    conv,
    { channels: 2, filters: 10, height: 11, width: 15, stride: 2, dtype: 'f32' },
    ({ right }) => (right.strided?.planes ?? 0) > 1,
  ],
  [
    'windows that move by three',
    conv,
    { channels: 2, filters: 7, height: 13, width: 17, stride: 3, dtype: 'i32' },
    ({ right }) => right.strided?.planes === 1,
  ],
] satisfies readonly (readonly [
  string,
  Program,
  Record<string, number | string>,
  (plan: Parameters<AcceptPlan>[0]) => boolean | undefined,
])[])('%s', minutes, async (_, one, params, accept) => {
  await agree(fabricNamed('demo'), one as Program, params, (plan) => accept(plan) === true);
});

// Blocks wider than the latency hold their sums; `demo` has no ring for them, so this fabric is built for this test alone.
test.runIf(process.env.KILN_FULL)('sums that are held until a block is done', minutes, async () => {
  const fabric = fabricNamed('tiny', { grid: { columns: 4, rows: 4 }, pcu: { ring: 13 } });
  const shape = { channels: 4, filters: 14, height: 8, width: 12, dtype: 'f32' };
  await agree(fabric, conv, shape, ({ held, vectors, blocks, groups }) => held && vectors === 13 && blocks * groups > 1);
  await agree(fabric, gemm, { m: 20, n: 50, k: 12, dtype: 'i32', copies: 1 }, ({ held }) => held);
});
