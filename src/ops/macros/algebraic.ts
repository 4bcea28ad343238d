/**
 * Reciprocal, quotient, root and reciprocal root: a seed of 8 bits, Newton's steps, and a last step
 * from the exact remainder, on operands scaled to 1..4 so that nothing over- or underflows midway.
 * Where an operand is 0, infinite or not a number, the steps end in NaN and the seed has the answer.
 */
import type { Id, MacroBuilder } from './graph.ts';

/** x / 2^floor(log2 |x|), and the exponent negated. Zeros, infinities and NaN stay. */
function normalised(b: MacroBuilder, x: Id): { m: Id; down: Id } {
  const down = b.op('neg', b.op('fexpo', x));
  return { m: b.op('fscale', x, down), down };
}

/** y + y (1 - d y): as many digits again. */
function newton(b: MacroBuilder, minus: Id, y: Id): Id {
  return b.op('fma', y, b.op('fma', minus, y, b.float(1)), y);
}

/**
 * 1/d rounded right, for all significands. Three steps do it but for d = 2 - 2^-23: there the last
 * one ends in a tie, and goes to the even neighbour below.
 */
function roundedReciprocal(b: MacroBuilder, d: Id, seed: Id): Id {
  const minus = b.op('fneg', d);
  const y = newton(b, minus, newton(b, minus, newton(b, minus, seed)));
  const ones = b.int(0x7fffff);
  return b.op('add', y, b.op('eq', b.op('and', d, ones), ones));
}

/** 1/d of a d within 2^-126..2^126, not rounded right in every last case. */
export function reciprocalOfNormal(b: MacroBuilder, d: Id): Id {
  const minus = b.op('fneg', d);
  return newton(b, minus, newton(b, minus, b.op('frcp', d)));
}

export function reciprocal(b: MacroBuilder, x: Id): Id {
  const { m, down } = normalised(b, x);
  const seed = b.op('frcp', m);
  const y = roundedReciprocal(b, m, seed);
  return b.op('sel', b.op('feq', y, y), b.op('fscale', y, down), seed);
}

export function divide(b: MacroBuilder, x: Id, d: Id): Id {
  const ex = b.op('fexpo', x);
  const ed = b.op('fexpo', d);
  const mx = b.op('fscale', x, b.op('neg', ex));
  const md = b.op('fscale', d, b.op('neg', ed));
  const seed = b.op('frcp', md);
  const minus = b.op('fneg', md);
  const y = roundedReciprocal(b, md, seed);
  const near = b.op('fmul', mx, y);
  const quotient = b.op('fma', b.op('fma', minus, near, mx), y, near);
  // A quotient of 0 loses its sign on the way; it is right where the seed is used.
  const real = b.op('flt', b.float(0), b.op('fabs', quotient));
  return b.op('fscale', b.op('sel', real, quotient, b.op('fmul', mx, seed)), b.op('subs', ex, ed));
}

/** x / 4^k in 1..4, k and -2k. */
function quarters(b: MacroBuilder, x: Id): { m: Id; k: Id } {
  const k = b.op('sra', b.op('fexpo', x), b.int(1));
  return { m: b.op('fscale', x, b.op('neg', b.op('shl', k, b.int(1)))), k };
}

export function root(b: MacroBuilder, x: Id): Id {
  const { m, k } = quarters(b, x);
  let g = b.op('fmul', m, b.op('frsq', m));
  let h = b.op('fmul', b.op('frsq', m), b.float(0.5));
  for (let step = 0; step < 2; step++) {
    const rest = b.op('fma', b.op('fneg', h), g, b.float(0.5));
    g = b.op('fma', g, rest, g);
    h = b.op('fma', h, rest, h);
  }
  const s = b.op('fma', h, b.op('fma', b.op('fneg', g), g, m), g);
  // Zeros and plus infinity are their own roots.
  const own = b.op('sel', b.op('flt', x, b.float(0)), b.float(Number.NaN), x);
  return b.op('sel', b.op('feq', s, s), b.op('fscale', s, k), own);
}

export function rootReciprocal(b: MacroBuilder, x: Id): Id {
  const { m, k } = quarters(b, x);
  const seed = b.op('frsq', m);
  const half = b.op('fmul', m, b.float(0.5));
  let y = seed;
  for (let step = 0; step < 2; step++) {
    const rest = b.op('fma', b.op('fneg', b.op('fmul', half, y)), y, b.float(0.5));
    y = b.op('fma', y, rest, y);
  }
  return b.op('sel', b.op('feq', y, y), b.op('fscale', y, b.op('neg', k)), seed);
}
