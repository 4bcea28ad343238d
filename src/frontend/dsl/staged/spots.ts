/** Where results of stages are, and the loops over them. */
import type { LoopSpec } from '../explicit.ts';
import type { Expr } from '../expr.ts';
import type { Memory } from '../handles.ts';
import type { IndexLike } from '../index-expr.ts';

/** A loop with constant ends. */
export interface Walk {
  readonly max: number;
  readonly step?: number;
  readonly par?: number;
}

/** A memory, and which index of the element each of its own is; a single word has none. */
export interface Spot {
  readonly memory: Memory;
  readonly order: readonly number[];
  /** Of an array that stays for all steps: the row of it that comes first there. Others hold the rows of one tile. */
  readonly first?: number;
}

/** The word of an element. */
export const wordAt = ({ memory, order }: Spot, index: readonly IndexLike[]): Expr =>
  order.length > 0 ? memory.at(...order.map((d) => index[d])) : memory.at(0);

/** Loops with lanes along the last one. */
export const loopsOf = (sizes: readonly (readonly [string, number])[], lanes: number): Record<string, LoopSpec> =>
  Object.fromEntries(sizes.map(([name, max], d) => [name, { max, par: d === sizes.length - 1 ? lanes : 1 }]));
