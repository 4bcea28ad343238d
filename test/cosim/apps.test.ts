/** The applications of the paper at demo size on the RTL: the same answers, in the same cycles, as the golden machine. */
import { expect, test } from 'vitest';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);
type Case = readonly [name: string, arch: string, params: Readonly<Record<string, number>>];

const CASES: readonly Case[] = [
  ['innerproduct', 'demo', { n: 1000 }],
  ['outerproduct', 'demo', { m: 40, n: 50 }],
  ['tpchq6', 'demo', { n: 1000 }],
  ['gemm', 'demo', { m: 12, n: 40, k: 20 }],
  ['conv', 'demo', { channels: 4, filters: 6, height: 8, width: 8 }],
  ['gda', 'demo', { n: 64, d: 11 }],
  ['sgd', 'demo', { batches: 2, batch: 19, d: 13, epochs: 2 }],
  // These have more units than `demo`.
  ['blackscholes', 'plasticine', { n: 1000 }],
  ['logreg', 'plasticine', { n: 70, d: 19, epochs: 2 }],
  ['kmeans', 'plasticine', { n: 70, d: 9, k: 3, epochs: 2 }],
];

test.each(CASES.filter(([, arch]) => process.env.KILN_FULL || arch === 'demo'))('%s on %s: %o', async (name, arch, params) => {
  const fabric = fabricNamed(arch);
  const built = buildProgram(fabric, programNamed(name), params, {});
  const options = { witnesses, given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' } as const;
  const point = await runPoint(fabric, built, options, async (_title, work) => work(() => {}));
  expect(point.problems).toEqual([]);
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
  expect(point.golden?.cycles).toBeGreaterThanOrEqual(point.certificate.cycles);
});
