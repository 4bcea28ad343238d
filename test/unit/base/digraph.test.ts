import { expect, test } from 'vitest';
import { Digraph, findCycle, longestPath, stronglyConnected, topologicalOrder } from '../../../src/base/digraph.ts';
import { Rng } from '../../../src/base/rng.ts';

const diamond = Digraph.from(
  [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'd'],
    ['c', 'd'],
  ],
  ['a', 'b', 'c', 'd', 'alone'],
);

test('an order puts every node after its predecessors, ties as added', () => {
  expect(topologicalOrder(diamond).order).toEqual(['a', 'alone', 'b', 'c', 'd']);
});

test('a cycle is returned in place of an order', () => {
  const graph = Digraph.from([...diamond.edges(), ['d', 'b'] as const]);
  expect(topologicalOrder(graph)).toEqual({ cycle: ['b', 'd'] });
  expect(findCycle(Digraph.from([['x', 'x']]))).toEqual(['x']);
  expect(findCycle(diamond)).toEqual([]);
});

test('components come after those they lead to', () => {
  const graph = Digraph.from([
    [1, 2],
    [2, 3],
    [3, 1],
    [3, 4],
    [4, 5],
    [5, 4],
    [0, 1],
  ]);
  expect(stronglyConnected(graph).map((nodes) => nodes.sort())).toEqual([[4, 5], [1, 2, 3], [0]]);
});

test('longest paths add edge and node weights', () => {
  const weight = (from: string, to: string) => (from === 'a' && to === 'c' ? 5 : 1);
  expect(longestPath(diamond, weight)).toMatchObject({ path: ['a', 'c', 'd'], length: 6 });
  const weighted = longestPath(
    diamond,
    () => 0,
    (node) => (node === 'alone' ? 9 : 2),
  );
  expect(weighted).toMatchObject({ path: ['alone'], length: 9 });
  expect(weighted.distance.get('d')).toBe(6);
  expect(longestPath(new Digraph())).toMatchObject({ path: [], length: 0 });
});

test('random graphs: components agree with mutual reachability, and deep chains do not overflow', () => {
  const rng = new Rng(11);
  for (let round = 0; round < 50; round++) {
    const size = rng.int(1, 9);
    const nodes = Array.from({ length: size }, (_, i) => i);
    const edges = Array.from({ length: rng.int(0, 2 * size) }, () => [rng.pick(nodes), rng.pick(nodes)] as const);
    const graph = Digraph.from(edges, nodes);
    const reach = nodes.map((from) => reachable(graph, from));
    const component = new Map(stronglyConnected(graph).flatMap((members, i) => members.map((node) => [node, i] as const)));
    for (const a of nodes) {
      for (const b of nodes) expect(component.get(a) === component.get(b)).toBe(a === b || (reach[a].has(b) && reach[b].has(a)));
    }
    expect(topologicalOrder(graph).order === undefined).toBe(nodes.some((node) => reach[node].has(node)));
  }
  const chain = Digraph.from(Array.from({ length: 50_000 }, (_, i) => [i, i + 1] as const));
  expect(stronglyConnected(chain)).toHaveLength(50_001);
});

function reachable(graph: Digraph<number>, from: number): Set<number> {
  const seen = new Set(graph.successors(from));
  for (const node of seen) for (const to of graph.successors(node)) seen.add(to);
  return seen;
}
