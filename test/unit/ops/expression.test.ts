import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { bitsOf, EVAL, floatOf } from '../../../src/ops/eval.ts';
import { EXPRESSION_NAMES, EXPRESSIONS } from '../../../src/ops/expression.ts';
import { FMA_VARIABLES } from '../../../src/ops/fma.ts';
import { OP_NAMES } from '../../../src/ops/table.ts';

describe.each(OP_NAMES)('%s as text', (op) => {
  test('computes what EVAL computes', () => {
    const { operands, result, text } = EXPRESSIONS[op];
    const run = new Function(...Object.keys(EXPRESSION_NAMES), 'a', 'b', 'c', `${FMA_VARIABLES} return ${text('a', 'b', 'c')};`);
    const rng = new Rng(op);
    const draw = () => (rng.chance(0.5) ? rng.float32Bits() : rng.chance(0.5) ? rng.int(-3, 3) : rng.int32()) | 0;
    for (let i = 0; i < 20_000; i++) {
      const raw = [draw(), draw(), draw()];
      const given = raw.map((x, p) => (operands[p] === 'f' ? floatOf(x) : x));
      const got = run(...Object.values(EXPRESSION_NAMES), ...given);
      const pattern = result === 'f' ? bitsOf(got) : got;
      if (!Object.is(pattern, EVAL[op](raw[0], raw[1], raw[2]))) expect.fail(`${op}(${raw.join(', ')}) is ${pattern}`);
    }
  });
});
