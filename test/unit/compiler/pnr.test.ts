import { expect, test } from 'vitest';
import { zeroOf } from '../../../src/base/bitstruct.ts';
import { decodeConnections } from '../../../src/compiler/connections.ts';
import { placeAndRoute, type Routed } from '../../../src/compiler/pnr.ts';
import { unitLayout } from '../../../src/fabric/config.ts';
import type { Fabric } from '../../../src/fabric/graph.ts';
import type { Net, Netlist, UnitKind } from '../../../src/ir/netlist.ts';
import { fabricNamed } from '../../support/fabric.ts';
import { randomNetlist } from '../../support/random-netlist.ts';

function routed(netlist: Netlist, fabric: Fabric, seed = 1): Routed {
  const { value, diagnostics } = placeAndRoute(netlist, fabric, { seed });
  expect(diagnostics).toEqual([]);
  if (!value) throw new Error('neither a value nor a diagnostic');
  return value;
}

/** The connections of the configurations are those of the netlist, no more and no fewer, with the hops that were promised. */
function expectConnected(netlist: Netlist, fabric: Fabric, result: Routed): void {
  const wanted = netlist.nets.flatMap((net) =>
    net.to.map((to, sink) => {
      const [source, target] = [result.placement.get(net.from.unit), result.placement.get(to.unit)];
      return `${net.net} ${source}:${net.from.port} -> ${target}:${to.port} in ${result.stats.hops.get(net.id)?.[sink]}`;
    }),
  );
  const made = decodeConnections(fabric, result.configs).map(
    ({ net, from, to, hops }) => `${net} ${from.tile}:${from.port} -> ${to.tile}:${to.port} in ${hops}`,
  );
  expect(made.sort()).toEqual(wanted.sort());
}

/** Every unit on a tile of its kind with its own configuration, no tile twice; every link in one route at most. */
function expectLegal(netlist: Netlist, fabric: Fabric, result: Routed): void {
  const used = [...result.placement.values()];
  expect(new Set(used).size).toBe(netlist.units.length);
  for (const unit of netlist.units) {
    const tile = fabric.tiles[result.placement.get(unit.id) as number];
    expect(tile.kind).toBe(unit.kind);
    expect(result.configs.get(tile.id)?.unit).toBe(unit.config);
  }
  const nodes = result.routes.flatMap((route) => route.edges.map((edge) => edge.to));
  expect(new Set(nodes).size).toBe(nodes.length);
  const through = new Set(result.routes.flatMap((route) => route.edges.map((edge) => fabric.nodes[edge.to].tile)));
  expect([...result.configs.keys()].sort((a, b) => a - b)).toEqual([...new Set([...used, ...through])].sort((a, b) => a - b));
}

const full = process.env.KILN_FULL !== undefined;
test.each([
  ['tiny', full ? 200 : 25, { fill: 1, netsPerUnit: 2 }],
  ['demo', full ? 100 : 10, { fill: 0.7, netsPerUnit: 3, reach: 5 }],
  ['plasticine', full ? 40 : 3, { fill: 0.3, netsPerUnit: 3, reach: 6 }],
  ['sara', full ? 10 : 1, { fill: 0.9, netsPerUnit: 3.5, reach: 4 }],
] as const)('random netlists on %s are connected as asked and no link is used twice', (name, count, options) => {
  const fabric = fabricNamed(name);
  for (let seed = 0; seed < count; seed++) {
    const netlist = randomNetlist(fabric, seed, options);
    const result = routed(netlist, fabric, seed);
    expectConnected(netlist, fabric, result);
    expectLegal(netlist, fabric, result);
  }
});

test('a full array with local nets routes on four tracks and says why on one', () => {
  const options = { fill: 1, netsPerUnit: 3.7, reach: 4 };
  const four = fabricNamed('plasticine');
  const netlist = randomNetlist(four, 11, options);
  // Every tile but the switches in the corners.
  expect(netlist.units.length).toBe(four.tiles.length - four.tilesOf('empty').length);
  expectConnected(netlist, four, routed(netlist, four));

  const one = fabricNamed('plasticine', { network: { vectorTracks: 1, scalarTracks: 4, controlTracks: 4 } });
  const { value, diagnostics } = placeAndRoute(netlist, one);
  expect(value).toBeUndefined();
  expect(diagnostics.map((d) => d.code)).toEqual([expect.stringMatching(/E060[34]/)]);
  expect(diagnostics[0].help).toContain('network.vectorTracks');
});

test('the same seed gives the same result, another seed another', () => {
  const fabric = fabricNamed('demo');
  const netlist = randomNetlist(fabric, 5, { fill: 0.6, netsPerUnit: 3, reach: 4 });
  const text = (seed: number) => {
    const { placement, configs } = routed(netlist, fabric, seed);
    return JSON.stringify([[...placement], [...configs]]);
  };
  expect(text(3)).toBe(text(3));
  expect(text(3)).not.toBe(text(4));
});

/** A netlist from `kind name` and `class a:0 > b:0 c:1` words. */
function drawn(fabric: Fabric, units: string[], nets: string[]): Netlist {
  const port = (word: string) => ({ unit: word.split(':')[0], port: Number(word.split(':')[1]) });
  return {
    units: units.map((word) => {
      const [kind, id] = word.split(' ') as [UnitKind, string];
      return { id, kind, config: zeroOf(unitLayout(fabric.arch, kind)) };
    }),
    nets: nets.map((word, i) => {
      const [net, from, , ...to] = word.split(' ');
      return { id: `n${i}`, net: net as Net['net'], from: port(from), to: to.map(port) };
    }),
  };
}

const product = (fabric: Fabric) =>
  drawn(
    fabric,
    ['ag x', 'ag y', 'pcu dot', 'host home'],
    ['vector x:0 > dot:0', 'vector y:0 > dot:1', 'scalar dot:0 > home:0', 'control dot:0 > home:0'],
  );

test('tiny holds an outer product, and a stream from a unit to itself', () => {
  const fabric = fabricNamed('tiny');
  const outer = drawn(
    fabric,
    ['ag x', 'ag y', 'ag z', 'pmu xs', 'pmu ys', 'pcu mul', 'pcu add', 'host home'],
    [
      'vector x:0 > xs:0',
      'vector y:0 > ys:0',
      'vector xs:0 > mul:0',
      'vector ys:0 > mul:1',
      'scalar ys:1 > mul:0 add:0',
      'vector mul:0 > add:0',
      'vector add:0 > z:0',
      'vector add:1 > add:1',
      'control xs:0 > x:0',
      'control ys:0 > y:0',
      'control z:0 > home:0',
    ],
  );
  const result = routed(outer, fabric);
  expectConnected(outer, fabric, result);
  expectLegal(outer, fabric, result);
  // There is no way to turn back: a stream to its own unit passes the switches of a square.
  expect(result.stats.hops.get('n7')).toEqual([5]);
});

test('a bigger grid is never worse', () => {
  const grids = [
    [2, 2],
    [4, 2],
    [4, 4],
    [8, 8],
    [16, 8],
  ].map(([columns, rows]) => fabricNamed('plasticine', { grid: { columns, rows } }));
  const results = grids.slice(1).map((fabric) => routed(product(fabric), fabric));
  for (let i = 1; i < results.length; i++) {
    expect(results[i].stats.longestPath).toBeLessThanOrEqual(results[i - 1].stats.longestPath);
    expect(results[i].stats.wirelength).toBeLessThanOrEqual(results[i - 1].stats.wirelength);
  }
});

test('a small program is laid out as tight as it can be', () => {
  const fabric = fabricNamed('plasticine');
  const { stats } = routed(product(fabric), fabric);
  // The host is on the north border, the unit below it, the generators beside the two.
  expect(stats.hops.get('n2')).toEqual([2]);
  expect([...stats.hops.values()].flat().reduce((sum, hops) => sum + hops, 0)).toBe(9);
});

test('long streams go to different memory ports, which are side by side', () => {
  const fabric = fabricNamed('demo', { pcu: { lanes: 16 } });
  const tiles = (beats: number) => {
    const netlist = drawn(fabric, ['ag x', 'ag y', 'pcu sum'], ['vector x:0 > sum:0', 'vector y:0 > sum:1']);
    for (const unit of netlist.units) if (unit.kind === 'ag') (unit.config as { run: number }).run = 16 * beats;
    const { placement } = routed(netlist, fabric);
    return ['x', 'y'].map((unit) => fabric.tiles[placement.get(unit) as number]);
  };
  expect(fabric.arch.memory.ports).toBe(2);
  const [x, y] = tiles(1000);
  expect(x.index % 2).not.toBe(y.index % 2);
  // Neighbours are numbered one after the other, so nobody has to cross the array for a port of its own.
  expect(x.x).toBe(y.x);
});

test('what cannot be placed is counted out', () => {
  const fabric = fabricNamed('tiny');
  const units = ['pcu a', 'pcu b', 'pcu c', 'pmu d'];
  const { value, diagnostics } = placeAndRoute(drawn(fabric, units, ['vector a:0 > b:0']), fabric);
  expect(value).toBeUndefined();
  expect(diagnostics.map((d) => d.message)).toEqual(['the program needs 3 compute units, `tiny` has 2']);
  expect(placeAndRoute(drawn(fabric, units, ['vector a:0 > b:9']), fabric).diagnostics.map((d) => d.code)).toEqual(['E0505']);
});
