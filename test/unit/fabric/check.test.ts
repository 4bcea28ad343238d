import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkFabric } from '../../../src/fabric/check.ts';
import type { Fabric, RouteEdge } from '../../../src/fabric/graph.ts';
import { fabricNamed } from '../../support/fabric.ts';

const archs = readdirSync(new URL('../../../arch/', import.meta.url)).filter((name) => name.endsWith('.yaml'));

test.each(archs)('the fabric of %s keeps its promises', (file) => {
  expect(checkFabric(fabricNamed(file.replace('.yaml', '')))).toEqual([]);
});

test.each([
  { grid: { columns: 2, rows: 1 } },
  { grid: { columns: 5, rows: 3, pattern: 'columns' } },
  { ag: { sides: ['north', 'south', 'west', 'east'] } },
  { ag: { sides: ['south'] }, network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 8 } },
  { pcu: { vectorIn: 8, vectorOut: 6, scalarIn: 1, scalarOut: 1 } },
])('so does that of tiny with %j', (change) => {
  expect(checkFabric(fabricNamed('tiny', change))).toEqual([]);
});

/** A fabric with one edge replaced, in the source's list as well or not. */
function broken(change: Partial<RouteEdge> | 'next', everywhere: boolean): Fabric {
  const fabric = fabricNamed('tiny');
  const node = fabric.nodes.find(({ kind, net }) => kind === 'in' && net === 'vector') as Fabric['nodes'][number];
  const edges = fabric.fanin[node.id] as RouteEdge[];
  const [old] = edges;
  const changed = { ...old, ...(change === 'next' ? { select: edges[1].select } : change) };
  edges[0] = changed;
  if (everywhere) (fabric.fanout[old.from] as RouteEdge[])[fabric.fanout[old.from].indexOf(old)] = changed;
  return fabric;
}

test.each([
  ['an edge its source does not know', broken({}, false)],
  ['a select value twice', broken('next', true)],
  ['the select value of nothing', broken({ select: 0 }, true)],
  ['a select beyond its bits', broken({ select: 1000 }, true)],
])('%s is found', (_what, fabric) => {
  expect(checkFabric(fabric)).not.toEqual([]);
});

test('a unit cut off from the network is found', () => {
  const fabric = fabricNamed('tiny');
  const lonely = fabric.nodes.find(({ kind, net }) => kind === 'in' && net === 'scalar') as Fabric['nodes'][number];
  for (const edge of fabric.fanin[lonely.id]) {
    const list = fabric.fanout[edge.from] as RouteEdge[];
    list.splice(list.indexOf(edge), 1);
  }
  (fabric.fanin[lonely.id] as RouteEdge[]).length = 0;
  expect(checkFabric(fabric).some((sentence) => sentence.includes('cannot be reached'))).toBe(true);
});
