/** Design rules of a switch: a select value must name a stream that exists. */
import type { SwitchConfig } from '../../fabric/config.ts';
import type { Fabric, Tile } from '../../fabric/graph.ts';
import { NET_CLASSES } from '../../fabric/ports.ts';
import { linkName, selectName } from '../switch-names.ts';
import type { Report } from './report.ts';

export function checkSwitch(report: Report, fabric: Fabric, tile: Tile, config: SwitchConfig): void {
  for (const net of NET_CLASSES) {
    config[net].link.forEach((select, index) => {
      check(report.at(`${net}.${linkName(fabric.arch, net, index)}`), fabric, tile, net, 'link', index, select);
    });
    config[net].unit.forEach((select, index) => {
      check(report.at(`${net}.in.${index}`), fabric, tile, net, 'in', index, select);
    });
  }
}

function check(
  report: Report,
  fabric: Fabric,
  tile: Tile,
  net: (typeof NET_CLASSES)[number],
  kind: 'link' | 'in',
  index: number,
  select: number,
): void {
  if (select === 0) return;
  const node = fabric.nodeId(net, kind, tile.id, index);
  report.require(node !== undefined, 'E0861', 'the link leaves the fabric');
  if (node === undefined) return;
  const legal = fabric.fanin[node].map((edge) => edge.select);
  report.require(legal.includes(select), 'E0862', () => {
    const name = selectName(fabric.arch, tile.kind, net, kind, index, select);
    const names = legal.map((value) => `\`${selectName(fabric.arch, tile.kind, net, kind, index, value)}\``);
    return `\`${name ?? `select ${select}`}\` does not exist here; it can listen to ${names.length > 0 ? names.join(', ') : 'nothing'}`;
  });
}
