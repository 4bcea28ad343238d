/**
 * The operations as JavaScript text, for the simulator's generated code. Each says in which
 * domain its operands and its result are: `i` an int32 pattern, `f` a number that is exactly a
 * binary32 (any NaN stands for the one NaN), `same` whatever the operands are.
 * `test/unit/ops/expression.test.ts` holds every entry against `EVAL`.
 */
import { addHalves, dotHalves, exponentOf, multiplyHalves, packHalves, scaleFloat } from './bfloat.ts';
import { dotBytes, floatOf, floatToInt, floatToUnsigned, multiplyHigh, multiplyHighUnsigned, roundEven, saturate } from './eval.ts';
import { fmaText, fmaTie } from './fma.ts';
import { reciprocalSeed, rootReciprocalSeed } from './seed-lookup.ts';
import type { Op } from './table.ts';

export type Domain = 'i' | 'f';

type Operands = readonly [Domain | 'same', Domain | 'same', Domain | 'same'];

export interface Expression<O extends Operands = Operands, R extends Domain | 'same' = Domain | 'same'> {
  readonly operands: O;
  readonly result: R;
  /** The text; operands are names or literals. Free names: those of `EXPRESSION_NAMES`, and the variables of `FMA_VARIABLES`. */
  readonly text: (a: string, b: string, c: string) => string;
}

type Write = Expression['text'];

/** The domains stay in the types: the front end's types follow from them. */
const typed = <const O extends Operands, const R extends Domain | 'same'>(operands: O, result: R, text: Write): Expression<O, R> => ({
  operands,
  result,
  text,
});
const int = (text: Write) => typed(['i', 'i', 'i'], 'i', text);
const float = (text: Write) => typed(['f', 'f', 'f'], 'f', text);
const test = (operator: string) => typed(['f', 'f', 'f'], 'i', (a, b) => `(${a} ${operator} ${b} ? 1 : 0)`);

/** What the texts call. */
export const EXPRESSION_NAMES = {
  fround: Math.fround,
  imul: Math.imul,
  fmaTie,
  floatOf,
  mulh: multiplyHigh,
  mulhu: multiplyHighUnsigned,
  f2i: floatToInt,
  f2u: floatToUnsigned,
  saturate,
  roundEven,
  dotBytes,
  packHalves,
  addHalves,
  multiplyHalves,
  dotHalves,
  scaleFloat,
  exponentOf,
  reciprocalSeed,
  rootReciprocalSeed,
} as const;

export const EXPRESSIONS = {
  mov: typed(['same', 'same', 'same'], 'same', (a) => `${a}`),
  add: int((a, b) => `(${a} + ${b} | 0)`),
  sub: int((a, b) => `(${a} - ${b} | 0)`),
  and: int((a, b) => `(${a} & ${b})`),
  or: int((a, b) => `(${a} | ${b})`),
  xor: int((a, b) => `(${a} ^ ${b})`),
  shl: int((a, b) => `(${a} << ${b})`),
  shr: int((a, b) => `((${a} >>> ${b}) | 0)`),
  sra: int((a, b) => `(${a} >> ${b})`),
  eq: int((a, b) => `(${a} === ${b} ? 1 : 0)`),
  ne: int((a, b) => `(${a} !== ${b} ? 1 : 0)`),
  lt: int((a, b) => `(${a} < ${b} ? 1 : 0)`),
  le: int((a, b) => `(${a} <= ${b} ? 1 : 0)`),
  ltu: int((a, b) => `((${a} >>> 0) < (${b} >>> 0) ? 1 : 0)`),
  leu: int((a, b) => `((${a} >>> 0) <= (${b} >>> 0) ? 1 : 0)`),
  min: int((a, b) => `(${a} < ${b} ? ${a} : ${b})`),
  max: int((a, b) => `(${a} > ${b} ? ${a} : ${b})`),
  sel: typed(['i', 'same', 'same'], 'same', (a, b, c) => `(${a} !== 0 ? ${b} : ${c})`),
  neg: int((a) => `(0 - ${a} | 0)`),
  abs: int((a) => `(${a} < 0 ? 0 - ${a} | 0 : ${a})`),
  mul: int((a, b) => `imul(${a}, ${b})`),
  mac: int((a, b, c) => `(imul(${a}, ${b}) + ${c} | 0)`),
  mulh: int((a, b) => `mulh(${a}, ${b})`),
  mulhu: int((a, b) => `mulhu(${a}, ${b})`),
  feq: test('==='),
  flt: test('<'),
  fle: test('<='),
  fne: test('!=='),
  fmin: float((a, b) => `Math.min(${a}, ${b})`),
  fmax: float((a, b) => `Math.max(${a}, ${b})`),
  fneg: float((a) => `(-${a})`),
  fabs: float((a) => `Math.abs(${a})`),
  fadd: float((a, b) => `fround(${a} + ${b})`),
  fsub: float((a, b) => `fround(${a} - ${b})`),
  fmul: float((a, b) => `fround(${a} * ${b})`),
  fma: float(fmaText),
  i2f: typed(['i', 'i', 'i'], 'f', (a) => `fround(${a})`),
  f2i: typed(['f', 'f', 'f'], 'i', (a) => `f2i(${a})`),
  u2f: typed(['i', 'i', 'i'], 'f', (a) => `fround(${a} >>> 0)`),
  f2u: typed(['f', 'f', 'f'], 'i', (a) => `f2u(${a})`),
  adds: int((a, b) => `saturate(${a} + ${b})`),
  subs: int((a, b) => `saturate(${a} - ${b})`),
  minu: int((a, b) => `((${a} >>> 0) < (${b} >>> 0) ? ${a} : ${b})`),
  maxu: int((a, b) => `((${a} >>> 0) > (${b} >>> 0) ? ${a} : ${b})`),
  idot4: int((a, b, c) => `dotBytes(${a}, ${b}, ${c})`),
  ffloor: float((a) => `Math.floor(${a})`),
  fceil: float((a) => `Math.ceil(${a})`),
  ftrunc: float((a) => `Math.trunc(${a})`),
  frint: float((a) => `roundEven(${a})`),
  bpack: typed(['f', 'f', 'f'], 'i', (a, b) => `packHalves(${a}, ${b})`),
  blo: typed(['i', 'i', 'i'], 'f', (a) => `floatOf(${a} << 16)`),
  bhi: typed(['i', 'i', 'i'], 'f', (a) => `floatOf(${a} & 0xffff0000)`),
  badd: int((a, b) => `addHalves(${a}, ${b})`),
  bmul: int((a, b) => `multiplyHalves(${a}, ${b})`),
  bdot2: typed(['i', 'i', 'f'], 'f', (a, b, c) => `dotHalves(${a}, ${b}, ${c})`),
  fscale: typed(['f', 'i', 'i'], 'f', (a, b) => `scaleFloat(${a}, ${b})`),
  fexpo: typed(['f', 'f', 'f'], 'i', (a) => `exponentOf(${a})`),
  frcp: float((a) => `reciprocalSeed(${a})`),
  frsq: float((a) => `rootReciprocalSeed(${a})`),
} as const satisfies Record<Op, Expression>;
