/**
 * The operation table: the only place where an operation's name, opcode, arity, number type and
 * latency class are written down. Encoder, simulator, evaluator, RTL generator and documentation
 * read it; what an operation *computes* lives in `ops/eval.ts` (TypeScript) and in the templates
 * (SystemVerilog), which share nothing but this table.
 *
 * Numbers: `i` = 32-bit two's complement, wraps; `u` = the same bits read unsigned;
 * `f` = IEEE binary32, round to nearest even, subnormals kept, one NaN (0x7fc00000).
 */

/** Latency classes; cycles per class are parameters of the architecture (`latency.*`). */
export type LatencyClass = 'simple' | 'multiply' | 'float';

export interface OpFacts {
  /** Opcode in the configuration, 0..63. */
  readonly code: number;
  /** Operands read: 1 = a, 2 = a b, 3 = a b c. */
  readonly arity: 1 | 2 | 3;
  readonly latency: LatencyClass;
  /** Needs the float feature of the architecture. */
  readonly float: boolean;
  /** One line for documentation: the result in terms of a, b, c. */
  readonly doc: string;
}

const simple = (code: number, arity: 1 | 2 | 3, doc: string): OpFacts => ({ code, arity, latency: 'simple', float: false, doc });
const multiply = (code: number, arity: 1 | 2 | 3, doc: string): OpFacts => ({ code, arity, latency: 'multiply', float: false, doc });
const quick = (code: number, arity: 1 | 2 | 3, doc: string): OpFacts => ({ code, arity, latency: 'simple', float: true, doc });
const float = (code: number, arity: 1 | 2 | 3, doc: string): OpFacts => ({ code, arity, latency: 'float', float: true, doc });

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
  feq: quick(24, 2, 'a == b ? 1 : 0; NaN: 0; -0 == +0'),
  flt: quick(25, 2, 'a < b ? 1 : 0; NaN: 0'),
  fle: quick(26, 2, 'a <= b ? 1 : 0; NaN: 0'),
  fmin: quick(27, 2, 'IEEE 754-2019 minimum: NaN wins, -0 < +0'),
  fmax: quick(28, 2, 'IEEE 754-2019 maximum: NaN wins, -0 < +0'),
  fneg: quick(29, 1, 'a with the sign bit flipped (a NaN becomes 0x7fc00000)'),
  fabs: quick(30, 1, 'a with the sign bit cleared (a NaN becomes 0x7fc00000)'),
  fadd: float(32, 2, 'a + b'),
  fsub: float(33, 2, 'a - b'),
  fmul: float(34, 2, 'a * b'),
  fma: float(35, 3, 'a * b + c, rounded once'),
  i2f: float(36, 1, 'signed integer to binary32, nearest even'),
  f2i: float(37, 1, 'binary32 to signed integer towards zero, saturating, NaN: 0'),
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
