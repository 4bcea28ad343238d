/**
 * Which connections decide when a program ends. Paths run from unit to unit over nets; what comes
 * back to its origin (credits, accumulated values) is cut where a walk from the sources closes a
 * cycle. Delays of nets are hops: one per switch passed and one into the unit.
 */
import { unitLatency } from '../latency.ts';
import type { PlaceProblem } from './problem.ts';

export interface TimingGraph {
  /** Forward edges in an order in which every edge comes after those that end where it begins. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The pin (index into `pins`) each edge ends at. */
  readonly pin: Int32Array;
  /** Cycles inside each unit. */
  readonly inside: Float64Array;
  /** Scratch: earliest time at each unit. */
  readonly arrival: Float64Array;
  readonly required: Float64Array;
}

export function timingGraph(problem: PlaceProblem): TimingGraph {
  const { pinStart, pins, units } = problem;
  const out: { to: number; pin: number }[][] = Array.from({ length: units }, () => []);
  for (let n = 0; n < problem.nets; n++) {
    for (let p = pinStart[n] + 1; p < pinStart[n + 1]; p++) out[pins[pinStart[n]]].push({ to: pins[p], pin: p });
  }
  const { order, back } = walk(out, units);
  const edges: { from: number; to: number; pin: number }[] = [];
  for (const unit of order) for (const edge of out[unit]) if (!back.has(edge.pin)) edges.push({ from: unit, ...edge });
  return {
    from: Int32Array.from(edges, (edge) => edge.from),
    to: Int32Array.from(edges, (edge) => edge.to),
    pin: Int32Array.from(edges, (edge) => edge.pin),
    inside: insideOf(problem),
    arrival: new Float64Array(units),
    required: new Float64Array(units),
  };
}

/** A load of fewer beats than the longest one has a cycle to spare for each of them beyond the first two, up to as many. */
const SPARE = { from: 2, most: 8 } as const;

/** Cycles inside each unit; a load of fewer words than the longest is done earlier, so that its way may be longer. */
function insideOf({ netlist, fabric, streams }: PlaceProblem): Float64Array {
  const inside = Float64Array.from(netlist.units, (unit) => unitLatency(fabric.arch, unit.kind, unit.config));
  const loads = streams.filter(({ write }) => !write);
  const most = Math.max(0, ...loads.map(({ beats }) => beats));
  for (const { unit, beats } of loads) inside[unit] -= Math.max(0, Math.min(SPARE.most, most - beats - SPARE.from));
  return inside;
}

/** Units in topological order of the edges that are left when those that close a cycle are cut. */
function walk(out: readonly (readonly { to: number; pin: number }[])[], units: number): { order: number[]; back: Set<number> } {
  const state = new Uint8Array(units);
  const indegree = new Int32Array(units);
  for (const list of out) for (const edge of list) indegree[edge.to]++;
  const roots = [...Array(units).keys()].sort((a, b) => indegree[a] - indegree[b] || a - b);
  const post: number[] = [];
  const back = new Set<number>();
  for (const root of roots) {
    if (state[root] !== 0) continue;
    const stack = [{ unit: root, next: 0 }];
    state[root] = 1;
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const edge = out[top.unit][top.next++];
      if (edge === undefined) {
        state[top.unit] = 2;
        post.push(top.unit);
        stack.pop();
      } else if (state[edge.to] === 1) back.add(edge.pin);
      else if (state[edge.to] === 0) {
        state[edge.to] = 1;
        stack.push({ unit: edge.to, next: 0 });
      }
    }
  }
  return { order: post.reverse(), back };
}

/** Length of the longest path in cycles, given where each unit stands. */
export function longestPath(problem: PlaceProblem, graph: TimingGraph, place: Int32Array): number {
  const { from, to, inside, arrival } = graph;
  const { tileX, tileY } = problem;
  arrival.fill(0);
  let longest = 0;
  for (let e = 0; e < from.length; e++) {
    const a = place[from[e]];
    const b = place[to[e]];
    const hops = Math.abs(tileX[a] - tileX[b]) + Math.abs(tileY[a] - tileY[b]) + 1;
    const time = arrival[from[e]] + inside[from[e]] + hops;
    if (time > arrival[to[e]]) {
      arrival[to[e]] = time;
      if (time + inside[to[e]] > longest) longest = time + inside[to[e]];
    }
  }
  return longest;
}

/**
 * Writes into `criticality` (per pin) how near to the longest path each connection is: 1 on it, 0 where a detour
 * across the region would not make it the longest.
 */
export function updateCriticality(problem: PlaceProblem, graph: TimingGraph, place: Int32Array, criticality: Float64Array): number {
  const { from, to, pin, inside, arrival, required } = graph;
  const { tileX, tileY } = problem;
  const longest = longestPath(problem, graph, place);
  const span = problem.region.width + problem.region.height;
  for (let u = 0; u < required.length; u++) required[u] = longest - inside[u];
  criticality.fill(0);
  for (let e = from.length - 1; e >= 0; e--) {
    const a = place[from[e]];
    const b = place[to[e]];
    const hops = Math.abs(tileX[a] - tileX[b]) + Math.abs(tileY[a] - tileY[b]) + 1;
    const latest = required[to[e]] - hops - inside[from[e]];
    if (latest < required[from[e]]) required[from[e]] = latest;
    const slack = latest - arrival[from[e]];
    criticality[pin[e]] = Math.max(0, 1 - slack / span);
  }
  return longest;
}
