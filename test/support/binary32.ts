/**
 * Binary32 arithmetic on exact rationals (BigInt), as an independent witness: a number is
 * significand * 2^exponent, every operation is exact, and one function rounds.
 */
export interface Exact {
  readonly kind: 'finite' | 'infinity' | 'nan';
  readonly negative: boolean;
  /** Magnitude: `significand` * 2^`exponent`. */
  readonly significand: bigint;
  readonly exponent: number;
}

const NAN: Exact = { kind: 'nan', negative: false, significand: 0n, exponent: 0 };

export function exactOf(pattern: number): Exact {
  const bits = pattern >>> 0;
  const negative = bits >>> 31 === 1;
  const field = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  if (field === 255) return fraction ? NAN : { kind: 'infinity', negative, significand: 0n, exponent: 0 };
  return { kind: 'finite', negative, significand: BigInt(field ? fraction + 0x800000 : fraction), exponent: (field || 1) - 150 };
}

export function multiplyExact(x: Exact, y: Exact): Exact {
  if (x.kind === 'nan' || y.kind === 'nan') return NAN;
  const negative = x.negative !== y.negative;
  if (x.kind === 'infinity' || y.kind === 'infinity') {
    const other = x.kind === 'infinity' ? y : x;
    return other.kind === 'finite' && other.significand === 0n ? NAN : { kind: 'infinity', negative, significand: 0n, exponent: 0 };
  }
  return { kind: 'finite', negative, significand: x.significand * y.significand, exponent: x.exponent + y.exponent };
}

export function addExact(x: Exact, y: Exact): Exact {
  if (x.kind === 'nan' || y.kind === 'nan') return NAN;
  if (x.kind === 'infinity') return y.kind === 'infinity' && x.negative !== y.negative ? NAN : x;
  if (y.kind === 'infinity') return y;
  const exponent = Math.min(x.exponent, y.exponent);
  const scaled = (v: Exact) => (v.negative ? -1n : 1n) * (v.significand << BigInt(v.exponent - exponent));
  const sum = scaled(x) + scaled(y);
  // An exact zero is +0 unless both are -0 (round to nearest).
  const negative = sum === 0n ? x.negative && y.negative : sum < 0n;
  return { kind: 'finite', negative, significand: sum < 0n ? -sum : sum, exponent };
}

export const negateExact = (x: Exact): Exact => ({ ...x, negative: !x.negative });

/** To bf16, nearest even: the upper half of a binary32 with 8 digits instead of 24. */
export const roundExactHalf = (x: Exact): number => roundExact(x, 8) >>> 16;

/** To nearest, ties to even, with `digits` significant bits; signed int32 reading of the pattern. */
export function roundExact(x: Exact, digits = 24): number {
  if (x.kind === 'nan') return 0x7fc00000;
  const sign = x.negative ? 0x80000000 : 0;
  if (x.kind === 'infinity') return sign | 0x7f800000 | 0;
  let bitLength = x.significand.toString(2).length;
  if (x.significand === 0n) bitLength = 0;
  // The unit of the last place: so many significant bits, but for 24 never below 2^-149.
  const unit = Math.max(bitLength + x.exponent - digits, -125 - digits);
  const shift = unit - x.exponent;
  let quotient: bigint;
  if (shift <= 0) quotient = x.significand << BigInt(-shift);
  else {
    const step = 1n << BigInt(shift);
    quotient = x.significand / step;
    const rest = 2n * (x.significand % step);
    if (rest > step || (rest === step && quotient % 2n === 1n)) quotient += 1n;
  }
  quotient <<= BigInt(24 - digits);
  let exponent = unit - (24 - digits);
  if (quotient === 0x1000000n) {
    quotient = 0x800000n;
    exponent += 1;
  }
  if (quotient < 0x800000n) return sign | Number(quotient) | 0;
  const field = exponent + 150;
  if (field >= 255) return sign | 0x7f800000 | 0;
  return sign | (field << 23) | (Number(quotient) & 0x7fffff) | 0;
}
