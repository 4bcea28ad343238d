/** The routing-resource graph of a fabric in flat arrays, restricted to a region, for the router's inner loop. */
import type { Fabric, RouteEdge } from '../../fabric/graph.ts';
import { tracksOf } from '../../fabric/ports.ts';
import type { Region } from '../place/problem.ts';

export interface RouteGraph {
  readonly fabric: Fabric;
  readonly nodes: number;
  readonly start: Int32Array;
  readonly target: Int32Array;
  /** Where a stream on the node *arrives*: the tile beyond a link, the own tile otherwise. */
  readonly x: Int16Array;
  readonly y: Int16Array;
  /** 1 for links: the only nodes that nets can dispute, and the only ones that cost a cycle of their own. */
  readonly isLink: Uint8Array;
}

const graphs = new WeakMap<Fabric, Map<string, RouteGraph>>();

/** The graph of a region; remembered, as every attempt on a fabric asks for it again. */
export function routeGraph(fabric: Fabric, region: Region): RouteGraph {
  const known = graphs.get(fabric) ?? new Map<string, RouteGraph>();
  graphs.set(fabric, known);
  const key = `${region.width}x${region.height}`;
  const graph = known.get(key) ?? build(fabric, region);
  known.set(key, graph);
  return graph;
}

function build(fabric: Fabric, region: Region): RouteGraph {
  const nodes = fabric.nodes.length;
  const x = new Int16Array(nodes);
  const y = new Int16Array(nodes);
  const isLink = new Uint8Array(nodes);
  for (const node of fabric.nodes) {
    const tile = fabric.tiles[node.tile];
    x[node.id] = tile.x;
    y[node.id] = tile.y;
    if (node.kind !== 'link') continue;
    isLink[node.id] = 1;
    const side = Math.floor(node.index / tracksOf(fabric.arch, node.net));
    const beyond = fabric.neighbour(tile, side as 0 | 1 | 2 | 3);
    if (beyond === undefined) continue;
    x[node.id] = beyond.x;
    y[node.id] = beyond.y;
  }
  const inside = (edge: RouteEdge) => x[edge.to] < region.width && y[edge.to] < region.height;
  const lists = fabric.fanout.map((edges) => edges.filter(inside).map((edge) => edge.to));
  const start = new Int32Array(nodes + 1);
  for (const [i, list] of lists.entries()) start[i + 1] = start[i] + list.length;
  return { fabric, nodes, start, target: Int32Array.from(lists.flat()), x, y, isLink };
}
