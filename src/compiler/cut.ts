/** Bounds on routability that hold for any router: straight cuts through the fabric, and the square around one unit. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import { NET_CLASSES, type NetClass, tracksOf } from '../fabric/ports.ts';
import type { Netlist } from '../ir/netlist.ts';
import { cutTooNarrow } from './pnr-messages.ts';
import type { Placement } from './route/router.ts';

interface Cut {
  readonly where: string;
  readonly inside: (tile: Tile) => boolean;
}

/** The most overloaded cut of this placement, or nothing when every cut is wide enough. */
export function narrowestCut(fabric: Fabric, netlist: Netlist, placement: Placement): Diagnostic | undefined {
  let worst: { excess: number; diagnostic: Diagnostic } | undefined;
  for (const cut of cutsOf(fabric)) {
    for (const net of NET_CLASSES) {
      for (const outwards of [true, false]) {
        const { crossing, capacity } = load(fabric, netlist, placement, cut, net, outwards);
        const excess = crossing.length - capacity;
        if (excess <= 0 || (worst && excess <= worst.excess)) continue;
        const where = `${cut.where} ${outwards ? 'going out' : 'coming in'}`;
        worst = { excess, diagnostic: cutTooNarrow(fabric, netlist, net, where, crossing, capacity) };
      }
    }
  }
  return worst?.diagnostic;
}

/** Nets that must leave (or enter) the inside of a cut, against the links that do. */
function load(fabric: Fabric, netlist: Netlist, placement: Placement, cut: Cut, net: NetClass, outwards: boolean) {
  const inside = (unit: string) => cut.inside(fabric.tiles[placement.get(unit) as number]) === outwards;
  const crossing = netlist.nets.filter((one) => one.net === net && inside(one.from.unit) && one.to.some((ref) => !inside(ref.unit)));
  let capacity = 0;
  for (const tile of fabric.tiles) {
    if (cut.inside(tile) !== outwards) continue;
    for (const side of [0, 1, 2, 3] as const) {
      const other = fabric.neighbour(tile, side);
      if (other && cut.inside(other) !== outwards) capacity += tracksOf(fabric.arch, net);
    }
  }
  return { crossing, capacity };
}

function* cutsOf(fabric: Fabric): Generator<Cut> {
  for (let x = 1; x < fabric.width; x++) yield { where: `the line between columns ${x - 1} and ${x}`, inside: (tile) => tile.x < x };
  for (let y = 1; y < fabric.height; y++) yield { where: `the line between rows ${y - 1} and ${y}`, inside: (tile) => tile.y < y };
  for (const { id, x, y } of fabric.tiles) yield { where: `the border of the tile at (${x}, ${y})`, inside: (tile) => tile.id === id };
}
