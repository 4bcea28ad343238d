/**
 * The connections that switch configurations make, followed stream by stream through the selects as
 * `switchLayout` documents them. It uses neither the routing graph nor routes, so that it can judge both.
 */
import type { SwitchConfig, TileConfig } from '../fabric/config.ts';
import type { Fabric, Side, Tile } from '../fabric/graph.ts';
import { NET_CLASSES, type NetClass, portsOf, tracksOf } from '../fabric/ports.ts';

export interface Connection {
  readonly net: NetClass;
  readonly from: { readonly tile: number; readonly port: number };
  readonly to: { readonly tile: number; readonly port: number };
  /** Cycles from the output FIFO's head to the input FIFO's: one per link and one into the unit. */
  readonly hops: number;
}

/** Every unit input that is connected, in order of class, tile and port; those fed by no unit output are left out. */
export function decodeConnections(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>): Connection[] {
  const found: Connection[] = [];
  for (const net of NET_CLASSES) {
    for (const tile of fabric.tiles) {
      const selects = configs.get(tile.id)?.switch[net].unit ?? [];
      for (const [port, select] of selects.entries()) {
        if (select === 0) continue;
        const tracks = tracksOf(fabric.arch, net);
        const from = traceBack(fabric, configs, net, tile, Math.floor((select - 1) / tracks), (select - 1) % tracks);
        if (from) found.push({ net, from: { tile: from.tile, port: from.port }, to: { tile: tile.id, port }, hops: from.links + 1 });
      }
    }
  }
  return found;
}

/** Follows the stream that arrives at `tile` from `side` on `track` back to a unit output. */
function traceBack(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, net: NetClass, tile: Tile, side: number, track: number) {
  const tracks = tracksOf(fabric.arch, net);
  const limit = 4 * tracks * fabric.tiles.length;
  for (let links = 1; links <= limit; links++) {
    const driver = fabric.neighbour(tile, side as Side);
    if (!driver) return undefined;
    const towards = (side + 2) % 4;
    const selects: SwitchConfig[NetClass] | undefined = configs.get(driver.id)?.switch[net];
    const select = selects?.link[towards * tracks + track] ?? 0;
    if (select === 0) return undefined;
    if (select >= 4) {
      const port = select - 4;
      return port < portsOf(fabric.arch, driver.kind)[net].out ? { tile: driver.id, port, links } : undefined;
    }
    // 1: straight on; 2: from the next side and track; 3: from the side before and the track before.
    side = (towards + [2, 1, 3][select - 1]) % 4;
    track = (track + [0, 1, tracks - 1][select - 1]) % tracks;
    tile = driver;
  }
  return undefined;
}
