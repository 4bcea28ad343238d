/** Routes the nets of a placed netlist on the fabric's graph, and gives the result in the fabric's terms. */
import { invariant } from '../../base/invariant.ts';
import type { Fabric, RouteEdge } from '../../fabric/graph.ts';
import type { Net, Netlist } from '../../ir/netlist.ts';
import type { Region } from '../place/problem.ts';
import { routeGraph } from './graph.ts';
import { negotiate, type RouteRequest, type RouteTree } from './pathfinder.ts';

/** The tile of each unit, by unit name. */
export type Placement = ReadonlyMap<string, number>;

/** The way of one net. */
export interface Route {
  readonly net: string;
  /** Multiplexer settings in order of growth from the source. */
  readonly edges: readonly RouteEdge[];
  /** Cycles to each sink, in the order of the net's `to`. */
  readonly hops: readonly number[];
}

export interface Routing {
  readonly routes: readonly Route[];
  readonly iterations: number;
  /** Links that several nets could not agree on; empty on success. */
  readonly overused: readonly { readonly node: number; readonly nets: readonly string[] }[];
  /** Nets with a sink that no path reaches in the region. */
  readonly unreachable: readonly string[];
}

/** How critical the connection to each sink of a net is, 0..1. */
export type Criticality = (net: number, sink: number) => number;

/** A connection on the longest path still gives way in a dispute that has no other end. */
const MOST_CRITICAL = 0.9;

export function routeNetlist(netlist: Netlist, fabric: Fabric, placement: Placement, region: Region, critical: Criticality): Routing {
  const graph = routeGraph(fabric, region);
  const node = (net: Net, kind: 'out' | 'in', ref: { unit: string; port: number }) => {
    const id = fabric.nodeId(net.net, kind, placement.get(ref.unit) as number, ref.port);
    invariant(id !== undefined, () => `net ${net.id} uses a port that ${ref.unit} has not`);
    return id;
  };
  const requests: RouteRequest[] = netlist.nets.map((net, n) => ({
    source: node(net, 'out', net.from),
    sinks: net.to.map((ref, s) => ({ node: node(net, 'in', ref), critical: Math.min(MOST_CRITICAL, critical(n, s)) })),
  }));
  const outcome = negotiate(graph, requests);
  const routes: Route[] = [];
  const users = new Map<number, string[]>(outcome.overused.map((id) => [id, []]));
  for (const [n, tree] of outcome.trees.entries()) {
    if (tree === undefined) continue;
    routes.push({ net: netlist.nets[n].id, edges: edgesOf(fabric, tree), hops: tree.hops });
    if (users.size > 0) for (const id of tree.nodes) users.get(id)?.push(netlist.nets[n].id);
  }
  return {
    routes,
    iterations: outcome.iterations,
    overused: [...users].map(([id, nets]) => ({ node: id, nets })),
    unreachable: outcome.unreachable.map((n) => netlist.nets[n].id),
  };
}

function edgesOf(fabric: Fabric, tree: RouteTree): RouteEdge[] {
  const edges: RouteEdge[] = [];
  for (let i = 1; i < tree.nodes.length; i++) {
    const from = tree.nodes[tree.parent[i]];
    const edge = fabric.fanin[tree.nodes[i]].find((candidate) => candidate.from === from);
    invariant(edge, 'a routed step is an edge of the fabric');
    edges.push(edge);
  }
  return edges;
}
