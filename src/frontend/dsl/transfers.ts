/** Options of transfers, and the arithmetic of those whose place data says. */
import type { AffineExpr } from '../../ir/loops.ts';
import type { Count } from './counts.ts';
import { Expr } from './expr.ts';
import type { Shape } from './handles.ts';
import { Index } from './index-expr.ts';

export interface NestOptions {
  readonly label?: string;
}

export interface TransferOptions extends NestOptions {
  /** Sizes of the box into or out of a FIFO; leading ones of 1 may be dropped. */
  readonly extent?: Shape;
  /** The box begins so many words later in the last dimension, as data says here; less than 0 is 0. */
  readonly at?: Expr<'i32'>;
  /** Of every row only so many words are moved, as data says here; the others are loaded as 0 and not stored. */
  readonly count?: Expr<'i32'> | Count;
}

/**
 * Where a box begins in a dimension of `size` words, beyond its `offset`, and how many words there are from there to the end of the
 * array: no address leaves it, whatever data says.
 */
export function placeOf(size: number, offset: AffineExpr, start: Expr<'i32'> | undefined): { begin?: Expr<'i32'>; room: Expr<'i32'> } {
  const { base, terms } = offset;
  const left = terms.length > 0 ? Expr.constant('i32', size).sub(new Index(offset).value) : Expr.constant('i32', size - base);
  const begin = start?.max(0).min(size);
  return begin ? { begin, room: left.sub(begin) } : { room: left };
}
