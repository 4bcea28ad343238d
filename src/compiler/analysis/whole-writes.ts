/** Writes of all words of a memory. */
import type { AffineExpr, Leaf } from '../../ir/loops.ts';
import { sameAffine, variable } from '../affine.ts';

/** Does a write of a leaf reach every word in each run of the leaf, by loops of its own alone? A predicate on it is another matter. */
export function writesWhole({ loops, guards }: Leaf, index: readonly AffineExpr[], shape: readonly number[]): boolean {
  const walked = index.map((expr, d) =>
    loops.find((loop) => loop.min === 0 && loop.step === 1 && loop.max === shape[d] && !loop.bound && sameAffine(expr, variable(loop.var))),
  );
  return guards.length === 0 && !walked.includes(undefined) && new Set(walked).size === shape.length;
}
