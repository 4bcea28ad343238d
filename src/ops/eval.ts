/**
 * What every operation computes. Operands are 32-bit patterns as numbers, signed or unsigned
 * reading alike; results are patterns in the signed reading (int32). Floats are patterns too.
 * A float operation never returns a NaN other than 0x7fc00000; `mov` and `sel` keep the bits.
 */
import { addHalves, dotHalves, exponentOf, multiplyHalves, packHalves, scaleFloat } from './bfloat.ts';
import { fmaFloat } from './fma.ts';
import { reciprocalSeed, rootReciprocalSeed } from './seed-lookup.ts';
import type { Op } from './table.ts';

/** The one NaN, as a pattern. */
export const NAN_BITS = 0x7fc00000;

const word = new Int32Array(1);
const real = new Float32Array(word.buffer);

/** The number a pattern stands for. (A signalling NaN comes out quiet.) */
export function floatOf(pattern: number): number {
  word[0] = pattern;
  return real[0];
}

/** The pattern of a number, rounded to binary32; any NaN gives the one NaN. */
export function bitsOf(value: number): number {
  if (Number.isNaN(value)) return NAN_BITS;
  real[0] = value;
  return word[0];
}

/** High half of the signed 64-bit product. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const bLow = b & 0xffff;
  const aHigh = a >> 16;
  const bHigh = b >> 16;
  const cross = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const carry = (cross & 0xffff) + Math.imul(aLow, bHigh);
  return (Math.imul(aHigh, bHigh) + Math.floor(cross / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

/** Towards zero, saturating; NaN gives 0. */
export function floatToInt(x: number): number {
  if (Number.isNaN(x)) return 0;
  if (x >= 2147483648) return 0x7fffffff;
  if (x <= -2147483648) return -2147483648;
  return x | 0;
}

/** High half of the unsigned 64-bit product. */
export function multiplyHighUnsigned(a: number, b: number): number {
  return (multiplyHigh(a | 0, b | 0) + ((a >> 31) & b) + ((b >> 31) & a)) | 0;
}

/** Towards zero, saturating at both ends of the unsigned numbers; NaN gives 0. */
export function floatToUnsigned(x: number): number {
  if (!(x > 0)) return 0;
  return x >= 4294967296 ? -1 : x | 0;
}

/** The nearest signed 32-bit integer to an integer. */
export function saturate(x: number): number {
  return Math.max(-2147483648, Math.min(2147483647, x)) | 0;
}

/** To the nearest integer, ties to even; the sign stays. */
export function roundEven(x: number): number {
  const size = Math.abs(x);
  if (!(size < 8388608)) return x;
  const whole = size + 4503599627370496 - 4503599627370496;
  return x < 0 || Object.is(x, -0) ? -whole : whole;
}

/** a0*b0 + a1*b1 + a2*b2 + a3*b3 + c over the signed bytes of a and b. */
export function dotBytes(a: number, b: number, c: number): number {
  const low = ((a << 24) >> 24) * ((b << 24) >> 24) + ((a << 16) >> 24) * ((b << 16) >> 24);
  const high = ((a << 8) >> 24) * ((b << 8) >> 24) + (a >> 24) * (b >> 24);
  return (low + high + c) | 0;
}

const unary = (f: (x: number) => number) => (a: number) => bitsOf(f(floatOf(a)));
const binary = (f: (x: number, y: number) => number) => (a: number, b: number) => bitsOf(f(floatOf(a), floatOf(b)));
const compare = (f: (x: number, y: number) => boolean) => (a: number, b: number) => (f(floatOf(a), floatOf(b)) ? 1 : 0);

/** The operations by name. */
export const EVAL: Record<Op, (a: number, b: number, c: number) => number> = {
  mov: (a) => a | 0,
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shr: (a, b) => (a >>> b) | 0,
  sra: (a, b) => a >> b,
  eq: (a, b) => ((a | 0) === (b | 0) ? 1 : 0),
  ne: (a, b) => ((a | 0) !== (b | 0) ? 1 : 0),
  lt: (a, b) => ((a | 0) < (b | 0) ? 1 : 0),
  le: (a, b) => ((a | 0) <= (b | 0) ? 1 : 0),
  ltu: (a, b) => (a >>> 0 < b >>> 0 ? 1 : 0),
  leu: (a, b) => (a >>> 0 <= b >>> 0 ? 1 : 0),
  min: (a, b) => Math.min(a | 0, b | 0),
  max: (a, b) => Math.max(a | 0, b | 0),
  sel: (a, b, c) => ((a | 0) !== 0 ? b : c) | 0,
  neg: (a) => -a | 0,
  abs: (a) => Math.abs(a | 0) | 0,
  mul: (a, b) => Math.imul(a, b),
  mac: (a, b, c) => (Math.imul(a, b) + c) | 0,
  mulh: (a, b) => multiplyHigh(a | 0, b | 0),
  mulhu: multiplyHighUnsigned,
  feq: compare((x, y) => x === y),
  flt: compare((x, y) => x < y),
  fle: compare((x, y) => x <= y),
  fne: compare((x, y) => x !== y),
  // Math.min and Math.max are IEEE 754-2019 minimum and maximum: NaN wins, -0 < +0.
  fmin: binary(Math.min),
  fmax: binary(Math.max),
  fneg: unary((x) => -x),
  fabs: unary(Math.abs),
  // Sums and products of binary32 numbers rounded to double and then to binary32 are rounded as once: 53 >= 2 * 24 + 2.
  fadd: binary((x, y) => x + y),
  fsub: binary((x, y) => x - y),
  fmul: binary((x, y) => x * y),
  fma: (a, b, c) => bitsOf(fmaFloat(floatOf(a), floatOf(b), floatOf(c))),
  i2f: (a) => bitsOf(a | 0),
  f2i: (a) => floatToInt(floatOf(a)),
  u2f: (a) => bitsOf(a >>> 0),
  f2u: (a) => floatToUnsigned(floatOf(a)),
  adds: (a, b) => saturate((a | 0) + (b | 0)),
  subs: (a, b) => saturate((a | 0) - (b | 0)),
  minu: (a, b) => Math.min(a >>> 0, b >>> 0) | 0,
  maxu: (a, b) => Math.max(a >>> 0, b >>> 0) | 0,
  idot4: dotBytes,
  ffloor: unary(Math.floor),
  fceil: unary(Math.ceil),
  ftrunc: unary(Math.trunc),
  frint: unary(roundEven),
  bpack: (a, b) => packHalves(floatOf(a), floatOf(b)),
  blo: (a) => bitsOf(floatOf(a << 16)),
  bhi: (a) => bitsOf(floatOf(a & 0xffff0000)),
  badd: addHalves,
  bmul: multiplyHalves,
  bdot2: (a, b, c) => bitsOf(dotHalves(a, b, floatOf(c))),
  fscale: (a, b) => bitsOf(scaleFloat(floatOf(a), b | 0)),
  fexpo: (a) => exponentOf(floatOf(a)),
  frcp: unary(reciprocalSeed),
  frsq: unary(rootReciprocalSeed),
};
