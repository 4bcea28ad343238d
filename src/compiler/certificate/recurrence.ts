/**
 * Recurrences: cycles of contexts that wait for each other by tokens (credits of buffers, values carried from one
 * iteration to the next, stores before loads). Around such a cycle with T tokens, round n cannot begin before round
 * n - T has gone around it; the slowest cycle bounds the run (the maximum cycle ratio of the event graph).
 */
import { Digraph, stronglyConnected } from '../../base/digraph.ts';
import { type Context, eventsOf } from './contexts.ts';
import type { Edge } from './edges.ts';

export interface Recurrence {
  /** No run is shorter. */
  readonly cycles: number;
  /** Cycles of once around. */
  readonly around: number;
  /** Tokens on it: rounds that may be under way at once. */
  readonly tokens: number;
  /** Rounds of a run. */
  readonly rounds: number;
  readonly contexts: readonly Context[];
}

/** An edge of the event graph: rounds pass it one after the other. */
interface Pass {
  readonly from: number;
  readonly to: number;
  /** Cycles from the last issue of a round at `from` to the earliest last issue of that round at `to`. */
  readonly time: number;
  readonly tokens: number;
  /** Rounds of a run; undefined for data, which passes in every round. */
  readonly rounds?: number;
}

/** The slowest cycle, or undefined where no context waits for itself. */
export function slowestRecurrence(contexts: readonly Context[], edges: readonly Edge[]): Recurrence | undefined {
  const passes = edges.flatMap((edge) => passOf(contexts, edge) ?? []);
  let slowest: Recurrence | undefined;
  for (const rounds of new Set(passes.flatMap((pass) => pass.rounds ?? []))) {
    if (rounds < 2) continue;
    const graph = passes.filter((pass) => pass.rounds === undefined || pass.rounds === rounds);
    for (const part of cyclicParts(graph)) {
      const cycle = worstCycle(part);
      if (cycle === undefined) continue;
      const around = cycle.reduce((sum, { time }) => sum + time, 0);
      const tokens = cycle.reduce((sum, pass) => sum + pass.tokens, 0);
      const cycles = Math.floor((rounds - 1) / tokens) * around;
      if (cycles > (slowest?.cycles ?? 0)) slowest = { cycles, around, tokens, rounds, contexts: cycle.map(({ from }) => contexts[from]) };
    }
  }
  return slowest;
}

/** A token lets a whole round of its receiver begin; data of a round only has to arrive. */
function passOf(contexts: readonly Context[], { from, to, latency, push, token, thinned }: Edge): Pass | undefined {
  if (to === undefined || thinned) return undefined;
  // In a loop that ends at run time a round may have no data.
  if (token === undefined) return contexts[from].exact && contexts[to].exact ? { from, to, time: latency, tokens: 0 } : undefined;
  const pushed = eventsOf(contexts[from], push);
  const popped = eventsOf(contexts[to], token.pop);
  if (pushed === undefined || popped === undefined || pushed.count !== popped.count) return undefined;
  return { from, to, time: latency + popped.every - 1, tokens: token.init, rounds: pushed.count };
}

/** Passes by the strongly connected parts they lie in. */
function cyclicParts(passes: readonly Pass[]): Pass[][] {
  const parts = stronglyConnected(Digraph.from(passes.map(({ from, to }) => [from, to] as const)));
  const partOf = new Map(parts.flatMap((nodes, p) => nodes.map((node) => [node, p] as const)));
  const inside = new Map<number, Pass[]>();
  for (const pass of passes) {
    const part = partOf.get(pass.from) as number;
    if (partOf.get(pass.to) !== part) continue;
    inside.set(part, [...(inside.get(part) ?? []), pass]);
  }
  return [...inside.values()];
}

/** The cycle with most time a token (Lawler: raise the ratio until no cycle exceeds it). Cycles without a token are not ours to judge. */
function worstCycle(passes: readonly Pass[]): Pass[] | undefined {
  let best: Pass[] | undefined;
  let ratio = 0;
  for (;;) {
    const cycle = cycleAbove(passes, ratio);
    if (cycle === undefined) return best;
    const tokens = cycle.reduce((sum, pass) => sum + pass.tokens, 0);
    if (tokens === 0) return best;
    best = cycle;
    ratio = cycle.reduce((sum, pass) => sum + pass.time, 0) / tokens;
  }
}

/** A cycle whose time exceeds `ratio` a token (Bellman and Ford, longest paths). */
function cycleAbove(passes: readonly Pass[], ratio: number): Pass[] | undefined {
  const nodes = [...new Set(passes.flatMap(({ from, to }) => [from, to]))];
  const distance = new Map(nodes.map((node) => [node, 0]));
  const into = new Map<number, Pass>();
  let changed: number | undefined;
  for (let round = 0; round <= nodes.length; round++) {
    changed = undefined;
    for (const pass of passes) {
      const reached = (distance.get(pass.from) as number) + pass.time - ratio * pass.tokens;
      if (reached <= (distance.get(pass.to) as number) + 1e-6) continue;
      distance.set(pass.to, reached);
      into.set(pass.to, pass);
      changed = pass.to;
    }
    if (changed === undefined) return undefined;
  }
  // Far enough back every node lies on the cycle.
  let node = changed as number;
  for (let i = 0; i < nodes.length; i++) node = (into.get(node) as Pass).from;
  const cycle: Pass[] = [];
  for (let at = node; cycle.length === 0 || at !== node; ) {
    const pass = into.get(at) as Pass;
    cycle.unshift(pass);
    at = pass.from;
  }
  return cycle;
}
