/** The switches as configured: which queue feeds which, hop by hop or ideally. */
import type { TileConfig } from '../fabric/config.ts';
import type { Fabric, RouteNode } from '../fabric/graph.ts';
import type { NetClass } from '../fabric/ports.ts';
import { type ClockEdge, Fifo } from './fifo.ts';
import { Fork } from './switch.ts';
import type { UnitModel } from './unit.ts';

/** Entries of a link's buffer. */
const LINK_DEPTH = 2;

export type NetworkMode = 'routed' | 'ideal';

export interface Network {
  readonly forks: readonly Fork[];
  /** Buffers on the way between units, with the link they stand for. */
  readonly buffers: readonly { readonly net: NetClass; readonly tile: number; readonly index: number; readonly fifo: Fifo }[];
}

export function buildNetwork(
  fabric: Fabric,
  configs: ReadonlyMap<number, TileConfig>,
  units: ReadonlyMap<number, UnitModel>,
  edge: ClockEdge,
  mode: NetworkMode,
): Network {
  const routes = new Routes(fabric, configs);
  const buffers: { net: NetClass; tile: number; index: number; fifo: Fifo }[] = [];
  const forks: Fork[] = [];
  const buffer = ({ net, tile, index }: RouteNode): Fifo => {
    const width = net === 'vector' ? fabric.arch.pcu.lanes : net === 'scalar' ? 1 : 0;
    const fifo = new Fifo(edge, LINK_DEPTH, width);
    buffers.push({ net, tile, index, fifo });
    return fifo;
  };
  const port = (node: RouteNode): Fifo | undefined => {
    const unit = units.get(node.tile);
    return (node.kind === 'in' ? unit?.inputs : unit?.outputs)?.[node.net][node.index];
  };
  const fork = (source: Fifo | undefined, sinks: (Fifo | undefined)[]) => {
    const there = sinks.filter((sink): sink is Fifo => sink !== undefined);
    if (source !== undefined && there.length > 0) forks.push(new Fork(source, there));
  };
  if (mode === 'ideal') {
    for (const node of fabric.nodes) {
      if (node.kind !== 'out') continue;
      const ends = routes.endsOf(node);
      const hops = ends.map(buffer);
      fork(port(node), hops);
      for (let i = 0; i < ends.length; i++) fork(hops[i], [port(ends[i])]);
    }
    return { forks, buffers };
  }
  const links = new Map<number, Fifo>();
  for (const node of routes.links) links.set(node.id, buffer(node));
  const queueOf = (node: RouteNode) => (node.kind === 'link' ? links.get(node.id) : port(node));
  for (const node of fabric.nodes) {
    const sinks = routes.sinksOf(node);
    if (sinks.length > 0) fork(queueOf(node), sinks.map(queueOf));
  }
  return { forks, buffers };
}

/** The select fields read as a graph of streams. */
class Routes {
  /** Links that some source drives. */
  readonly links: RouteNode[] = [];
  readonly #sinks = new Map<number, RouteNode[]>();

  constructor(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>) {
    for (const node of fabric.nodes) {
      const config = configs.get(node.tile);
      if (config === undefined || node.kind === 'out') continue;
      const { link, unit } = config.switch[node.net];
      const select = node.kind === 'link' ? link[node.index] : unit[node.index];
      // A value without a source selects nothing.
      const edge = fabric.fanin[node.id].find((candidate) => candidate.select === select);
      if (edge === undefined) continue;
      if (node.kind === 'link') this.links.push(node);
      const sinks = this.#sinks.get(edge.from);
      if (sinks) sinks.push(node);
      else this.#sinks.set(edge.from, [node]);
    }
  }

  sinksOf(node: RouteNode): readonly RouteNode[] {
    return this.#sinks.get(node.id) ?? [];
  }

  /** The unit inputs a stream reaches through however many links. */
  endsOf(node: RouteNode): RouteNode[] {
    const ends: RouteNode[] = [];
    const seen = new Set<number>();
    const visit = (from: RouteNode) => {
      for (const sink of this.sinksOf(from)) {
        if (seen.has(sink.id)) continue;
        seen.add(sink.id);
        if (sink.kind === 'in') ends.push(sink);
        else visit(sink);
      }
    };
    visit(node);
    return ends;
  }
}
