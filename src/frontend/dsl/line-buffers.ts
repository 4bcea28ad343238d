/** Line buffers by handle: the newest lines of an array that is too long to keep. */
import type { ElementType } from '../../ir/loops.ts';
import type { Expr, Operand } from './expr.ts';
import type { IndicesOf, Shape } from './handles.ts';
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
