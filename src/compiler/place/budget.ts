/** A netlist against the tiles of a grid: who needs the most, and which grid would have enough. */
import type { Arch } from '../../arch/schema.ts';
import { type Netlist, UNIT_KINDS, type UnitKind } from '../../ir/netlist.ts';
import { byPlace, type Consumers } from '../consumers.ts';

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** The largest grid an architecture may ask for, each way. */
const MOST = 64;

/** Tiles of a kind in a grid of this architecture: the same count as the fabric's, without building it. */
export function tilesOfGrid(arch: Arch, { columns, rows }: Grid, kind: UnitKind): number {
  switch (kind) {
    case 'host':
      return 1;
    case 'ag':
      // The host takes one place of the border.
      return arch.ag.sides.reduce((sum, side) => sum + (side === 'west' || side === 'east' ? rows : columns), -1);
    default: {
      const compute = arch.grid.pattern === 'checkerboard' ? Math.ceil((columns * rows) / 2) : Math.ceil(columns / 2) * rows;
      return kind === 'pcu' ? compute : columns * rows - compute;
    }
  }
}

/** The smallest grid that contains this one and has a tile for every unit, if an architecture may be so large. */
export function smallestGrid(arch: Arch, netlist: Netlist): Grid | undefined {
  const needed = UNIT_KINDS.map((kind) => ({ kind, count: unitsOf(netlist, kind).length }));
  let best: Grid | undefined;
  for (let { rows } = arch.grid; rows <= MOST; rows++) {
    for (let { columns } = arch.grid; columns <= MOST; columns++) {
      if (best && columns * rows >= best.columns * best.rows) break;
      if (needed.every(({ kind, count }) => count <= tilesOfGrid(arch, { columns, rows }, kind))) best = { columns, rows };
    }
  }
  return best;
}

/** Who takes the units of a kind: by the line of the program they come from (by name without one), the most first. */
export const consumersOf = (netlist: Netlist, kind: UnitKind): Consumers[] =>
  byPlace(unitsOf(netlist, kind).map(({ id, label, source }) => ({ name: label ?? id, source })));

const unitsOf = (netlist: Netlist, kind: UnitKind) => netlist.units.filter((unit) => unit.kind === kind);
