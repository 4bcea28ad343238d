/** The streams that switch configurations make, as sets of multiplexer settings with a common source. */
import type { TileConfig } from '../fabric/config.ts';
import type { Fabric, RouteEdge } from '../fabric/graph.ts';
import { NET_CLASSES } from '../fabric/ports.ts';

export interface Stream {
  /** The unit output it comes from, or the first node of a piece that no unit feeds. */
  readonly source: number;
  readonly edges: readonly RouteEdge[];
}

/** Streams in order of their source. */
export function streamsOf(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>): Stream[] {
  const driver = new Map<number, RouteEdge>();
  for (const tile of fabric.tiles) {
    for (const net of NET_CLASSES) {
      const selects = configs.get(tile.id)?.switch[net];
      const choose = (kind: 'link' | 'in', values: readonly number[] = []) => {
        for (const [index, select] of values.entries()) {
          const node = select === 0 ? undefined : fabric.nodeId(net, kind, tile.id, index);
          const edge = node === undefined ? undefined : fabric.fanin[node].find((one) => one.select === select);
          if (edge) driver.set(edge.to, edge);
        }
      };
      choose('link', selects?.link);
      choose('in', selects?.unit);
    }
  }
  const streams = new Map<number, RouteEdge[]>();
  for (const edge of driver.values()) {
    const source = sourceOf(driver, edge);
    const edges = streams.get(source) ?? [];
    streams.set(source, edges);
    edges.push(edge);
  }
  return [...streams].map(([source, edges]) => ({ source, edges })).sort((a, b) => a.source - b.source);
}

/** Back along the drivers; a ring of switches that feeds itself ends at its least node. */
function sourceOf(driver: ReadonlyMap<number, RouteEdge>, edge: RouteEdge): number {
  const passed = new Set<number>();
  let node = edge.from;
  for (let before = driver.get(node); before !== undefined; before = driver.get(node)) {
    if (passed.has(node)) return Math.min(...passed);
    passed.add(node);
    node = before.from;
  }
  return node;
}
