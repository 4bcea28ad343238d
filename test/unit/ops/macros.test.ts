import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { bitsOf, floatOf } from '../../../src/ops/eval.ts';
import { MEASURED } from '../../../src/ops/macros/measured.ts';
import { evaluateMacro, expandMacro, MACRO_NAMES, MACROS, type MacroFacts, type MacroName } from '../../../src/ops/macros.ts';
import { OPS } from '../../../src/ops/table.ts';
import { FLOAT_REFERENCE, measure, ulpsFrom } from '../../prove/macro-error.ts';

const vectors = process.env.KILN_FULL ? 2_000_000 : 60_000;
const run = (name: MacroName, x: number, y = 0) => floatOf(evaluateMacro(expandMacro(name))(bitsOf(x), bitsOf(y)));

describe.each(MACRO_NAMES)('%s', (name) => {
  const facts: MacroFacts = MACROS[name];

  test('is off by no more than its bound, and by what was measured', () => {
    const error = measure(name, vectors);
    expect(error.worst, `at ${error.at}`).toBeLessThanOrEqual(facts.ulp);
    if (facts.ulp <= 0.5) expect(error.unrounded).toBe(0);
    expect(error.worstTiny).toBeLessThanOrEqual(facts.tiny ?? Math.max(1, facts.ulp));
    expect(MEASURED[name]?.worst).toBeLessThanOrEqual(facts.ulp);
    // The worst argument on record is as bad as it says.
    const { at, worst } = MEASURED[name] ?? { at: [], worst: 0 };
    const reference = FLOAT_REFERENCE[name];
    if (reference && worst > 0.5) {
      const got = evaluateMacro(expandMacro(name))(at[0], at[1]);
      expect(Math.ceil(ulpsFrom(got, reference(floatOf(at[0]), floatOf(at[1]))) * 1000) / 1000).toBe(worst);
    }
  });

  test('is a straight line of operations with as many operands as the table says', () => {
    const { values, result } = expandMacro(name);
    expect(values[result].kind).toBe('op');
    values.forEach((value, id) => {
      if (value.kind !== 'op') return;
      expect(value.args).toHaveLength(OPS[value.op].arity);
      for (const arg of value.args) expect(arg).toBeLessThan(id);
    });
    expect(new Set(values.flatMap((value) => (value.kind === 'arg' ? [value.index] : []))).size).toBe(facts.arity);
  });
});

test('special arguments', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const table: [MacroName, number[], number][] = [
    ['reciprocal', [0], inf],
    ['reciprocal', [-0], -inf],
    ['reciprocal', [inf], 0],
    ['reciprocal', [-inf], -0],
    ['reciprocal', [nan], nan],
    ['reciprocal', [2 - 2 ** -23], 0.5 + 2 ** -24],
    ['reciprocal', [2 ** -149], inf],
    ['reciprocal', [2 ** -127], 2 ** 127],
    ['divide', [1, 0], inf],
    ['divide', [-1, 0], -inf],
    ['divide', [0, 0], nan],
    ['divide', [inf, inf], nan],
    ['divide', [-0, 3], -0],
    ['divide', [3, -inf], -0],
    ['divide', [inf, -3], -inf],
    ['divide', [nan, 1], nan],
    ['divide', [1, nan], nan],
    ['divide', [2 ** -149, 2], 0],
    ['divide', [2 ** 127, 2 ** -149], inf],
    ['divide', [3 * 2 ** -149, 3 * 2 ** -149], 1],
    ['sqrt', [0], 0],
    ['sqrt', [-0], -0],
    ['sqrt', [inf], inf],
    ['sqrt', [-1], nan],
    ['sqrt', [nan], nan],
    ['sqrt', [2 ** -148], 2 ** -74],
    ['rsqrt', [0], inf],
    ['rsqrt', [inf], 0],
    ['rsqrt', [-1], nan],
    ['rsqrt', [nan], nan],
    ['rsqrt', [2 ** -148], 2 ** 74],
    ['exp', [0], 1],
    ['exp', [inf], inf],
    ['exp', [-inf], 0],
    ['exp', [nan], nan],
    ['exp', [1000], inf],
    ['log', [1], 0],
    ['log', [0], -inf],
    ['log', [-0], -inf],
    ['log', [inf], inf],
    ['log', [-1], nan],
    ['log', [-(2 ** -149)], nan],
    ['log', [nan], nan],
    ['pow', [0, 0], 1],
    ['pow', [0, 2], 0],
    ['pow', [0, -2], inf],
    ['pow', [inf, 2], inf],
    ['pow', [inf, -2], 0],
    ['pow', [1, 1000], 1],
    ['pow', [2, inf], inf],
    ['pow', [0.5, inf], 0],
    ['pow', [-2, 2], nan],
    ['pow', [2, nan], nan],
    ['pow', [2, 10], 1024],
    ['sin', [0], 0],
    ['cos', [0], 1],
    ['sin', [inf], nan],
    ['cos', [nan], nan],
    ['tanh', [0], 0],
    ['tanh', [-0], -0],
    ['tanh', [inf], 1],
    ['tanh', [-inf], -1],
    ['tanh', [nan], nan],
    ['sigmoid', [0], 0.5],
    ['sigmoid', [inf], 1],
    ['sigmoid', [nan], nan],
    ['erf', [0], 0],
    ['erf', [-0], -0],
    ['erf', [inf], 1],
    ['erf', [-inf], -1],
    ['erf', [nan], nan],
  ];
  for (const [name, args, expected] of table) expect([name, ...args, run(name, args[0], args[1])]).toEqual([name, ...args, expected]);
});

test.each(['reciprocal', 'sqrt'] as const)('%s of many significands is rounded right', (name) => {
  const f = evaluateMacro(expandMacro(name));
  const step = process.env.KILN_FULL ? 1 : 131;
  for (let bits = 0x40800000 - 1; bits >= 0x3f800000; bits -= step) {
    const exact = name === 'sqrt' ? Math.sqrt(floatOf(bits)) : 1 / floatOf(bits);
    if (f(bits) !== bitsOf(exact)) expect.fail(`${name} of ${bits.toString(16)} is ${f(bits)}`);
  }
});

test.each([0, 1, 7, 15, 16])('fixed point with %i digits behind the point', (fraction) => {
  const multiply = evaluateMacro(expandMacro('fixmul', { fraction }));
  const divide = evaluateMacro(expandMacro('fixdiv', { fraction }));
  const rng = new Rng(`fixed ${fraction}`);
  const wrap = (x: bigint) => Number(BigInt.asIntN(32, x));
  for (let i = 0; i < 20_000; i++) {
    const [x, y] = [rng.int32() >> rng.int(0, 31), rng.int32() >> rng.int(0, 31)];
    const [a, b, shift] = [BigInt(x), BigInt(y), BigInt(fraction)];
    if (multiply(x, y) !== wrap((a * b) >> shift)) expect.fail(`${x} * ${y} is ${multiply(x, y)}`);
    if (divide(x, y) !== wrap(b === 0n ? -1n : (a << shift) / b)) expect.fail(`${x} / ${y} is ${divide(x, y)}`);
  }
});

test('a format that cannot be is refused', () => {
  expect(() => expandMacro('fixdiv', { fraction: 17 })).toThrow('fixdiv has a format of 0 to 16 digits behind the point, not 17');
  expect(() => expandMacro('fixmul', { fraction: -1 })).toThrow();
});
