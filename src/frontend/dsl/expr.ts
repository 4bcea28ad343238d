/**
 * Data in a leaf or pattern: a typed expression. Nothing is computed while a program is built; an
 * expression is a graph that the builder turns into the values of a leaf.
 *
 * The type parameter keeps i32 and f32 apart in the editor. Programs whose element type is a parameter
 * use `Expr` plain (either type): mixing is then found when the program is built.
 */

import type { AffineExpr, ElementType, ReduceInit } from '../../ir/loops.ts';
import { bitsOf } from '../../ops/eval.ts';
import type { MacroName } from '../../ops/macros.ts';
import type { Op } from '../../ops/table.ts';
import { badConstant } from '../messages.ts';
import { callerSource } from './caller.ts';
import { applied, cast, macro, operate, operation } from './nodes.ts';
import { problem } from './problems.ts';

/** A node of the graph; `reduce.over` names loop variables. */
export type Node =
  | { readonly kind: 'const'; readonly bits: number }
  | { readonly kind: 'index'; readonly var: string }
  | { readonly kind: 'arg'; readonly name: string }
  | { readonly kind: 'read'; readonly memory: string; readonly index: readonly AffineExpr[] }
  | { readonly kind: 'dequeue'; readonly memory: string; readonly args: readonly Expr[] }
  | { readonly kind: 'op'; readonly op: Op; readonly args: readonly Expr[] }
  | { readonly kind: 'macro'; readonly macro: MacroName; readonly args: readonly Expr[]; readonly fraction?: number }
  /** The same bits as the other type. */
  | { readonly kind: 'cast'; readonly args: readonly Expr[] }
  | {
      readonly kind: 'reduce';
      readonly op: Op;
      readonly args: readonly Expr[];
      readonly over: readonly string[];
      readonly init: ReduceInit;
      /** The value comes in every iteration. */
      readonly running?: true;
    };

/** What may stand beside an expression in an operation: another of the same type, or a number. */
export type Operand<T extends ElementType> = Expr<T> | number;

/** Reductions by name; `and`, `or`, `xor` are for i32. */
export type Combiner = 'add' | 'mul' | 'min' | 'max' | 'and' | 'or' | 'xor';

/** What a combiner leaves alone: combined with it, a value is itself. */
export function neutralValue(combiner: Combiner, type: ElementType): number {
  const least = type === 'f32' ? Number.NEGATIVE_INFINITY : -(2 ** 31);
  const greatest = type === 'f32' ? Number.POSITIVE_INFINITY : 2 ** 31 - 1;
  return { add: 0, mul: 1, min: greatest, max: least, and: -1, or: 0, xor: 0 }[combiner];
}

export class Expr<T extends ElementType = ElementType> {
  readonly type: T;
  readonly node: Node;

  constructor(type: T, node: Node) {
    this.type = type;
    this.node = node;
  }

  /** A constant: i32 wraps nothing (whole numbers of 32 bits only), f32 rounds to the nearest. */
  static constant<T extends ElementType>(type: T, value: number): Expr<T> {
    if (type === 'f32') return new Expr(type, { kind: 'const', bits: bitsOf(value) >>> 0 });
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
      problem(badConstant(value, type, callerSource()));
      return new Expr(type, { kind: 'const', bits: 0 });
    }
    return new Expr(type, { kind: 'const', bits: value >>> 0 });
  }

  add(other: Operand<T>): Expr<T> {
    return operation('add', this.type, this.type, [this, other]);
  }
  sub(other: Operand<T>): Expr<T> {
    return operation('sub', this.type, this.type, [this, other]);
  }
  mul(other: Operand<T>): Expr<T> {
    return operation('mul', this.type, this.type, [this, other]);
  }
  /** this * b + c, in one operation (rounded once for f32). */
  mulAdd(b: Operand<T>, c: Operand<T>): Expr<T> {
    return operation('fma', this.type, this.type, [this, b, c]);
  }
  min(other: Operand<T>): Expr<T> {
    return operation('min', this.type, this.type, [this, other]);
  }
  max(other: Operand<T>): Expr<T> {
    return operation('max', this.type, this.type, [this, other]);
  }
  neg(): Expr<T> {
    return operation('neg', this.type, this.type, [this]);
  }
  abs(): Expr<T> {
    return operation('abs', this.type, this.type, [this]);
  }

  /** The quotient: f32 rounded right (below 2^-126 one off at most), i32 towards zero (by 0: -1). */
  div(other: Operand<T>): Expr<T> {
    return macro(this.type === 'f32' ? 'divide' : 'div', this.type, [this, other], undefined, 'div');
  }

  /** Comparisons give 1 or 0. */
  eq(other: Operand<T>): Expr<'i32'> {
    return operation('eq', this.type, 'i32', [this, other]);
  }
  ne(other: Operand<T>): Expr<'i32'> {
    return operation('ne', this.type, 'i32', [this, other]);
  }
  lt(other: Operand<T>): Expr<'i32'> {
    return operation('lt', this.type, 'i32', [this, other]);
  }
  le(other: Operand<T>): Expr<'i32'> {
    return operation('le', this.type, 'i32', [this, other]);
  }
  gt(other: Operand<T>): Expr<'i32'> {
    return operation('lt', this.type, 'i32', [other, this]);
  }
  ge(other: Operand<T>): Expr<'i32'> {
    return operation('le', this.type, 'i32', [other, this]);
  }

  and(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operate('and', this, other);
  }
  or(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operate('or', this, other);
  }
  xor(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operate('xor', this, other);
  }
  not(this: Expr<'i32'>): Expr<'i32'> {
    return operate('xor', this, -1);
  }
  shiftLeft(this: Expr<'i32'>, by: Operand<'i32'>): Expr<'i32'> {
    return operate('shl', this, by);
  }
  /** Shifts right and fills with the sign. */
  shiftRight(this: Expr<'i32'>, by: Operand<'i32'>): Expr<'i32'> {
    return operate('sra', this, by);
  }
  /** Shifts right and fills with zeros. */
  shiftRightZero(this: Expr<'i32'>, by: Operand<'i32'>): Expr<'i32'> {
    return operate('shr', this, by);
  }
  /** High 32 bits of the signed product. */
  mulHigh(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operate('mulh', this, other);
  }
  /** What `div` leaves, with the sign of this; by 0: this. */
  mod(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return macro('mod', 'i32', [this, other]);
  }
  /** The product of fixed-point words with `fraction` digits behind the point (0 to 31), cut downwards. */
  fixMul(this: Expr<'i32'>, other: Operand<'i32'>, fraction = 16): Expr<'i32'> {
    return macro('fixmul', 'i32', [this, other], fraction, 'fixMul');
  }
  /** Their quotient, cut towards zero (by 0: -1); 0 to 16 digits. */
  fixDiv(this: Expr<'i32'>, other: Operand<'i32'>, fraction = 16): Expr<'i32'> {
    return macro('fixdiv', 'i32', [this, other], fraction, 'fixDiv');
  }
  /** `yes` where this is not 0, else `no`. */
  select<U extends ElementType>(this: Expr<'i32'>, yes: Expr<U>, no: Operand<NoInfer<U>>): Expr<U> {
    return applied('select', 'sel', [this, yes, no]) as Expr<U>;
  }
  toFloat(this: Expr<'i32'>): Expr<'f32'> {
    return operate('i2f', this);
  }
  /** Towards zero, saturating; NaN gives 0. */
  toInt(this: Expr<'f32'>): Expr<'i32'> {
    return operate('f2i', this);
  }
  /** The same 32 bits as an integer. */
  asInt(this: Expr<'f32'>): Expr<'i32'> {
    return cast('asInt', 'f32', 'i32', this);
  }
  /** The same 32 bits as a float. */
  asFloat(this: Expr<'i32'>): Expr<'f32'> {
    return cast('asFloat', 'i32', 'f32', this);
  }

  // How far off the functions below may be, and over which range: `OPERATIONS.md`.

  floor(this: Expr<'f32'>): Expr<'f32'> {
    return operate('ffloor', this);
  }
  ceil(this: Expr<'f32'>): Expr<'f32'> {
    return operate('fceil', this);
  }
  /** To the nearest integer, ties to even. */
  round(this: Expr<'f32'>): Expr<'f32'> {
    return operate('frint', this);
  }
  /** 1 / this. */
  recip(this: Expr<'f32'>): Expr<'f32'> {
    return macro('reciprocal', 'f32', [this], undefined, 'recip');
  }
  sqrt(this: Expr<'f32'>): Expr<'f32'> {
    return macro('sqrt', 'f32', [this]);
  }
  /** 1 / sqrt(this). */
  rsqrt(this: Expr<'f32'>): Expr<'f32'> {
    return macro('rsqrt', 'f32', [this]);
  }
  exp(this: Expr<'f32'>): Expr<'f32'> {
    return macro('exp', 'f32', [this]);
  }
  /** The natural logarithm. */
  log(this: Expr<'f32'>): Expr<'f32'> {
    return macro('log', 'f32', [this]);
  }
  /** This to the power of `y`; of a negative number NaN. */
  pow(this: Expr<'f32'>, y: Operand<'f32'>): Expr<'f32'> {
    return macro('pow', 'f32', [this, y]);
  }
  sin(this: Expr<'f32'>): Expr<'f32'> {
    return macro('sin', 'f32', [this]);
  }
  cos(this: Expr<'f32'>): Expr<'f32'> {
    return macro('cos', 'f32', [this]);
  }
  tanh(this: Expr<'f32'>): Expr<'f32'> {
    return macro('tanh', 'f32', [this]);
  }
  /** 1 / (1 + e^-this). */
  sigmoid(this: Expr<'f32'>): Expr<'f32'> {
    return macro('sigmoid', 'f32', [this]);
  }
  /** The error function. */
  erf(this: Expr<'f32'>): Expr<'f32'> {
    return macro('erf', 'f32', [this]);
  }
}
