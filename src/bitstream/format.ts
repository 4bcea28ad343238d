/**
 * The file form of a bitstream as `FORMAT.md` states it: constants, the header and the interface
 * section. Nothing here knows what a configuration means.
 */
import { z } from 'zod';
import type { Fabric } from '../fabric/graph.ts';

/** The parameters of a fabric (named here so that this folder needs no other to spell it). */
export type Arch = Fabric['arch'];

export const MAGIC = 0x4e4c494b;
export const FORMAT_VERSION = 1;
/** Top byte of the header of a configuration's frame, and of one of memory words. */
export const FRAME_MARK = 0xa5;
export const MEMORY_MARK = 0xa6;
/** Words of one frame of memory words at most: its header counts them and their address in 16 bits. */
export const MEMORY_FRAME = 2 ** 16 - 2;
export const BEAT_WORDS = 16;
export const BEAT_BYTES = 64;
/** Words of a frame around its payload: the header and the CRC. */
export const FRAME_OVERHEAD = 2;

/** Beat 0 of part 1. */
export interface KbitHeader {
  readonly version: number;
  readonly fingerprint: { readonly lo: number; readonly hi: number };
  /** Frames in all columns together. */
  readonly frames: number;
  /** Rows of words: the length of the longest column stream. */
  readonly rows: number;
  /** Beats of part 1, the header included. */
  readonly beats: number;
}

/** An array the host puts into DRAM before the start or takes out after done. */
const arrayInterface = z.looseObject({
  name: z.string(),
  /** Element type, e.g. `i32` or `f32`. */
  type: z.string(),
  shape: z.array(z.int()),
  /** Byte address in DRAM. */
  address: z.int(),
});

/** An argument or result; `index` is the number of its register at the host port. */
const scalarInterface = z.looseObject({ name: z.string(), type: z.string(), index: z.int() });

/**
 * Part 2: what the host needs to know of the program. The bitstream tools carry it as it is; what
 * else a compiler writes into it passes through untouched.
 */
export const interfaceSchema = z.looseObject({
  program: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  /** Of a program of patterns: which tiles and copies were chosen, so that the program it was made from can be made again. */
  choice: z.int().optional(),
  /** At most so many copies of each loop, where the program asks for more. */
  copies: z.int().min(1).optional(),
  /**
   * Of a file of several configurations, which run one after the other: which this is, of how many, and how many steps of what is left of
   * the program it runs; the last one, all.
   */
  section: z.object({ number: z.int().min(1), of: z.int().min(2), steps: z.int().min(1).optional() }).optional(),
  inputs: z.array(arrayInterface),
  outputs: z.array(arrayInterface),
  arguments: z.array(scalarInterface),
  results: z.array(scalarInterface),
  /** Bytes of DRAM the program uses. */
  dramBytes: z.int(),
});
export type KbitInterface = z.infer<typeof interfaceSchema>;

/** The interface of a bitstream without a program, e.g. one written by hand. */
export const EMPTY_INTERFACE: KbitInterface = {
  program: '',
  parameters: {},
  inputs: [],
  outputs: [],
  arguments: [],
  results: [],
  dramBytes: 0,
};

/** Beats of one row of words: a word for each fabric column. */
export function beatsPerRow(width: number): number {
  return Math.ceil(width / BEAT_WORDS);
}

/** The header word of a frame for row `y` with `words` payload words. */
export function frameHeader(mark: number, y: number, words: number): number {
  return ((mark << 24) | (y << 16) | words) >>> 0;
}

/** Part 1 of a bitstream that was decoded or encoded before: what goes into DRAM for the loader. */
export function loaderPart(kbit: Uint8Array): Uint8Array {
  const beats = new DataView(kbit.buffer, kbit.byteOffset, kbit.byteLength).getUint32(24, true);
  return kbit.subarray(0, beats * BEAT_BYTES);
}
