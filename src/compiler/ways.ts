/** What slack analysis needs to know of a routed net: how long each sink's way is, and what two of them have in common. */
import type { Fabric } from '../fabric/graph.ts';
import type { Net, Netlist } from '../ir/netlist.ts';
import type { Placement, Route } from './route/router.ts';

/** How the sinks of a net are reached. */
export interface Way {
  /** Cycles to each sink. */
  readonly hops: readonly number[];
  /** Links that two sinks have in common. */
  readonly shared: (a: number, b: number) => number;
}

/** The ways of a placed and routed netlist. */
export function waysOf(netlist: Netlist, fabric: Fabric, placement: Placement, routes: readonly Route[]): Map<string, Way> {
  const nets = new Map(netlist.nets.map((net) => [net.id, net]));
  return new Map(
    routes.map((route) => {
      const net = nets.get(route.net) as Net;
      const driver = new Map(route.edges.map((edge) => [edge.to, edge.from]));
      const paths = net.to.map((ref) => {
        const links = new Set<number>();
        let node = fabric.nodeId(net.net, 'in', placement.get(ref.unit) as number, ref.port);
        for (node = driver.get(node as number); node !== undefined && driver.has(node); node = driver.get(node)) links.add(node);
        return links;
      });
      return [route.net, { hops: route.hops, shared: (a: number, b: number) => [...paths[a]].filter((node) => paths[b].has(node)).length }];
    }),
  );
}
