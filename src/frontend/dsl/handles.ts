/** What an explicit program is written with: arrays, memories and host scalars, by handle. */
import type { AffineExpr, DramRole, ElementType, ReduceInit } from '../../ir/loops.ts';
import { wrongRank } from '../messages.ts';
import { callerSource } from './caller.ts';
import { type Combiner, Expr, type Operand } from './expr.ts';
import type { PredicateOptions } from './fifos.ts';
import { affineOf, type Index, type IndexLike } from './index-expr.ts';
import { operation, typedOp } from './nodes.ts';
import { problem } from './problems.ts';

export type Shape = readonly number[];

/** One index a dimension. */
export type IndicesOf<S extends Shape> = { readonly [D in keyof S]: IndexLike };

/** A DRAM array. */
export interface Dram<T extends ElementType = ElementType, S extends Shape = Shape, R extends DramRole = DramRole> {
  readonly name: string;
  readonly type: T;
  readonly shape: S;
  readonly role: R;
}

/** A scalar that the host reads after the run; set in a leaf. */
export interface Result<T extends ElementType = ElementType> {
  readonly name: string;
  readonly type: T;
  /** Sends a value to the host: that of the last iteration, or a finished reduction. */
  set(value: Operand<T>): void;
}

/** An on-chip memory. */
export interface Memory<T extends ElementType = ElementType, S extends Shape = Shape> {
  readonly name: string;
  readonly type: T;
  readonly shape: S;
  /** The word at an index, as data. */
  at(...index: IndicesOf<S>): Expr<T>;
  /** Writes a word: every iteration, or a finished reduction. Where a predicate is 0 the word stays as it is, 0 before any write. */
  set(index: IndicesOf<S>, value: Operand<T>, options?: PredicateOptions): void;
}

/** An on-chip memory that holds its words from the start on, and is only read. */
export type Table<T extends ElementType = ElementType, S extends Shape = Shape> = Omit<Memory<T, S>, 'set'>;

/** The words of a table, row by row, or a function of the index. */
export type TableWords<S extends Shape = Shape> = ArrayLike<number> | ((...index: { readonly [D in keyof S]: number }) => number);

/** Where a reduction starts. */
export type Start = ReduceInit;

/** Start from a constant instead of from nothing. */
export function startAt(type: ElementType, value: number): Start {
  const { node } = Expr.constant(type, value);
  return { kind: 'const', bits: node.kind === 'const' ? node.bits : 0 };
}

/**
 * Start from what the previous iteration of the loops `over` left in a memory, from `first` in their first:
 * a memory-reduce fused into its body. The leaf also writes the reduction to that place.
 */
export function carried(place: Expr, over: readonly Index[], first = 0): Start {
  const { node } = place;
  if (node.kind !== 'read') return startAt(place.type, first);
  const bits = Expr.constant(place.type, first).node;
  return { kind: 'carried', memory: node.memory, index: node.index, over: names(over), first: bits.kind === 'const' ? bits.bits : 0 };
}

/**
 * Start from what a memory holds: a memory-fold fused into its body. `over`: the loops around that come back to the place.
 * The leaf also writes the reduction there.
 */
export function folded(place: Expr, over: readonly Index[]): Start {
  const { node } = place;
  if (node.kind !== 'read') return startAt(place.type, 0);
  return { kind: 'carried', memory: node.memory, index: node.index, over: names(over) };
}

/** Combines `value` over loops: `over` are their variables, the lane loop among them (a lane tree) or not (one accumulator a lane). */
export function reduce<T extends ElementType>(
  combiner: Combiner,
  value: Expr<T>,
  over: readonly Index[],
  start: Start = { kind: 'none' },
): Expr<T> {
  return new Expr(value.type, { kind: 'reduce', op: typedOp(combiner, value.type), args: [value], over: names(over), init: start });
}

/**
 * The running combination of `value` along loops, its own element included; it starts from a constant where the loops begin.
 * The lane loop stays outside `over`, or has one lane. One element a cycle needs as many accumulators that take turns (vectors
 * of the lane loop) as the combining operation has cycles of latency.
 */
export function scan<T extends ElementType>(combiner: Combiner, value: Expr<T>, over: readonly Index[], start: Start): Expr<T> {
  const op = typedOp(combiner, value.type);
  return new Expr(value.type, { kind: 'reduce', op, args: [value], over: names(over), init: start, running: true });
}

/** Sum of products a * b with one fused operation an iteration; the lane loop stays outside `over`. */
export function sumOfProducts<T extends ElementType>(a: Expr<T>, b: Operand<T>, over: readonly Index[], start?: Start): Expr<T> {
  const product = operation('mul', a.type, a.type, [a, b]);
  if (product.node.kind !== 'op') return product;
  return new Expr(a.type, {
    kind: 'reduce',
    op: typedOp('fma', a.type),
    args: product.node.args,
    over: names(over),
    init: start ?? { kind: 'const', bits: 0 },
  });
}

/** Loop variables of a reduction; sums of them are no loops. */
const names = (over: readonly Index[]): string[] => over.map((index) => index.variableName ?? '?');

/** Index expressions of an access, of the right number. */
export function indicesOf(name: string, shape: Shape, index: readonly IndexLike[]): AffineExpr[] | undefined {
  if (index.length === shape.length) return index.map(affineOf);
  problem(wrongRank(name, shape.length, index.length, callerSource()));
  return undefined;
}

/** A read of an array or memory; a constant where the rank is wrong. */
export function readAt<T extends ElementType>(name: string, type: T, shape: Shape, index: readonly IndexLike[]): Expr<T> {
  const affine = indicesOf(name, shape, index);
  return affine ? new Expr(type, { kind: 'read', memory: name, index: affine }) : new Expr(type, { kind: 'const', bits: 0 });
}
