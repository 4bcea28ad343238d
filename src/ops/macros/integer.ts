/**
 * Integer quotients, from a reciprocal in fixed point that one step of Newton's makes good to a few
 * units, and two corrections of the remainder. Fixed point: a number a counts a / 2^fraction.
 */
import { reciprocalOfNormal } from './algebraic.ts';
import type { Id, MacroBuilder } from './graph.ts';

/** Quotient and remainder of sizes, unsigned, for y up to 2^31. */
function unsignedDivide(b: MacroBuilder, x: Id, y: Id): { quotient: Id; rest: Id; inverse: Id } {
  const inverse = reciprocalOfNormal(b, b.op('u2f', y));
  // 2^32 - 512, so that the product is never above 2^32 / y.
  const rough = b.op('f2u', b.op('fmul', inverse, b.float(4294966784)));
  const error = b.op('mul', b.op('neg', y), rough);
  const scaled = b.op('add', rough, b.op('mulhu', rough, error));
  let quotient = b.op('mulhu', x, scaled);
  let rest = b.op('sub', x, b.op('mul', quotient, y));
  for (let step = 0; step < 2; step++) {
    const more = b.op('leu', y, rest);
    quotient = b.op('add', quotient, more);
    rest = b.op('sel', more, b.op('sub', rest, y), rest);
  }
  return { quotient, rest, inverse };
}

/** The size with the sign bit of `like`. */
function signed(b: MacroBuilder, size: Id, like: Id): Id {
  const sign = b.op('sra', like, b.int(31));
  return b.op('sub', b.op('xor', size, sign), sign);
}

export function divideIntegers(b: MacroBuilder, x: Id, y: Id): Id {
  const { quotient } = unsignedDivide(b, b.op('abs', x), b.op('abs', y));
  return b.op('sel', y, signed(b, quotient, b.op('xor', x, y)), b.int(-1));
}

export function moduloIntegers(b: MacroBuilder, x: Id, y: Id): Id {
  const { rest } = unsignedDivide(b, b.op('abs', x), b.op('abs', y));
  return b.op('sel', y, signed(b, rest, x), x);
}

/** The product, cut downwards. */
export function multiplyFixed(b: MacroBuilder, x: Id, y: Id, fraction: number): Id {
  const low = b.op('mul', x, y);
  if (fraction === 0) return low;
  return b.op('or', b.op('shr', low, b.int(fraction)), b.op('shl', b.op('mulh', x, y), b.int(32 - fraction)));
}

/** The quotient, cut towards zero; by zero: -1. For up to 16 digits behind the point. */
export function divideFixed(b: MacroBuilder, x: Id, y: Id, fraction: number): Id {
  const size = b.op('abs', y);
  const { quotient, rest, inverse } = unsignedDivide(b, b.op('abs', x), size);
  // The digits behind the point, never above and at most one below the true ones.
  const digits = b.op('fmul', b.op('fmul', b.op('u2f', rest), inverse), b.float(2 ** fraction * (1 - 2 ** -20)));
  const near = b.op('f2u', digits);
  const left = b.op('sub', b.op('shl', rest, b.int(fraction)), b.op('mul', near, size));
  const all = b.op('add', b.op('shl', quotient, b.int(fraction)), b.op('add', near, b.op('leu', size, left)));
  return b.op('sel', y, signed(b, all, b.op('xor', x, y)), b.int(-1));
}
