/**
 * The fabric elaborated from an architecture: tiles on a grid and the routing-resource graph that
 * the router, the encoder, the simulator, the RTL generator and the viewer all read.
 */
import type { Arch } from '../arch/schema.ts';
import { NET_CLASSES, type NetClass, portsOf, type TileKind, tracksOf } from './ports.ts';

/** Sides of a tile, clockwise; y grows southwards. */
export const SIDES = ['north', 'east', 'south', 'west'] as const;
export type Side = 0 | 1 | 2 | 3;
const STEP: readonly (readonly [number, number])[] = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];

export interface Tile {
  /** y * width + x. */
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly kind: TileKind;
  /**
   * Number among the tiles of its kind (AG index = AXI stream number). In id order; address generators side by side
   * instead, clockwise from the north: neighbours then stand on different memory ports, also where a program keeps to one side.
   */
  readonly index: number;
}

/** A wire of the routing graph. */
export interface RouteNode {
  readonly id: number;
  readonly net: NetClass;
  /** `out`: unit output port; `link`: switch output towards `side`; `in`: unit input port. */
  readonly kind: 'out' | 'link' | 'in';
  /** The tile whose unit or switch drives (`out`, `link`) or receives (`in`) it. */
  readonly tile: number;
  /** Port number, or side * tracks + track for a link. */
  readonly index: number;
}

/** One selectable input of the multiplexer in front of node `to`: writing `select` there connects `from`. */
export interface RouteEdge {
  readonly from: number;
  readonly to: number;
  readonly select: number;
}

export class Fabric {
  /** Tiles across, address generators included. */
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly Tile[];
  readonly nodes: readonly RouteNode[];
  /** Edges leaving a node. */
  readonly fanout: readonly (readonly RouteEdge[])[];
  /** Edges entering a node. */
  readonly fanin: readonly (readonly RouteEdge[])[];
  readonly #ids = new Map<string, number>();

  constructor(readonly arch: Arch) {
    const has = (side: (typeof arch.ag.sides)[number]) => arch.ag.sides.includes(side);
    const left = has('west') ? 1 : 0;
    const top = has('north') ? 1 : 0;
    this.width = arch.grid.columns + left + (has('east') ? 1 : 0);
    this.height = arch.grid.rows + top + (has('south') ? 1 : 0);
    this.tiles = placeTiles(arch, this.width, this.height, left, top);
    const nodes: RouteNode[] = [];
    const add = (net: NetClass, kind: RouteNode['kind'], tile: number, index: number) => {
      this.#ids.set(key(net, kind, tile, index), nodes.length);
      nodes.push({ id: nodes.length, net, kind, tile, index });
    };
    for (const net of NET_CLASSES) {
      const tracks = tracksOf(arch, net);
      for (const tile of this.tiles) {
        const ports = portsOf(arch, tile.kind)[net];
        for (let p = 0; p < ports.out; p++) add(net, 'out', tile.id, p);
        for (let side = 0; side < 4; side++) {
          if (this.neighbour(tile, side as Side) === undefined) continue;
          for (let t = 0; t < tracks; t++) add(net, 'link', tile.id, side * tracks + t);
        }
        for (let p = 0; p < ports.in; p++) add(net, 'in', tile.id, p);
      }
    }
    this.nodes = nodes;
    const fanout: RouteEdge[][] = nodes.map(() => []);
    const fanin: RouteEdge[][] = nodes.map(() => []);
    for (const node of nodes) {
      for (const [select, from] of this.#sources(node)) {
        const edge = { from, to: node.id, select };
        fanout[from].push(edge);
        fanin[node.id].push(edge);
      }
    }
    this.fanout = fanout;
    this.fanin = fanin;
  }

  /** The tile at a position, or undefined outside the grid. */
  tileAt(x: number, y: number): Tile | undefined {
    return x >= 0 && y >= 0 && x < this.width && y < this.height ? this.tiles[y * this.width + x] : undefined;
  }

  /** The tile beyond a side, or undefined at the border. */
  neighbour(tile: Tile, side: Side): Tile | undefined {
    return this.tileAt(tile.x + STEP[side][0], tile.y + STEP[side][1]);
  }

  /** The id of a routing node, or undefined where the grid has none. */
  nodeId(net: NetClass, kind: RouteNode['kind'], tile: number, index: number): number | undefined {
    return this.#ids.get(key(net, kind, tile, index));
  }

  /** Tiles of one kind in index order. */
  tilesOf(kind: TileKind): Tile[] {
    return this.tiles.filter((tile) => tile.kind === kind).sort((a, b) => a.index - b.index);
  }

  /** The multiplexer in front of a node: [select value, source node]. `out` nodes have none. */
  #sources(node: RouteNode): [number, number][] {
    if (node.kind === 'out') return [];
    const tracks = tracksOf(this.arch, node.net);
    const tile = this.tiles[node.tile];
    /** The stream arriving at `tile` from `side` on `track` is the neighbour's link towards us. */
    const arriving = (side: number, track: number): number | undefined => {
      const other = this.neighbour(tile, side as Side);
      return other && this.nodeId(node.net, 'link', other.id, ((side + 2) % 4) * tracks + track);
    };
    const found: [number, number | undefined][] = [];
    if (node.kind === 'link') {
      const side = Math.floor(node.index / tracks);
      const track = node.index % tracks;
      found.push([1, arriving((side + 2) % 4, track)]);
      found.push([2, arriving((side + 1) % 4, (track + 1) % tracks)]);
      found.push([3, arriving((side + 3) % 4, (track + tracks - 1) % tracks)]);
      const outs = portsOf(this.arch, tile.kind)[node.net].out;
      for (let p = 0; p < outs; p++) found.push([4 + p, this.nodeId(node.net, 'out', tile.id, p)]);
    } else {
      for (let side = 0; side < 4; side++) {
        for (let t = 0; t < tracks; t++) found.push([1 + side * tracks + t, arriving(side, t)]);
      }
    }
    return found.filter((pair): pair is [number, number] => pair[1] !== undefined);
  }
}

const key = (net: NetClass, kind: string, tile: number, index: number) => `${net}/${kind}/${tile}/${index}`;

function placeTiles(arch: Arch, width: number, height: number, left: number, top: number): Tile[] {
  const tiles: Tile[] = [];
  const seen: Record<TileKind, number> = { pcu: 0, pmu: 0, ag: 0, host: 0, empty: 0 };
  let hostPlaced = false;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = x - left;
      const row = y - top;
      const insideColumns = column >= 0 && column < arch.grid.columns;
      const insideRows = row >= 0 && row < arch.grid.rows;
      let kind: TileKind;
      if (insideColumns && insideRows) {
        const even = arch.grid.pattern === 'checkerboard' ? (column + row) % 2 === 0 : column % 2 === 0;
        kind = even ? 'pcu' : 'pmu';
      } else if (!insideColumns && !insideRows) {
        kind = 'empty';
      } else if (!hostPlaced) {
        // The host takes the first border position in reading order, near the origin of placement.
        kind = 'host';
        hostPlaced = true;
      } else {
        kind = 'ag';
      }
      tiles.push({ id: tiles.length, x, y, kind, index: kind === 'ag' ? 0 : seen[kind]++ });
    }
  }
  const sideOf = ({ x, y }: Tile) => (y < top ? 0 : x - left >= arch.grid.columns ? 1 : y - top >= arch.grid.rows ? 2 : 3);
  const generators = tiles.filter(({ kind }) => kind === 'ag').sort((a, b) => sideOf(a) - sideOf(b) || a.id - b.id);
  const numbers = new Map(generators.map(({ id }, index) => [id, index]));
  return tiles.map((tile) => ({ ...tile, index: numbers.get(tile.id) ?? tile.index }));
}
