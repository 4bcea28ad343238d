/**
 * How far a macro is from its function: the sequence, run by `EVAL`, against double precision, on
 * patterns drawn over the range, so that every exponent counts alike. Half of the arguments of a
 * function of one step through the patterns evenly, the others are random.
 */
import { Rng } from '../../src/base/rng.ts';
import { bitsOf, floatOf } from '../../src/ops/eval.ts';
import { evaluateMacro, expandMacro, MACROS, type MacroFacts, type MacroName } from '../../src/ops/macros.ts';

export interface MacroError {
  readonly name: MacroName;
  readonly vectors: number;
  /** Results from 2^-126 on that are not the correctly rounded ones; of integers, wrong ones. */
  readonly unrounded: number;
  /** The largest error in units of the last place, and the patterns of the arguments that make it. */
  readonly worst: number;
  readonly at: readonly number[];
  /** The same among results below 2^-126. */
  readonly worstTiny: number;
}

/** erf in double precision: a series of positive terms, and beyond 3 a continued fraction. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size > 6) return Math.sign(x);
  if (size < 3) {
    let term = size;
    let sum = size;
    for (let n = 1; term > sum * 1e-18; n++) {
      term *= (2 * size * size) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * ((2 * sum * Math.exp(-size * size)) / Math.sqrt(Math.PI));
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const quotient = (x: bigint, y: bigint) => (y === 0n ? -1n : x / y);

/** What a macro stands for. Integers: exact, by the format of 16 digits. */
export const FLOAT_REFERENCE: Partial<Record<MacroName, (x: number, y: number) => number>> = {
  reciprocal: (x) => 1 / x,
  divide: (x, y) => x / y,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(Math.abs(x) === 0 ? 0 : x),
  exp: Math.exp,
  log: Math.log,
  pow: (x, y) => x ** y,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid,
  erf,
};
export const INTEGER_REFERENCE: Partial<Record<MacroName, (x: bigint, y: bigint) => bigint>> = {
  div: quotient,
  mod: (x, y) => (y === 0n ? x : x % y),
  fixmul: (x, y) => (x * y) >> 16n,
  fixdiv: (x, y) => quotient(x << 16n, y),
};

/** The distance of a pattern from a number, in units of the last place that the number has in binary32. */
export function ulpsFrom(pattern: number, exact: number): number {
  const got = floatOf(pattern);
  if (Number.isNaN(exact)) return Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  if (!Number.isFinite(got) || !Number.isFinite(exact)) {
    // An infinity is right where the number rounds to it.
    return got === Math.fround(exact) ? 0 : Math.abs(exact) >= 2 ** 127.99 ? 0.5 : Number.POSITIVE_INFINITY;
  }
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact) || 2 ** -149)));
  return Math.abs(got - exact) / 2 ** (exponent - 23);
}

/** The order of patterns as numbers, and back: -0 is -1. */
const rankOf = (bits: number): number => (bits >= 0 ? bits : -1 - (bits & 0x7fffffff));
const patternOf = (rank: number): number => (rank >= 0 ? rank : (-1 - rank) | 0x80000000);

function* argumentsOf(facts: MacroFacts, vectors: number, rng: Rng): Generator<[number, number]> {
  const [low, high] = facts.range.map((x) => rankOf(bitsOf(x)));
  const any = () => patternOf(low + Math.floor(rng.float01() * (high - low + 1)));
  const even = facts.arity === 1 ? Math.floor(vectors / 2) : 0;
  for (let i = 0; i < even; i++) yield [patternOf(Math.round(low + ((high - low) * i) / (even - 1))), 0];
  for (let i = even; i < vectors; i++) yield [any(), any()];
}

/** Exponents that keep x^y within the numbers, for most. */
function powerFor(x: number, rng: Rng): number {
  const log = Math.abs(Math.log2(x)) || 2 ** -24;
  return rng.chance(0.2) ? floatOf(rng.float32Bits()) : Math.fround(((rng.float01() - 0.5) * 280) / log);
}

export function measureFloat(name: MacroName, vectors: number, seed = name as string): MacroError {
  const facts: MacroFacts = MACROS[name];
  const reference = FLOAT_REFERENCE[name];
  if (!reference) throw new Error(`${name} has no reference in double precision`);
  const run = evaluateMacro(expandMacro(name));
  const rng = new Rng(seed);
  let [worst, worstTiny, unrounded] = [0, 0, 0];
  let at: number[] = [];
  for (const [any, drawn] of argumentsOf(facts, vectors, rng)) {
    // Powers of numbers next to 1 are where the exponents are large.
    const a = name === 'pow' && rng.chance(0.25) ? bitsOf(1 + (rng.float01() - 0.5) * 2 ** -rng.int(0, 23)) : any;
    const x = floatOf(a);
    const b = name === 'pow' ? bitsOf(powerFor(x, rng)) : drawn;
    const exact = reference(x, floatOf(b));
    const got = run(a, b);
    const error = ulpsFrom(got, exact);
    if (Math.abs(exact) < 2 ** -126) worstTiny = Math.max(worstTiny, error);
    else {
      if (got !== bitsOf(exact)) unrounded++;
      if (error > worst) {
        worst = error;
        at = facts.arity === 1 ? [a] : [a, b];
      }
    }
  }
  return { name, vectors, unrounded, worst, at, worstTiny };
}

const wrap = (x: bigint) => Number(BigInt.asIntN(32, x));

export function measureInteger(name: MacroName, vectors: number, seed = name as string): MacroError {
  const reference = INTEGER_REFERENCE[name];
  if (!reference) throw new Error(`${name} has no reference in integers`);
  const run = evaluateMacro(expandMacro(name));
  const rng = new Rng(seed);
  const corners = [0, 1, 2, 3, -1, -2, -3, 0x7fffffff, -0x80000000, -0x7fffffff, 0xffff, 0x10000, 0x10001, 0x7ffffffe];
  const draw = () => (rng.chance(0.2) ? rng.pick(corners) : rng.chance(0.4) ? rng.int32() >> rng.int(0, 31) : rng.int32());
  let wrong = 0;
  let at: number[] = [];
  for (let i = 0; i < vectors; i++) {
    const pair = i < corners.length ** 2 ? [corners[i % corners.length], corners[Math.floor(i / corners.length)]] : [draw(), draw()];
    if (run(pair[0], pair[1]) === wrap(reference(BigInt(pair[0]), BigInt(pair[1])))) continue;
    if (wrong++ === 0) at = pair;
  }
  return { name, vectors, unrounded: wrong, worst: wrong, at, worstTiny: 0 };
}

/** The error of a macro over its range. */
export function measure(name: MacroName, vectors: number): MacroError {
  return MACROS[name].type === 'f' ? measureFloat(name, vectors) : measureInteger(name, vectors);
}
