/** The indices that an expression takes: those that follow each other as an interval, of any length, others one by one. */
import { tripsOf } from '../../ir/affine.ts';
import type { AffineExpr, Loop } from '../../ir/loops.ts';
import { coefOf } from '../affine.ts';

/** All indices from one up to another, inclusive; or just these; nothing: they are too many to be looked at. */
export type Indices = { readonly low: number; readonly high: number } | ReadonlySet<number> | undefined;

/** Indices are looked at one by one, as many as this. */
const LOOKED_AT = 1 << 16;

/** None at all. */
export const NO_INDICES: Indices = new Set();

const isInterval = (indices: Indices): indices is { readonly low: number; readonly high: number } =>
  indices !== undefined && 'low' in indices;

export function indicesOf(expr: AffineExpr, loops: readonly Loop[]): Indices {
  let all: Indices = { low: expr.base, high: expr.base };
  const moving = loops
    .map((loop) => ({ first: coefOf(expr, loop.var) * loop.min, step: coefOf(expr, loop.var) * loop.step, trips: tripsOf(loop) }))
    .filter(({ first, step }) => step !== 0 || first !== 0);
  // Small steps first: larger ones then set intervals beside each other.
  for (const { first, step, trips } of moving.sort((a, b) => Math.abs(a.step) - Math.abs(b.step))) {
    const last = first + step * (trips - 1);
    if (isInterval(all) && (trips === 1 || Math.abs(step) <= all.high - all.low + 1)) {
      all = { low: all.low + Math.min(first, last), high: all.high + Math.max(first, last) };
      continue;
    }
    const listed = listOf(all);
    if (!listed || listed.length * trips > LOOKED_AT) return undefined;
    all = new Set(listed.flatMap((i) => Array.from({ length: trips }, (_, n) => i + first + n * step)));
  }
  return all;
}

/** Those from 0 up to below a size. */
export function indicesBelow(size: number, indices: Indices): Indices {
  if (!indices) return undefined;
  if (!isInterval(indices)) return new Set([...indices].filter((i) => i >= 0 && i < size));
  const [low, high] = [Math.max(0, indices.low), Math.min(size - 1, indices.high)];
  return low > high ? NO_INDICES : { low, high };
}

/** Are all of some among others? In doubt they are not. */
export function contains(all: Indices, some: Indices): boolean {
  if (!all || !some) return false;
  if (isInterval(all) && isInterval(some)) return all.low <= some.low && some.high <= all.high;
  const listed = listOf(some);
  return listed?.every((i) => (isInterval(all) ? all.low <= i && i <= all.high : all.has(i))) ?? false;
}

export function union(a: Indices, b: Indices): Indices {
  if (!a || !b) return undefined;
  if (isInterval(a) && isInterval(b) && a.low <= b.high + 1 && b.low <= a.high + 1)
    return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
  const [first, second] = [listOf(a), listOf(b)];
  if (first?.length === 0) return b;
  return first && second ? new Set([...first, ...second]) : undefined;
}

/** One by one, if they are not too many. */
function listOf(indices: NonNullable<Indices>): readonly number[] | undefined {
  if (!isInterval(indices)) return [...indices];
  const count = indices.high - indices.low + 1;
  return count > LOOKED_AT ? undefined : Array.from({ length: count }, (_, i) => indices.low + i);
}
