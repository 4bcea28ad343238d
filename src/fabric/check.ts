/**
 * Whether a fabric graph keeps the promises that router, encoder, simulator and RTL generator rely on.
 * A broken one is a bug in the elaboration, never in an architecture file; the list says each once.
 */
import { leavesOf, widthOf, wordsOf } from '../base/bitstruct.ts';
import { switchLayout, tileLayout } from './config.ts';
import type { Fabric, RouteNode } from './graph.ts';
import { NET_CLASSES, portsOf, TILE_KINDS } from './ports.ts';

/** Sentences, empty when all is well. */
export function checkFabric(fabric: Fabric): string[] {
  return [...checkTiles(fabric), ...checkNodes(fabric), ...checkEdges(fabric), ...checkReach(fabric), ...checkFormat(fabric)];
}

function checkTiles(fabric: Fabric): string[] {
  const { tiles } = fabric;
  const found: string[] = [];
  tiles.forEach((tile, id) => {
    if (tile.id !== id || fabric.tileAt(tile.x, tile.y) !== tile) found.push(`tile ${id} is not where its id says`);
  });
  if (tiles.length !== fabric.width * fabric.height) found.push(`${tiles.length} tiles in ${fabric.width} x ${fabric.height} places`);
  for (const kind of TILE_KINDS)
    if (fabric.tilesOf(kind).some((tile, i) => tile.index !== i)) found.push(`the ${kind} tiles are not numbered in order`);
  if (fabric.tilesOf('host').length !== 1) found.push('there is not exactly one host tile');
  return found;
}

/** The name of every node leads back to it. */
function checkNodes(fabric: Fabric): string[] {
  return fabric.nodes
    .filter((node, id) => node.id !== id || fabric.nodeId(node.net, node.kind, node.tile, node.index) !== id)
    .map((node) => `${nodeName(node)} is not found under its name`);
}

/** An edge is in both lists, joins one network, and no two inputs of a multiplexer share a select value. */
function checkEdges(fabric: Fabric): string[] {
  const found: string[] = [];
  for (const node of fabric.nodes) {
    const selects = new Set<number>();
    for (const edge of fabric.fanin[node.id]) {
      const from = fabric.nodes[edge.from];
      if (edge.to !== node.id || !fabric.fanout[edge.from].includes(edge))
        found.push(`${nodeName(node)} has an edge its source does not know`);
      if (from.net !== node.net) found.push(`${nodeName(node)} selects from the ${from.net} network`);
      if (edge.select === 0 || selects.has(edge.select)) found.push(`${nodeName(node)} uses select ${edge.select} twice, or for nothing`);
      selects.add(edge.select);
    }
    if (fabric.fanout[node.id].some((edge) => edge.from !== node.id || !fabric.fanin[edge.to].includes(edge)))
      found.push(`${nodeName(node)} has an edge its target does not know`);
    if (node.kind === 'out' && selects.size > 0) found.push(`${nodeName(node)} is an output and selects something`);
    const width = selectWidth(fabric, node);
    if (width !== undefined && Math.max(0, ...selects) >= 2 ** width) found.push(`${nodeName(node)} has a select beyond its ${width} bits`);
  }
  return found;
}

/** Every unit output reaches every unit input of its network that lies in another tile. */
function checkReach(fabric: Fabric): string[] {
  const found: string[] = [];
  for (const net of NET_CLASSES) {
    const inputs = fabric.nodes.filter((node) => node.net === net && node.kind === 'in');
    const outputs = fabric.nodes.filter((node) => node.net === net && node.kind === 'out');
    // From one output per kind of tile: switches are alike, so the others follow.
    const samples = TILE_KINDS.flatMap((kind) => outputs.filter((node) => fabric.tiles[node.tile].kind === kind).slice(0, 1));
    for (const start of samples) {
      const reached = reach(fabric, start);
      const missed = inputs.find((node) => node.tile !== start.tile && !reached.has(node.id));
      if (missed) found.push(`${nodeName(missed)} cannot be reached from ${nodeName(start)}`);
    }
  }
  return found;
}

function reach(fabric: Fabric, start: RouteNode): Set<number> {
  const reached = new Set([start.id]);
  for (const id of reached) for (const edge of fabric.fanout[id]) reached.add(edge.to);
  return reached;
}

/** Layouts fit the fields of the bitstream format that count and address them. */
function checkFormat(fabric: Fabric): string[] {
  const found: string[] = [];
  for (const kind of TILE_KINDS) {
    const layout = tileLayout(fabric.arch, kind);
    const leaves = leavesOf(layout);
    const end = leaves.reduce((at, leaf) => (leaf.lsb === at ? at + leaf.width : Number.NaN), 0);
    if (end !== widthOf(layout)) found.push(`the layout of a ${kind} tile has gaps`);
    if (leaves.some(({ width }) => width < 1 || width > 32)) found.push(`a field of a ${kind} tile is wider than a word`);
    if (wordsOf(layout) >= 2 ** 16) found.push(`the frame of a ${kind} tile is too long to count`);
  }
  if (fabric.height > 2 ** 8) found.push('rows do not fit in a frame header');
  if (fabric.tilesOf('ag').length > 255) found.push('address generators do not fit in the ids of a memory port');
  return found;
}

/** Bits of the select of a multiplexer; none for an output, and none for an input without a field. */
function selectWidth(fabric: Fabric, node: RouteNode): number | undefined {
  if (node.kind === 'out') return undefined;
  const { kind } = fabric.tiles[node.tile];
  const net = switchLayout(fabric.arch, kind).fields[node.net].fields;
  const field = node.kind === 'link' ? net.link : net.unit;
  const count = node.kind === 'link' ? field.count : portsOf(fabric.arch, kind)[node.net].in;
  return node.index < count ? field.element.width : 0;
}

function nodeName({ net, kind, tile, index }: RouteNode): string {
  return `${net} ${kind} ${index} of tile ${tile}`;
}
