/** The same program on larger and larger grids: it takes no more cycles, but for what the numbers of its memory ports cost (`src/decisions/0035`). */
import { expect, test } from 'vitest';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const GRIDS = ['4x4', '5x4', '6x6', '8x8', '12x9'];
/** Cycles that an order of the memory ports can cost at the start and at the end of a short program. */
const PORTS = 2;
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;

test.each([
  ['suite/DotProduct', { N: 256, ts: 32, op: 2, ip: 8 }],
  ['suite/GEMM', { dim: 16, ts: 8, its: 8, ip: 8 }],
  ['suite/TPCHQ6', { N: 256, ts: 32, ip: 8 }],
  ['suite/BroadcastTest', { ip: 8 }],
  ['suite/UnalignStore', { ip: 8 }],
  ['outerproduct', { m: 32, n: 32, copies: 1 }],
] as const)('%s', async (name, params) => {
  for (const memory of ['ideal', 'ddr3x4'] as const) {
    const options = { witnesses: new Set(['golden'] as const), given, profile: DRAM_PROFILES[memory], network: 'routed' } as const;
    let least = Number.POSITIVE_INFINITY;
    for (const grid of GRIDS) {
      const [columns, rows] = grid.split('x').map(Number);
      const fabric = fabricNamed('demo', { grid: { columns, rows } });
      const { golden } = await runPoint(fabric, buildProgram(fabric, programNamed(name), params, {}), options);
      const cycles = golden?.cycles as number;
      expect(cycles, `${grid}, ${memory}`).toBeLessThanOrEqual(least + PORTS);
      least = Math.min(least, cycles);
    }
  }
});
