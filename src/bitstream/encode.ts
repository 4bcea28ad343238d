/**
 * Configurations to bytes. `encode` refuses what the design rules refuse; `encodeUnchecked` packs
 * whatever fits its fields, for tests that want the hardware to see odd configurations.
 */
import { BitRangeError, packBits } from '../base/bitstruct.ts';
import { crc32Bytes, crc32Words } from '../base/crc32.ts';
import { DiagnosticError } from '../base/diagnostic.ts';
import { type TileConfig, tileLayout } from '../fabric/config.ts';
import { fingerprintOf } from '../fabric/fingerprint.ts';
import type { Fabric, Tile } from '../fabric/graph.ts';
import type { TileKind } from '../fabric/ports.ts';
import { checkConfigs } from './check.ts';
import { BEAT_WORDS, beatsPerRow, FORMAT_VERSION, FRAME_MARK, frameHeader, type KbitInterface, MAGIC, MEMORY_MARK } from './format.ts';
import { messages, tileName } from './messages.ts';
import { bytesOfWords } from './words.ts';

/** A configuration for each used tile, by tile id; the other tiles stay disabled. */
export type TileConfigs = ReadonlyMap<number, TileConfig>;

/** The `.kbit` file of checked configurations; throws every design-rule error together. */
export function encode(fabric: Fabric, configs: TileConfigs, host: KbitInterface): Uint8Array {
  const errors = checkConfigs(fabric, configs).filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new DiagnosticError(errors);
  return encodeUnchecked(fabric, configs, host);
}

/** The same without design rules: only field widths are checked. */
export function encodeUnchecked(fabric: Fabric, configs: TileConfigs, host: KbitInterface): Uint8Array {
  const columns = Array.from({ length: fabric.width }, (_, x) => columnStream(fabric, configs, x));
  const rows = Math.max(0, ...columns.map((column) => column.length));
  const groups = beatsPerRow(fabric.width);
  const words = new Uint32Array((1 + rows * groups) * BEAT_WORDS);
  words.set(headerWords(fabric, frameCount(configs), rows), 0);
  columns.forEach((column, x) => {
    column.forEach((word, row) => {
      words[(1 + row * groups) * BEAT_WORDS + x] = word;
    });
  });
  const json = new TextEncoder().encode(JSON.stringify(host));
  return concat([bytesOfWords(words), bytesOfWords([json.length]), json, bytesOfWords([crc32Bytes(json)])]);
}

/** The words of one configuration; throws a diagnostic that names tile and field for a value that does not fit. */
export function packTile(fabric: Fabric, tile: Tile, config: TileConfig): Uint32Array {
  try {
    return packBits(tileLayout(fabric.arch, tile.kind), config as TileConfig<TileKind> & Record<string, never>);
  } catch (error) {
    if (error instanceof BitRangeError) throw new DiagnosticError(messages.fieldRange(tileName(tile), error.message));
    throw error;
  }
}

function headerWords(fabric: Fabric, frames: number, rows: number): Uint32Array {
  const { lo, hi } = fingerprintOf(fabric.arch);
  const header = new Uint32Array(BEAT_WORDS);
  header.set([MAGIC, FORMAT_VERSION, lo, hi, frames, rows, 1 + rows * beatsPerRow(fabric.width)]);
  header[15] = crc32Words(header.subarray(0, 15));
  return header;
}

/** The frames of the tiles in column `x`, in order of y: of each its memory's words, then its configuration. */
function columnStream(fabric: Fabric, configs: TileConfigs, x: number): number[] {
  const stream: number[] = [];
  for (let y = 0; y < fabric.height; y++) {
    const tile = fabric.tileAt(x, y);
    const config = tile && configs.get(tile.id);
    if (tile === undefined || config === undefined) continue;
    for (const { address, words } of config.memory ?? []) pushFrame(stream, MEMORY_MARK, y, [address, ...Array.from(words)]);
    pushFrame(stream, FRAME_MARK, y, packTile(fabric, tile, config));
  }
  return stream;
}

function pushFrame(stream: number[], mark: number, y: number, payload: ArrayLike<number>): void {
  const frame = [frameHeader(mark, y, payload.length)];
  for (let i = 0; i < payload.length; i++) frame.push(payload[i] >>> 0);
  for (const word of frame) stream.push(word);
  stream.push(crc32Words(frame));
}

/** One frame a tile, and one a run of memory words. */
const frameCount = (configs: TileConfigs): number => [...configs.values()].reduce((sum, { memory }) => sum + 1 + (memory?.length ?? 0), 0);

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
