/**
 * Exponentials, logarithms and what follows from them: the argument reduced to where a polynomial
 * holds, the polynomial, and the way back. Coefficients are minimax for the error named beside them.
 */
import { reciprocalOfNormal } from './algebraic.ts';
import type { Id, MacroBuilder } from './graph.ts';

/** ln 2 in a part of 16 digits, whose products with exponents are exact, and the rest. */
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.428606765330187e-6;
/** (e^r - 1 - r) / r^2 for |r| up to ln 2 / 2: 3.3e-9 of e^r. */
const EXP = [0.0013813142431899905, 0.008369418792426586, 0.04166845604777336, 0.16666515171527863, 0.4999999403953552];
/** (ln(1 + f) - f + f^2 / 2) / f^3 for 1 + f from sqrt(1/2) to sqrt(2): 7.5e-10. */
const LOG = [
  0.06746591627597809, -0.1167563870549202, 0.11888177692890167, -0.12405592203140259, 0.14219550788402557, -0.1666799634695053,
  0.2000211924314499, -0.25000008940696716, 0.3333331346511841,
];
/** (tanh x / x - 1) / x^2 in x^2, up to 0.6: 8.8e-11. */
const TANH = [
  0.002231060992926359, -0.008267087861895561, 0.021734438836574554, -0.053952474147081375, 0.13333247601985931, -0.3333333134651184,
];
/** erf x / x - 1 in x^2, up to 0.93: 4.5e-10. */
const ERF_SMALL = [
  8.345225069206208e-5, -0.0008137437398545444, 0.005200634244829416, -0.02685927040874958, 0.11283694207668304, -0.37612634897232056,
  0.12837916612625122,
];
/** -ln(1 - erf x) / x - 1, from 0.92 to 3.95: 2.1e-10 of erf. */
const ERF_LARGE = [
  4.938212896377081e-6, -4.5581171434605494e-5, -4.958683348377235e-5, 0.002930157817900181, -0.022674139589071274, 0.10526269674301147,
  0.6356252431869507, 0.12855175137519836,
];

/** e^x = p 2^k with p about 1, for -104 <= x <= 89. */
function exponential(b: MacroBuilder, x: Id): { p: Id; k: Id } {
  const k = b.op('frint', b.op('fmul', x, b.float(Math.LOG2E)));
  const r = b.op('fma', k, b.float(-LN2_LOW), b.op('fma', k, b.float(-LN2_HIGH), x));
  const q = b.op('fma', b.polynomial(r, EXP), r, b.float(1));
  return { p: b.op('fma', q, r, b.float(1)), k: b.op('f2i', k) };
}

const clamp = (b: MacroBuilder, x: Id, low: number, high: number): Id => b.op('fmin', b.op('fmax', x, b.float(low)), b.float(high));

export function exp(b: MacroBuilder, x: Id): Id {
  const { p, k } = exponential(b, clamp(b, x, -104, 89));
  return b.op('fscale', p, k);
}

/** x = 2^e (1 + f), and what takes its place where x is not a positive number. */
function splitLog(b: MacroBuilder, x: Id): { e: Id; f: Id; good: Id; special: Id } {
  const expo = b.op('fexpo', x);
  const m = b.op('fscale', x, b.op('neg', expo));
  const down = b.op('neg', b.op('flt', b.float(Math.SQRT2), m));
  return {
    e: b.op('i2f', b.op('sub', expo, down)),
    f: b.op('fsub', b.op('fscale', m, down), b.float(1)),
    // The patterns from 1 to that of the largest number; 0 - inf, inf - 0 and NaN are the others.
    good: b.op('ltu', b.op('sub', x, b.int(1)), b.int(0x7f7fffff)),
    special: b.op('fsub', x, b.op('frsq', x)),
  };
}

export function log(b: MacroBuilder, x: Id): Id {
  const { e, f, good, special } = splitLog(b, x);
  const z = b.op('fmul', f, f);
  const cubic = b.op('fmul', b.op('fmul', f, z), b.polynomial(f, LOG));
  const low = b.op('fma', z, b.float(-0.5), b.op('fma', e, b.float(LN2_LOW), cubic));
  return b.op('sel', good, b.op('fma', e, b.float(LN2_HIGH), b.op('fadd', f, low)), special);
}

/** A number in two parts, the second below half a unit in the last place of the first. */
interface Pair {
  readonly high: Id;
  readonly low: Id;
}

/** a + b of |a| >= |b|, exactly. */
function sumOf(b: MacroBuilder, large: Id, small: Id): Pair {
  const high = b.op('fadd', large, small);
  return { high, low: b.op('fsub', small, b.op('fsub', high, large)) };
}

/** a * b in two parts; what the low parts of a and b multiply to is left out. */
function productOf(b: MacroBuilder, x: Pair, y: Pair): Pair {
  const high = b.op('fmul', x.high, y.high);
  const rest = b.op('fma', x.high, y.high, b.op('fneg', high));
  return { high, low: b.op('fma', x.high, y.low, b.op('fma', x.low, y.high, rest)) };
}

/** 2 s / ln 2 (1 + s^2 / 3 + s^4 / 5 ...) is the logarithm of (1 + s) / (1 - s) to the base 2. */
const TWICE_LOG2E: readonly [number, number] = [2.885390043258667, 3.85192597818218e-8];
/** (log2((1 + s) / (1 - s)) / s - 2 / ln 2) / s^2 in s^2, up to s = 0.172: 1.7e-11 of it; the last coefficient in two parts. */
const LOG2 = [0.336587493428229, 0.4119012760499567, 0.5770797741323646];
const LOG2_LAST: readonly [number, number] = [0.9617967009544373, -8.646726445959985e-9];
/** (2^r - 1 - r ln 2) / r^2 for |r| up to 1/2: 3.3e-9 of 2^r. */
const EXP2 = [0.0001531952346800731, 0.0013391295854475694, 0.009618542159592644, 0.05550360414866279, 0.24022647832186947];

/** log2 of 1 + f in two parts, for 1 + f from sqrt(1/2) to sqrt(2). */
function log2Of(b: MacroBuilder, f: Id): Pair {
  const pair = ([high, low]: readonly [number, number]): Pair => ({ high: b.float(high), low: b.float(low) });
  const d = sumOf(b, b.float(2), f);
  const inverse = reciprocalOfNormal(b, d.high);
  const quotient = b.op('fmul', f, inverse);
  const rest = b.op('fma', b.op('fneg', d.high), quotient, f);
  const s = { high: quotient, low: b.op('fmul', b.op('fma', b.op('fneg', d.low), quotient, rest), inverse) };
  const square = productOf(b, s, s);
  const tail = sumOf(b, b.float(LOG2_LAST[0]), b.op('fmul', square.high, b.polynomial(square.high, LOG2)));
  const last = { high: tail.high, low: b.op('fadd', tail.low, b.float(LOG2_LAST[1])) };
  const series = productOf(b, square, last);
  const first = pair(TWICE_LOG2E);
  const factor = sumOf(b, first.high, series.high);
  return productOf(b, s, { high: factor.high, low: b.op('fadd', factor.low, b.op('fadd', series.low, first.low)) });
}

/** x^y of x >= 0 as 2^(y log2 x): logarithm and product in two parts each, so that the error does not grow with the product. */
export function pow(b: MacroBuilder, x: Id, y: Id): Id {
  const { e, f, good, special } = splitLog(b, x);
  const part = log2Of(b, f);
  const sum = sumOf(b, e, part.high);
  const log = { high: b.op('sel', good, sum.high, special), low: b.op('sel', good, b.op('fadd', sum.low, part.low), b.float(0)) };
  const high = b.op('fmul', y, log.high);
  const low = b.op('fma', y, log.low, b.op('fma', y, log.high, b.op('fneg', high)));
  const near = b.op('flt', b.op('fabs', high), b.float(152));
  const within = clamp(b, high, -152, 129);
  const k = b.op('frint', within);
  const r = b.op('fadd', b.op('fsub', within, k), b.op('sel', near, low, b.float(0)));
  const p = b.op('fma', b.op('fma', b.polynomial(r, EXP2), r, b.float(Math.LN2)), r, b.float(1));
  return b.op('sel', b.op('feq', y, b.float(0)), b.float(1), b.op('fscale', p, b.op('f2i', k)));
}

/** The size of `value` with the sign of `like`. */
function withSign(b: MacroBuilder, value: Id, like: Id): Id {
  return b.op('or', value, b.op('and', like, b.int(0x80000000)));
}

export function tanh(b: MacroBuilder, x: Id): Id {
  const size = b.op('fabs', x);
  const z = b.op('fmul', x, x);
  const small = b.op('fma', b.op('fmul', z, x), b.polynomial(z, TANH), x);
  const twice = b.op('fmin', b.op('fadd', size, size), b.float(20));
  const { p, k } = exponential(b, twice);
  const d = b.op('fadd', b.op('fscale', p, k), b.float(1));
  const large = b.op('fma', reciprocalOfNormal(b, d), b.float(-2), b.float(1));
  // The sign at the end, for the sake of -0.
  return withSign(b, b.op('sel', b.op('flt', size, b.float(0.6)), small, large), x);
}

export function sigmoid(b: MacroBuilder, x: Id): Id {
  const { p, k } = exponential(b, clamp(b, b.op('fneg', x), -87, 87));
  const power = b.op('fscale', p, k);
  const one = b.float(1);
  const d = b.op('fadd', power, one);
  // What d has lost: of two summands the larger one is exact in the difference.
  const big = b.op('fmax', power, one);
  const lost = b.op('fsub', b.op('fmin', power, one), b.op('fsub', d, big));
  const y = reciprocalOfNormal(b, d);
  const rest = b.op('fma', b.op('fneg', lost), y, b.op('fma', b.op('fneg', d), y, one));
  return b.op('fma', y, rest, y);
}

export function erf(b: MacroBuilder, x: Id): Id {
  const z = b.op('fmul', x, x);
  const small = b.op('fma', b.polynomial(z, ERF_SMALL), x, x);
  const size = b.op('fmin', b.op('fabs', x), b.float(3.95));
  const power = b.op('fneg', b.op('fma', b.polynomial(size, ERF_LARGE), size, size));
  const { p, k } = exponential(b, power);
  const large = b.op('fsub', b.float(1), b.op('fscale', p, k));
  return b.op('sel', b.op('flt', size, b.float(0.93)), small, withSign(b, large, x));
}
