/**
 * The placement problem in dense arrays: units and nets by number, the tiles each kind may use
 * inside a region of the fabric. A region is the rectangle of tiles anchored at the origin, border
 * included, so that the same region of a bigger fabric gives the same problem.
 */

import type { AgConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { type Netlist, UNIT_KINDS, type UnitKind } from '../../ir/netlist.ts';
import { beatsOf, type MemoryStream } from './memory.ts';

/** Tiles with x < width and y < height. */
export interface Region {
  readonly width: number;
  readonly height: number;
}

export interface PlaceProblem {
  readonly fabric: Fabric;
  readonly region: Region;
  readonly netlist: Netlist;
  readonly units: number;
  readonly kind: Uint8Array;
  /** Tiles of each kind (by number of the kind) inside the region, in id order. */
  readonly tiles: readonly Int32Array[];
  readonly tileX: Int16Array;
  readonly tileY: Int16Array;
  /** Number of the kind that may stand on a tile of the region; 255 for none. */
  readonly tileKind: Uint8Array;
  readonly nets: number;
  /** Pins of net i: pins[pinStart[i]..pinStart[i+1]-1], the source first, every unit once. */
  readonly pinStart: Int32Array;
  readonly pins: Int32Array;
  readonly weight: Float64Array;
  /** Nets of unit u: unitNets[unitStart[u]..unitStart[u+1]-1]. */
  readonly unitStart: Int32Array;
  readonly unitNets: Int32Array;
  /** Memory port of an address generator on each tile, -1 where none can stand. */
  readonly tilePort: Int16Array;
  /** The units that move data to or from memory. */
  readonly streams: readonly MemoryStream[];
}

export const KIND_NUMBER: Record<UnitKind, number> = { pcu: 0, pmu: 1, ag: 2, host: 3 };

/** The region that is the whole fabric. */
export const wholeRegion = (fabric: Fabric): Region => ({ width: fabric.width, height: fabric.height });

/** Tiles of a kind inside a region. */
export function tilesInRegion(fabric: Fabric, region: Region, kind: UnitKind): number[] {
  return fabric.tiles.filter((tile) => tile.kind === kind && tile.x < region.width && tile.y < region.height).map((tile) => tile.id);
}

export function placeProblem(netlist: Netlist, fabric: Fabric, region: Region): PlaceProblem {
  const number = new Map(netlist.units.map((unit, i) => [unit.id, i]));
  const tiles = UNIT_KINDS.map((kind) => Int32Array.from(tilesInRegion(fabric, region, kind)));
  const tileKind = new Uint8Array(fabric.tiles.length).fill(255);
  for (const [kind, list] of tiles.entries()) for (const tile of list) tileKind[tile] = kind;

  const pinLists = netlist.nets.map((net) => [...new Set([net.from, ...net.to].map((ref) => number.get(ref.unit) as number))]);
  const netLists: number[][] = netlist.units.map(() => []);
  for (const [n, list] of pinLists.entries()) for (const unit of list) netLists[unit].push(n);
  const [pinStart, pins] = flatten(pinLists);
  const [unitStart, unitNets] = flatten(netLists);

  return {
    fabric,
    region,
    netlist,
    units: netlist.units.length,
    kind: Uint8Array.from(netlist.units, (unit) => KIND_NUMBER[unit.kind]),
    tiles,
    tileX: Int16Array.from(fabric.tiles, (tile) => tile.x),
    tileY: Int16Array.from(fabric.tiles, (tile) => tile.y),
    tileKind,
    nets: netlist.nets.length,
    pinStart,
    pins,
    weight: Float64Array.from(netlist.nets, (net) => net.weight ?? 1),
    unitStart,
    unitNets,
    tilePort: Int16Array.from(fabric.tiles, (tile) => (tile.kind === 'ag' ? tile.index % fabric.arch.memory.ports : -1)),
    streams: netlist.units.flatMap((unit, i) => {
      if (unit.kind !== 'ag') return [];
      const config = unit.config as AgConfig;
      return [{ unit: i, write: config.write === 1, beats: beatsOf(config) }];
    }),
  };
}

function flatten(lists: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const start = new Int32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) start[i + 1] = start[i] + list.length;
  return [start, Int32Array.from(lists.flat())];
}
