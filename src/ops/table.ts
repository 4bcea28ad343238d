/**
 * The operation table: the only place where an operation's name, opcode, arity, number type and
 * latency class are written down. Encoder, simulator, evaluator, RTL generator and documentation
 * read it; what an operation *computes* lives in `ops/eval.ts` (TypeScript) and in the templates
 * (SystemVerilog), which share nothing but this table.
 *
 * Numbers: `i` = 32-bit two's complement, wraps; `u` = the same bits read unsigned;
 * `f` = IEEE binary32, round to nearest even, subnormals kept, one NaN (0x7fc00000);
 * `b` = two bf16 in a word, element 0 in the low half: subnormals kept, one NaN (0x7fc0).
 * There is no `not`: it is `xor` with -1.
 *
 * `bdot2` in full: the scale of a number is its exponent field, at least 1; that of a product is the
 * sum of both less 127. E = the largest scale of c and of the products that are not zero. All three
 * terms, exact, are cut towards zero to multiples of 2^(E - 127 - 48); the sum of these is rounded
 * once to binary32. A zero sum is -0 only if all three terms are negative. So the result is the
 * correctly rounded sum unless terms lie 2^24 apart, and else off by 2^-46 of the largest term.
 */

/** Latency classes; cycles per class are parameters of the architecture (`latency.*`). */
export type LatencyClass = 'simple' | 'multiply' | 'float';

export interface OpFacts<A extends 1 | 2 | 3 = 1 | 2 | 3> {
  /** Opcode in the configuration, 0..63. */
  readonly code: number;
  /** Operands read: 1 = a, 2 = a b, 3 = a b c. */
  readonly arity: A;
  readonly latency: LatencyClass;
  /** Needs the float feature of the architecture. */
  readonly float: boolean;
  /** One line for documentation: the result in terms of a, b, c. */
  readonly doc: string;
}

type Make = <A extends 1 | 2 | 3>(code: number, arity: A, doc: string) => OpFacts<A>;

const simple: Make = (code, arity, doc) => ({ code, arity, latency: 'simple', float: false, doc });
const multiply: Make = (code, arity, doc) => ({ code, arity, latency: 'multiply', float: false, doc });
const quick: Make = (code, arity, doc) => ({ code, arity, latency: 'simple', float: true, doc });
const float: Make = (code, arity, doc) => ({ code, arity, latency: 'float', float: true, doc });

/** Every operation of a stage, by name. */
export const OPS = {
  mov: simple(0, 1, 'a'),
  add: simple(1, 2, 'a + b'),
  sub: simple(2, 2, 'a - b'),
  and: simple(3, 2, 'a & b'),
  or: simple(4, 2, 'a | b'),
  xor: simple(5, 2, 'a ^ b'),
  shl: simple(6, 2, 'a << (b & 31)'),
  shr: simple(7, 2, 'a >>> (b & 31), zero fill'),
  sra: simple(8, 2, 'a >> (b & 31), sign fill'),
  eq: simple(9, 2, 'a == b ? 1 : 0'),
  ne: simple(10, 2, 'a != b ? 1 : 0'),
  lt: simple(11, 2, 'a < b ? 1 : 0, signed'),
  le: simple(12, 2, 'a <= b ? 1 : 0, signed'),
  ltu: simple(13, 2, 'a < b ? 1 : 0, unsigned'),
  leu: simple(14, 2, 'a <= b ? 1 : 0, unsigned'),
  min: simple(15, 2, 'the smaller, signed'),
  max: simple(16, 2, 'the larger, signed'),
  sel: simple(17, 3, 'a != 0 ? b : c'),
  neg: simple(18, 1, '-a'),
  abs: simple(19, 1, 'a < 0 ? -a : a (the least integer stays)'),
  mul: multiply(20, 2, 'low 32 bits of a * b'),
  mac: multiply(21, 3, 'low 32 bits of a * b + c'),
  mulh: multiply(22, 2, 'high 32 bits of the signed product a * b'),
  mulhu: multiply(23, 2, 'high 32 bits of the unsigned product a * b'),
  feq: quick(24, 2, 'a == b ? 1 : 0; NaN: 0; -0 == +0'),
  flt: quick(25, 2, 'a < b ? 1 : 0; NaN: 0'),
  fle: quick(26, 2, 'a <= b ? 1 : 0; NaN: 0'),
  fmin: quick(27, 2, 'IEEE 754-2019 minimum: NaN wins, -0 < +0'),
  fmax: quick(28, 2, 'IEEE 754-2019 maximum: NaN wins, -0 < +0'),
  fneg: quick(29, 1, 'a with the sign bit flipped (a NaN becomes 0x7fc00000)'),
  fabs: quick(30, 1, 'a with the sign bit cleared (a NaN becomes 0x7fc00000)'),
  fne: quick(31, 2, 'a != b ? 1 : 0; NaN: 1; -0 == +0'),
  fadd: float(32, 2, 'a + b'),
  fsub: float(33, 2, 'a - b'),
  fmul: float(34, 2, 'a * b'),
  fma: float(35, 3, 'a * b + c, rounded once'),
  i2f: float(36, 1, 'signed integer to binary32, nearest even'),
  f2i: float(37, 1, 'binary32 to signed integer towards zero, saturating, NaN: 0'),
  u2f: float(38, 1, 'unsigned integer to binary32, nearest even'),
  f2u: float(39, 1, 'binary32 to unsigned integer towards zero, saturating (below 0: 0), NaN: 0'),
  adds: simple(40, 2, 'a + b, signed, saturating'),
  subs: simple(41, 2, 'a - b, signed, saturating'),
  minu: simple(42, 2, 'the smaller, unsigned'),
  maxu: simple(43, 2, 'the larger, unsigned'),
  idot4: multiply(44, 3, 'a0*b0 + a1*b1 + a2*b2 + a3*b3 + c, low 32 bits; ai, bi: the signed bytes of a and b'),
  ffloor: quick(45, 1, 'the integer at or below a; the sign of a stays on a zero'),
  fceil: quick(46, 1, 'the integer at or above a; the sign of a stays on a zero'),
  ftrunc: quick(47, 1, 'the integer next to a towards zero; the sign of a stays on a zero'),
  frint: quick(48, 1, 'the integer nearest to a, ties to even; the sign of a stays on a zero'),
  bpack: quick(49, 2, '{b, a} as bf16, each to nearest even, a in the low half'),
  blo: quick(50, 1, 'the low bf16 of a as binary32'),
  bhi: quick(51, 1, 'the high bf16 of a as binary32'),
  badd: float(52, 2, 'both bf16 halves of a + those of b, each to nearest even; NaN: 0x7fc0'),
  bmul: float(53, 2, 'both bf16 halves of a * those of b, each to nearest even; NaN: 0x7fc0'),
  bdot2: float(54, 3, 'a.lo * b.lo + a.hi * b.hi + c in binary32, rounded once, small terms cut'),
  fscale: float(55, 2, 'a * 2^b, b a signed integer, rounded once'),
  fexpo: quick(56, 1, 'floor(log2 |a|) as an integer; 0: the least integer, infinity or NaN: the largest'),
  frcp: quick(57, 1, 'about 1 / a, relative error below 2^-7.9; |a| below 2^-126: infinity, from 2^126 on: 0'),
  frsq: quick(58, 1, 'about 1 / sqrt(a), relative error below 2^-7.9; a below 2^-126: infinity, a < 0: NaN'),
} as const satisfies Record<string, OpFacts>;

export type Op = keyof typeof OPS;

/** All operation names in opcode order. */
export const OP_NAMES = (Object.keys(OPS) as Op[]).sort((a, b) => OPS[a].code - OPS[b].code);

/** Width of the opcode field in bits. */
export const OPCODE_BITS = 6;

const BY_CODE = new Map<number, Op>(OP_NAMES.map((name) => [OPS[name].code, name]));

/** The operation of an opcode, or undefined for a code that is not assigned. */
export function opOfCode(code: number): Op | undefined {
  return BY_CODE.get(code);
}

/**
 * Operations a lane tree may use: associative enough to be defined, two operands, and the
 * combination of two partial results is the operation itself.
 */
export const TREE_OPS: readonly Op[] = ['add', 'and', 'or', 'xor', 'min', 'max', 'mul', 'fadd', 'fmul', 'fmin', 'fmax'];
