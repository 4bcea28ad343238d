/**
 * A bigger grid is never worse: the sub-grids a program is tried on do not depend on the grid, so that every grid tries what
 * a smaller one tries. Compared is what placements are compared by: the longest path and the cycles lost at memory ports.
 */
import { expect, test } from 'vitest';
import { mapProgram } from '../../../src/compiler/compile.ts';
import { addDelays } from '../../../src/compiler/delay.ts';
import { lower } from '../../../src/compiler/lower/lower.ts';
import { placeAndRoute } from '../../../src/compiler/pnr.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { targetOf } from '../../../src/sweep/point/target.ts';
import { archNamed } from '../../support/fabric.ts';

const demo = archNamed('demo');
const GRIDS = process.env.KILN_FULL
  ? ([
      [4, 4],
      [5, 4],
      [5, 5],
      [6, 5],
      [6, 6],
      [8, 6],
      [8, 8],
      [12, 8],
      [16, 8],
      [16, 16],
      [20, 20],
    ] as const)
  : ([
      [4, 4],
      [5, 5],
      [8, 6],
      [12, 12],
    ] as const);

test.each([
  ['suite/DotProduct', { op: 2, ip: 8 }],
  ['suite/GEMM', { dim: 16, ts: 8, its: 8, ip: 8 }],
  ['gemm', { m: 32, n: 32, k: 32 }],
] as const)('%s is placed no worse on a bigger grid', (name, given) => {
  const program = programNamed(name);
  const found: number[] = [];
  for (const [columns, rows] of GRIDS) {
    const fabric = new Fabric({ ...demo, grid: { ...demo.grid, columns, rows } });
    const { program: mapped } = mapProgram(program.build(program.resolve(given), targetOf(fabric.arch)), fabric);
    const netlist = addDelays(lower(fabric.arch, mapped).netlist, fabric.arch, 0);
    const { value, diagnostics } = placeAndRoute(netlist, fabric);
    expect(diagnostics).toEqual([]);
    found.push((value?.stats.longestPath ?? Number.NaN) + (value?.stats.lost ?? 0));
  }
  expect(found, `on ${GRIDS.map(([columns, rows]) => `${columns}x${rows}`).join(', ')}`).toEqual([...found].sort((a, b) => b - a));
});
