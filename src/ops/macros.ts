/**
 * The macros by name: what they compute, over which range, how far off they may be. The bounds are
 * measured over the range (`npm run prove`, `test/unit/ops/macros.test.ts`), not derived.
 */
import { divide, reciprocal, root, rootReciprocal } from './macros/algebraic.ts';
import { erf, exp, log, pow, sigmoid, tanh } from './macros/elementary.ts';
import { type Id, MacroBuilder, type MacroGraph } from './macros/graph.ts';
import { divideFixed, divideIntegers, moduloIntegers, multiplyFixed } from './macros/integer.ts';
import { cos, sin } from './macros/trigonometric.ts';

export { evaluateMacro, type MacroGraph, type MacroValue, operationsOf } from './macros/graph.ts';

export interface MacroFacts {
  readonly arity: 1 | 2;
  /** Type of the arguments and of the result: int32 or binary32. */
  readonly type: 'i' | 'f';
  readonly doc: string;
  /** Least and greatest argument for which the bound holds. */
  readonly range: readonly [number, number];
  /** Largest error in units of the last place of the result; 0.5: rounded right; 0 for integers: exact. */
  readonly ulp: number;
  /** Largest error in such units where the result is below 2^-126, if another. */
  readonly tiny?: number;
  readonly build: (b: MacroBuilder, x: Id, y: Id, fraction: number) => Id;
}

const LARGEST = 2 ** 128 - 2 ** 104;
const unary = (doc: string, range: MacroFacts['range'], ulp: number, build: (b: MacroBuilder, x: Id) => Id, tiny?: number): MacroFacts =>
  tiny === undefined ? { arity: 1, type: 'f', doc, range, ulp, build } : { arity: 1, type: 'f', doc, range, ulp, tiny, build };
const integers = (doc: string, build: MacroFacts['build']): MacroFacts => ({
  arity: 2,
  type: 'i',
  doc,
  range: [-2147483648, 2147483647],
  ulp: 0,
  build,
});

export const MACROS = {
  reciprocal: unary('1 / x', [-LARGEST, LARGEST], 0.5, reciprocal, 1),
  divide: { arity: 2, type: 'f', doc: 'x / y', range: [-LARGEST, LARGEST], ulp: 0.5, tiny: 1, build: divide },
  sqrt: unary('the square root; below 0: NaN', [0, LARGEST], 0.5, root),
  rsqrt: unary('1 / sqrt(x); 0: plus infinity', [0, LARGEST], 1.25, rootReciprocal),
  exp: unary('e^x', [-104, 89], 1, exp),
  log: unary('the natural logarithm; 0: -infinity, below: NaN', [0, LARGEST], 1, log),
  pow: { arity: 2, type: 'f', doc: 'x^y for x >= 0; x below 0: NaN', range: [0, LARGEST], ulp: 1, build: pow },
  sin: unary('the sine; beyond the range it decays; -0: 0', [-8192, 8192], 2, sin),
  cos: unary('the cosine; beyond the range it decays', [-8192, 8192], 2, cos),
  tanh: unary('the hyperbolic tangent', [-LARGEST, LARGEST], 2, tanh),
  sigmoid: unary('1 / (1 + e^-x); beyond the range that of its end', [-87, 87], 2, sigmoid),
  erf: unary('the error function', [-LARGEST, LARGEST], 2, erf),
  div: integers('x / y towards zero; by 0: -1', divideIntegers),
  mod: integers('x - y * (x / y), with the sign of x; by 0: x', moduloIntegers),
  fixmul: integers('x * y / 2^fraction, cut downwards (low 32 bits)', multiplyFixed),
  fixdiv: integers('x * 2^fraction / y, cut towards zero (low 32 bits); by 0: -1', divideFixed),
} as const satisfies Record<string, MacroFacts>;

export type MacroName = keyof typeof MACROS;
export const MACRO_NAMES = Object.keys(MACROS) as MacroName[];

/** The digits behind the point that `fixdiv` can have; `fixmul` takes up to 31. */
export const MOST_FRACTION = 16;

/** The most digits behind the point of a macro that has a format. */
export function formatsOf(name: MacroName): number | undefined {
  return name === 'fixmul' ? 31 : name === 'fixdiv' ? MOST_FRACTION : undefined;
}

/** The operations in place of a macro; `fraction` is the format of `fixmul` and `fixdiv`. */
export function expandMacro(name: MacroName, { fraction = 16 }: { fraction?: number } = {}): MacroGraph {
  const most = formatsOf(name) ?? MOST_FRACTION;
  if (!Number.isInteger(fraction) || fraction < 0 || fraction > most) {
    throw new RangeError(`${name} has a format of 0 to ${most} digits behind the point, not ${fraction}`);
  }
  const facts: MacroFacts = MACROS[name];
  const b = new MacroBuilder();
  const x = b.arg(0);
  return b.finish(facts.build(b, x, facts.arity === 2 ? b.arg(1) : x, fraction));
}
