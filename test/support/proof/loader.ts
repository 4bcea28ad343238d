/**
 * Loading a bitstream: the loader, the engines of the columns and a tile's configuration ring against a model of what
 * FORMAT.md says, with a memory that answers when it likes. Bitstreams are whole, wrong in one place, or wrong anywhere.
 */
import type { Arch } from '../../../src/arch/schema.ts';
import { wordsOf } from '../../../src/base/bitstruct.ts';
import { crc32Words } from '../../../src/base/crc32.ts';
import { Rng } from '../../../src/base/rng.ts';
import { BEAT_WORDS, beatsPerRow, FORMAT_VERSION, FRAME_MARK, frameHeader, MAGIC, MEMORY_MARK } from '../../../src/bitstream/format.ts';
import type { Recording, ReplayBench } from '../../../src/cosim/replay.ts';
import { tileLayout } from '../../../src/fabric/config.ts';
import { fingerprintOf } from '../../../src/fabric/fingerprint.ts';
import { Fabric, type Tile } from '../../../src/fabric/graph.ts';
import { signatureOf } from '../../../src/rtl/signature.ts';
import { topView } from '../../../src/rtl/view/top.ts';
import { type BenchOptions, modulesBelow, textBench } from './module.ts';
import { Recorder } from './recorder.ts';

/** The tile whose ring is looked at: the one with the fewest words. */
function ringTile(fabric: Fabric): Tile {
  return fabric.tiles.reduce((least, tile) => (payloadWords(fabric, tile) < payloadWords(fabric, least) ? tile : least));
}

const payloadWords = (fabric: Fabric, tile: Tile): number => wordsOf(tileLayout(fabric.arch, tile.kind));

function topText(fabric: Fabric): string {
  const { arch, width, height } = fabric;
  const groups = beatsPerRow(width);
  const tile = ringTile(fabric);
  const ring = payloadWords(fabric, tile);
  const columns = topView(fabric).columns.map(
    ({ x, kinds, group, word }) => `  kiln_column #(.Kinds (${kinds})) u_column_${x} (
    .clk_i, .clear_i, .cfg_clear_i (cfg_clear), .error_clear_i, .word_valid_i (group[${group}]), .word_i (words${word}),
    .inside_o (middle[${x}]), .frames_o (frames[${16 * x} +: 16]), .shift_o (shift_o[${height * x} +: ${height}]),
    .load_o (load_o[${height * x} +: ${height}]), .load_first_o (load_first_o[${x}]), .word_o (word_o[${32 * x} +: 32]), .tile_active_i (tile_active_i[${height * x} +: ${height}]),
    .tile_quiet_i (tile_quiet_i[${height * x} +: ${height}]), .tile_error_i (tile_error_i[${3 * height * x} +: ${3 * height}]),
    .tile_info_i (tile_info_i[${32 * height * x} +: ${32 * height}]), .active_o (active_o[${x}]), .quiet_o (quiet_o[${x}]),
    .error_o (column_error_o[${x}]), .cause_o (column_cause_o[${8 * x} +: 8]), .row_o (column_row_o[${8 * x} +: 8]),
    .info_o (column_info_o[${32 * x} +: 32])
  );`,
  );
  return `// The loader, all columns, and the configuration ring of tile ${tile.x}, ${tile.y}.
module kiln_loader_proof (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic load_i,
  input  logic abort_i,
  input  logic clear_i,
  input  logic error_clear_i,
  input  logic [27:0] config_addr_i,
  input  logic ar_ready_i,
  input  logic r_valid_i,
  input  logic [511:0] r_data_i,
  input  logic [${width * height - 1}:0] tile_active_i,
  input  logic [${width * height - 1}:0] tile_quiet_i,
  input  logic [${3 * width * height - 1}:0] tile_error_i,
  input  logic [${32 * width * height - 1}:0] tile_info_i,
  output logic loading_o,
  output logic loaded_o,
  output logic [31:0] cycles_o,
  output logic ar_valid_o,
  output logic [${arch.memory.addressBits - 1}:0] ar_addr_o,
  output logic [7:0] ar_len_o,
  output logic error_o,
  output logic [7:0] cause_o,
  output logic [31:0] info_o,
  output logic [${width * height - 1}:0] shift_o,
  output logic [${width * height - 1}:0] load_o,
  output logic [${width - 1}:0] load_first_o,
  output logic [${32 * width - 1}:0] word_o,
  output logic [${width - 1}:0] active_o,
  output logic [${width - 1}:0] quiet_o,
  output logic [${width - 1}:0] column_error_o,
  output logic [${8 * width - 1}:0] column_cause_o,
  output logic [${8 * width - 1}:0] column_row_o,
  output logic [${32 * width - 1}:0] column_info_o,
  output logic [${32 * ring - 1}:0] ring_o
);
  logic cfg_clear;
  logic [${groups - 1}:0] group;
  logic [511:0] words;
  logic [${width - 1}:0] middle;
  logic [${16 * width - 1}:0] frames;
  assign cfg_clear = load_i || !rst_ni;
  kiln_loader u_loader (
    .clk_i, .rst_ni, .load_i, .config_addr_i, .loading_o, .loaded_o, .cycles_o, .ar_valid_o, .ar_addr_o, .ar_len_o,
    .ar_ready_i, .r_valid_i, .r_data_i, .group_o (group), .words_o (words), .inside_i (middle), .frames_i (frames),
    .abort_i, .error_o, .cause_o, .info_o
  );
${columns.join('\n')}
  kiln_config #(.Words (${ring})) u_config (
    .clk_i, .clear_i (cfg_clear), .shift_i (shift_o[${height * tile.x + tile.y}]), .data_i (word_o[${32 * tile.x} +: 32]), .q_o (ring_o)
  );
endmodule
`;
}

export const LOADER_MODULES = ['kiln_loader', 'kiln_column', 'kiln_config'];

export function loaderBench(arch: Arch, options: BenchOptions = {}): Promise<ReplayBench> {
  const text = topText(new Fabric(arch));
  const top = { module: 'kiln_loader_proof', template: 'a test', text, signature: signatureOf('kiln_loader_proof', 'a test', text) };
  const parts = [...LOADER_MODULES.flatMap((part) => modulesBelow(arch, part)), top];
  return textBench(options.rewrite?.(parts) ?? parts, top.signature, { ...options, constants: [] });
}

// ---- Bitstreams

/** Part 1 of a file of random payloads for some of the tiles, after `spoil` has had its way with a column's stream. */
function randomBits(fabric: Fabric, rng: Rng): Uint32Array {
  const groups = beatsPerRow(fabric.width);
  const share = rng.pick([0, 0.1, 0.5, 0.9]);
  const padding = rng.pick([0, 0, 0.5]);
  const spoiled = rng.chance(0.4) ? rng.int(0, fabric.width - 1) : -1;
  let frames = 0;
  const columns = Array.from({ length: fabric.width }, (_, x) => {
    const stream: number[] = [];
    for (let y = 0; y < fabric.height; y++) {
      const tile = fabric.tileAt(x, y);
      if (tile === undefined || (!rng.chance(share) && x !== spoiled)) continue;
      // Some words of its memory, then its configuration.
      const lengths = tile.kind === 'pmu' ? Array.from({ length: rng.pick([0, 1, 3]) }, () => rng.int(2, 40)) : [];
      for (const [mark, length] of [...lengths.map((n) => [MEMORY_MARK, n]), [FRAME_MARK, payloadWords(fabric, tile)]]) {
        while (rng.chance(padding)) stream.push(0);
        const frame = [frameHeader(mark, y, length), ...Array.from({ length }, () => rng.next32())];
        stream.push(...frame, crc32Words(frame));
        frames++;
      }
    }
    while (rng.chance(padding)) stream.push(0);
    return x === spoiled ? spoil(fabric, rng, stream) : stream;
  });
  const rows = Math.max(0, ...columns.map((column) => column.length)) + rng.pick([0, 0, 0, 3]);
  const words = new Uint32Array((1 + rows * groups) * BEAT_WORDS);
  const { lo, hi } = fingerprintOf(fabric.arch);
  words.set([MAGIC, FORMAT_VERSION, lo, hi, frames, rows, 1 + rows * groups]);
  columns.forEach((column, x) => {
    column.forEach((word, row) => {
      words[(1 + row * groups) * BEAT_WORDS + x] = word;
    });
  });
  if (rng.chance(0.25)) spoilHeader(rng, words, groups);
  if (rng.chance(0.1)) words[rng.int(0, 15)] ^= 1 << rng.int(0, 31);
  if (rng.chance(0.1)) for (let i = rng.int(1, 20); i > 0; i--) words[rng.int(16, words.length)] ^= 1 << rng.int(0, 31);
  return words;
}

/** One thing wrong with the stream of a column. */
function spoil(fabric: Fabric, rng: Rng, stream: number[]): number[] {
  if (stream.length === 0) return [rng.next32()];
  const first = stream.findIndex((word) => word !== 0);
  const at = rng.int(first, stream.length - 1);
  switch (rng.int(0, 7)) {
    case 0: // the stream ends within a frame, or just before its end
      return stream.slice(0, rng.pick([at, stream.length - 1]));
    case 1: // any bit
      return stream.with(at, (stream[at] ^ (1 << rng.int(0, 31))) >>> 0);
    case 2: // the length
      return stream.with(first, stream[first] + rng.pick([1, -1]));
    case 3: // a row that the fabric has not, or another one, maybe with no words at all
      if (rng.chance(0.3)) return stream.with(first, (0xa5000000 | (rng.int(0, fabric.height) << 16)) >>> 0);
      return stream.with(
        first,
        ((stream[first] & 0xff00ffff) | (rng.pick([fabric.height, 255, rng.int(0, fabric.height - 1)]) << 16)) >>> 0,
      );
    case 4: // not a header
      return stream.with(first, (stream[first] ^ (1 << rng.int(24, 31))) >>> 0);
    case 5: // a memory frame where there is no memory, of an address alone or of nothing
      return stream.with(
        first,
        (0xa6000000 | (rng.pick([(stream[first] >>> 16) & 255, rng.int(0, fabric.height)]) << 16) | rng.pick([0, 1, 2, 5])) >>> 0,
      );
    case 6: // something behind the last frame
      return [...stream, rng.pick([1, 0xa5000000, rng.next32()])];
    default: // the CRC
      return stream.with(stream.length - 1, (stream[stream.length - 1] ^ (1 << rng.int(0, 31))) >>> 0);
  }
}

/** Some words of the header wrong; `fixed` below makes the CRC right again. */
function spoilHeader(rng: Rng, words: Uint32Array, groups: number): void {
  for (let i = rng.pick([1, 1, 2]); i > 0; i--) {
    const field = rng.int(0, 8);
    if (field < 7) words[field] ^= rng.chance(0.5) ? 1 << rng.int(0, 31) : 1;
    else if (field === 7) words[4] += rng.pick([1, -1]);
    else {
      // More beats than a load can count.
      words[5] = rng.pick([2 ** 28, 2 ** 31, 2 ** 29]) / groups;
      words[6] = 1 + words[5] * groups;
    }
  }
}

// ---- The model

interface TileSignals {
  readonly active: readonly boolean[];
  readonly quiet: readonly boolean[];
  /** Bits of range, token overflow and tap collision. */
  readonly errors: readonly number[];
  readonly infos: readonly number[];
}

/** The engine of one column. */
class Column {
  state: 'between' | 'payload' | 'crc' | 'dead' = 'between';
  frames = 0;
  shift = -1;
  /** The row whose memory has the word, and whether that is an address. */
  load = -1;
  first = false;
  word = 0;
  active = false;
  quiet = false;
  error: { readonly cause: number; readonly row: number; readonly info: number } | undefined;
  #frame: number[] = [];

  constructor(
    /** Payload words by row; 0 where there is no tile. */
    private readonly lengths: readonly number[],
    /** Rows that have a memory. */
    private readonly memories: readonly boolean[],
  ) {}

  step(word: number | undefined, tiles: TileSignals, run: { cfgClear: boolean; clear: boolean; forget: boolean }): void {
    let wrong: Column['error'];
    this.shift = -1;
    this.load = -1;
    if (run.cfgClear) {
      this.state = 'between';
      this.frames = 0;
    } else if (word !== undefined) wrong = this.#take(word);
    this.active = !run.clear && tiles.active.includes(true);
    this.quiet = !tiles.quiet.includes(false);
    if (run.cfgClear || run.clear || run.forget) this.error = undefined;
    else if (this.error === undefined) {
      const row = tiles.errors.findIndex((bits) => bits !== 0);
      this.error = wrong ?? (row < 0 ? undefined : { ...causeOf(tiles.errors[row], tiles.infos[row]), row });
    }
  }

  #take(word: number): Column['error'] {
    if (this.state === 'between') {
      if (word === 0) return undefined;
      const row = (word >>> 16) & 255;
      const length = this.lengths[row] ?? 0;
      this.#frame = [word];
      const mark = word >>> 24;
      const stated = word & 0xffff;
      const good =
        mark === MEMORY_MARK ? this.memories[row] === true && stated >= 2 : mark === FRAME_MARK && length > 0 && stated === length;
      this.state = good ? 'payload' : 'dead';
      return good ? undefined : { cause: 5, row, info: length };
    }
    const row = (this.#frame[0] >>> 16) & 255;
    if (this.state === 'payload') {
      if (this.#frame[0] >>> 24 === MEMORY_MARK) this.load = row;
      else this.shift = row;
      this.first = this.#frame.length === 1;
      this.word = word;
      this.#frame.push(word);
      if (this.#frame.length === 1 + (this.#frame[0] & 0xffff)) this.state = 'crc';
    } else if (this.state === 'crc') {
      const crc = crc32Words(this.#frame);
      this.frames++;
      this.state = crc === word ? 'between' : 'dead';
      if (crc !== word) return { cause: 4, row, info: crc };
    }
    return undefined;
  }
}

const causeOf = (bits: number, info: number) => ({ cause: bits & 1 ? 16 : bits & 2 ? 17 : 18, info: bits & 1 ? info : 0 });

/** Cycles from the header to the decision, and from the last beat to the first column that is asked. */
const CHECK = 17;
const SETTLE = 5;

class Loader {
  state: 'idle' | 'header' | 'check' | 'body' | 'settle' | 'count' | 'drain' = 'idle';
  loaded = false;
  cycles = 0;
  /** Beats to ask for, and the next one. */
  ask = 0;
  beat = 0;
  error: { readonly cause: number; readonly info: number } | undefined;
  /** The part of a row that stands at the columns, and its words. */
  group = -1;
  words: Uint32Array = new Uint32Array(BEAT_WORDS);
  #waits = 0;
  #left = 0;
  #steps = 0;
  #turn = 0;
  #column = 0;
  #counted = 0;
  #header: Uint32Array = new Uint32Array(BEAT_WORDS);

  constructor(
    private readonly fabric: Fabric,
    private readonly columns: readonly Column[],
  ) {}

  /** Beats of the burst that is asked for: as long as a burst and a page of 4 KB allow. */
  get burst(): number {
    return Math.min(this.ask, 64 - (this.beat & 63), this.fabric.arch.ag.burstBeats);
  }

  step(load: number | undefined, arReady: boolean, data: Uint32Array | undefined, abort: boolean): void {
    this.error = undefined;
    this.group = -1;
    if (this.state === 'idle') {
      if (load === undefined) return;
      Object.assign(this, { state: 'header', loaded: false, cycles: 0, beat: load, ask: 1 });
      return;
    }
    this.cycles++;
    const asked = this.ask > 0 && arReady ? this.burst : 0;
    const held = this.ask > 0 && !arReady ? this.burst : 0;
    const drained = this.ask === 0 && this.#waits === 0;
    this.#waits += asked - (data ? 1 : 0);
    this.beat = (this.beat + asked) % 2 ** 28;
    this.ask -= asked;
    this.#steps++;
    if (this.state === 'header') {
      if (data === undefined) return;
      this.#header = data;
      this.#go('check');
    } else if (this.state === 'check') {
      if (this.#steps === CHECK) this.#decide();
    } else if (this.state === 'body') {
      if (abort) {
        // A burst that stands at the port cannot be taken back.
        this.ask = held;
        this.#go('drain');
      } else if (data) {
        this.group = this.#turn;
        this.words = data;
        this.#turn = (this.#turn + 1) % beatsPerRow(this.fabric.width);
        if (--this.#left === 0) this.#go('settle');
      }
    } else if (this.state === 'settle') {
      if (abort) this.#go('drain');
      else if (this.#steps === SETTLE) this.#go('count');
    } else if (this.state === 'count') this.#count();
    else if (drained) this.state = 'idle';
  }

  #go(state: Loader['state']): void {
    this.state = state;
    this.#steps = 0;
  }

  #refuse(cause: number, info: number): void {
    this.error = { cause, info };
    this.#go('drain');
  }

  #decide(): void {
    const [magic, version, low, high, , rows, beats] = this.#header;
    const { lo, hi } = fingerprintOf(this.fabric.arch);
    const crc = crc32Words(this.#header.subarray(0, 15));
    const body = Math.imul(rows, beatsPerRow(this.fabric.width)) >>> 0;
    this.#turn = 0;
    this.#column = 0;
    this.#counted = 0;
    if (magic !== MAGIC) this.#refuse(1, MAGIC);
    else if (version !== FORMAT_VERSION) this.#refuse(1, FORMAT_VERSION);
    else if (low !== lo) this.#refuse(2, lo);
    else if (high !== hi) this.#refuse(2, hi);
    else if (this.#header[15] !== crc) this.#refuse(3, crc);
    else if (beats !== (body + 1) % 2 ** 32 || body >= 2 ** 28) this.#refuse(6, 0);
    else {
      this.ask = body;
      this.#left = body;
      this.#go(body === 0 ? 'settle' : 'body');
    }
  }

  /** A column a cycle. */
  #count(): void {
    const { state, frames } = this.columns[this.#column++];
    this.#counted += frames;
    const last = this.#column === this.columns.length;
    if (state === 'payload' || state === 'crc' || (last && this.#counted !== this.#header[4])) this.#refuse(6, this.#counted);
    else if (last) {
      this.state = 'idle';
      this.loaded = true;
    }
  }
}

// ---- The recording

export interface PlayedLoads extends Recording {
  readonly loads: number;
  readonly refused: number;
}

/** Loads one after the other, for so many cycles. */
export function playLoads(arch: Arch, bench: ReplayBench, seed: string, cycles: number): PlayedLoads {
  const rng = new Rng(seed);
  const fabric = new Fabric(arch);
  const { width, height } = fabric;
  const lengths = (x: number) =>
    Array.from({ length: height }, (_, y) => {
      const tile = fabric.tileAt(x, y);
      return tile ? payloadWords(fabric, tile) : 0;
    });
  const memories = (x: number) => Array.from({ length: height }, (_, y) => fabric.tileAt(x, y)?.kind === 'pmu');
  const columns = Array.from({ length: width }, (_, x) => new Column(lengths(x), memories(x)));
  const loader = new Loader(fabric, columns);
  const watched = ringTile(fabric);
  const ring: number[] = new Array(payloadWords(fabric, watched)).fill(0);
  const recorder = new Recorder(bench, cycles + 1);
  const rates = { ar: rng.pick([1, 1, 0.5, 0.1]), r: rng.pick([1, 1, 0.7]), trouble: rng.pick([0, 0, 0.01]) };
  const latency = rng.int(1, 20);
  let bits = randomBits(fabric, rng);
  let base = 0;
  let under: { readonly beat: number; readonly due: number }[] = [];
  let aborting = false;
  let waits = 0;
  let loads = 0;
  let refused = 0;
  for (; recorder.cycle <= cycles; recorder.next()) {
    const reset = recorder.cycle < 2;
    recorder.put('rst_ni', 0, 1, Number(!reset));
    // What comes in.
    const begins = !reset && (loader.state === 'idle' ? waits-- <= 0 : rng.chance(0.002));
    const forget = (begins && loader.state === 'idle') || rng.chance(0.003);
    const clear = rng.chance(0.003);
    const abort = aborting || rng.chance(rates.trouble / 4);
    if (begins && loader.state === 'idle') {
      bits = randomBits(fabric, rng);
      if (rng.chance(0.9)) bits[15] = crc32Words(bits.subarray(0, 15));
      base = rng.pick([0, 60, rng.int(0, 2 ** 20)]);
      waits = rng.int(0, 40);
      loads++;
    }
    recorder.put('load_i', 0, 1, Number(begins));
    recorder.put('config_addr_i', 0, 28, begins ? base : rng.int(0, 100));
    recorder.put('abort_i', 0, 1, Number(abort));
    recorder.put('clear_i', 0, 1, Number(clear));
    recorder.put('error_clear_i', 0, 1, Number(forget));
    const arReady = rng.chance(rates.ar);
    recorder.put('ar_ready_i', 0, 1, Number(arReady));
    const data = Uint32Array.from({ length: BEAT_WORDS }, () => rng.next32());
    const answers = under.length > 0 && under[0].due <= recorder.cycle && rng.chance(rates.r);
    if (answers) {
      const [{ beat }] = under.splice(0, 1);
      for (let i = 0; i < BEAT_WORDS; i++) data[i] = bits[beat * BEAT_WORDS + i] ?? 0;
      recorder.put('r_valid_i', 0, 1, 1);
    }
    data.forEach((word, i) => {
      recorder.put('r_data_i', 32 * i, 32, word);
    });
    const signals = columns.map((_, x): TileSignals => {
      const calm = rng.chance(0.7);
      const rows = (of: (y: number) => number) => Array.from({ length: height }, (_, y) => of(y));
      const errors = rows(() => (rng.chance(rates.trouble) ? rng.int(1, 7) : 0));
      const infos = rows(() => rng.next32());
      const active = rows(() => Number(!calm && rng.chance(0.3)));
      const quiet = rows(() => Number(calm || rng.chance(0.7)));
      for (let y = 0; y < height; y++) {
        recorder.put('tile_error_i', 3 * (height * x + y), 3, errors[y]);
        recorder.put('tile_info_i', 32 * (height * x + y), 32, infos[y]);
        recorder.put('tile_active_i', height * x + y, 1, active[y]);
        recorder.put('tile_quiet_i', height * x + y, 1, quiet[y]);
      }
      return { errors, infos, active: active.map(Boolean), quiet: quiet.map(Boolean) };
    });
    // What stands at the outputs.
    if (!reset) {
      recorder.want('loading_o', 0, 1, loader.state !== 'idle');
      recorder.want('loaded_o', 0, 1, loader.loaded);
      recorder.want('cycles_o', 0, 32, loader.cycles);
      recorder.want('ar_valid_o', 0, 1, loader.ask > 0);
      if (loader.ask > 0) {
        recorder.want('ar_addr_o', 0, arch.memory.addressBits, (loader.beat * 64) % 2 ** arch.memory.addressBits);
        recorder.want('ar_len_o', 0, 8, loader.burst - 1);
      }
      recorder.want('error_o', 0, 1, loader.error !== undefined);
      if (loader.error) {
        refused++;
        recorder.want('cause_o', 0, 8, loader.error.cause);
        recorder.want('info_o', 0, 32, loader.error.info);
      }
      columns.forEach((column, x) => {
        recorder.want('shift_o', height * x, height, column.shift < 0 ? 0 : 1 << column.shift);
        recorder.want('load_o', height * x, height, column.load < 0 ? 0 : 1 << column.load);
        if (column.load >= 0) recorder.want('load_first_o', x, 1, column.first);
        if (column.shift >= 0 || column.load >= 0) recorder.want('word_o', 32 * x, 32, column.word);
        recorder.want('active_o', x, 1, column.active);
        recorder.want('quiet_o', x, 1, column.quiet);
        recorder.want('column_error_o', x, 1, column.error !== undefined);
        if (column.error === undefined) return;
        recorder.want('column_cause_o', 8 * x, 8, column.error.cause);
        recorder.want('column_row_o', 8 * x, 8, column.error.row);
        recorder.want('column_info_o', 32 * x, 32, column.error.info);
      });
      ring.forEach((word, i) => {
        recorder.want('ring_o', 32 * i, 32, word);
      });
    }
    // The edge: memory, ring, loader, columns, each by what the others showed.
    if (reset) {
      columns.forEach((column, x) => {
        column.step(undefined, signals[x], { cfgClear: true, clear, forget });
      });
      continue;
    }
    if (loader.ask > 0 && arReady && loader.state !== 'idle')
      for (let i = 0; i < loader.burst; i++) under.push({ beat: loader.beat + i - base, due: recorder.cycle + latency });
    const failed = columns.some(({ error }) => error !== undefined);
    if (begins) ring.fill(0);
    else if (columns[watched.x].shift === watched.y) ring.push(columns[watched.x].word) && ring.shift();
    const { group, words } = loader;
    loader.step(begins ? base : undefined, arReady, answers ? data : undefined, abort);
    columns.forEach((column, x) => {
      const word = group === Math.floor(x / BEAT_WORDS) ? words[x % BEAT_WORDS] : undefined;
      column.step(word, signals[x], { cfgClear: begins, clear, forget });
    });
    // The host port gives up a cycle after a column has, until it is told to forget.
    aborting = !forget && (aborting || failed);
    if (loader.state === 'idle') under = [];
  }
  return { ...recorder.recording, loads, refused };
}
