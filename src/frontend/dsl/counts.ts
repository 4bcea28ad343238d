/** Loops that end at run time: where their ends come from. */
import { rangeOf } from '../../ir/affine.ts';
import type { AffineExpr, Bound, Loop } from '../../ir/loops.ts';
import type { Operand } from './expr.ts';
import { Index } from './index-expr.ts';

/** A whole number that a loop ends at, computed where it was declared, once each time the program comes by. */
export interface Count {
  /** It is this at the most: more counts as this, less than the begin of a loop as no iteration. */
  readonly atMost: number;
  readonly bound: Bound;
}

/** Index values 0, 1, ... below a number, or from `min` by `step` below `max`; `par` lanes (last loop of a leaf) or copies. */
export type LoopSpec = End | { readonly min?: number; readonly max: End; readonly step?: number; readonly par?: number };

/** Where a loop ends: at a number, an index of a loop around the statement (a triangle), or a count. */
export type End = number | Index | Count;

export type Loops = Readonly<Record<string, LoopSpec>>;
export type Indices<L extends Loops> = { readonly [V in keyof L]: Index };

/** A register: one word, set in a leaf and read anywhere. */
export interface Register<E, S> {
  readonly value: E;
  set(value: S): void;
}

/** The greatest value of an index over the loops around it. */
export const greatestOf = (index: AffineExpr, around: readonly Loop[]): number =>
  rangeOf(index, new Map(around.map((loop) => [loop.var, loop]))).high;

/** What a branch is taken on: 0 or not. */
export type Condition = Operand<'i32'>;

/** The loops of a specification; `countOf` makes a count of an index. */
export function loopsOf(loops: Loops, countOf: (index: Index) => Count): Loop[] {
  return Object.entries(loops).map(([name, spec]) => {
    const { min = 0, max, step = 1, par = 1 } = isEnd(spec) ? { max: spec } : spec;
    if (typeof max === 'number') return { var: name, min, max, step, par };
    const { atMost, bound } = max instanceof Index ? countOf(max) : max;
    return { var: name, min, max: atMost, step, par, bound };
  });
}

const isEnd = (spec: LoopSpec): spec is End => typeof spec === 'number' || spec instanceof Index || 'bound' in spec;
