/** From a placed and routed netlist to the configuration of every tile that takes part. */
import { zeroOf } from '../base/bitstruct.ts';
import { type SwitchConfig, switchLayout, type TileConfig, type UnitConfigs, unitLayout } from '../fabric/config.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import type { Netlist } from '../ir/netlist.ts';
import type { Placement, Route } from './route/router.ts';

/** Tiles in id order; a tile is present if a unit stands there or a stream passes its switch. */
export function configureTiles(netlist: Netlist, fabric: Fabric, placement: Placement, routes: readonly Route[]): Map<number, TileConfig> {
  const units = new Map(netlist.units.map((unit) => [placement.get(unit.id) as number, unit]));
  const switches = new Map<number, SwitchConfig>();
  const { arch } = fabric;
  for (const route of routes) {
    for (const edge of route.edges) {
      const node = fabric.nodes[edge.to];
      const tile = fabric.tiles[node.tile];
      const config = switches.get(tile.id) ?? zeroOf(switchLayout(arch, tile.kind));
      switches.set(tile.id, config);
      const selects = node.kind === 'link' ? config[node.net].link : config[node.net].unit;
      selects[node.index] = edge.select;
    }
  }
  const configs = new Map<number, TileConfig>();
  for (const tile of fabric.tiles) {
    const unit = units.get(tile.id);
    const through = switches.get(tile.id);
    if (unit === undefined && through === undefined) continue;
    configs.set(tile.id, {
      unit: (unit?.config ?? idleUnit(fabric, tile)) as UnitConfigs[typeof tile.kind],
      switch: through ?? zeroOf(switchLayout(arch, tile.kind)),
      ...(unit?.memory && { memory: unit.memory }),
    });
  }
  return configs;
}

const idleUnit = (fabric: Fabric, tile: Tile) => zeroOf(unitLayout(fabric.arch, tile.kind));
