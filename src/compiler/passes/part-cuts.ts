/** Where memories are cut into parts (`parts.ts`): by what a unit holds, by who writes, or as the program says. */
import { rangeOf } from '../../ir/affine.ts';
import type { AffineExpr, Loop, Memory } from '../../ir/loops.ts';
import { coefOf } from '../affine.ts';
import type { Access } from '../analysis/sites.ts';
import { ROW_PADDING } from '../row-padding.ts';

export interface Cut {
  readonly dimension: number;
  /** First indices of the parts. */
  readonly starts: readonly number[];
  /** Words from an index to the next in each part, where they are spread over the unit. */
  readonly strides?: readonly number[];
}

/** Addresses of memory units are of 24 bits with a sign, what lanes add to them of 16. */
const FARTHEST = 2 ** 23;
const FARTHEST_LANE = 2 ** 15;

/** What a memory unit offers. */
export interface UnitOffer {
  /** Words. */
  readonly capacity: number;
  readonly writeContexts: number;
}

/** Where a memory is cut; nothing where it can stay as it is, or nothing helps. */
export function cutOf(memory: Memory, accesses: readonly Access[], { capacity, writeContexts }: UnitOffer): Cut | undefined {
  const { shape, banks = 1 } = memory;
  const [size] = shape;
  const rows = Math.floor(capacity / rowWords(shape));
  const spread = (cut: Cut): Cut | undefined => {
    const strides = stridesIn(memory, cut, capacity, Math.max(...accesses.map((access) => laneStepIn(access, cut.dimension))));
    return strides && { ...cut, strides };
  };
  const writers = accesses.filter(({ kind }) => kind === 'write');
  if (wordsOf(shape) > capacity && banks === 1) {
    const cutAt = (most: number): Cut => ({ dimension: 0, starts: Array.from({ length: Math.ceil(size / most) }, (_, p) => p * most) });
    if (rows === 0) return undefined;
    if (shape.length === 1 || !filledByParts(memory, accesses)) return cutAt(rows);
    for (let most = rows; most > 0; most--) {
      const cut = spread(cutAt(most));
      if (cut) return cut;
    }
    return undefined;
  }
  const blocks = { dimension: 0, starts: evenly(size, Math.max(banks, rows > 0 ? Math.ceil(size / rows) : 1)) };
  if (writers.length <= writeContexts) return banks > 1 ? (spread(blocks) ?? blocks) : undefined;
  const walked = accesses.some(({ site }) => site.statement.kind !== 'leaf');
  for (const dimension of shape.keys()) {
    if (dimension > 0 && walked) break;
    for (const starts of [evenly(shape[dimension], banks), startsByWriters(writers, dimension, writeContexts)]) {
      const able = starts.length > 1 && starts.length >= banks && mostWriters(writers, dimension, starts) <= writeContexts;
      const cut = able ? spread({ dimension, starts }) : undefined;
      if (cut) return cut;
    }
  }
  return banks > 1 ? blocks : undefined;
}

/** Does each part get its own words only, so that another may hold anything behind its own? */
export const filledByParts = ({ words }: Memory, accesses: readonly Access[]): boolean =>
  words !== undefined || accesses.some(({ kind, site }) => kind === 'write' && site.statement.kind === 'load');

/** First indices of blocks of nearly the same size; of no more blocks than indices. */
const evenly = (size: number, blocks: number): number[] =>
  Array.from({ length: Math.min(size, blocks) }, (_, p) => Math.floor((p * size) / Math.min(size, blocks)));

/** How many writers the part with the most of them has. */
function mostWriters(writers: readonly Access[], dimension: number, starts: readonly number[]): number {
  const spans = writers.map((access) =>
    access.site.statement.kind === 'leaf' ? spanOf(access, dimension) : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
  );
  const ends = [...starts.slice(1), Number.POSITIVE_INFINITY];
  return Math.max(...starts.map((start, p) => spans.filter(({ low, high }) => high >= start && low < ends[p]).length));
}

/** How far neighbouring lanes of an access are apart in a dimension. */
function laneStepIn({ site: { statement }, index }: Access, dimension: number): number {
  if (statement.kind !== 'leaf') return dimension === index.length - 1 ? 1 : 0;
  const lane = statement.loops[statement.loops.length - 1];
  return lane.par === 1 ? 0 : Math.abs(coefOf(index[dimension], lane.var) * lane.step);
}

/**
 * Odd strides, for the sake of lanes, with which the indices of each part reach over the whole unit (but the last one, which has
 * nothing behind it); nothing where there is no room for that. `lanes`: how many indices neighbouring lanes are apart at the most.
 */
function stridesIn(memory: Memory, { dimension, starts }: Cut, capacity: number, lanes: number): number[] | undefined {
  const [size, ...inner] = withFirst(memory.shape, dimension);
  const row = rowWords([1, ...inner]);
  const reaching = starts.map((start, p) => Math.ceil(capacity / ((starts[p + 1] ?? size) - start)) | 1);
  const last = starts.length - 1;
  const strides = reaching.map((stride, p) => (p === last && p > 0 ? Math.min(stride, reaching[p - 1]) : stride));
  const fits = strides.every(
    (stride, p) =>
      ((starts[p + 1] ?? size) - starts[p] - 1) * stride + row <= capacity &&
      (size + 1) * stride < FARTHEST &&
      lanes * stride < FARTHEST_LANE,
  );
  return fits ? strides : undefined;
}

/** Neighbouring writers share a part, as many as it has contexts; those that may meet have to. A load writes every part. */
function startsByWriters(writers: readonly Access[], dimension: number, contexts: number): number[] {
  const spans = writers
    .filter(({ site }) => site.statement.kind === 'leaf')
    .map((access) => ({ ...spanOf(access, dimension), count: 1 }))
    .sort((a, b) => a.low - b.low);
  const room = contexts - (writers.length - spans.length);
  const blocks: { low: number; high: number; count: number }[] = [];
  for (const span of spans) {
    const last = blocks[blocks.length - 1];
    if (last && span.low <= last.high) Object.assign(last, { high: Math.max(last.high, span.high), count: last.count + 1 });
    else blocks.push(span);
  }
  if (blocks.some(({ count }) => count > room)) return [0];
  const starts: number[] = [];
  let taken = room;
  for (const { low, count } of blocks) {
    if (taken + count > room) {
      starts.push(starts.length === 0 ? 0 : low);
      taken = 0;
    }
    taken += count;
  }
  return starts;
}

/** Indices of a dimension that an access of a leaf may have. */
export function spanOf({ site, index }: Access, dimension: number): { readonly low: number; readonly high: number } {
  return rowsOf(index[dimension], [...site.outer, ...(site.statement.kind === 'leaf' ? site.statement.loops : [])]);
}

export const rowsOf = (row: AffineExpr, loops: readonly Loop[]) => rangeOf(row, new Map(loops.map((loop) => [loop.var, loop])));

export const wordsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const rowWords = (shape: readonly number[]): number =>
  shape.length === 1 ? 1 : shape.slice(1, -1).reduce((product, size) => product * size, shape[shape.length - 1] + ROW_PADDING);

/** A list with one of its entries first. */
export const withFirst = <T>(list: readonly T[], dimension: number): T[] => [list[dimension], ...list.filter((_, d) => d !== dimension)];
