/**
 * Filling and draining: no context issues before the first of what it needs is there, none ends before the last of it has
 * come, and the run is not done before the last result and token are at the host. For short programs this is what binds.
 */
import { Digraph, topologicalOrder } from '../../base/digraph.ts';
import type { ChainConfig } from '../../fabric/config.ts';
import { firstAtLast, tripsOf } from '../trips.ts';
import { type Context, eventsOf } from './contexts.ts';
import type { Edge } from './edges.ts';

export interface CriticalPath {
  /** No run is shorter. */
  readonly cycles: number;
  /** The contexts on the way that decides, first to last. */
  readonly contexts: readonly Context[];
  /** By context: cycles from its last action until done can be read, at the least; 0 where nothing of it leads to the host. */
  readonly tails: readonly number[];
}

/** Cycles after the last value or token is at the host until `done` can be read (HARDWARE.md section 8). */
const DONE = 2;

/**
 * The way that takes longest, or undefined where contexts wait for each other in a circle without tokens.
 * `armed`: the first cycle of any issue; `work`: cycles each context needs from its first to its last action.
 */
export function criticalPath(
  contexts: readonly Context[],
  edges: readonly Edge[],
  armed: number,
  work: (context: Context) => number,
): CriticalPath | undefined {
  const forward = edges.filter((edge): edge is Edge & { to: number } => edge.to !== undefined && (edge.token?.init ?? 0) === 0);
  const graph = Digraph.from(forward.map(({ from, to }) => [from, to] as const));
  contexts.forEach((_, i) => {
    graph.addNode(i);
  });
  const { order } = topologicalOrder(graph);
  if (order === undefined) return undefined;
  const into = new Map<number, (Edge & { to: number })[]>();
  for (const edge of forward) into.set(edge.to, [...(into.get(edge.to) ?? []), edge]);
  const first = new Array<number>(contexts.length).fill(armed);
  const last = new Array<number>(contexts.length).fill(0);
  const decides = new Map<number, number>();
  for (const at of order) {
    const latest = (time: number, edge: Edge) => {
      if (time <= last[at]) return;
      last[at] = time;
      decides.set(at, edge.from);
    };
    for (const edge of into.get(at) ?? []) {
      const { chain, exact } = contexts[edge.from];
      // An issue without iterations needs nothing, and what has bounds from streams may send at once.
      if (!contexts[at].exact) continue;
      const time = first[edge.from] + (exact && !edge.thinned ? firstPush(chain, edge.push) : 0) + edge.latency;
      if (time > first[at]) {
        first[at] = time;
        decides.set(at, edge.from);
      }
    }
    last[at] = first[at] + work(contexts[at]) - 1;
    for (const edge of into.get(at) ?? []) {
      // What ends at run time may send nothing in its last issue.
      if (edge.thinned || !contexts[edge.from].exact) continue;
      const arrives = last[edge.from] + edge.latency;
      if (edge.token === undefined) latest(arrives, edge);
      else {
        const pushed = eventsOf(contexts[edge.from], edge.push);
        const popped = eventsOf(contexts[at], edge.token.pop);
        if (pushed && popped && pushed.count === popped.count) latest(arrives + popped.every - 1, edge);
      }
    }
  }
  const ends = edges.filter(({ to }) => to === undefined).map(({ from, latency }) => ({ from, cycles: last[from] + latency + DONE }));
  const end = ends.reduce<(typeof ends)[number] | undefined>((a, b) => (a && a.cycles >= b.cycles ? a : b), undefined);
  if (end === undefined) return undefined;
  const way: Context[] = [];
  for (let at: number | undefined = end.from; at !== undefined; at = decides.get(at)) way.unshift(contexts[at]);
  return { cycles: end.cycles, contexts: way, tails: tailsOf(contexts, edges, order) };
}

function tailsOf(contexts: readonly Context[], edges: readonly Edge[], order: readonly number[]): number[] {
  const tails = new Array<number>(contexts.length).fill(0);
  const out = new Map<number, Edge[]>();
  for (const edge of edges) if (!edge.thinned) out.set(edge.from, [...(out.get(edge.from) ?? []), edge]);
  for (const at of [...order].reverse()) {
    for (const edge of out.get(at) ?? []) {
      const round = edge.token ? lastRound(contexts, edge) : 0;
      const rest = edge.to === undefined ? DONE : tails[edge.to];
      if (round !== undefined && rest > 0) tails[at] = Math.max(tails[at], edge.latency + round + rest);
    }
  }
  return tails;
}

/** Issues of the receiver behind the last token, but for the one that takes it; undefined where it need not be the last that is taken. */
function lastRound(contexts: readonly Context[], { from, to, push, token }: Edge): number | undefined {
  if (to === undefined || !token) return 0;
  const [pushed, popped] = [eventsOf(contexts[from], push), eventsOf(contexts[to], token.pop)];
  return token.init === 0 && pushed && popped && pushed.count === popped.count ? popped.every - 1 : undefined;
}

/** Issues before the first that sends. */
const firstPush = (chain: ChainConfig, mask: number): number => firstAtLast(tripsOf(chain), mask);
