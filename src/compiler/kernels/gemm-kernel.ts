/**
 * C = A B with both operands streamed from scratchpads, output-stationary: a grid of compute units,
 * each with its own column block of C and, in turn, its row blocks. Unit (i, j) takes rows i of A from
 * one memory unit (multicast along i) and columns j of B from another (multicast along j). Blocks of A
 * come from memory through a ring while earlier ones are used; B is loaded whole, and nobody starts
 * before all of B is there, so that the time of the kernel is that of the arithmetic. C is collected in
 * memory units by twos and fours and written back row by row (or goes there directly, if too big for one).
 */
import type { Arch } from '../../arch/schema.ts';
import { zeroOf } from '../../base/bitstruct.ts';
import { invariant } from '../../base/invariant.ts';
import { type AgConfig, type HostConfig, hostLayout, type PcuConfig, type PmuConfig } from '../../fabric/config.ts';
import type { Net, Netlist } from '../../ir/netlist.ts';
import { type GemmTile, type GemmType, gemmCollector, gemmLoad, gemmPanel, gemmPcu, gemmSave, gemmStore, vectorsOf } from './gemm-units.ts';

export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly dtype: GemmType;
  /** Compute units down (over rows of C) and across (over its columns); by default one. */
  readonly grid?: { readonly rows: number; readonly columns: number };
  /** Address generators of the fabric; collectors are merged until they suffice. By default no limit. */
  readonly generators?: number;
}

/** Where the operands and the result are in memory, in words; each map gives -1 for padding that holds 0. */
export interface GemmData {
  readonly words: number;
  /** For each word of the A part (from word 0): the element of A, row * k + column. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly bBase: number;
  readonly cBase: number;
  /** Words from one row of C to the next. */
  readonly cPitch: number;
}

export interface GemmKernel {
  readonly netlist: Netlist<PcuConfig | PmuConfig | AgConfig | HostConfig>;
  readonly data: GemmData;
  /** Multiply-adds that are part of the answer. */
  readonly operations: number;
}

export function gemmKernel(arch: Arch, shape: GemmShape): GemmKernel {
  const { m, n, k, dtype } = shape;
  const grid = shape.grid ?? { rows: 1, columns: 1 };
  const { lanes, stages } = arch.pcu;
  const rows = Math.min(stages, lanes);
  const vectors = vectorsOf(arch, dtype);
  const width = vectors * lanes;
  const tile: GemmTile = { dtype, k, rows, vectors, blocks: Math.ceil(m / (grid.rows * rows)) };
  const capacity = lanes * arch.pmu.bankWords;
  const ring = Math.min(tile.blocks, 255, Math.floor(capacity / (Math.ceil((rows * k) / lanes) * lanes)));
  invariant(n <= grid.columns * width, () => `${n} columns of C on ${grid.columns} units of ${width}`);
  invariant(k >= rows, () => `k = ${k} is shorter than the pipeline: completed rows would collide`);
  invariant(
    k * width <= capacity && ring >= Math.min(2, tile.blocks),
    () => `k = ${k}: a panel of B or two blocks of A exceed a memory unit`,
  );

  const netlist: GemmKernel['netlist'] = { units: [], nets: [] };
  const build = new Build(netlist);
  const blockWords = rows * k;
  const bBase = align(grid.rows * tile.blocks * blockWords);
  const cBase = bBase + grid.columns * k * width;
  const cPitch = grid.columns * width;
  const cRows = tile.blocks * rows;

  for (let i = 0; i < grid.rows; i++) {
    build.ag(`loadA${i}`, gemmLoad(arch, i * tile.blocks * blockWords, blockWords, tile.blocks));
    build.pmu(`a${i}`, gemmStore(arch, tile, ring));
    build.net('vector', `loadA${i}`, 0, [[`a${i}`, 0]]);
    for (let j = 0; j < grid.columns; j++) build.pcu(`mac${i}_${j}`, gemmPcu(arch, tile));
    build.net(
      'vector',
      `a${i}`,
      0,
      times(grid.columns, (j) => [`mac${i}_${j}`, 0]),
    );
  }
  for (let j = 0; j < grid.columns; j++) {
    build.ag(`loadB${j}`, gemmLoad(arch, bBase + j * k * width, k * width, 1));
    build.pmu(`b${j}`, gemmPanel(arch, tile, j > 0));
    build.net('vector', `loadB${j}`, 0, [[`b${j}`, 0]]);
    build.net(
      'vector',
      `b${j}`,
      0,
      times(grid.rows, (i) => [`mac${i}_${j}`, 1]),
    );
    // "Loaded" travels along the panels; the last one tells all of them to start.
    if (j + 1 < grid.columns) build.net('control', `b${j}`, 2, [[`b${j + 1}`, 0]]);
    else
      build.net(
        'control',
        `b${j}`,
        2,
        times(grid.columns, (c) => [`b${c}`, 1]),
      );
  }
  const savers: string[] = [];
  for (const group of groupsOf(grid, capacity, cRows * width, (shape.generators ?? Number.POSITIVE_INFINITY) - grid.rows - grid.columns)) {
    const name = `save${savers.length}`;
    const base = cBase + group.row * cRows * cPitch + group.column * width;
    build.ag(name, gemmSave(arch, base, width, cRows, cPitch, group.count, savers.length > 0));
    collect(build, arch, group, cRows * width, name);
    if (savers.length > 0) build.net('control', savers[savers.length - 1], 0, [[name, 0]]);
    savers.push(name);
  }
  const host = zeroOf(hostLayout(arch));
  host.tokens[0].expect = 1;
  netlist.units.push({ id: 'host', kind: 'host', config: host });
  build.net('control', savers[savers.length - 1], 0, [['host', 0]]);

  const a = packA(shape, grid.rows, tile, bBase);
  const b = packB(shape, grid.columns, width);
  const words = cBase + grid.rows * cRows * cPitch;
  return { netlist, data: { words, a, b, bBase, cBase, cPitch }, operations: m * n * k };
}

/** Units next to each other in a row of the grid that share one way to memory. */
interface Group {
  readonly row: number;
  readonly column: number;
  readonly count: number;
}

/** Twos where the generators suffice; rows of the grid change to fours until they do. */
function groupsOf(grid: { rows: number; columns: number }, capacity: number, words: number, generators: number): Group[] {
  const fits = (count: number) => grid.columns % count === 0 && count * words <= capacity;
  const pair = fits(2) ? 2 : 1;
  const wide = fits(4) ? 4 : pair;
  for (let merged = 0; merged <= grid.rows; merged++) {
    const groups = times(grid.rows, (row) => {
      const count = row < merged ? wide : pair;
      return times(grid.columns / count, (g) => ({ row, column: g * count, count }));
    }).flat();
    if (groups.length <= generators || merged === grid.rows) return groups;
  }
  return [];
}

/** Memory units between the compute units of a group and its generator: one for two units, two and one more for four. */
function collect(build: Build, arch: Arch, group: Group, words: number, to: string): void {
  const leaf = (column: number, count: number) => {
    const name = `c${group.row}_${column}`;
    build.pmu(name, gemmCollector(arch, Array(count).fill(words)));
    for (let u = 0; u < count; u++) build.net('vector', `mac${group.row}_${column + u}`, 0, [[name, u]]);
    return name;
  };
  if (group.count * words > arch.pcu.lanes * arch.pmu.bankWords) {
    // More than a memory unit holds: straight to memory, at the memory's pace.
    build.net('vector', `mac${group.row}_${group.column}`, 0, [[to, 0]]);
    return;
  }
  if (group.count <= 2) {
    build.net('vector', leaf(group.column, group.count), 0, [[to, 0]]);
    return;
  }
  const name = `join${group.row}_${group.column}`;
  build.pmu(name, gemmCollector(arch, [2 * words, 2 * words]));
  for (let half = 0; half < 2; half++) build.net('vector', leaf(group.column + 2 * half, 2), 0, [[name, half]]);
  build.net('vector', name, 0, [[to, 0]]);
}

/** A lies as the stages want it: unit row, block, k, row of the block. */
function packA({ m, k }: GemmShape, unitRows: number, tile: GemmTile, words: number): Int32Array {
  const map = new Int32Array(words).fill(-1);
  for (let block = 0; block < unitRows * tile.blocks; block++) {
    for (let row = 0; row < tile.rows; row++) {
      const r = block * tile.rows + row;
      if (r < m) for (let x = 0; x < k; x++) map[(block * k + x) * tile.rows + row] = r * k + x;
    }
  }
  return map;
}

/** B lies in panels: column block, k, column of the block. */
function packB({ n, k }: GemmShape, panels: number, width: number): Int32Array {
  const map = new Int32Array(panels * k * width).fill(-1);
  for (let column = 0; column < n; column++) {
    const start = Math.floor(column / width) * k * width + (column % width);
    for (let x = 0; x < k; x++) map[start + x * width] = x * n + column;
  }
  return map;
}

class Build {
  constructor(readonly netlist: GemmKernel['netlist']) {}
  ag(id: string, config: AgConfig): void {
    this.netlist.units.push({ id, kind: 'ag', config });
  }
  pmu(id: string, config: PmuConfig): void {
    this.netlist.units.push({ id, kind: 'pmu', config });
  }
  pcu(id: string, config: PcuConfig): void {
    this.netlist.units.push({ id, kind: 'pcu', config });
  }
  net(net: Net['net'], unit: string, port: number, to: (readonly [string, number])[]): void {
    const id = `${unit}.${net}${port}`;
    this.netlist.nets.push({ id, net, from: { unit, port }, to: to.map(([sink, p]) => ({ unit: sink, port: p })) });
  }
}

const align = (words: number) => Math.ceil(words / 16) * 16;
function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
