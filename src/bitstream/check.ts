/**
 * Design rules over configurations: what fits its fields and still has no meaning, or a meaning
 * nobody wants. All findings of all tiles come together.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { AgConfig, HostConfig, PcuConfig, PmuConfig, TileConfig } from '../fabric/config.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import { memoryFault } from './memory.ts';
import { messages, tileName } from './messages.ts';
import { checkAg } from './rules/ag.ts';
import { checkHost } from './rules/host.ts';
import { checkPcu } from './rules/pcu.ts';
import { checkPmu } from './rules/pmu.ts';
import { Report } from './rules/report.ts';
import { checkSwitch } from './rules/switch.ts';

/** Errors and warnings in tile order. */
export function checkConfigs(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [id, config] of [...configs].sort(([a], [b]) => a - b)) {
    const tile = fabric.tiles[id];
    if (tile === undefined) found.push(messages.rule('E0863', `tile ${id}`, `the fabric has ${fabric.tiles.length} tiles`));
    else checkTile(new Report(tileName(tile), found), fabric, tile, config);
  }
  return found;
}

function checkTile(report: Report, fabric: Fabric, tile: Tile, config: TileConfig): void {
  const { arch } = fabric;
  const fault = config.memory && memoryFault(arch, tile.kind, config.memory);
  if (fault !== undefined) report.at('memory').require(false, 'E0865', fault);
  checkSwitch(report, fabric, tile, config.switch);
  if (tile.kind === 'pcu') checkPcu(report, arch, config.unit as PcuConfig);
  if (tile.kind === 'pmu') checkPmu(report, arch, config.unit as PmuConfig);
  if (tile.kind === 'ag') checkAg(report, arch, config.unit as AgConfig);
  if (tile.kind === 'host') checkHost(report, config.unit as HostConfig);
}
