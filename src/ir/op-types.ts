/** Element types of operations: what each takes and gives. */
import { OPS, type Op } from '../ops/table.ts';
import type { ElementType } from './loops.ts';

/** `any`: both types, all `any` of one operation alike. */
export interface Signature {
  readonly args: readonly (ElementType | 'any')[];
  readonly result: ElementType | 'any';
}

const toInteger: readonly Op[] = ['feq', 'flt', 'fle', 'f2i'];

/** The types of an operation. */
export function signatureOf(op: Op): Signature {
  if (op === 'mov') return { args: ['any'], result: 'any' };
  if (op === 'sel') return { args: ['i32', 'any', 'any'], result: 'any' };
  if (op === 'i2f') return { args: ['i32'], result: 'f32' };
  const type: ElementType = OPS[op].float ? 'f32' : 'i32';
  return { args: new Array(OPS[op].arity).fill(type), result: toInteger.includes(op) ? 'i32' : type };
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
