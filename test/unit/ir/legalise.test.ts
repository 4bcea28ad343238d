import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { Expr } from '../../../src/frontend/dsl/expr.ts';
import { countWork } from '../../../src/ir/count.ts';
import { evaluate } from '../../../src/ir/evaluate.ts';
import { legalise } from '../../../src/ir/legalise.ts';
import type { Leaf, LoopProgram } from '../../../src/ir/loops.ts';
import { parseLoops } from '../../../src/ir/loops-parse.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';
import { verifyLoops } from '../../../src/ir/loops-verify.ts';
import { EVAL } from '../../../src/ops/eval.ts';
import { evaluateMacro, expandMacro, formatsOf, MACRO_NAMES, MACROS, operationsOf } from '../../../src/ops/macros.ts';
import { expressionProgram } from '../../support/expression-program.ts';

const latency = { simple: 1, multiply: 2, float: 4 };
const corners = [0, 0x80000000, 1, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0x3f800000, 0xbf800000, 0x7fffffff, 0xffffffff, 7];

/** Words of every exponent alike, after all pairs of corners. */
function words(n: number, rng: Rng): [Uint32Array, Uint32Array] {
  const pairs = corners.flatMap((a) => corners.map((b) => [a, b] as const));
  const at = (i: number, side: 0 | 1) => (i < pairs.length ? pairs[i][side] : rng.int(0, 2 ** 32 - 1));
  return [Uint32Array.from({ length: n }, (_, i) => at(i, 0)), Uint32Array.from({ length: n }, (_, i) => at(i, 1))];
}

const leafOf = (program: LoopProgram) => program.body.body.find(({ kind }) => kind === 'leaf') as Leaf;
const operations = (program: LoopProgram) => countWork(program).operations;

describe('a macro in a program is what its graph gives, bit for bit', () => {
  test.each(MACRO_NAMES)('%s', (name) => {
    const { arity, type } = MACROS[name];
    const element = type === 'f' ? 'f32' : 'i32';
    const formats = formatsOf(name) === undefined ? [undefined] : [0, 1, 16];
    for (const fraction of formats) {
      const program = expressionProgram(['i32', 'i32'], 400, 4, (args) => {
        const operands = args.map((arg) => (element === 'f32' ? (arg as Expr<'i32'>).asFloat() : arg));
        const node = {
          kind: 'macro' as const,
          macro: name,
          args: operands.slice(0, arity),
          ...(fraction === undefined ? {} : { fraction }),
        };
        return [new Expr(element, node)];
      });
      expect(verifyLoops(program)).toEqual([]);
      const text = printLoops(program);
      expect(text).toContain(`macro ${name} `);
      expect(parseLoops(text)).toEqual(program);
      const legal = legalise(program);
      expect(printLoops(parseLoops(printLoops(legal)))).toBe(printLoops(legal));
      expect(operations(program)).toBe(400 * operationsOf(expandMacro(name, { fraction: fraction ?? 16 })));
      const [a, b] = words(400, new Rng(name));
      const graph = evaluateMacro(expandMacro(name, { fraction: fraction ?? 16 }));
      const expected = Uint32Array.from(a, (x, i) => graph(x, b[i]));
      const inputs = new Map([
        ['x0', a],
        ['x1', b],
      ]);
      for (const options of [{ latency }, { latency, evalOp: EVAL }])
        expect(evaluate(program, inputs, new Map(), options).outputs.get('y0')).toEqual(expected);
    }
  });
});

test('a program without macros is left as it is', () => {
  const program = expressionProgram(['f32'], 16, 4, ([x]) => [x.add(1)]);
  expect(legalise(program)).toBe(program);
});

test('what macros have in common is done once', () => {
  const count = (make: (x: Expr<'f32'>) => Expr[]) => operations(expressionProgram(['f32'], 1, 1, ([x]) => make(x as Expr<'f32'>)));
  expect(count((x) => [x.exp().add(x.exp())])).toBe(count((x) => [x.exp()]) + 1);
  // Both take the argument apart, look up the same seed.
  expect(count((x) => [x.sqrt(), x.rsqrt()])).toBeLessThan(count((x) => [x.sqrt()]) + count((x) => [x.rsqrt()]));
  // One reduction of the argument, one pair of polynomials.
  expect(count((x) => [x.sin(), x.cos()])).toBeLessThan(count((x) => [x.sin()]) + 8);
});

test('operations of constants alone are not left', () => {
  const program = expressionProgram(['i32'], 4, 4, ([x]) => [(x as Expr<'i32'>).div(7), (x as Expr<'i32'>).mod(7)]);
  const ops = leafOf(legalise(program)).values.flatMap((value) => (value.kind === 'op' ? [value.op] : []));
  expect(ops).not.toContain('frcp');
  expect(ops).not.toContain('fma');
  expect(ops.length).toBeLessThan(20);
  const x = Int32Array.of(100, -100, 6, -2147483648);
  const { outputs } = evaluate(program, new Map([['x0', new Uint32Array(x.buffer)]]), new Map(), { latency });
  expect([...new Int32Array(outputs.get('y0')?.buffer ?? new ArrayBuffer(0))]).toEqual([14, -14, 0, -306783378]);
  expect([...new Int32Array(outputs.get('y1')?.buffer ?? new ArrayBuffer(0))]).toEqual([2, -2, 6, -2]);
});

test('an index and a constant may be cast', () => {
  const program = expressionProgram(['i32'], 4, 4, ([x]) => [
    (Expr.constant('f32', 1) as Expr<'f32'>).asInt().add(x as Expr<'i32'>),
    (x as Expr<'i32'>).asFloat().neg(),
  ]);
  const { outputs } = evaluate(program, new Map([['x0', Uint32Array.of(0, 1, 0x7fc00001, 0xff800000)]]), new Map(), { latency });
  expect(outputs.get('y0')).toEqual(Uint32Array.of(0x3f800000, 0x3f800001, 0xbf400001, 0x3f000000));
  expect(outputs.get('y1')).toEqual(Uint32Array.of(0x80000000, 0x80000001, 0x7fc00000, 0x7f800000));
});
