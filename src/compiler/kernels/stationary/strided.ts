/**
 * Windows that move by more than one. Neighbouring places of a row of maps are then of different windows, so lanes are
 * rows of windows instead: a vector is one column of windows, and the next vector the next column. Rows of windows are
 * divided into lane blocks, and columns of windows into parts; a unit column of the grid has one part of one block.
 *
 *     unit column j = block * parts + part:   lane i = row of windows block*rows + i,   vector p = column part*across + p
 *
 * Lanes may only be an odd number of words apart (banks are told apart by the low bits of addresses). Rows of an odd
 * stride are: they are kept once, an odd pitch apart. Of an even stride they are not, so for every row of the window the
 * rows that it meets are kept side by side (a *plane*), in which neighbours are what neighbouring windows see.
 */
import type { Arch } from '../../../arch/schema.ts';
import type { AgConfig, PmuConfig } from '../../../fabric/config.ts';
import { affine, setAddress, setTrips, walkWords } from './chains.ts';
import type { StationaryPlan } from './plan.ts';
import type { Image } from './shape.ts';

export interface StridedLayout {
  /** Lane blocks, parts of each, and what one unit column has: rows of windows (lanes) and columns of windows (vectors). */
  readonly blocks: number;
  readonly parts: number;
  readonly rows: number;
  readonly across: number;
  /** One plane for each row of the window, or one for all. */
  readonly planes: number;
  /** Rows of maps of a plane. */
  readonly planeRows: number;
  /** Words of a row that windows see, and from one row to the next (odd). */
  readonly words: number;
  readonly pitch: number;
  /** Words from one lane to the next (odd), from one row of the window to the next, from one channel to the next. */
  readonly lane: number;
  readonly down: number;
  readonly channel: number;
  /** Places beside the maps are seen: the unit is filled with zeros before it is loaded. */
  readonly zeros: boolean;
}

export const isStrided = ({ stride }: Image): boolean => stride.down > 1 || stride.across > 1;

/** How windows are spread over `columns` unit columns; undefined if some of those had none, or saw nothing but zeros. */
export function stridedLayout(image: Image, columns: number, lanes: number): StridedLayout | undefined {
  const { stride, extent, window, dilation } = image;
  const blocks = Math.ceil(image.down / lanes);
  if (columns % blocks !== 0) return undefined;
  const parts = columns / blocks;
  const rows = Math.ceil(image.down / blocks);
  const across = Math.ceil(image.across / parts);
  if ((blocks - 1) * rows >= image.down || (parts - 1) * across >= image.across) return undefined;
  const words = stride.across * (across - 1) + extent.width;
  const pitch = words + 1 - (words % 2);
  const planes = stride.down % 2 === 0 ? window.height : 1;
  const planeRows = planes > 1 || window.height === 1 ? rows : stride.down * (rows - 1) + extent.height;
  const direct = planeRows !== rows;
  const layout = {
    blocks,
    parts,
    rows,
    across,
    planes,
    planeRows,
    words,
    pitch,
    lane: direct ? stride.down * pitch : pitch,
    down: planes > 1 ? planeRows * pitch : dilation.down * pitch,
    channel: planes * planeRows * pitch,
    zeros: false,
  };
  const spans = Array.from({ length: parts }, (_, part) => spanOf(image, layout, part));
  if (spans.some(({ words: real }) => real < 1)) return undefined;
  return { ...layout, zeros: image.left > 0 || spans.some((span) => span.words < words) };
}

/** Rows of windows of unit column `j`: the last block may have fewer. */
export const rowsOf = ({ down }: Image, { parts, rows }: StridedLayout, j: number): number =>
  Math.min(rows, down - Math.floor(j / parts) * rows);

/** Words of a row that a part sees: the first in the maps, how many places before that are zeros, how many words there are. */
function spanOf(
  { stride, left, width }: Image,
  { across, words }: Pick<StridedLayout, 'across' | 'words'>,
  part: number,
): { readonly first: number; readonly skipped: number; readonly words: number } {
  const begin = stride.across * part * across - left;
  const first = Math.max(0, begin);
  return { first, skipped: first - begin, words: Math.min(width, begin + words) - first };
}

/** Last word, and one, of what a unit column reads of `channels` channels, `vectors` vectors at most. */
export function stridedWords(image: Image, layout: StridedLayout, channels: number, vectors: number): number {
  const { stride, window, dilation } = image;
  const last = (layout.rows - 1) * layout.lane + (window.height - 1) * layout.down + (vectors - 1) * stride.across;
  return Math.max(channels * layout.channel, (channels - 1) * layout.channel + last + (window.width - 1) * dilation.across + 1);
}

/** Words that all unit columns of a link load of one channel, with those that share the first and last beat of a row. */
export const stridedTraffic = ({ blocks, parts, planes, planeRows, words }: StridedLayout, beat: number): number =>
  blocks * parts * planes * planeRows * (words + beat - 1);

/** The rows that unit column `j` sees of its channels, row by row; rows beyond the maps, on either side, are zeros. */
export function loadStrided(
  arch: Arch,
  { grid }: StationaryPlan,
  image: Image,
  layout: StridedLayout,
  config: AgConfig,
  base: number,
  j: number,
  l: number,
): void {
  const { height, width, stride, dilation, top } = image;
  const own = image.channels / grid.links;
  const { first, words } = spanOf(image, layout, j % layout.parts);
  const row = stride.down * Math.floor(j / layout.parts) * layout.rows - top;
  const step = layout.planeRows === layout.rows ? stride.down : 1;
  const incs = layout.planes > 1 ? [step, dilation.down, 0] : [step, 0];
  setTrips(config.chain, layout.planes > 1 ? [layout.planeRows, layout.planes, own] : [layout.planeRows, own], 1);
  config.run = words;
  const inChannel = incs.map((inc) => inc * width);
  inChannel[incs.length - 1] = height * width;
  config.address = affine(arch, base + (l * own * height + row) * width + first, inChannel);
  const last = row + step * (layout.planeRows - 1) + (layout.planes - 1) * dilation.down;
  if (last >= height) config.row = { used: 1, limit: height, at: affine(arch, row, incs) };
  // Words of a run are all there, or, above the maps, none: each row further up is a run less.
  if (row < 0) {
    const up = affine(
      arch,
      -row * words,
      incs.map((inc) => -inc * words),
    );
    Object.assign(config.column, { used: 1, limit: words, at: up });
  }
}

/** Writes what `loadStrided` brings, at its places. */
export function writeStrided(
  arch: Arch,
  image: Image,
  layout: StridedLayout,
  channels: number,
  write: PmuConfig['write'][number],
  j: number,
): void {
  const { skipped, words } = spanOf(image, layout, j % layout.parts);
  walkWords(write.chain, words, arch.pcu.lanes, [{ trips: layout.planes * layout.planeRows * channels, inc: layout.pitch }]);
  setAddress(write.address, arch, skipped, [arch.pcu.lanes, layout.pitch], 1);
}

/** Reads a column of windows a vector, for all terms of the sums. */
export function readStrided(
  arch: Arch,
  { vectors, groups, blocks }: StationaryPlan,
  image: Image,
  layout: StridedLayout,
  channels: number,
  read: PmuConfig['read'][number],
): void {
  const { stride, dilation, window } = image;
  setTrips(read.chain, [vectors, window.width, window.height, channels, groups, blocks], layout.rows);
  const incs = [stride.across, dilation.across, layout.down, layout.channel, vectors * stride.across, 0];
  setAddress(read.address, arch, 0, incs, layout.lane);
}
