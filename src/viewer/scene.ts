/**
 * The picture of a fabric as plain geometry. A tile is a cell with its unit at the upper left and its
 * switch at the lower right; links run between neighbouring switches, every track of every network
 * and direction on its own line.
 */
import type { TileConfig } from '../fabric/config.ts';
import type { Fabric, RouteNode, Tile } from '../fabric/graph.ts';
import { NET_CLASSES, portsOf, tracksOf } from '../fabric/ports.ts';
import type { Netlist } from '../ir/netlist.ts';
import { streamsOf } from './streams.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** `style` is the name of a class of the style sheet. */
export type Shape =
  | {
      readonly kind: 'box';
      readonly style: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'text'; readonly style: string; readonly at: Point; readonly text: string; readonly room?: number }
  | { readonly kind: 'line'; readonly style: string; readonly from: Point; readonly to: Point }
  /** Quadratic, bent towards `by`. */
  | { readonly kind: 'bend'; readonly style: string; readonly from: Point; readonly by: Point; readonly to: Point }
  | { readonly kind: 'dot'; readonly style: string; readonly at: Point };

/** Shapes that belong together, with a text shown on hovering. */
export interface Group {
  readonly style: string;
  readonly title?: string;
  readonly shapes: readonly Shape[];
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly Group[];
}

export interface SceneInput {
  readonly configs?: ReadonlyMap<number, TileConfig>;
  /** Tile of each unit of the netlist. */
  readonly placement?: ReadonlyMap<string, number>;
  readonly netlist?: Netlist;
  readonly title?: string;
}

const CELL = 168;
const UNIT = { x: 6, y: 6, width: 66, height: 52 };
const SWITCH = { x: 78, y: 64, size: 84 };
/** Streams of the unit bend round this point of the switch. */
const CORNER = 12;
/** Part of a channel left free on both edges. */
const EDGE = 0.06;
const MARGIN = 16;
const HEADER = 34;
const FOOTER = 30;

export function fabricScene(fabric: Fabric, input: SceneInput = {}): Scene {
  const width = 2 * MARGIN + fabric.width * CELL;
  const height = MARGIN + HEADER + fabric.height * CELL + FOOTER;
  return {
    width,
    height,
    groups: [
      { style: 'header', shapes: [{ kind: 'text', style: 'title', at: { x: MARGIN + UNIT.x, y: 28 }, text: titleOf(fabric, input) }] },
      ...fabric.tiles.map((tile) => channelsOf(fabric, tile)),
      ...fabric.tiles.map((tile) => tileGroup(tile, input)),
      ...streamGroups(fabric, input),
      legend(height),
    ],
  };
}

function titleOf(fabric: Fabric, input: SceneInput): string {
  const { name, grid } = fabric.arch;
  return input.title ?? `${name}: ${grid.columns}x${grid.rows} units`;
}

const origin = (tile: Tile): Point => ({ x: MARGIN + tile.x * CELL, y: HEADER + MARGIN / 2 + tile.y * CELL });

/** One faint band per channel to the east and to the south. */
function channelsOf(fabric: Fabric, tile: Tile): Group {
  const { x, y } = origin(tile);
  const gap = CELL - SWITCH.size;
  const shapes: Shape[] = [];
  if (fabric.neighbour(tile, 1))
    shapes.push({ kind: 'box', style: 'channel', x: x + SWITCH.x + SWITCH.size, y: y + SWITCH.y, width: gap, height: SWITCH.size });
  if (fabric.neighbour(tile, 2))
    shapes.push({ kind: 'box', style: 'channel', x: x + SWITCH.x, y: y + SWITCH.y + SWITCH.size, width: SWITCH.size, height: gap });
  return { style: 'channels', shapes };
}

function tileGroup(tile: Tile, input: SceneInput): Group {
  const { x, y } = origin(tile);
  const unit = input.netlist?.units.find((one) => input.placement?.get(one.id) === tile.id);
  const shapes: Shape[] = [
    {
      kind: 'box',
      style: input.configs?.has(tile.id) ? 'switch used' : 'switch',
      x: x + SWITCH.x,
      y: y + SWITCH.y,
      width: SWITCH.size,
      height: SWITCH.size,
    },
  ];
  const middle = x + UNIT.x + UNIT.width / 2;
  if (tile.kind !== 'empty') {
    const place = { x: x + UNIT.x, y: y + UNIT.y, width: UNIT.width, height: UNIT.height };
    shapes.push({ kind: 'box', style: `unit ${tile.kind}${unit ? ' placed' : ''}`, ...place });
    const name = tile.kind === 'host' ? 'host' : `${tile.kind} ${tile.index}`;
    shapes.push({ kind: 'text', style: unit ? 'kind' : 'kind idle', at: { x: middle, y: y + UNIT.y + (unit ? 18 : 30) }, text: name });
  }
  if (unit)
    shapes.push({ kind: 'text', style: 'name', at: { x: middle, y: y + UNIT.y + 36 }, text: unit.label ?? unit.id, room: UNIT.width - 4 });
  return { style: 'tile', title: unit ? `${unit.id}${unit.label ? `: ${unit.label}` : ''}` : undefined, shapes };
}

/** Per stream its links, its ways through switches and its ports. */
function streamGroups(fabric: Fabric, input: SceneInput): Group[] {
  if (!input.configs) return [];
  const names = new Map<number, string>();
  for (const net of input.netlist?.nets ?? []) {
    const tile = input.placement?.get(net.from.unit);
    const node = tile === undefined ? undefined : fabric.nodeId(net.net, 'out', tile, net.from.port);
    if (node !== undefined) names.set(node, net.label ?? net.id);
  }
  return streamsOf(fabric, input.configs).map(({ source, edges }) => {
    const { net } = fabric.nodes[source];
    const shapes: Shape[] = [];
    for (const edge of edges) {
      const [from, to] = [fabric.nodes[edge.from], fabric.nodes[edge.to]];
      const [start, end] = [arrivalOf(fabric, from), departureOf(fabric, to)];
      shapes.push(wayThrough(fabric, from, to, start, end));
      if (to.kind === 'link') shapes.push({ kind: 'line', style: 'way', from: end, to: arrivalOf(fabric, to) });
      if (to.kind === 'in') shapes.push({ kind: 'dot', style: 'port', at: end });
      if (from.kind === 'out') shapes.push({ kind: 'dot', style: 'port source', at: start });
    }
    return { style: `stream ${net}`, title: names.get(source), shapes };
  });
}

/** Straight across a switch, round a corner, or between the switch and a port of the unit at its upper left. */
function wayThrough(fabric: Fabric, from: RouteNode, to: RouteNode, start: Point, end: Point): Shape {
  if (from.kind === 'link' && to.kind === 'link') {
    if (start.x === end.x || start.y === end.y) return { kind: 'line', style: 'way', from: start, to: end };
    const side = Math.floor(to.index / tracksOf(fabric.arch, to.net));
    const by = side % 2 === 0 ? { x: end.x, y: start.y } : { x: start.x, y: end.y };
    return { kind: 'bend', style: 'way', from: start, by, to: end };
  }
  const { x, y } = origin(fabric.tiles[to.tile]);
  return { kind: 'bend', style: 'way', from: start, by: { x: x + SWITCH.x + CORNER, y: y + SWITCH.y + CORNER }, to: end };
}

/** Where the stream of a node comes into the switch that receives it. */
function arrivalOf(fabric: Fabric, node: RouteNode): Point {
  const tile = fabric.tiles[node.tile];
  if (node.kind === 'out') return portPoint(fabric, tile, node);
  const side = Math.floor(node.index / tracksOf(fabric.arch, node.net)) as 0 | 1 | 2 | 3;
  const beyond = fabric.neighbour(tile, side) as Tile;
  return sidePoint(beyond, ((side + 2) % 4) as 0 | 1 | 2 | 3, lane(fabric, node, side));
}

/** Where the stream of a node leaves the switch that drives it. */
function departureOf(fabric: Fabric, node: RouteNode): Point {
  const tile = fabric.tiles[node.tile];
  if (node.kind === 'in') return portPoint(fabric, tile, node);
  const side = Math.floor(node.index / tracksOf(fabric.arch, node.net)) as 0 | 1 | 2 | 3;
  return sidePoint(tile, side, lane(fabric, node, side));
}

/** Position of a link across its channel, 0..1: north and east in one half, south and west in the other. */
function lane(fabric: Fabric, node: RouteNode, side: number): number {
  const tracks = NET_CLASSES.map((net) => tracksOf(fabric.arch, net));
  const all = tracks.reduce((sum, count) => sum + count, 0);
  const before = tracks.slice(0, NET_CLASSES.indexOf(node.net)).reduce((sum, count) => sum + count, 0);
  const position = before + (node.index % tracksOf(fabric.arch, node.net)) + 0.5;
  // Networks lie mirrored about the middle of the channel, control innermost.
  const half = EDGE + (0.5 - EDGE) * (position / all);
  return side === 0 || side === 1 ? half : 1 - half;
}

function sidePoint(tile: Tile, side: 0 | 1 | 2 | 3, across: number): Point {
  const { x, y } = origin(tile);
  const left = x + SWITCH.x;
  const top = y + SWITCH.y;
  const along = across * SWITCH.size;
  return [
    { x: left + along, y: top },
    { x: left + SWITCH.size, y: top + along },
    { x: left + along, y: top + SWITCH.size },
    { x: left, y: top + along },
  ][side];
}

/** Outputs stand on the right edge of a unit, inputs on its lower edge, networks one after another. */
function portPoint(fabric: Fabric, tile: Tile, node: RouteNode): Point {
  const direction = node.kind === 'out' ? 'out' : 'in';
  const ports = portsOf(fabric.arch, tile.kind);
  const before = NET_CLASSES.slice(0, NET_CLASSES.indexOf(node.net)).reduce((sum, net) => sum + ports[net][direction], 0);
  const all = NET_CLASSES.reduce((sum, net) => sum + ports[net][direction], 0);
  const part = (before + node.index + 0.5) / all;
  const { x, y } = origin(tile);
  if (node.kind === 'out') return { x: x + UNIT.x + UNIT.width, y: y + UNIT.y + part * UNIT.height };
  return { x: x + UNIT.x + part * UNIT.width, y: y + UNIT.y + UNIT.height };
}

function legend(height: number): Group {
  const shapes: Shape[] = [];
  const y = height - 14;
  for (const [i, net] of NET_CLASSES.entries()) {
    const x = MARGIN + UNIT.x + i * 96;
    shapes.push({ kind: 'line', style: `key ${net}`, from: { x, y: y - 4 }, to: { x: x + 28, y: y - 4 } });
    shapes.push({ kind: 'text', style: 'legend', at: { x: x + 34, y }, text: net });
  }
  return { style: 'legends', shapes };
}
