/** What a program that does not fit is told: who needs the most, and the smallest grid that would do. */
import { expect, test } from 'vitest';
import { consumersOf, smallestGrid, tilesOfGrid } from '../../../src/compiler/place/budget.ts';
import { fits } from '../../../src/compiler/place/ladder.ts';
import { tilesInRegion, wholeRegion } from '../../../src/compiler/place/problem.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import { type Netlist, UNIT_KINDS } from '../../../src/ir/netlist.ts';
import { archNamed } from '../../support/fabric.ts';

const demo = archNamed('demo');
const gridded = (columns: number, rows: number, sides = demo.ag.sides, pattern = demo.grid.pattern) =>
  new Fabric({ ...demo, ag: { ...demo.ag, sides }, grid: { columns, rows, pattern } });

test.each([
  [2, 2, ['west'], 'checkerboard'],
  [3, 3, ['west', 'east'], 'checkerboard'],
  [5, 4, ['north', 'west'], 'columns'],
  [4, 7, ['north', 'east', 'south', 'west'], 'columns'],
] as const)('the tiles of a %i x %i grid are counted as its fabric has them', (columns, rows, sides, pattern) => {
  const fabric = gridded(columns, rows, [...sides], pattern);
  for (const kind of UNIT_KINDS)
    expect(tilesOfGrid(fabric.arch, fabric.arch.grid, kind), kind).toBe(tilesInRegion(fabric, wholeRegion(fabric), kind).length);
});

const netlist = (pcu: number, pmu: number, ag: number): Netlist => {
  const units = (kind: 'pcu' | 'pmu' | 'ag', count: number, line: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: `${kind}${i}`,
      kind,
      config: undefined,
      label: `${kind}.${i}`,
      source: { file: 'a.ts', line },
    }));
  return { units: [...units('pcu', pcu, 7), ...units('pmu', pmu, 8), ...units('ag', ag, 9)], nets: [] } as unknown as Netlist;
};

test.each([
  [9, 2, 1],
  [20, 31, 3],
  [1, 1, 12],
  [8, 8, 7],
])('%i compute, %i memory units and %i address generators: the smallest grid holds them, no smaller one does', (pcu, pmu, ag) => {
  const needs = netlist(pcu, pmu, ag);
  const grid = smallestGrid(demo, needs);
  if (!grid) throw new Error('a grid of 64x64 holds them');
  const holds = (columns: number, rows: number) => {
    const fabric = gridded(columns, rows);
    return fits(needs, fabric, wholeRegion(fabric));
  };
  expect(holds(grid.columns, grid.rows)).toBe(true);
  expect(grid.columns > demo.grid.columns && holds(grid.columns - 1, grid.rows)).toBe(false);
  expect(grid.rows > demo.grid.rows && holds(grid.columns, grid.rows - 1)).toBe(false);
});

test('beyond the largest grid there is none', () => {
  expect(smallestGrid(demo, netlist(3000, 1, 1))).toBeUndefined();
});

test('consumers by line, the most first', () => {
  const one = netlist(2, 0, 0);
  const other = netlist(3, 0, 0).units.map((unit) => ({ ...unit, source: { file: 'a.ts', line: 12 } }));
  expect(consumersOf({ units: [...one.units, ...other], nets: [] }, 'pcu')).toEqual([
    { what: '`pcu.0` and 2 more (a.ts:12)', count: 3 },
    { what: '`pcu.0` and 1 more (a.ts:7)', count: 2 },
  ]);
});
