/**
 * Data in a leaf or pattern: a typed expression. Nothing is computed while a program is built; an
 * expression is a graph that the builder turns into the values of a leaf.
 *
 * The type parameter keeps i32 and f32 apart in the editor. Programs whose element type is a parameter
 * use `Expr` plain (either type): mixing is then found when the program is built.
 */

import type { AffineExpr, ElementType, ReduceInit } from '../../ir/loops.ts';
import { bitsOf } from '../../ops/eval.ts';
import type { Op } from '../../ops/table.ts';
import { badConstant, mixedTypes } from '../messages.ts';
import { callerSource } from './caller.ts';
import { problem } from './problems.ts';

/** A node of the graph; `reduce.over` names loop variables. */
export type Node =
  | { readonly kind: 'const'; readonly bits: number }
  | { readonly kind: 'index'; readonly var: string }
  | { readonly kind: 'arg'; readonly name: string }
  | { readonly kind: 'read'; readonly memory: string; readonly index: readonly AffineExpr[] }
  | { readonly kind: 'op'; readonly op: Op; readonly args: readonly Expr[] }
  | {
      readonly kind: 'reduce';
      readonly op: Op;
      readonly args: readonly Expr[];
      readonly over: readonly string[];
      readonly init: ReduceInit;
    };

/** What may stand beside an expression in an operation: another of the same type, or a number. */
export type Operand<T extends ElementType> = Expr<T> | number;

/** Reductions by name; `and`, `or`, `xor` are for i32. */
export type Combiner = 'add' | 'mul' | 'min' | 'max' | 'and' | 'or' | 'xor';

/** The operation of each type behind one name. */
export function typedOp(name: string, type: ElementType): Op {
  if (type === 'i32') return name === 'fma' ? 'mac' : (name as Op);
  return ({
    add: 'fadd',
    sub: 'fsub',
    mul: 'fmul',
    min: 'fmin',
    max: 'fmax',
    neg: 'fneg',
    abs: 'fabs',
    eq: 'feq',
    lt: 'flt',
    le: 'fle',
    fma: 'fma',
  }[name] ?? name) as Op;
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

  /** Comparisons give 1 or 0. */
  eq(other: Operand<T>): Expr<'i32'> {
    return operation('eq', this.type, 'i32', [this, other]);
  }
  ne(other: Operand<T>): Expr<'i32'> {
    return this.type === 'i32' ? operation('ne', this.type, 'i32', [this, other]) : this.eq(other).xor(1);
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
    return operation('and', 'i32', 'i32', [this, other]);
  }
  or(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operation('or', 'i32', 'i32', [this, other]);
  }
  xor(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operation('xor', 'i32', 'i32', [this, other]);
  }
  shiftLeft(this: Expr<'i32'>, by: Operand<'i32'>): Expr<'i32'> {
    return operation('shl', 'i32', 'i32', [this, by]);
  }
  /** Shifts right and fills with the sign. */
  shiftRight(this: Expr<'i32'>, by: Operand<'i32'>): Expr<'i32'> {
    return operation('sra', 'i32', 'i32', [this, by]);
  }
  /** Shifts right and fills with zeros. */
  shiftRightZero(this: Expr<'i32'>, by: Operand<'i32'>): Expr<'i32'> {
    return operation('shr', 'i32', 'i32', [this, by]);
  }
  /** High 32 bits of the signed product. */
  mulHigh(this: Expr<'i32'>, other: Operand<'i32'>): Expr<'i32'> {
    return operation('mulh', 'i32', 'i32', [this, other]);
  }
  /** `yes` where this is not 0, else `no`. */
  select<U extends ElementType>(this: Expr<'i32'>, yes: Expr<U>, no: Operand<NoInfer<U>>): Expr<U> {
    const other = no instanceof Expr ? no : Expr.constant(yes.type, no);
    if (this.type !== 'i32' || other.type !== yes.type) {
      problem(mixedTypes('select', [this.type, yes.type, other.type], callerSource()));
      return yes;
    }
    return new Expr(yes.type, { kind: 'op', op: 'sel', args: [this, yes, other] });
  }
  toFloat(this: Expr<'i32'>): Expr<'f32'> {
    return operation('i2f', 'i32', 'f32', [this]);
  }
  /** Towards zero, saturating; NaN gives 0. */
  toInt(this: Expr<'f32'>): Expr<'i32'> {
    return operation('f2i', 'f32', 'i32', [this]);
  }
}

/** An operation of operands of one type; numbers become constants of it. */
export function operation<R extends ElementType>(
  name: string,
  type: ElementType,
  result: R,
  operands: readonly (Expr | number)[],
): Expr<R> {
  const args = operands.map((operand) => (operand instanceof Expr ? operand : Expr.constant(type, operand)));
  if (args.some((arg) => arg.type !== type)) {
    problem(
      mixedTypes(
        name,
        args.map((arg) => arg.type),
        callerSource(),
      ),
    );
    return new Expr(result, { kind: 'const', bits: 0 });
  }
  return new Expr(result, { kind: 'op', op: typedOp(name, type), args });
}
