/** Nodes of expressions: operations, macros and casts, with the types of their operands checked. */
import type { ElementType } from '../../ir/loops.ts';
import { formatOf, type Signature, signatureOf } from '../../ir/op-types.ts';
import type { Domain, EXPRESSIONS } from '../../ops/expression.ts';
import { formatsOf, type MacroName } from '../../ops/macros.ts';
import type { OPS, Op } from '../../ops/table.ts';
import { badFormat, mixedTypes } from '../messages.ts';
import { callerSource } from './caller.ts';
import { Expr, type Operand } from './expr.ts';
import { problem } from './problems.ts';

/** Operations that are called otherwise for floats. */
const FLOAT: Readonly<Record<string, Op>> = {
  add: 'fadd',
  sub: 'fsub',
  mul: 'fmul',
  min: 'fmin',
  max: 'fmax',
  neg: 'fneg',
  abs: 'fabs',
  eq: 'feq',
  ne: 'fne',
  lt: 'flt',
  le: 'fle',
};

/** The operation of each type behind one name. */
export function typedOp(name: string, type: ElementType): Op {
  if (type === 'i32') return name === 'fma' ? 'mac' : (name as Op);
  return FLOAT[name] ?? (name as Op);
}

/** An operation of operands of one type; numbers become constants of it. */
export function operation<R extends ElementType>(
  name: string,
  type: ElementType,
  result: R,
  operands: readonly (Expr | number)[],
): Expr<R> {
  const wanted = operands.map(() => type);
  return build(name, wanted, operands, (args) => new Expr(result, { kind: 'op', op: typedOp(name, type), args }), result);
}

/** A macro of operands of its type; `fraction` only where it has a format. */
export function macro<T extends ElementType>(
  name: MacroName,
  type: T,
  operands: readonly (Expr | number)[],
  fraction?: number,
  shown: string = name,
): Expr<T> {
  if (!formatOf(name, fraction)) {
    problem(badFormat(shown, fraction, formatsOf(name) ?? 0, callerSource()));
    return new Expr(type, { kind: 'const', bits: 0 });
  }
  const format = fraction === undefined ? {} : { fraction };
  const wanted = operands.map(() => type);
  return build(shown, wanted, operands, (args) => new Expr(type, { kind: 'macro', macro: name, ...format, args }), type);
}

/** The same bits as the other type. */
export function cast<T extends ElementType>(name: string, from: ElementType, to: T, operand: Expr): Expr<T> {
  return build(name, [from], [operand], (args) => new Expr(to, { kind: 'cast', args }), to);
}

type OperandIn<D> = D extends Domain ? Operand<D extends 'i' ? 'i32' : 'f32'> : Operand<ElementType>;
type Take<A, T extends readonly unknown[]> = A extends 1 ? [T[0]] : A extends 2 ? [T[0], T[1]] : [T[0], T[1], T[2]];
type Domains<O extends Op> = (typeof EXPRESSIONS)[O]['operands'];
type TypeIn<D> = D extends 'i' ? 'i32' : D extends 'f' ? 'f32' : ElementType;

/** What an operation of the table takes in a program. */
export type OperandsOf<O extends Op> = Take<
  (typeof OPS)[O]['arity'],
  [OperandIn<Domains<O>[0]>, OperandIn<Domains<O>[1]>, OperandIn<Domains<O>[2]>]
>;

/**
 * Any operation of the table by its name: `operate('bdot2', pair, other, sum)`. A pair of bf16 is an i32; a number
 * becomes a constant of the type that stands there.
 */
export function operate<O extends Op>(op: O, ...operands: OperandsOf<O>): Expr<TypeIn<(typeof EXPRESSIONS)[O]['result']>> {
  type Result = Expr<TypeIn<(typeof EXPRESSIONS)[O]['result']>>;
  return applied(op, op, operands as readonly (Expr | number)[]) as Result;
}

/** `operate` under another name. */
export function applied(shown: string, op: Op, operands: readonly (Expr | number)[]): Expr {
  const { args: wanted, result }: Signature = signatureOf(op);
  const any = operands.find((operand, i) => wanted[i] === 'any' && operand instanceof Expr) as Expr | undefined;
  const here = any?.type ?? 'i32';
  const types = wanted.map((type) => (type === 'any' ? here : type));
  const type = result === 'any' ? here : result;
  return build(shown, types, operands, (args) => new Expr(type, { kind: 'op', op, args }), type);
}

/** A node of operands of the wanted types, numbers made constants; 0 where the types differ, which is told. */
function build<R extends ElementType>(
  name: string,
  wanted: readonly ElementType[],
  operands: readonly (Expr | number)[],
  make: (args: readonly Expr[]) => Expr<R>,
  result: R,
): Expr<R> {
  const args = operands.map((operand, i) => (operand instanceof Expr ? operand : Expr.constant(wanted[i] ?? 'i32', operand)));
  if (args.length === wanted.length && args.every(({ type }, i) => type === wanted[i])) return make(args);
  const types = args.map(({ type }) => type);
  problem(mixedTypes(name, types, callerSource()));
  return new Expr(result, { kind: 'const', bits: 0 });
}
