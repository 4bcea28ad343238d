/**
 * The view of `kiln_top`: one instance a tile with its links, one column engine a column, one
 * coalescing unit an AXI port, the loader and the host port. Nets are named after the tile that
 * drives them: `vv_3_4_n` are the valids of the vector links of tile (3, 4) towards the north,
 * `vr_3_4_n` its readiness for what arrives from there, `vd_3_4_0` the payload of its link 0.
 */
import { type Fabric, SIDES, type Side, type Tile } from '../../fabric/graph.ts';
import { NET_CLASSES, type NetClass, payloadBits, type TileKind, tracksOf } from '../../fabric/ports.ts';
import { COLUMNS_PER_BEAT, kindCode } from './control.ts';

export interface TopTile {
  readonly module: string;
  readonly name: string;
  /** Lines that declare the nets it drives. */
  readonly nets: readonly string[];
  /** Lines of its port connections. */
  readonly connections: readonly string[];
}

export interface TopColumn {
  readonly x: number;
  readonly kinds: string;
  /** The part of a row of configuration words, and the word within it. */
  readonly group: number;
  readonly word: string;
  readonly bits16: string;
  readonly bits8: string;
  readonly bits32: string;
  /** Inputs that no tile of the column drives. */
  readonly idle: readonly string[];
}

export interface TopPort {
  readonly index: number;
  /** Address generators on it, at least one slice even when there is none. */
  readonly generators: number;
  readonly msb: { readonly one: number; readonly address: number; readonly len: number; readonly data: number; readonly strb: number };
  /** Slices of the flat vectors of all ports. */
  readonly bits: {
    readonly address: string;
    readonly b8: string;
    readonly b3: string;
    readonly b2: string;
    readonly data: string;
    readonly strb: string;
  };
  /** It has no address generator. */
  readonly idle: boolean;
  /** Lists its read data where nobody reads it. */
  readonly unreadData: string;
  /** It is shared with the loader. */
  readonly loader: boolean;
}

/** The slices of one AXI port, by the width of its part. */
interface CheckedPort {
  readonly index: number;
  readonly bit: string;
  readonly address: string;
  readonly b8: string;
  readonly b3: string;
  readonly b2: string;
  readonly data: string;
  readonly strb: string;
}

export interface TopView {
  readonly banner: string;
  readonly size: string;
  readonly tiles: readonly TopTile[];
  readonly columns: readonly TopColumn[];
  readonly ports: readonly TopPort[];
  readonly zeroAddress: string;
  /** The slices of the AXI ports that their checkers watch, and what these know of the fabric. */
  readonly checked: readonly CheckedPort[];
  readonly generators: number;
  readonly addressBits: number;
  /** Beats of the longest burst. */
  readonly burst: number;
  /** Words of a memory beat that no column reads; empty when all are read. */
  readonly unusedWords: string;
  readonly msb: Readonly<
    Record<
      | 'port'
      | 'address'
      | 'addresses'
      | 'b8'
      | 'b3'
      | 'b2'
      | 'data'
      | 'strb'
      | 'row'
      | 'error'
      | 'info'
      | 'column'
      | 'column8'
      | 'column16'
      | 'column32'
      | 'group'
      | 'arg'
      | 'result',
      number
    >
  >;
}

const LINE = 100;
const LETTERS: Record<NetClass, string> = { vector: 'v', scalar: 's', control: 'c' };
const MODULES: Record<TileKind, string> = {
  pcu: 'kiln_tile_pcu',
  pmu: 'kiln_tile_pmu',
  ag: 'kiln_tile_ag',
  host: 'kiln_tile_host',
  empty: 'kiln_tile_empty',
};

/** The view of `kiln_top`. */
export function topView(fabric: Fabric, banner = 'an architecture'): TopView {
  const { arch, width, height } = fabric;
  const { ports, addressBits } = arch.memory;
  return {
    banner,
    size: `${width} x ${height} tiles`,
    tiles: fabric.tiles.map((tile) => topTile(fabric, tile)),
    columns: Array.from({ length: width }, (_, x) => topColumn(fabric, x)),
    ports: Array.from({ length: ports }, (_, index) => topPort(fabric, index)),
    zeroAddress: `${addressBits}'d0`,
    checked: Array.from({ length: ports }, (_, index) => checkedPort(index, ports, addressBits)),
    generators: fabric.tilesOf('ag').length,
    addressBits,
    burst: arch.ag.burstBeats,
    unusedWords: width < COLUMNS_PER_BEAT ? `[511:${32 * width}]` : '',
    msb: {
      port: ports - 1,
      address: addressBits - 1,
      addresses: addressBits * ports - 1,
      b8: 8 * ports - 1,
      b3: 3 * ports - 1,
      b2: 2 * ports - 1,
      data: 512 * ports - 1,
      strb: 64 * ports - 1,
      row: height - 1,
      error: 3 * height - 1,
      info: 32 * height - 1,
      column: width - 1,
      column8: 8 * width - 1,
      column16: 16 * width - 1,
      column32: 32 * width - 1,
      group: Math.ceil(width / COLUMNS_PER_BEAT) - 1,
      arg: 32 * arch.host.args - 1,
      result: 32 * arch.host.results - 1,
    },
  };
}

/** Slice `index` of a flat vector of `width`-bit parts. */
const slice = (index: number, width: number): string => (width === 1 ? `[${index}]` : `[${(index + 1) * width - 1}:${index * width}]`);

function checkedPort(index: number, ports: number, addressBits: number): CheckedPort {
  // The only port of a fabric has signals of one bit, which have no slices.
  const bit = ports === 1 ? '' : `[${index}]`;
  const part = (width: number) => slice(index, width);
  return { index, bit, address: part(addressBits), b8: part(8), b3: part(3), b2: part(2), data: part(512), strb: part(64) };
}

/** The number of address generators on a port. */
function generatorsOn(fabric: Fabric, port: number): number {
  return fabric.tilesOf('ag').filter((tile) => tile.index % fabric.arch.memory.ports === port).length;
}

function topColumn(fabric: Fabric, x: number): TopColumn {
  let kinds = 0n;
  const idle: string[] = [];
  for (let y = 0; y < fabric.height; y++) {
    const { kind } = fabric.tileAt(x, y)!;
    kinds |= BigInt(kindCode(kind)) << BigInt(3 * y);
    if (kind !== 'pmu') idle.push(`c${x}_info${slice(y, 32)}`);
    if (kind === 'host' || kind === 'empty') idle.push(`c${x}_error${slice(y, 3)}`);
  }
  return {
    x,
    kinds: `${3 * fabric.height}'h${kinds.toString(16)}`,
    group: Math.floor(x / COLUMNS_PER_BEAT),
    word: slice(x % COLUMNS_PER_BEAT, 32),
    bits16: slice(x, 16),
    bits8: slice(x, 8),
    bits32: slice(x, 32),
    idle,
  };
}

function topPort(fabric: Fabric, index: number): TopPort {
  const { addressBits } = fabric.arch.memory;
  const found = generatorsOn(fabric, index);
  const generators = Math.max(1, found);
  return {
    index,
    generators,
    msb: {
      one: generators - 1,
      address: generators * addressBits - 1,
      len: generators * 8 - 1,
      data: generators * 512 - 1,
      strb: generators * 64 - 1,
    },
    bits: {
      address: slice(index, addressBits),
      b8: slice(index, 8),
      b3: slice(index, 3),
      b2: slice(index, 2),
      data: slice(index, 512),
      strb: slice(index, 64),
    },
    idle: found === 0,
    unreadData: index === 0 ? '' : `,\n                       m_axi_rdata_i${slice(index, 512)}`,
    loader: index === 0,
  };
}

function topTile(fabric: Fabric, tile: Tile): TopTile {
  const { x, y, kind } = tile;
  const nets: string[] = [];
  const pins: [pin: string, net: string][] = [
    ['clk_i', 'clk_i'],
    ['clear_i', 'clear'],
  ];
  if (kind !== 'empty') pins.push(['armed_i', 'armed']);
  pins.push(
    ['cfg_clear_i', 'cfg_clear'],
    ['cfg_shift_i', `c${x}_shift[${y}]`],
    ['cfg_word_i', `c${x}_word`],
    ...memoryLoad(tile),
    ['active_o', `c${x}_active[${y}]`],
    ['quiet_o', `c${x}_quiet[${y}]`],
  );
  if (kind !== 'host' && kind !== 'empty') pins.push(['error_o', `c${x}_error${slice(y, 3)}`]);
  if (kind === 'pmu') pins.push(['error_info_o', `c${x}_info${slice(y, 32)}`]);
  if (kind === 'ag') pins.push(...memoryPins(fabric, tile));
  if (kind === 'host') pins.push(['args_i', 'args'], ['results_o', 'results'], ['ok_o', 'ok']);
  for (const net of NET_CLASSES) linkPins(fabric, tile, net, nets, pins);
  return {
    module: MODULES[kind],
    name: `u_${kind}_${x}_${y}`,
    nets,
    connections: wrap(
      pins.map(([pin, net]) => `.${pin}(${net})`),
      '    ',
    ),
  };
}

/** What reaches a memory unit beside its configuration. */
const memoryLoad = ({ kind, x, y }: Tile): [string, string][] =>
  kind === 'pmu'
    ? [
        ['load_i', `c${x}_load[${y}]`],
        ['load_first_i', `c${x}_load_first`],
      ]
    : [];

/** What an address generator exchanges with the coalescing unit of its port. */
function memoryPins(fabric: Fabric, tile: Tile): [string, string][] {
  const { ports, addressBits } = fabric.arch.memory;
  const port = `p${tile.index % ports}`;
  const k = Math.floor(tile.index / ports);
  return [
    ['ar_valid_o', `${port}_ar_valid[${k}]`],
    ['ar_addr_o', `${port}_ar_addr${slice(k, addressBits)}`],
    ['ar_len_o', `${port}_ar_len${slice(k, 8)}`],
    ['ar_ready_i', `${port}_ar_ready[${k}]`],
    ['r_valid_i', `${port}_r_valid[${k}]`],
    ['r_data_i', `m_axi_rdata_i${slice(tile.index % ports, 512)}`],
    ['aw_valid_o', `${port}_aw_valid[${k}]`],
    ['aw_addr_o', `${port}_aw_addr${slice(k, addressBits)}`],
    ['aw_len_o', `${port}_aw_len${slice(k, 8)}`],
    ['aw_ready_i', `${port}_aw_ready[${k}]`],
    ['w_valid_o', `${port}_w_valid[${k}]`],
    ['w_data_o', `${port}_w_data${slice(k, 512)}`],
    ['w_strb_o', `${port}_w_strb${slice(k, 64)}`],
    ['w_ready_i', `${port}_w_ready[${k}]`],
    ['b_valid_i', `${port}_b_valid[${k}]`],
  ];
}

/** The links of one network of a tile: nets it drives, and pins. What goes nowhere is called `unused_`. */
function linkPins(fabric: Fabric, tile: Tile, net: NetClass, nets: string[], pins: [string, string][]): void {
  const tracks = tracksOf(fabric.arch, net);
  const payload = payloadBits(fabric.arch, net);
  const letter = LETTERS[net];
  const sides: readonly Side[] = [0, 1, 2, 3];
  const near = sides.map((side) => fabric.neighbour(tile, side));
  const opposite = (side: number) => (side + 2) % 4;
  const place = (of: Tile) => `${of.x}_${of.y}`;
  const mine = (side: Side, what: string) => `${near[side] ? '' : 'unused_'}${letter}${what}_${place(tile)}_${SIDES[side].charAt(0)}`;
  /** The net of the neighbour on `side` that concerns us. */
  const theirs = (side: Side, what: string) => {
    const other = near[side];
    return other ? `${letter}${what}_${place(other)}_${SIDES[opposite(side)].charAt(0)}` : `${tracks}'d0`;
  };
  /** All sides, north in the low bits. */
  const joined = (name: (side: Side) => string) => `{${[...sides].reverse().map(name).join(', ')}}`;
  const range = tracks === 1 ? '' : `[${tracks - 1}:0] `;
  nets.push(...declare(`logic ${range}`, [...sides.map((side) => mine(side, 'v')), ...sides.map((side) => mine(side, 'r'))]));
  pins.push(
    [`${letter}link_in_valid_i`, joined((side) => theirs(side, 'v'))],
    [`${letter}link_in_ready_o`, joined((side) => mine(side, 'r'))],
    [`${letter}link_out_valid_o`, joined((side) => mine(side, 'v'))],
    [`${letter}link_out_ready_i`, joined((side) => theirs(side, 'r'))],
  );
  if (payload === 0) return;
  const out: string[] = [];
  for (const side of sides) {
    const other = near[side];
    for (let track = 0; track < tracks; track++) {
      const link = side * tracks + track;
      const own = `${other ? '' : 'unused_'}${letter}d_${place(tile)}_${link}`;
      out.push(own);
      const from = other ? `${letter}d_${place(other)}_${opposite(side) * tracks + track}` : `${payload}'d0`;
      pins.push([`${letter}link_in_data${link}_i`, from], [`${letter}link_out_data${link}_o`, own]);
    }
  }
  nets.push(...declare(`logic [${payload - 1}:0] `, out));
}

/** A declaration of many nets in lines that fit. */
function declare(type: string, names: readonly string[]): string[] {
  return wrap(names, '    ').map((line, i, all) => (i === 0 ? `  ${type}${line.trimStart()}` : line) + (i === all.length - 1 ? ';' : ''));
}

/** Items separated by commas in lines of at most `LINE` columns, the first line kept short for a prefix. */
function wrap(items: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  items.forEach((item, i) => {
    const text = i === items.length - 1 ? item : `${item},`;
    const room = LINE - (lines.length === 0 ? 16 : 0);
    if (line !== '' && indent.length + line.length + 1 + text.length > room) {
      lines.push(indent + line);
      line = text;
    } else {
      line = line === '' ? text : `${line} ${text}`;
    }
  });
  return [...lines, indent + line];
}

/** The templates of `topView`. */
export const TOP_TEMPLATES: readonly { readonly module: string; readonly template: string }[] = [
  { module: 'kiln_top', template: 'top/top.sv.njk' },
  { module: 'kiln_axi_check', template: 'top/axi_check.sv.njk' },
  { module: 'kiln_axil_check', template: 'top/axil_check.sv.njk' },
  { module: 'kiln_stable_check', template: 'top/stable_check.sv.njk' },
];
