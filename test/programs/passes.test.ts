import { expect, test } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { fuseRanges } from '../../src/compiler/passes/ranges.ts';
import { unroll } from '../../src/compiler/passes/unroll.ts';
import { argWords, compareWithReference, inputWords } from '../../src/frontend/check.ts';
import { defaultTarget } from '../../src/frontend/program.ts';
import { evaluate } from '../../src/ir/evaluate.ts';
import { programs } from '../../src/programs/index.ts';

test.each([...programs.values()].map((program) => [program.name, program] as const))(
  '%s means the same after the passes before lowering',
  (_, program) => {
    const params = program.resolve();
    const mapped = fuseRanges(unroll(program.build(params)));
    const inputs = program.data(params, new Rng(3));
    const answers = evaluate(mapped, inputWords(inputs), argWords(mapped, inputs), defaultTarget);
    expect(answers.outputs.size + answers.results.size).toBeGreaterThan(0);
    expect(compareWithReference(mapped, answers, program.reference(params, inputs), program.tolerance(params))).toEqual([]);
  },
);

test.each(['innerproduct', 'outerproduct', 'gemm', 'tpchq6'])('%s in four copies', (name) => {
  const program = programs.get(name);
  if (!program) throw new Error(`no ${name}`);
  const params = program.resolve({ copies: 4 });
  const mapped = fuseRanges(unroll(program.build(params)));
  const inputs = program.data(params, new Rng(4));
  const answers = evaluate(mapped, inputWords(inputs), argWords(mapped, inputs), defaultTarget);
  expect(compareWithReference(mapped, answers, program.reference(params, inputs), program.tolerance(params))).toEqual([]);
});
