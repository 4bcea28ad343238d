/** The applications of the paper at demo size on the RTL: the same answers, in the same cycles, as the golden machine. */
import { expect, test } from 'vitest';
import type { Fabric } from '../../src/fabric/graph.ts';
import type { Program, Target } from '../../src/frontend/program.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { type Built, buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);
type Case = readonly [name: string, columns: number, rows: number, params: Readonly<Record<string, number>>];

/** Each on the `demo` fabric of a grid that it fits on. */
const CASES: readonly Case[] = [
  ['innerproduct', 4, 4, { n: 1000 }],
  ['outerproduct', 4, 4, { m: 40, n: 50 }],
  ['tpchq6', 4, 4, { n: 1000 }],
  ['gemm', 4, 4, { m: 12, n: 40, k: 20 }],
  ['conv', 4, 4, { channels: 4, filters: 6, height: 8, width: 8 }],
  ['gda', 4, 4, { n: 64, d: 11 }],
  ['sgd', 4, 4, { batches: 2, batch: 19, d: 13, epochs: 2 }],
  ['blackscholes', 12, 9, { n: 100 }],
  ['logreg', 6, 6, { n: 70, d: 19, epochs: 2 }],
  ['kmeans', 6, 6, { n: 70, d: 9, k: 3, epochs: 2 }],
];

// The fourth choice is the first that loads what streams once, before all steps.
test('sgd with its points on chip', async () => {
  const program = programNamed('sgd');
  const kept = { ...program, build: (params: never, target: Target) => program.build(params, { ...target, choice: 4 }) } as Program;
  const built = buildProgram(fabricNamed('demo'), kept, { batches: 2, batch: 19, d: 13, epochs: 2 }, {});
  expect(built.loops.memories.some(({ name }) => name.startsWith('x_kept'))).toBe(true);
  await agree(fabricNamed('demo'), built);
});

test.each(CASES.filter(([, columns]) => process.env.KILN_FULL || columns === 4))('%s on %ix%i: %o', async (name, columns, rows, params) => {
  const fabric = fabricNamed('demo', { grid: { columns, rows } });
  await agree(fabric, buildProgram(fabric, programNamed(name), params, {}));
});

async function agree(fabric: Fabric, built: Built): Promise<void> {
  const options = { witnesses, given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' } as const;
  const point = await runPoint(fabric, built, options);
  expect(point.problems).toEqual([]);
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
  expect(point.golden?.cycles).toBeGreaterThanOrEqual(point.certificate.cycles);
}
