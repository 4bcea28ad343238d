/**
 * Negotiated congestion (PathFinder): every net takes the cheapest tree as if alone, then those that
 * share a link are routed again while sharing gets dearer each round and links remember how often
 * they were disputed. Trees grow sink by sink from everything already in the tree, so a multicast
 * uses a link once. Criticality trades wire for latency, sink by sink.
 */

import type { RouteGraph } from './graph.ts';
import { NodeHeap } from './heap.ts';

export interface RouteRequest {
  readonly source: number;
  /** Input nodes, each with how critical its latency is, 0..1. */
  readonly sinks: readonly { readonly node: number; readonly critical: number }[];
}

export interface RouteTree {
  /** Nodes in order of growth, the source first; `parent[i]` is the position of the driver of `nodes[i]` (-1: source). */
  readonly nodes: number[];
  readonly parent: number[];
  /** Cycles from the source to each sink of the request: one per link and one into the unit. */
  readonly hops: number[];
}

export interface RouteOutcome {
  /** A tree per request; undefined where a sink cannot be reached at all. */
  readonly trees: readonly (RouteTree | undefined)[];
  readonly iterations: number;
  /** Links that more than one net wants, in node order; empty on success. */
  readonly overused: readonly number[];
  /** Requests in the order given that have a sink without any path. */
  readonly unreachable: readonly number[];
}

const MAX_ROUNDS = 80;
/** Rounds without improvement after which the attempt is given up. */
const PATIENCE = 25;
const SHARING_START = 0.5;
const SHARING_GROWTH = 1.4;
const SHARING_LIMIT = 1e4;
const MEMORY = 0.4;

export function negotiate(graph: RouteGraph, requests: readonly RouteRequest[]): RouteOutcome {
  const search = new TreeSearch(graph);
  const { users } = search;
  const trees: (RouteTree | undefined)[] = requests.map(() => undefined);
  const unreachable: number[] = [];
  // Wide nets first: they need straight trunks, the others fit around them.
  const order = [...requests.keys()].sort((a, b) => requests[b].sinks.length - requests[a].sinks.length || a - b);
  let rounds = 0;
  let overused: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  let stale = 0;
  search.sharing = SHARING_START;
  while (rounds < MAX_ROUNDS) {
    rounds++;
    for (const request of order) {
      const old = trees[request];
      if (old !== undefined && !old.nodes.some((node) => users[node] > 1)) continue;
      if (old !== undefined) for (const node of old.nodes) users[node]--;
      else if (rounds > 1) continue;
      const tree = search.route(requests[request]);
      trees[request] = tree;
      if (tree === undefined) unreachable.push(request);
      else for (const node of tree.nodes) users[node]++;
    }
    overused = [];
    for (let node = 0; node < graph.nodes; node++) {
      if (users[node] <= 1) continue;
      overused.push(node);
      search.history[node] += MEMORY * (users[node] - 1);
    }
    if (overused.length === 0) break;
    stale = overused.length < best ? 0 : stale + 1;
    best = Math.min(best, overused.length);
    if (stale >= PATIENCE) break;
    search.sharing = Math.min(SHARING_LIMIT, search.sharing * SHARING_GROWTH);
  }
  return { trees, iterations: rounds, overused, unreachable: unreachable.sort((a, b) => a - b) };
}

/** Grows one multicast tree at a time over the shared state of the negotiation. */
class TreeSearch {
  /** Nets on each node. */
  readonly users: Uint16Array;
  readonly history: Float64Array;
  sharing = 0;
  readonly #graph: RouteGraph;
  readonly #cost: Float64Array;
  readonly #from: Int32Array;
  readonly #seen: Int32Array;
  readonly #closed: Int32Array;
  readonly #place: Int32Array;
  readonly #heap = new NodeHeap();
  #clock = 0;

  constructor(graph: RouteGraph) {
    this.#graph = graph;
    this.users = new Uint16Array(graph.nodes);
    this.history = new Float64Array(graph.nodes);
    this.#cost = new Float64Array(graph.nodes);
    this.#from = new Int32Array(graph.nodes);
    this.#seen = new Int32Array(graph.nodes);
    this.#closed = new Int32Array(graph.nodes);
    this.#place = new Int32Array(graph.nodes);
  }

  route(request: RouteRequest): RouteTree | undefined {
    const { x, y } = this.#graph;
    const { source, sinks } = request;
    const tree = { nodes: [source], parent: [-1], hops: sinks.map(() => 0) };
    const delay = [0];
    const far = (i: number) => Math.abs(x[sinks[i].node] - x[source]) + Math.abs(y[sinks[i].node] - y[source]);
    const order = [...sinks.keys()].sort((a, b) => sinks[b].critical - sinks[a].critical || far(a) - far(b) || a - b);
    for (const i of order) {
      const end = this.#reach(tree.nodes, delay, sinks[i].node, sinks[i].critical);
      if (!end) return undefined;
      const path: number[] = [];
      let node = sinks[i].node;
      while (this.#from[node] >= 0) {
        path.push(node);
        node = this.#from[node];
      }
      let parent = this.#place[node];
      for (const next of path.reverse()) {
        tree.nodes.push(next);
        tree.parent.push(parent);
        delay.push(delay[parent] + 1);
        parent = tree.nodes.length - 1;
      }
      tree.hops[i] = delay[parent];
    }
    return tree;
  }

  /** A* from every node of the tree to one sink; leaves the path in `#from`, which is -1 at the tree. */
  #reach(tree: readonly number[], delay: readonly number[], sink: number, critical: number): boolean {
    const { start, target, x, y, isLink } = this.#graph;
    const heap = this.#heap;
    const clock = ++this.#clock;
    const sx = x[sink];
    const sy = y[sink];
    const wire = 1 - critical;
    heap.clear();
    for (let i = 0; i < tree.length; i++) {
      const node = tree[i];
      this.#seen[node] = clock;
      this.#from[node] = -1;
      this.#place[node] = i;
      this.#cost[node] = critical * delay[i];
      heap.push(node, this.#cost[node] + 1.001 * (Math.abs(x[node] - sx) + Math.abs(y[node] - sy)));
    }
    while (heap.size > 0) {
      const node = heap.pop();
      if (node === sink) return true;
      if (this.#closed[node] === clock) continue;
      this.#closed[node] = clock;
      for (let e = start[node]; e < start[node + 1]; e++) {
        const next = target[e];
        if (this.#closed[next] === clock) continue;
        let cost = this.#cost[node];
        if (isLink[next] === 1) cost += critical + wire * (1 + this.history[next]) * (1 + this.sharing * this.users[next]);
        else if (next !== sink) continue;
        // A node of the tree keeps its place in the tree, even where a quicker way to it exists.
        if (this.#seen[next] === clock && (this.#from[next] < 0 || this.#cost[next] <= cost)) continue;
        this.#seen[next] = clock;
        this.#cost[next] = cost;
        this.#from[next] = node;
        heap.push(next, cost + 1.001 * (Math.abs(x[next] - sx) + Math.abs(y[next] - sy)));
      }
    }
    return false;
  }
}
