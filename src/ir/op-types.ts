/** Element types of operations: what each takes and gives. */
import { EXPRESSIONS, type Expression } from '../ops/expression.ts';
import { formatsOf, MACROS, type MacroName } from '../ops/macros.ts';
import { OPS, type Op } from '../ops/table.ts';
import type { ElementType } from './loops.ts';

/** `any`: both types, all `any` of one operation alike. */
export interface Signature {
  readonly args: readonly (ElementType | 'any')[];
  readonly result: ElementType | 'any';
}

const TYPES = { i: 'i32', f: 'f32', same: 'any' } as const;

/** The types of an operation: those of the domains that it computes in. A pair of bf16 is an `i32`. */
export function signatureOf(op: Op): Signature {
  const { operands, result }: Expression = EXPRESSIONS[op];
  return { args: operands.slice(0, OPS[op].arity).map((domain) => TYPES[domain]), result: TYPES[result] };
}

/** The result type for operands of these types, or undefined where they do not fit. */
export function resultType(op: Op, args: readonly ElementType[]): ElementType | undefined {
  const signature = signatureOf(op);
  if (args.length !== signature.args.length) return undefined;
  let any: ElementType | undefined;
  for (const [i, wanted] of signature.args.entries()) {
    if (wanted === 'any') any ??= args[i];
    if (args[i] !== (wanted === 'any' ? any : wanted)) return undefined;
  }
  return signature.result === 'any' ? any : signature.result;
}

/** The result type of a macro, or undefined where the operands do not fit. */
export function macroType(macro: MacroName, args: readonly ElementType[]): ElementType | undefined {
  const { arity, type } = MACROS[macro];
  return args.length === arity && args.every((arg) => arg === TYPES[type]) ? TYPES[type] : undefined;
}

/** Has the macro this number of digits behind the point (none: undefined)? */
export function formatOf(macro: MacroName, fraction: number | undefined): boolean {
  const most = formatsOf(macro);
  if (most === undefined || fraction === undefined) return most === fraction;
  return Number.isInteger(fraction) && fraction >= 0 && fraction <= most;
}
