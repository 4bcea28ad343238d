import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import type { Expr } from '../../../src/index.ts';
import { countWork } from '../../../src/ir/count.ts';
import { MACRO_NAMES } from '../../../src/ops/macros.ts';
import { OP_NAMES } from '../../../src/ops/table.ts';
import { runExpression } from '../../support/expression-run.ts';
import { archNamed, fabricNamed } from '../../support/fabric.ts';
import { randomExpression, shuffledNames } from '../../support/random-expression.ts';

const full = process.env.KILN_FULL !== undefined;
const small = new Fabric(archNamed('tiny', { grid: full ? { columns: 12, rows: 10 } : { columns: 8, rows: 8 } }));

// Every operation in each round, several to an expression; every macro among them in the long tests.
const drawn = [...OP_NAMES, ...(full ? MACRO_NAMES : [])];
const cases = Array.from({ length: full ? 12 : 1 }, (_, round) =>
  shuffledNames(20, new Rng(`round ${round}`), drawn).map((names, part) => [`${round}.${part}`, names] as const),
).flat();

describe('a graph of random operations: evaluator, evaluator by functions, golden machine', () => {
  test('all names are drawn', () => {
    expect(new Set(cases.flatMap(([, names]) => names))).toEqual(new Set(drawn));
  });
  test.each(cases)('%s: %s', (seed, names) => {
    const run = runExpression(small, ['i32', 'f32', 'f32'], 12, new Rng(seed), (inputs) => [
      randomExpression(inputs, names, new Rng(seed)),
    ]);
    expect(run.evaluated.get('y0')).toEqual(run.stepwise.get('y0'));
    expect(run.golden).toMatchObject({ status: 'done', errors: [], residue: false });
    expect(run.golden.answers.outputs.get('y0')).toEqual(run.evaluated.get('y0'));
  });
});

test('integer quotients, roots and the cosine in one expression', () => {
  const make = ([a, b]: readonly Expr[]): Expr[] => {
    const [x, y] = [a as Expr<'i32'>, b as Expr<'f32'>];
    return [x.div(7).add(x.mod(-3)).fixMul(x, 12).xor(y.sqrt().mul(y.rsqrt()).asInt()), y.recip().add(y.cos())];
  };
  const run = runExpression(small, ['i32', 'f32'], 40, new Rng('rest'), make);
  expect(run.evaluated).toEqual(run.stepwise);
  expect(run.golden).toMatchObject({ status: 'done', errors: [], residue: false });
  expect(run.golden.answers.outputs).toEqual(run.evaluated);
});

/** exp, log, a quotient, waves: some 247 operations that meet again and again. */
const long = (inputs: readonly Expr[]): Expr[] => {
  const [a, b] = inputs as Expr<'f32'>[];
  const quotient = a.exp().add(b.abs().log()).div(a.sin().add(2));
  return [quotient.mul(b.tanh()).sub(a.erf()).pow(b)];
};

test.each(full ? (['plasticine', 'sara'] as const) : (['plasticine'] as const))(
  'an expression of 247 operations runs at full rate on %s',
  (name) => {
    const vectors = 512;
    const fabric = fabricNamed(name);
    const run = runExpression(fabric, ['f32', 'f32'], vectors, new Rng(name), long);
    expect(countWork(run.compiled.program).operations).toBeGreaterThan(240 * vectors * fabric.arch.pcu.lanes);
    expect(run.golden).toMatchObject({ status: 'done', errors: [], residue: false });
    expect(run.golden.answers.outputs).toEqual(run.evaluated);
    expect(run.compiled.units.pmu).toBeGreaterThan(0);
    // The way through sixty units, and then a vector nearly every cycle: two of memory come in, one goes out.
    expect(run.golden.cycles).toBeLessThan(1000 + 2.2 * vectors);
  },
);
