import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { bitsOf, EVAL, floatOf } from '../../../src/ops/eval.ts';
import { OP_NAMES, OPS, type Op } from '../../../src/ops/table.ts';
import { addExact, type Exact, exactOf, multiplyExact, negateExact, roundExact, roundExactHalf } from '../../support/binary32.ts';

const ROUNDS = process.env.KILN_FULL ? 2_000_000 : 40_000;
const INTS = [0, 1, 2, 3, -1, -2, 5, 31, 32, 33, 0x7fffffff, -0x80000000, 0x7ffffffe, -0x7fffffff, 0x10000, 0xffff, 0x55555555 | 0];
const FLOATS = [
  0, 0x80000000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x807fffff, 0x3f800000, 0xbf800000, 0x3f800001, 0x3f7fffff, 0x7f7fffff, 0xff7fffff,
  0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0x4b800000, 0x4b800001, 0x33800000, 0x0c000000, 0x4f000000, 0xcf000000,
  0xcf000001, 0x4effffff, 0x3effffff, 0x3f000000, 0xbf000000,
];

const big = (x: number) => BigInt(x | 0);
const wrap = (x: bigint) => Number(BigInt.asIntN(32, x));
const unsigned = (x: number) => BigInt(x >>> 0);
const inOrder = (a: number, b: number) => [big(a), big(b)].sort((x, y) => (x < y ? -1 : 1));
const clamp = (x: bigint) => Number(x > 0x7fffffffn ? 0x7fffffffn : x < -0x80000000n ? -0x80000000n : x);
const byte = (x: number, at: bigint) => BigInt.asIntN(8, unsigned(x) >> at);
const bool = (x: boolean) => (x ? 1 : 0);

/** What integers should do, in BigInt. */
const INTEGER: Partial<Record<Op, (a: number, b: number, c: number) => number>> = {
  mov: (a) => wrap(big(a)),
  add: (a, b) => wrap(big(a) + big(b)),
  sub: (a, b) => wrap(big(a) - big(b)),
  and: (a, b) => wrap(big(a) & big(b)),
  or: (a, b) => wrap(big(a) | big(b)),
  xor: (a, b) => wrap(big(a) ^ big(b)),
  shl: (a, b) => wrap(big(a) << (unsigned(b) % 32n)),
  shr: (a, b) => wrap(unsigned(a) >> (unsigned(b) % 32n)),
  sra: (a, b) => wrap(big(a) >> (unsigned(b) % 32n)),
  eq: (a, b) => bool(big(a) === big(b)),
  ne: (a, b) => bool(big(a) !== big(b)),
  lt: (a, b) => bool(big(a) < big(b)),
  le: (a, b) => bool(big(a) <= big(b)),
  ltu: (a, b) => bool(unsigned(a) < unsigned(b)),
  leu: (a, b) => bool(unsigned(a) <= unsigned(b)),
  min: (a, b) => wrap(inOrder(a, b)[0]),
  max: (a, b) => wrap(inOrder(a, b)[1]),
  sel: (a, b, c) => wrap(big(a) === 0n ? big(c) : big(b)),
  neg: (a) => wrap(-big(a)),
  abs: (a) => wrap(big(a) < 0n ? -big(a) : big(a)),
  mul: (a, b) => wrap(big(a) * big(b)),
  mac: (a, b, c) => wrap(big(a) * big(b) + big(c)),
  mulh: (a, b) => wrap((big(a) * big(b)) >> 32n),
  mulhu: (a, b) => wrap((unsigned(a) * unsigned(b)) >> 32n),
  adds: (a, b) => clamp(big(a) + big(b)),
  subs: (a, b) => clamp(big(a) - big(b)),
  minu: (a, b) => wrap(unsigned(a) < unsigned(b) ? unsigned(a) : unsigned(b)),
  maxu: (a, b) => wrap(unsigned(a) > unsigned(b) ? unsigned(a) : unsigned(b)),
  idot4: (a, b, c) => wrap(big(c) + [0n, 8n, 16n, 24n].reduce((sum, at) => sum + byte(a, at) * byte(b, at), 0n)),
};

const isNan = (a: number) => exactOf(a).kind === 'nan';
/** Order of patterns as numbers, -0 below +0. */
const rank = (a: number) => ((a | 0) < 0 ? -(a & 0x7fffffff) - 1 : a & 0x7fffffff);
const zeroless = (a: number) => ((a & 0x7fffffff) === 0 ? 0 : a);
const ordered = (holds: (x: number, y: number) => boolean) => (a: number, b: number) =>
  isNan(a) || isNan(b) ? 0 : bool(holds(rank(zeroless(a)), rank(zeroless(b))));
const extreme = (pick: (x: number, y: number) => boolean) => (a: number, b: number) =>
  isNan(a) || isNan(b) ? 0x7fc00000 : (pick(rank(a), rank(b)) ? a : b) | 0;

const NAN = 0x7fc00000;
/** To an integer: the size cut, and whether it goes up by one, from the rest as a part of 2. */
const whole = (up: (negative: boolean, rest: number, odd: boolean) => boolean) => (a: number) => {
  const x = exactOf(a);
  if (x.kind === 'nan') return NAN;
  if (x.kind === 'infinity' || x.exponent >= 0) return a | 0;
  const unit = 1n << BigInt(-x.exponent);
  const cut = x.significand / unit;
  // 0: nothing lost, 1: below one half, 2: one half, 3: above.
  const twice = 2n * (x.significand % unit);
  const rest = twice === 0n ? 0 : twice < unit ? 1 : twice === unit ? 2 : 3;
  const size = cut + (rest > 0 && up(x.negative, rest, cut % 2n === 1n) ? 1n : 0n);
  return roundExact({ ...x, significand: size, exponent: 0 });
};
const halves = (pair: number): [Exact, Exact] => [exactOf(pair << 16), exactOf(pair & 0xffff0000)];
const inPairs = (f: (x: Exact, y: Exact) => Exact) => (a: number, b: number) => {
  const [low, high] = [0, 1].map((k) => roundExactHalf(f(halves(a)[k], halves(b)[k])));
  return low | (high << 16);
};
const fieldOf = (a: number) => Math.max(1, (a >>> 23) & 255);
/** The terms of bdot2 cut to the unit below the largest scale. */
const dot = (a: number, b: number, c: number): number => {
  const products = [0, 1].map((k) => multiplyExact(halves(a)[k], halves(b)[k]));
  const exact = addExact(addExact(products[0], products[1]), exactOf(c));
  if (exact.kind !== 'finite') return roundExact(exact);
  const scales = [fieldOf(a << 16) + fieldOf(b << 16) - 127, fieldOf(a) + fieldOf(b) - 127];
  const top = Math.max(fieldOf(c), ...scales.filter((_, k) => products[k].significand !== 0n));
  const cut = (x: Exact): Exact => {
    const shift = x.exponent - (top - 175);
    return { ...x, exponent: top - 175, significand: shift < 0 ? x.significand >> BigInt(-shift) : x.significand << BigInt(shift) };
  };
  return roundExact(addExact(addExact(cut(products[0]), cut(products[1])), cut(exactOf(c))));
};

/** What floats should do, on exact rationals. */
const FLOAT: Partial<Record<Op, (a: number, b: number, c: number) => number>> = {
  fadd: (a, b) => roundExact(addExact(exactOf(a), exactOf(b))),
  fsub: (a, b) => roundExact(addExact(exactOf(a), negateExact(exactOf(b)))),
  fmul: (a, b) => roundExact(multiplyExact(exactOf(a), exactOf(b))),
  fma: (a, b, c) => roundExact(addExact(multiplyExact(exactOf(a), exactOf(b)), exactOf(c))),
  feq: ordered((x, y) => x === y),
  flt: ordered((x, y) => x < y),
  fle: ordered((x, y) => x <= y),
  fne: (a, b) => 1 - ordered((x, y) => x === y)(a, b),
  fmin: extreme((x, y) => x <= y),
  fmax: extreme((x, y) => x >= y),
  fneg: (a) => (isNan(a) ? 0x7fc00000 : (a ^ 0x80000000) | 0),
  fabs: (a) => (isNan(a) ? 0x7fc00000 : a & 0x7fffffff),
  i2f: (a) => roundExact({ kind: 'finite', negative: (a | 0) < 0, significand: big(a) < 0n ? -big(a) : big(a), exponent: 0 }),
  f2i: (a) => {
    const x = exactOf(a);
    if (x.kind === 'nan') return 0;
    const huge = x.kind === 'infinity' || x.exponent > 40;
    const size = huge ? 1n << 40n : x.exponent >= 0 ? x.significand << BigInt(x.exponent) : x.significand >> BigInt(-x.exponent);
    return clamp(x.negative ? -size : size);
  },
  u2f: (a) => roundExact({ kind: 'finite', negative: false, significand: unsigned(a), exponent: 0 }),
  f2u: (a) => {
    const x = exactOf(a);
    if (x.kind === 'nan' || x.negative) return 0;
    if (x.kind === 'infinity' || x.exponent > 8) return -1;
    return wrap(x.exponent >= 0 ? x.significand << BigInt(x.exponent) : x.significand >> BigInt(-x.exponent));
  },
  ffloor: whole((negative) => negative),
  fceil: whole((negative) => !negative),
  ftrunc: whole(() => false),
  frint: whole((_, rest, odd) => rest === 3 || (rest === 2 && odd)),
  bpack: (a, b) => roundExactHalf(exactOf(a)) | (roundExactHalf(exactOf(b)) << 16),
  blo: (a) => roundExact(exactOf(a << 16)),
  bhi: (a) => roundExact(exactOf(a & 0xffff0000)),
  badd: inPairs(addExact),
  bmul: inPairs(multiplyExact),
  bdot2: dot,
  fscale: (a, b) => {
    const x = exactOf(a);
    return roundExact({ ...x, exponent: x.exponent + Math.max(-500, Math.min(500, b | 0)) });
  },
  frcp: (a) => {
    const x = floatOf(a);
    if (Number.isNaN(x)) return NAN;
    if (Math.abs(x) < 2 ** -126) return bitsOf(x < 0 || Object.is(x, -0) ? -Infinity : Infinity);
    if (Math.abs(x) >= 2 ** 126) return bitsOf(x < 0 ? -0 : 0);
    const power = Math.floor(Math.log2(Math.abs(floatOf(a & 0x7f800000))));
    const middle = 1 + (Math.floor((Math.abs(x) / 2 ** power - 1) * 128) + 0.5) / 128;
    return bitsOf((Math.sign(x) * (1 + Math.round(256 * (2 / middle - 1)) / 256)) / 2 ** (power + 1));
  },
  frsq: (a) => {
    const x = floatOf(a);
    if (Number.isNaN(x) || x < 0) return NAN;
    if (x < 2 ** -126) return bitsOf(Infinity);
    if (x === Infinity) return 0;
    const power = Math.log2(floatOf(a & 0x7f800000));
    const odd = Math.abs(power % 2);
    const middle = (1 + (Math.floor((x / 2 ** power - 1) * 64) + 0.5) / 64) * (odd ? 2 : 1);
    return bitsOf((1 + Math.min(255, Math.round(256 * (2 / Math.sqrt(middle) - 1))) / 256) / 2 ** ((power - odd) / 2 + 1));
  },
  fexpo: (a) => {
    const x = exactOf(a);
    if (x.kind !== 'finite') return 0x7fffffff;
    return x.significand === 0n ? -0x80000000 : x.significand.toString(2).length - 1 + x.exponent;
  },
};

function check(op: Op, expected: (a: number, b: number, c: number) => number, a: number, b: number, c: number): void {
  const got = EVAL[op](a, b, c);
  const want = expected(a, b, c);
  if (!Object.is(got, want)) {
    const hex = (x: number) => (x >>> 0).toString(16).padStart(8, '0');
    expect.fail(`${op}(${hex(a)}, ${hex(b)}, ${hex(c)}) is ${hex(got)}, not ${hex(want)} (${got} against ${want})`);
  }
}

describe.each(Object.keys(INTEGER) as Op[])('integer %s', (op) => {
  test('corners and random operands agree with BigInt', () => {
    const expected = INTEGER[op]!;
    for (const a of INTS) for (const b of INTS) for (const c of INTS) check(op, expected, a, b, c);
    const rng = new Rng(op);
    for (let i = 0; i < 2000; i++) check(op, expected, rng.int32(), rng.int32(), rng.chance(0.5) ? rng.int32() : 0);
    // The unsigned reading of a pattern is the same operand.
    for (let i = 0; i < 2000; i++) check(op, expected, rng.next32(), rng.next32(), rng.next32());
  });
});

describe.each(Object.keys(FLOAT) as Op[])('float %s', (op) => {
  test('corners and random operands agree with exact rationals', () => {
    const expected = FLOAT[op]!;
    for (const a of FLOATS) for (const b of FLOATS) for (const c of OPS[op].arity === 3 ? FLOATS : [0]) check(op, expected, a, b, c);
    const rng = new Rng(op);
    for (let i = 0; i < ROUNDS; i++) check(op, expected, rng.float32Bits(), rng.float32Bits(), rng.float32Bits());
    // Powers for fscale, and pairs of halves that are near each other.
    const pair = () => (rng.float32Bits() & 0xffff0000) | (rng.float32Bits() >>> 16);
    for (let i = 0; i < ROUNDS; i++) {
      const a = pair();
      const b = rng.chance(0.5) ? rng.int(-320, 320) : rng.chance(0.5) ? pair() : a ^ (rng.next32() & 0x80078007);
      const [low, high] = [0, 1].map((k) => multiplyExact(halves(a)[k], halves(b)[k]));
      check(op, expected, a, b, rng.chance(0.5) ? rng.float32Bits() : roundExact(negateExact(addExact(low, high))) ^ rng.int(0, 3));
    }
  });
});

test('every operation is held against an exact one', () => {
  expect(new Set([...Object.keys(INTEGER), ...Object.keys(FLOAT)])).toEqual(new Set(OP_NAMES));
});

describe('sums close to a tie', () => {
  test('fma is rounded once when the exact sum is next to half way', () => {
    const rng = new Rng('ties');
    const near = (exponent: number) => (rng.int(0, 1) << 31) | (exponent << 23) | (rng.next32() & 0x7fffff) | 0;
    for (let i = 0; i < ROUNDS; i++) {
      // A product with 25 significant bits, and an addend far below its last one.
      const a = (near(rng.int(90, 150)) & ~0xfff) | 0;
      const b = (near(rng.int(90, 150)) & ~0x7ff) | 0;
      const exponent = ((a >>> 23) & 255) + ((b >>> 23) & 255) - 127;
      check('fma', FLOAT.fma!, a, b, near(Math.max(0, exponent - rng.int(20, 90))));
    }
  });
  test('fma at the tie below infinity and at subnormal ties', () => {
    // 31 * 1082401 = 2^25 - 1: the product is the half way point between the largest number and 2^128.
    const a = 0x41f80000; // 31
    const b = EVAL.fmul(EVAL.i2f(1082401, 0, 0), 0x73000000, 0); // * 2^103
    for (const sign of [0, 0x80000000])
      for (const c of [0, 0x80000000, 1, 0x80000001, 0x7f000000, 0xff000000]) check('fma', FLOAT.fma!, a ^ sign, b, c);
    for (let k = 1; k < 200; k++) {
      // 2^-149 * (k / 2) with a hair more or less.
      for (const c of [0, 1, 0x80000001, 0x80000000]) check('fma', FLOAT.fma!, k, 0x3f000000, c);
    }
  });
});
