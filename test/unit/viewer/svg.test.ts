import { expect, test } from 'vitest';
import { placeAndRoute } from '../../../src/compiler/pnr.ts';
import { fabricScene } from '../../../src/viewer/scene.ts';
import { streamsOf } from '../../../src/viewer/streams.ts';
import { renderFabricSvg } from '../../../src/viewer/svg.ts';
import { fabricNamed } from '../../support/fabric.ts';
import { randomNetlist } from '../../support/random-netlist.ts';

function placed(name: string, seed = 3) {
  const fabric = fabricNamed(name);
  const netlist = randomNetlist(fabric, seed, { fill: 0.5, netsPerUnit: 2, reach: 5 });
  const { value } = placeAndRoute(netlist, fabric);
  if (!value) throw new Error('the random netlist does not route');
  return { fabric, netlist, ...value };
}

test('streams are the routes', () => {
  const { fabric, configs, routes } = placed('demo');
  const sorted = (edges: readonly { to: number }[]) => edges.map((edge) => edge.to).sort((a, b) => a - b);
  expect(streamsOf(fabric, configs).map((stream) => sorted(stream.edges))).toEqual(
    [...routes].sort((a, b) => a.edges[0].from - b.edges[0].from).map((route) => sorted(route.edges)),
  );
});

test('no two links of the fabric are drawn over each other', () => {
  const { fabric, netlist, placement, configs } = placed('demo');
  const scene = fabricScene(fabric, { netlist, placement, configs });
  const ways = scene.groups.flatMap((group) => group.shapes.filter((shape) => shape.kind === 'line' && shape.style === 'way'));
  expect(ways.length).toBeGreaterThan(20);
  expect(new Set(ways.map((way) => JSON.stringify(way))).size).toBe(ways.length);
  const tiles = scene.groups.filter((group) => group.style === 'tile');
  expect(tiles.filter((group) => group.title !== undefined).length).toBe(netlist.units.length);
});

test('the file is well formed, rounded, escaped and the same each time', () => {
  const input = placed('tiny');
  input.netlist.units[0].label = 'a<b & "c"';
  const svg = renderFabricSvg(input.fabric, { ...input, title: 'x < y' });
  expect(renderFabricSvg(input.fabric, { ...input, title: 'x < y' })).toBe(svg);
  expect(svg).toContain('x &lt; y');
  expect(svg).not.toMatch(/\d\.\d\d|NaN|undefined|<b & /);
  const body = svg.replace(/<style>[\s\S]*<\/style>/, '');
  const open: string[] = [];
  for (const [, end, start, , single] of body.matchAll(/<(\/?)(\w+)([^>]*?)(\/?)>/g)) {
    if (end) expect(open.pop()).toBe(start);
    else if (!single) open.push(start);
  }
  expect(open).toEqual([]);
});

test('a fabric alone shows every tile', () => {
  const fabric = fabricNamed('plasticine');
  const svg = renderFabricSvg(fabric);
  expect(svg.match(/class="unit /g)?.length).toBe(fabric.tiles.filter((tile) => tile.kind !== 'empty').length);
  expect(svg).not.toContain('class="stream');
});
