/** Line buffers by handle: the newest lines of an array that is too long to keep. */
import type { Effect, ElementType } from '../../ir/loops.ts';
import type { Expr, Operand } from './expr.ts';
import { type IndicesOf, indicesOf, readAt, type Shape } from './handles.ts';
import type { IndexLike } from './index-expr.ts';

/**
 * The newest `shape[0]` lines, each of the sizes that follow. A load of one line, or a leaf that sets all its words, adds a line, and
 * the oldest is gone. Lines before the first are 0.
 *
 *     pipe({ r: height }, ({ r }) => {
 *       load(image, [r, 0], rows);
 *       leaf({ c: width - 2 }, ({ c }) => out.set([c], rows.at(0, c).add(rows.at(2, c.add(2)))));
 *     })
 */
export interface LineBuffer<T extends ElementType = ElementType, S extends Shape = Shape> {
  readonly name: string;
  readonly type: T;
  readonly shape: S;
  /** Sizes of a line. */
  readonly line: Shape;
  /** A word of a line; the last line is the newest. */
  at(...index: IndicesOf<S>): Expr<T>;
  /** A word of the newest line, by its place in the line. */
  set(index: readonly IndexLike[], value: Operand<T>): void;
}

/** The handle of a line buffer; `write` adds an effect on a value to the open leaf. */
export const lineBufferOf = <T extends ElementType, S extends Shape>(
  name: string,
  type: T,
  shape: S,
  write: (value: Expr<T> | number, make: (id: number) => Effect) => void,
): LineBuffer<T, S> => ({
  name,
  type,
  shape,
  line: shape.slice(1),
  at: (...index) => readAt(name, type, shape, index),
  set: (index, value) => {
    const affine = indicesOf(name, shape, [shape[0] - 1, ...index]);
    if (affine) write(value, (id) => ({ kind: 'write', memory: name, index: affine, value: id }));
  },
});
