import { describe, expect, test } from 'vitest';
import { type AcceptPlan, selectKernel } from '../../../../src/compiler/kernels/select.ts';
import { type StationaryPlan, stationaryPlans } from '../../../../src/compiler/kernels/stationary/plan.ts';
import { stationaryShape } from '../../../../src/compiler/kernels/stationary/shape.ts';
import { patterns } from '../../../../src/frontend/dsl/patterns.ts';
import { type Program, program } from '../../../../src/frontend/program.ts';
import { parseLoops } from '../../../../src/ir/loops-parse.ts';
import { printLoops } from '../../../../src/ir/loops-print.ts';
import { conv } from '../../../../src/programs/conv.ts';
import { gemm } from '../../../../src/programs/gemm.ts';
import { DRAM_PROFILES } from '../../../../src/sim/dram-profile.ts';
import { buildProgram, certify } from '../../../../src/sweep/point/build.ts';
import { runPoint } from '../../../../src/sweep/point/point.ts';
import { targetOf } from '../../../../src/sweep/point/target.ts';
import { fabricNamed } from '../../../support/fabric.ts';

const given = { arrays: new Map(), args: new Map(), seed: 1 };

/** Evaluator and golden simulator agree with each other and the reference, by a kernel. */
async function agree(
  one: Program,
  params: Record<string, number | string>,
  name: string,
  change: Record<string, unknown> = {},
  accept?: AcceptPlan,
) {
  const fabric = fabricNamed(name, change);
  const resolved = one.resolve(params);
  const kernel = selectKernel(one.build(resolved, targetOf(fabric.arch)), fabric, accept);
  if (!kernel) throw new Error(`no kernel for ${one.name}`);
  const built = buildProgram(fabric, one, params, { accept });
  const witnesses = new Set(['evaluator', 'golden'] as const);
  const point = await runPoint(fabric, built, { witnesses, given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' });
  expect(point.problems).toEqual([]);
  expect(point.answers.size).toBe(2);
  expect(certify(fabric, built, DRAM_PROFILES.ddr3x4).cycles).toBeLessThanOrEqual(point.golden?.cycles ?? 0);
  return kernel.plan;
}

describe('products', () => {
  test.each([
    ['demo', { m: 70, n: 90, k: 33, dtype: 'f32' }],
    ['demo', { m: 64, n: 130, k: 40, dtype: 'i32' }],
    ['demo', { m: 50, n: 60, k: 400, dtype: 'f32' }],
  ] as const)('%s %j', async (name, params) => {
    await agree(gemm, params, name);
  });

  // Rows and columns at the edge that are only partly there, several blocks, rings that run over.
  test.each([
    ['f32', { m: 4, n: 16, k: 8 }],
    ['f32', { m: 12, n: 16, k: 7 }],
    ['f32', { m: 7, n: 13, k: 9 }],
    ['i32', { m: 4, n: 8, k: 6 }],
    ['i32', { m: 9, n: 7, k: 6 }],
    ['f32', { m: 40, n: 16, k: 12 }],
  ] as const)('one compute unit: %s %j', async (dtype, shape) => {
    const change = { grid: { columns: 4, rows: 2 }, pmu: { bankWords: 64 } };
    await agree(gemm, { ...shape, dtype }, 'tiny', change, ({ grid }) => grid.rows * grid.columns * grid.links === 1);
  });

  test('more blocks of rows than a memory unit holds come through its ring', async () => {
    const change = { grid: { columns: 4, rows: 4 }, pmu: { bankWords: 64 } };
    const plan = await agree(gemm, { m: 60, n: 16, k: 12, dtype: 'f32' }, 'tiny', change, ({ left, blocks }) => left.ring < blocks);
    expect(plan.blocks).toBeGreaterThan(plan.left.ring);
  });

  test('wide blocks, one behind the other', async () => {
    const accept: AcceptPlan = ({ held, blocks, groups }) => held && blocks > 1 && groups > 1;
    await agree(gemm, { m: 30, n: 150, k: 9, dtype: 'f32' }, 'demo', { pcu: { ring: 7 } }, accept);
    await agree(gemm, { m: 13, n: 70, k: 3, dtype: 'i32' }, 'demo', { pcu: { ring: 7 } }, accept);
  });

  test('four lanes', async () => {
    await agree(gemm, { m: 65, n: 61, k: 24, dtype: 'f32' }, 'tiny', { grid: { columns: 4, rows: 4 } });
    await agree(conv, { channels: 2, filters: 5, height: 5, width: 6, dtype: 'i32' }, 'tiny', { grid: { columns: 4, rows: 4 } });
  });

  test('either operand transposed', async () => {
    const transposed = (a: boolean, b: boolean) =>
      program({
        name: 'transposed',
        params: {},
        build: (_, target) =>
          patterns(target, ({ input, tabulate, foldOver, output }) => {
            const x = input('x', 'i32', a ? [30, 50] : [50, 30]);
            const y = input('y', 'i32', b ? [70, 30] : [30, 70]);
            const sum = tabulate([50, 70], (i, j) =>
              foldOver('add', [30], (k) => (a ? x.at(k, i) : x.at(i, k)).mul(b ? y.at(j, k) : y.at(k, j))),
            );
            output('c', sum);
          }),
        data: (_, rng) => ({
          arrays: {
            x: Int32Array.from({ length: 1500 }, () => rng.int(-9, 9)),
            y: Int32Array.from({ length: 2100 }, () => rng.int(-9, 9)),
          },
        }),
        reference: (_, { arrays: { x, y } }) => ({
          outputs: {
            c: Int32Array.from({ length: 3500 }, (__, at) => {
              const [i, j] = [Math.floor(at / 70), at % 70];
              let sum = 0;
              for (let k = 0; k < 30; k++) sum += x[a ? k * 50 + i : i * 30 + k] * y[b ? j * 30 + k : k * 70 + j];
              return sum;
            }),
          },
        }),
      });
    for (const a of [false, true]) for (const b of [false, true]) await agree(transposed(a, b), {}, 'demo');
  });
});

describe('convolutions', () => {
  test.each([
    ['demo', { channels: 4, filters: 10, height: 9, width: 7, dtype: 'f32' }],
    ['demo', { channels: 3, filters: 20, height: 8, width: 16, kernel: 5, padding: 2, dtype: 'f32' }],
    ['demo', { channels: 5, filters: 13, height: 9, width: 8, padding: 0, dtype: 'i32' }],
    ['demo', { channels: 8, filters: 12, height: 6, width: 6, kernel: 1, padding: 0, dtype: 'f32' }],
  ] as const)('%s %j', async (name, params) => {
    await agree(conv, params, name);
  });

  // Blocks as wide as the ring: sums are held until a block is done.
  test.each([
    [{ channels: 4, filters: 11, height: 11, width: 9, dtype: 'f32' }, 12],
    [{ channels: 6, filters: 25, height: 13, width: 13, kernel: 5, padding: 2, dtype: 'f32' }, 13],
    [{ channels: 3, filters: 7, height: 16, width: 10, padding: 0, dtype: 'i32' }, 7],
    [{ channels: 5, filters: 6, height: 12, width: 16, kernel: 1, padding: 0, dtype: 'f32' }, 16],
    [{ channels: 2, filters: 9, height: 17, width: 8, kernel: 4, padding: 2, dtype: 'f32' }, 9],
  ] as const)('wide blocks %j, rings of %i', async (params, ring) => {
    const most = ({ vectors }: StationaryPlan) => vectors === ring;
    const plan = await agree(conv, params, 'demo', { pcu: { ring } }, most);
    expect(plan.held).toBe(true);
  });

  // Rows of zeros before the maps, behind them, none, and rows that nothing loads.
  test.each<Record<string, number | string>>([
    { channels: 8, filters: 12, height: 24, width: 12, dtype: 'f32' },
    { channels: 3, filters: 13, height: 13, width: 9, kernel: 5, padding: 2, dtype: 'i32' },
    { channels: 5, filters: 7, height: 15, width: 11, padding: 0, dtype: 'f32' },
    { channels: 4, filters: 20, height: 11, width: 9, kernel: 2, padding: 1, dtype: 'i32' },
  ])('each unit column holds the rows that its windows see: %j', async (params) => {
    for (const held of [false, true]) {
      const accept = (plan: StationaryPlan) => plan.held === held && plan.right.image?.bands === true;
      await agree(conv, params, 'demo', { grid: { columns: 6, rows: 4 }, pcu: { ring: 12 } }, accept);
    }
  });

  // Odd strides, even ones (planes), ones longer than the window, zeros on all sides; dilation with either stride; more lanes than rows.
  test.each<Record<string, number | string>>([
    { channels: 4, filters: 10, height: 15, width: 15, stride: 2, dtype: 'f32' },
    { channels: 3, filters: 12, height: 17, width: 14, stride: 3, dtype: 'i32' },
    { channels: 2, filters: 9, height: 29, width: 31, kernel: 7, padding: 3, stride: 2, dtype: 'f32' },
    { channels: 6, filters: 7, height: 16, width: 12, kernel: 1, padding: 0, stride: 2, dtype: 'f32' },
    { channels: 1, filters: 6, height: 9, width: 17, kernel: 4, padding: 1, stride: 4, dtype: 'f32' },
    { channels: 3, filters: 5, height: 25, width: 19, kernel: 2, padding: 2, stride: 2, dilation: 3, dtype: 'i32' },
    { channels: 2, filters: 13, height: 23, width: 11, kernel: 3, padding: 2, stride: 1, dilation: 2, dtype: 'f32' },
    { channels: 2, filters: 8, height: 27, width: 22, kernel: 5, padding: 3, stride: 3, dilation: 2, dtype: 'i32' },
  ])('windows that move by more than one, or have gaps: %j', async (params) => {
    const plan = await agree(conv, params, 'demo', { grid: { columns: 6, rows: 4 }, pcu: { ring: 12 } });
    expect(plan.right.strided !== undefined).toBe(params.stride !== 1);
  });

  test.each([
    ['parts of a row of windows in one run, the last not full', ({ result }) => result.wide === 2],
    ['parts of a row of windows on their own', ({ result, right }) => result.wide === 1 && (right.strided?.parts ?? 0) > 1],
    ['sums in chains', ({ grid }) => grid.links === 2],
    ['sums that are held', ({ held }) => held],
  ] satisfies readonly (readonly [string, AcceptPlan])[])('strided windows, %s', async (_, accept) => {
    const params = { channels: 4, filters: 14, height: 25, width: 26, stride: 2, dtype: 'f32' };
    const change = { grid: { columns: 6, rows: 4 }, pcu: { ring: 14 }, ag: { sides: ['west', 'east', 'north', 'south'] } };
    await agree(conv, params, 'demo', change, accept);
  });

  test('more channels than a memory unit holds are shared by links', async () => {
    const params = { channels: 8, filters: 6, height: 12, width: 12, dtype: 'f32' };
    const fabric = fabricNamed('demo', { pmu: { bankWords: 128 } });
    const kernel = selectKernel(conv.build(conv.resolve(params), targetOf(fabric.arch)), fabric);
    expect(kernel?.plan.grid.links).toBeGreaterThan(1);
    await agree(conv, params, 'demo', { pmu: { bankWords: 128 } });
  });
});

test('contractions are printed and read', () => {
  const built = conv.build(conv.resolve({}), targetOf(fabricNamed('demo').arch));
  const text = printLoops(built);
  expect(text).toContain('contract y[i: 16, j: 14, g: 14] = sum(k: 16, l: 3, m: 3) w[i, k, l, m] * x[k, j + l + -1, g + m + -1]');
  expect(printLoops(parseLoops(text))).toBe(text);
});

test('hints, further outputs and other folds keep their loops', () => {
  const target = targetOf(fabricNamed('demo').arch);
  expect(gemm.build(gemm.resolve({}), target).contraction).toBeDefined();
  expect(gemm.build(gemm.resolve({ copies: 2 }), target).contraction).toBeUndefined();
});

/** The mappings of the big cases, without running them. */
test.each([
  ['ml', gemm, { m: 512, n: 512, k: 512 }, 0.99],
  ['ml', gemm, { m: 1024, n: 1024, k: 1024 }, 0.99],
  ['ml', conv, { channels: 128, filters: 128, height: 28, width: 28 }, 0.94],
  ['ml', conv, { channels: 64, filters: 64, height: 56, width: 56 }, 0.95],
  ['ml', conv, { channels: 64, filters: 128, height: 56, width: 56, stride: 2 }, 0.86],
  ['ml', conv, { channels: 3, filters: 64, height: 224, width: 224, kernel: 7, padding: 3, stride: 2 }, 0.76],
  ['plasticine', conv, { channels: 256, filters: 384, height: 15, width: 15, padding: 0 }, 0.6],
] as const)('on %s the arithmetic is near its bound (%#)', (name, one, params, least) => {
  const fabric = fabricNamed(name);
  const { arch } = fabric;
  const shape = stationaryShape(one.build(one.resolve(params), targetOf(arch)));
  const offer = { pcu: fabric.tilesOf('pcu').length, pmu: fabric.tilesOf('pmu').length, ag: fabric.tilesOf('ag').length };
  const [plan] = stationaryPlans(arch, offer, shape as NonNullable<typeof shape>);
  const { rows, columns, depth } = plan.shape;
  expect((rows * columns * depth) / (offer.pcu * arch.pcu.lanes * arch.pcu.stages * plan.cycles.kernel)).toBeGreaterThan(least);
});
