/** Who waits for whom: data and tokens between the contexts of a configured fabric, with the cycles they take. */
import type { AgConfig, PcuConfig, PmuConfig, TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { type Connection, decodeConnections } from '../connections.ts';
import { pcuLatency } from '../latency.ts';
import { isThinned } from '../thinned.ts';
import { tripsOf } from '../trips.ts';
import type { Context } from './contexts.ts';

/** Cycles from an address handshake to data, and from the last beat of a write to its response. */
export interface MemoryLatency {
  readonly readLatency: number;
  readonly writeLatency: number;
}

export interface Edge {
  /** Positions in the list of contexts; `to` is undefined at the host. */
  readonly from: number;
  readonly to?: number;
  /** Least cycles from the issue that sends to the issue that takes. */
  readonly latency: number;
  /** Counters that are at their last value when it is sent. */
  readonly push: number;
  /** Data decides what is sent: neither how often nor when the last is known. */
  readonly thinned?: true;
  /** For tokens: counters that are at their first value when it is taken, and the tokens there at the start. */
  readonly token?: { readonly pop: number; readonly init: number };
}

/** Cycles inside a generator beside the memory's own latency, at the least: its queues. */
export const READ_QUEUES = 3;

/** From an issue to the vectors of a run without words. */
const EMPTY_RUN = 2;

/** Every edge, in order of tiles and ports. */
export function edgesOf(
  fabric: Fabric,
  configs: ReadonlyMap<number, TileConfig>,
  contexts: readonly Context[],
  memory: MemoryLatency,
): Edge[] {
  const numbers = new Map(contexts.map((context, i) => [`${context.tile.id}/${context.number}`, i]));
  const at = (tile: number, number: number) => numbers.get(`${tile}/${number}`);
  const edges: Edge[] = [];
  for (const tile of new Set(contexts.filter(({ kind }) => kind === 'read' || kind === 'write').map((context) => context.tile))) {
    const unit = configs.get(tile.id)?.unit as PmuConfig;
    const { tokenIn, tokenOut } = unit;
    for (const input of tokenIn) {
      const output = input.used ? tokenOut[input.source - fabric.arch.pmu.controlIn] : undefined;
      const [from, to] = [at(tile.id, output?.context ?? -1), at(tile.id, input.context)];
      if (!output?.used || from === undefined || to === undefined) continue;
      edges.push({ from, to, latency: 1, push: output.mask, token: { pop: input.mask, init: input.init } });
    }
  }
  for (const connection of decodeConnections(fabric, configs)) {
    const sent = senderOf(fabric, configs, connection, memory);
    const from = sent && at(connection.from.tile, sent.number);
    if (sent === undefined || from === undefined) continue;
    const latency = sent.latency + connection.hops;
    const { to } = connection;
    if (fabric.tiles[to.tile].kind === 'host') edges.push({ from, latency, push: sent.push });
    else if (connection.net === 'control') {
      const input = tokenInputOf(fabric, configs, connection);
      const receiver = input && at(to.tile, input.number);
      if (receiver !== undefined) edges.push({ from, to: receiver, latency, push: sent.push, token: input });
    } else {
      const thinned = sent.thinned ? { thinned: true as const } : {};
      for (const number of receiversOf(fabric, configs, connection)) {
        const receiver = at(to.tile, number);
        if (receiver !== undefined)
          edges.push({ from, to: receiver, latency: latency - lateBy(fabric, configs, connection), push: sent.push, ...thinned });
      }
    }
  }
  return edges;
}

/** The context behind an output, when it sends, and how long after its issue the output shows it. */
function senderOf(
  fabric: Fabric,
  configs: ReadonlyMap<number, TileConfig>,
  { net, from }: Connection,
  memory: MemoryLatency,
): { number: number; push: number; latency: number; thinned?: boolean } | undefined {
  const unit = configs.get(from.tile)?.unit;
  switch (fabric.tiles[from.tile].kind) {
    case 'pcu': {
      const pcu = unit as PcuConfig;
      const output = { vector: pcu.vectorOut, scalar: pcu.scalarOut, control: pcu.tokenOut }[net][from.port];
      const bus = output.source === pcu.stages.length;
      const push = bus ? (pcu.stages.find((stage) => stage.tapOut)?.acc.last ?? 0) : output.mask;
      // The tap-out bus carries the first tapped stage earliest.
      const first = pcu.stages.findIndex((stage) => stage.tapOut);
      const thinned = isThinned(pcu, net, from.port);
      return { number: 0, push, latency: pcuLatency(fabric.arch, pcu, bus && first >= 0 ? first : output.source), thinned };
    }
    case 'pmu': {
      const { write, tokenOut } = unit as PmuConfig;
      if (net !== 'control') return { number: write.length + from.port, push: 0, latency: 2 };
      const { context, mask } = tokenOut[from.port];
      return { number: context, push: mask, latency: 1 };
    }
    case 'ag': {
      const ag = unit as AgConfig;
      if (net !== 'control') return { number: 0, push: 0, latency: beginsEmpty(ag) ? EMPTY_RUN : memory.readLatency + READ_QUEUES };
      return {
        number: 0,
        push: ag.tokenOut[from.port].mask,
        latency: hasEmptyRuns(ag) ? 1 : ag.write ? memory.writeLatency + 1 : memory.readLatency + READ_QUEUES,
      };
    }
    default:
      return undefined;
  }
}

/** Data says how many runs there are, or how many words they have: perhaps none, and then nothing waits for the memory. */
const dataDecides = ({ chain, column }: AgConfig): boolean =>
  chain.counters.slice(0, chain.count).some(({ bound }) => bound !== 0) || (column.used === 1 && column.from.used === 1);

/** The first run has no words, or may have none: its vectors do not wait for the memory, and those behind it only may. */
const beginsEmpty = (ag: AgConfig): boolean =>
  dataDecides(ag) || [ag.row, ag.column].some(({ used, at, limit }) => used === 1 && at.base >= limit);

/** Some run may have no words, or there may be no run: its token does not wait for the memory. */
function hasEmptyRuns(ag: AgConfig): boolean {
  if (dataDecides(ag)) return true;
  const { chain, row, column } = ag;
  const trips = tripsOf(chain);
  return [row, column].some(
    ({ used, at, limit }) => used === 1 && trips.reduce((most, n, c) => most + Math.max(0, (n - 1) * at.inc[c]), at.base) >= limit,
  );
}

function tokenInputOf(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, { to }: Connection) {
  const unit = configs.get(to.tile)?.unit;
  if (fabric.tiles[to.tile].kind === 'pmu') {
    const input = (unit as PmuConfig).tokenIn.find((one) => one.used && one.source === to.port);
    return input && { number: input.context, pop: input.mask, init: input.init };
  }
  const input = (unit as PcuConfig | AgConfig).tokenIn[to.port];
  return input?.used ? { number: 0, pop: input.mask, init: input.init } : undefined;
}

/** What enters by the tap is wanted when the element is at its stage, so many cycles after its issue at the most. */
function lateBy(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, { net, to }: Connection): number {
  if (fabric.tiles[to.tile].kind !== 'pcu' || net !== 'vector') return 0;
  const unit = configs.get(to.tile)?.unit as PcuConfig;
  return unit.tapIn.used && unit.tapIn.port === to.port ? pcuLatency(fabric.arch, unit, unit.stages.length - 1) : 0;
}

/** The contexts that take their data from an input; bounds of counters have no edge. */
function receiversOf(fabric: Fabric, configs: ReadonlyMap<number, TileConfig>, { net, to }: Connection): number[] {
  if (fabric.tiles[to.tile].kind !== 'pmu') return [0];
  const source = net === 'vector' ? to.port : fabric.arch.pmu.vectorIn + to.port;
  const unit = configs.get(to.tile)?.unit as PmuConfig;
  return unit.write.flatMap((context, i) => (context.enable && context.source === source ? [i] : []));
}
