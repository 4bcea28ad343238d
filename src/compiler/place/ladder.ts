/**
 * The sub-grids a netlist is tried on, smallest first, all anchored at the origin. The list of sizes
 * does not depend on the fabric (only its end does), so a bigger fabric tries at least what a smaller
 * one tries and its best result is no worse.
 */
import type { Fabric } from '../../fabric/graph.ts';
import { type Netlist, UNIT_KINDS } from '../../ir/netlist.ts';
import { type Region, tilesInRegion, wholeRegion } from './problem.ts';

/** How many rungs that hold the netlist are worth trying: tight, with some air, with more. */
const RUNGS = 3;
/** Above this many units the wide rungs differ little and cost seconds: the first that routes is taken. */
const SMALL = 64;

export interface Ladder {
  /** Regions that have enough tiles of every kind, in the order in which they are to be tried; the last is the whole fabric. */
  readonly regions: readonly Region[];
  /** Stop when this many have been routed. */
  readonly enough: number;
}

export function ladder(netlist: Netlist, fabric: Fabric): Ladder {
  const regions: Region[] = [];
  const origin = borders(fabric);
  const all = wholeRegion(fabric);
  for (const [columns, rows] of sizes()) {
    const region = { width: origin.left + columns, height: origin.top + rows };
    if (region.width > all.width || region.height > all.height) break;
    if (fits(netlist, fabric, region)) regions.push(region);
  }
  const last = regions[regions.length - 1];
  if (last?.width !== all.width || last?.height !== all.height) regions.push(all);
  return { regions, enough: netlist.units.length <= SMALL ? RUNGS : 1 };
}

export function fits(netlist: Netlist, fabric: Fabric, region: Region): boolean {
  return UNIT_KINDS.every((kind) => {
    const needed = netlist.units.filter((unit) => unit.kind === kind).length;
    return needed === 0 || needed <= tilesInRegion(fabric, region, kind).length;
  });
}

/** 2x2, 3x2, 3x3, 4x3, ... */
function* sizes(): Generator<readonly [number, number]> {
  for (let n = 2; n <= 64; n++) {
    yield [n, n];
    yield [n + 1, n];
  }
}

/** Columns and rows of address generators before the array. */
function borders(fabric: Fabric): { left: number; top: number } {
  const { sides } = fabric.arch.ag;
  return { left: sides.includes('west') ? 1 : 0, top: sides.includes('north') ? 1 : 0 };
}
