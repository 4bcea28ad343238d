/**
 * Bytes to configurations. Every refusal is one diagnostic that names the byte offset; nothing
 * that the loader of the hardware would refuse gets through, and neither does a bit that the
 * format says is 0.
 */
import { unpackBits, widthOf, wordsOf } from '../base/bitstruct.ts';
import { crc32Bytes, crc32Words } from '../base/crc32.ts';
import { type Diagnostic, DiagnosticError } from '../base/diagnostic.ts';
import { type MemoryWords, type TileConfig, tileLayout } from '../fabric/config.ts';
import { fingerprintOf } from '../fabric/fingerprint.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import {
  BEAT_BYTES,
  BEAT_WORDS,
  beatsPerRow,
  FORMAT_VERSION,
  FRAME_MARK,
  interfaceSchema,
  type KbitHeader,
  type KbitInterface,
  MAGIC,
  MEMORY_MARK,
} from './format.ts';
import { memoryFault } from './memory.ts';
import { messages, tileName } from './messages.ts';
import { wordsOfBytes } from './words.ts';

export interface Kbit {
  readonly header: KbitHeader;
  readonly configs: Map<number, TileConfig>;
  readonly interface: KbitInterface;
}

/** Reads a `.kbit` file for the given fabric; throws one diagnostic for a file that is not whole or not for it. */
export function decode(fabric: Fabric, bytes: Uint8Array): Kbit {
  const header = readHeader(bytes);
  const own = fingerprintOf(fabric.arch);
  if (own.lo !== header.fingerprint.lo || own.hi !== header.fingerprint.hi)
    refuse(messages.otherArchitecture(fabric.arch.name, own, header.fingerprint));
  const groups = beatsPerRow(fabric.width);
  if (header.beats !== 1 + header.rows * groups) refuse(messages.badBeats(header.beats, header.rows, groups));
  const end = header.beats * BEAT_BYTES;
  if (bytes.length < end) refuse(messages.truncated(bytes.length, end, 'the frames'));
  const words = wordsOfBytes(bytes.subarray(0, end));
  const configs = readFrames(fabric, header, words);
  return { header, configs, interface: readInterface(bytes, end) };
}

/** The header alone: enough to say which architecture a file is for. */
export function readHeader(bytes: Uint8Array): KbitHeader {
  if (bytes.length < 4) refuse(messages.truncated(bytes.length, BEAT_BYTES, 'the header'));
  const magic = wordsOfBytes(bytes.subarray(0, 4))[0];
  if (magic !== MAGIC) refuse(messages.badMagic(magic));
  if (bytes.length < BEAT_BYTES) refuse(messages.truncated(bytes.length, BEAT_BYTES, 'the header'));
  const words = wordsOfBytes(bytes.subarray(0, BEAT_BYTES));
  const crc = crc32Words(words.subarray(0, 15));
  if (words[15] !== crc) refuse(messages.headerCrc(words[15], crc));
  if (words[1] !== FORMAT_VERSION) refuse(messages.badVersion(words[1]));
  for (let i = 7; i < 15; i++) if (words[i] !== 0) refuse(messages.reserved(4 * i));
  return { version: words[1], fingerprint: { lo: words[2], hi: words[3] }, frames: words[4], rows: words[5], beats: words[6] };
}

function readFrames(fabric: Fabric, header: KbitHeader, words: Uint32Array): Map<number, TileConfig> {
  const groups = beatsPerRow(fabric.width);
  const found: { readonly tile: Tile; readonly config: TileConfig }[] = [];
  for (let lane = 0; lane < groups * BEAT_WORDS; lane++) {
    const indexOf = (row: number) => (1 + row * groups) * BEAT_WORDS + lane;
    const column = Uint32Array.from({ length: header.rows }, (_, row) => words[indexOf(row)]);
    const offsetOf = (row: number) => 4 * indexOf(row);
    if (lane < fabric.width) found.push(...readColumn(fabric, lane, column, offsetOf));
    else {
      const row = column.findIndex((word) => word !== 0);
      if (row >= 0) refuse(messages.reserved(offsetOf(row)));
    }
  }
  const frames = found.reduce((sum, { config }) => sum + 1 + (config.memory?.length ?? 0), 0);
  if (frames !== header.frames) refuse(messages.frameCount(header.frames, frames));
  found.sort((a, b) => a.tile.id - b.tile.id);
  return new Map(found.map(({ tile, config }) => [tile.id, config]));
}

function readColumn(fabric: Fabric, x: number, column: Uint32Array, offsetOf: (row: number) => number) {
  const found: { tile: Tile; config: TileConfig }[] = [];
  let lastY = -1;
  // Words of the memory whose configuration comes next.
  let memory: { readonly tile: Tile; readonly runs: MemoryWords[] } | undefined;
  for (let row = 0; row < column.length; ) {
    const head = column[row];
    if (head === 0) {
      row++;
      continue;
    }
    const at = offsetOf(row);
    const isMemory = head >>> 24 === MEMORY_MARK;
    if (!isMemory && head >>> 24 !== FRAME_MARK) refuse(messages.notAFrame(at, x, head));
    const y = (head >>> 16) & 0xff;
    const tile = fabric.tileAt(x, y);
    if (tile === undefined) refuse(messages.noSuchTile(at, x, y));
    const layout = tileLayout(fabric.arch, tile.kind);
    const count = isMemory ? head & 0xffff : wordsOf(layout);
    if ((head & 0xffff) !== count) refuse(messages.frameLength(at, tileName(tile), head & 0xffff, count));
    if (y <= lastY || (memory && memory.tile !== tile)) refuse(messages.frameOrder(at, tileName(tile)));
    const crcRow = row + 1 + count;
    if (crcRow >= column.length) refuse(messages.frameCut(at, tileName(tile)));
    const crc = crc32Words(column.subarray(row, crcRow));
    if (column[crcRow] !== crc) refuse(messages.frameCrc(at, tileName(tile), column[crcRow], crc));
    const payload = column.subarray(row + 1, crcRow);
    if (isMemory) {
      memory ??= { tile, runs: [] };
      memory.runs.push({ address: payload[0], words: payload.subarray(1) });
      const fault = memoryFault(fabric.arch, tile.kind, memory.runs);
      if (fault !== undefined) refuse(messages.memoryFrame(at, tileName(tile), fault));
      row = crcRow + 1;
      continue;
    }
    const used = widthOf(layout) % 32;
    if (used !== 0 && payload[count - 1] >>> used !== 0) refuse(messages.reserved(offsetOf(crcRow - 1)));
    const config = unpackBits(layout, payload) as unknown as TileConfig;
    found.push({ tile, config: memory ? { ...config, memory: memory.runs } : config });
    memory = undefined;
    lastY = y;
    row = crcRow + 1;
  }
  if (memory) refuse(messages.memoryAlone(x, tileName(memory.tile)));
  return found;
}

function readInterface(bytes: Uint8Array, start: number): KbitInterface {
  if (bytes.length < start + 4) refuse(messages.truncated(bytes.length, start + 4, 'the length of the interface'));
  const length = wordsOfBytes(bytes.subarray(start, start + 4))[0];
  const end = start + 4 + length;
  if (bytes.length < end + 4) refuse(messages.truncated(bytes.length, end + 4, 'the interface'));
  if (bytes.length > end + 4) refuse(messages.trailing(end + 4, bytes.length));
  const text = bytes.subarray(start + 4, end);
  const stored = wordsOfBytes(bytes.subarray(end, end + 4))[0];
  const crc = crc32Bytes(text);
  if (stored !== crc) refuse(messages.interfaceCrc(start + 4, stored, crc));
  return parseInterface(new TextDecoder().decode(text), (why) => messages.badInterface(start + 4, why));
}

/** The interface from its JSON; `problem` makes the diagnostic for a text that is none. */
export function parseInterface(text: string, problem: (why: string) => Diagnostic): KbitInterface {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    refuse(problem(error instanceof Error ? error.message : String(error)));
  }
  const checked = interfaceSchema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    refuse(problem(`${issue.path.join('.') || 'it'}: ${issue.message}`));
  }
  // The value itself, not the checked copy: its key order is part of the bytes.
  return value as KbitInterface;
}

function refuse(diagnostic: Diagnostic): never {
  throw new DiagnosticError(diagnostic);
}
