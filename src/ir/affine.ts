/** Affine expressions as the IR's printer, verifier and evaluator read them. */
import type { AffineExpr, Loop } from './loops.ts';

/** Smallest and largest value over the loops in scope; unknown variables count as 0. */
export function rangeOf(expr: AffineExpr, scope: ReadonlyMap<string, Loop>): { low: number; high: number } {
  let low = expr.base;
  let high = expr.base;
  for (const { var: name, coef } of expr.terms) {
    const loop = scope.get(name);
    if (!loop) continue;
    const first = coef * loop.min;
    const last = coef * lastIndex(loop);
    low += Math.min(first, last);
    high += Math.max(first, last);
  }
  return { low, high };
}

/** A dimension in which an index leaves a shape, and how far it reaches. */
export interface Outside {
  readonly dimension: number;
  readonly low: number;
  readonly high: number;
  readonly size: number;
}

/** Where an index leaves a shape over the loops in scope. */
export const leavesShape = (index: readonly AffineExpr[], shape: readonly number[], scope: ReadonlyMap<string, Loop>): Outside[] =>
  index.flatMap((expr, dimension) => {
    const { low, high } = rangeOf(expr, scope);
    const size = shape[dimension];
    return low < 0 || high >= size ? [{ dimension, low, high, size }] : [];
  });

/** Number of iterations; the most, of a loop that ends at run time. */
export const tripsOf = (loop: Loop): number => Math.max(0, Math.ceil((loop.max - loop.min) / loop.step));

/** Does it make exactly one iteration, always? */
export const isSingle = (loop: Loop): boolean => tripsOf(loop) === 1 && !loop.bound;

/** The same iterations each time both begin. */
export const sameLoop = (a: Loop, b: Loop): boolean =>
  a.min === b.min && a.max === b.max && a.step === b.step && a.bound === undefined && b.bound === undefined;

/** The last index value. */
export const lastIndex = (loop: Loop): number => loop.min + (tripsOf(loop) - 1) * loop.step;

/** Variables that occur. */
export const variablesIn = (exprs: readonly AffineExpr[]): Set<string> =>
  new Set(exprs.flatMap((expr) => expr.terms.map((term) => term.var)));

/** `t + 2*i + -3`: terms in order, the base last unless it is 0. */
export function printAffine(expr: AffineExpr): string {
  const parts = expr.terms.map((term) => (term.coef === 1 ? term.var : `${term.coef}*${term.var}`));
  if (expr.base !== 0 || parts.length === 0) parts.push(String(expr.base));
  return parts.join(' + ');
}
