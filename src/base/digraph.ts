import { invariant } from './invariant.ts';

/** A directed graph on any values; nodes and edges keep the order in which they were added. */
export class Digraph<N> {
  readonly #successors = new Map<N, Set<N>>();

  /** Builds a graph from edges; nodes without edges are given apart. */
  static from<N>(edges: Iterable<readonly [N, N]>, nodes: Iterable<N> = []): Digraph<N> {
    const graph = new Digraph<N>();
    for (const node of nodes) graph.addNode(node);
    for (const [from, to] of edges) graph.addEdge(from, to);
    return graph;
  }

  addNode(node: N): void {
    if (!this.#successors.has(node)) this.#successors.set(node, new Set());
  }

  addEdge(from: N, to: N): void {
    this.addNode(from);
    this.addNode(to);
    this.#successors.get(from)?.add(to);
  }

  has(node: N): boolean {
    return this.#successors.has(node);
  }

  nodes(): Iterable<N> {
    return this.#successors.keys();
  }

  successors(node: N): ReadonlySet<N> {
    return this.#successors.get(node) ?? new Set();
  }

  *edges(): Iterable<readonly [N, N]> {
    for (const [from, targets] of this.#successors) for (const to of targets) yield [from, to];
  }
}

/** Every node after its predecessors (ties in the order of addition), or one cycle when there is none. */
export function topologicalOrder<N>(graph: Digraph<N>): { order: N[]; cycle?: undefined } | { order?: undefined; cycle: N[] } {
  const waiting = new Map<N, number>();
  for (const node of graph.nodes()) waiting.set(node, 0);
  for (const [, to] of graph.edges()) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const order = [...graph.nodes()].filter((node) => waiting.get(node) === 0);
  for (let i = 0; i < order.length; i++) {
    for (const to of graph.successors(order[i])) {
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) order.push(to);
    }
  }
  if (order.length === waiting.size) return { order };
  return { cycle: findCycle(graph) };
}

/** Strongly connected components (Tarjan), each after every component it leads to. */
export function stronglyConnected<N>(graph: Digraph<N>): N[][] {
  const index = new Map<N, number>();
  const low = new Map<N, number>();
  const open = new Set<N>();
  const stack: N[] = [];
  const components: N[][] = [];

  for (const root of graph.nodes()) {
    if (index.has(root)) continue;
    const work: { node: N; rest: Iterator<N> }[] = [];
    const enter = (node: N) => {
      index.set(node, index.size);
      low.set(node, index.size - 1);
      stack.push(node);
      open.add(node);
      work.push({ node, rest: graph.successors(node)[Symbol.iterator]() });
    };
    const lower = (node: N, to: number | undefined) => low.set(node, Math.min(low.get(node) ?? 0, to ?? 0));

    enter(root);
    while (work.length > 0) {
      const { node, rest } = work[work.length - 1];
      const step = rest.next();
      if (!step.done) {
        if (!index.has(step.value)) enter(step.value);
        else if (open.has(step.value)) lower(node, index.get(step.value));
        continue;
      }
      work.pop();
      if (work.length > 0) lower(work[work.length - 1].node, low.get(node));
      if (low.get(node) === index.get(node)) components.push(popThrough(stack, node, open));
    }
  }
  return components;
}

/** The nodes of one cycle in order, or an empty list: `[a, b]` means a → b → a. */
export function findCycle<N>(graph: Digraph<N>): N[] {
  const component = stronglyConnected(graph).find((nodes) => nodes.length > 1 || graph.successors(nodes[0]).has(nodes[0]));
  if (!component) return [];
  const inside = new Set(component);
  const start = [...graph.nodes()].find((node) => inside.has(node)) as N;
  const parent = new Map<N, N>();
  const queue = [start];
  for (const node of queue) {
    for (const to of graph.successors(node)) {
      if (to === start) return pathTo(node, parent);
      if (inside.has(to) && !parent.has(to)) {
        parent.set(to, node);
        queue.push(to);
      }
    }
  }
  return [];
}

export interface LongestPath<N> {
  /** Per node, the greatest weight of a path that ends there. */
  readonly distance: ReadonlyMap<N, number>;
  /** The nodes of one heaviest path. */
  readonly path: readonly N[];
  readonly length: number;
}

/** Heaviest paths in a graph without cycles; each edge weighs 1 unless told, each node 0. */
export function longestPath<N>(
  graph: Digraph<N>,
  edgeWeight: (from: N, to: N) => number = () => 1,
  nodeWeight: (node: N) => number = () => 0,
): LongestPath<N> {
  const { order } = topologicalOrder(graph);
  invariant(order, 'longest path of a graph with a cycle');
  const distance = new Map<N, number>();
  const parent = new Map<N, N>();
  let end: N | undefined;
  for (const node of order) {
    const here = distance.get(node) ?? nodeWeight(node);
    distance.set(node, here);
    if (end === undefined || here > (distance.get(end) ?? 0)) end = node;
    for (const to of graph.successors(node)) {
      const there = here + edgeWeight(node, to) + nodeWeight(to);
      const known = distance.get(to);
      if (known !== undefined && known >= there) continue;
      distance.set(to, there);
      parent.set(to, node);
    }
  }
  if (end === undefined) return { distance, path: [], length: 0 };
  return { distance, path: pathTo(end, parent), length: distance.get(end) ?? 0 };
}

function popThrough<N>(stack: N[], node: N, open: Set<N>): N[] {
  const component = stack.splice(stack.lastIndexOf(node));
  for (const member of component) open.delete(member);
  return component;
}

function pathTo<N>(end: N, parent: ReadonlyMap<N, N>): N[] {
  const path = [end];
  for (let node = end; parent.has(node); ) {
    node = parent.get(node) as N;
    path.push(node);
  }
  return path.reverse();
}
