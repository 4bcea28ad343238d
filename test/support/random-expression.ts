/** Random graphs of operations and macros, each name given used once. */
import type { Rng } from '../../src/base/rng.ts';
import { Expr, operate } from '../../src/index.ts';
import type { ElementType } from '../../src/ir/loops.ts';
import { signatureOf } from '../../src/ir/op-types.ts';
import { formatsOf, MACRO_NAMES, MACROS, type MacroName } from '../../src/ops/macros.ts';
import { OP_NAMES, type Op } from '../../src/ops/table.ts';

export type Name = Op | MacroName;

/** All names in random order, in parts of at most `size`. */
export function shuffledNames(size: number, rng: Rng, names: readonly Name[] = [...OP_NAMES, ...MACRO_NAMES]): Name[][] {
  const left = [...names];
  const parts: Name[][] = [];
  while (left.length > 0)
    parts.push(Array.from({ length: Math.min(size, left.length) }, () => left.splice(rng.int(0, left.length - 1), 1)[0]));
  return parts;
}

/** One expression of the inputs in which every name occurs and everything made is used. */
export function randomExpression(inputs: readonly Expr[], names: readonly Name[], rng: Rng): Expr<'i32'> {
  const pool: Record<ElementType, Expr[]> = { i32: [], f32: [] };
  const unused = new Set<Expr>();
  const put = (expr: Expr) => {
    pool[expr.type].push(expr);
    unused.add(expr);
  };
  for (const input of inputs) put(input);
  const pick = (type: ElementType): Expr | number => {
    if (rng.int(0, 5) === 0) return constants[type][rng.int(0, constants[type].length - 1)];
    // Mostly what is new: a graph that is deep as well as wide.
    const list = pool[type];
    const expr = list[Math.max(rng.int(0, list.length - 1), rng.int(0, list.length - 1))];
    unused.delete(expr);
    return expr;
  };
  const first = (type: ElementType): Expr => {
    const expr = pool[type].findLast((one) => unused.has(one)) ?? pool[type][0];
    unused.delete(expr);
    return expr;
  };
  for (const name of names) put(name in MACROS ? macroOf(name as MacroName, first, pick, rng) : operationOf(name as Op, first, pick, rng));
  const words = [...unused].map((expr) => (expr.type === 'i32' ? (expr as Expr<'i32'>) : (expr as Expr<'f32'>).asInt()));
  return words.reduce((sum, word) => sum.xor(word));
}

const constants = {
  i32: [0, 1, -1, 31, 7, -(2 ** 31), 0x3f80_0001],
  f32: [0, -0, 1, -1.5, 2 ** -130, 3e38, Number.POSITIVE_INFINITY, Number.NaN],
};

type Pick = (type: ElementType) => Expr | number;
type First = (type: ElementType) => Expr;

function operationOf(op: Op, first: First, pick: Pick, rng: Rng): Expr {
  const any: ElementType = rng.int(0, 1) === 0 ? 'i32' : 'f32';
  const types = signatureOf(op).args.map((type) => (type === 'any' ? any : type));
  // One operand is an expression that nothing has used yet; the first of `sel` is the choice.
  const at = op === 'sel' ? 1 : 0;
  const operands = types.map((type, i) => (i === at ? first(type) : pick(type)));
  return (operate as (name: Op, ...operands: readonly (Expr | number)[]) => Expr)(op, ...operands);
}

function macroOf(macro: MacroName, first: First, pick: Pick, rng: Rng): Expr {
  const type = MACROS[macro].type === 'i' ? 'i32' : 'f32';
  const most = formatsOf(macro);
  const format = most === undefined ? {} : { fraction: rng.int(0, most) };
  const operands = [first(type), ...(MACROS[macro].arity === 2 ? [pick(type)] : [])];
  const args = operands.map((operand) => (operand instanceof Expr ? operand : Expr.constant(type, operand)));
  return new Expr(type, { kind: 'macro', macro, args, ...format });
}

/** Words of all exponents alike, corners among them. */
export function randomWords(n: number, rng: Rng): Uint32Array {
  const corners = [0, 0x80000000, 1, 0x007fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xff800001, 0x3f800000, 0xffffffff, 0x7fffffff];
  return Uint32Array.from({ length: n }, () => (rng.int(0, 3) === 0 ? corners[rng.int(0, corners.length - 1)] : rng.int(0, 2 ** 32 - 1)));
}
