/** One boundary for all programs: build, verify, evaluate, compare with the reference. */
import { Rng } from '../../src/base/rng.ts';
import { argWords, compareWithReference, inputWords, type Mismatch } from '../../src/frontend/check.ts';
import { defaultTarget, type Program, type Target } from '../../src/frontend/program.ts';
import { evaluate } from '../../src/ir/evaluate.ts';
import type { LoopProgram } from '../../src/ir/loops.ts';

export const tinyTarget: Target = { ...defaultTarget, lanes: 4, memoryWords: 1024 };
export const demoTarget: Target = { ...defaultTarget, lanes: 8, memoryWords: 8192 };

export interface Run {
  readonly built: LoopProgram;
  readonly mismatches: readonly Mismatch[];
  /** Words and results compared. */
  readonly compared: number;
}

export function runProgram(program: Program, given: Record<string, number | string>, target: Target = defaultTarget, seed = 1): Run {
  const params = program.resolve(given);
  const built = program.build(params, target);
  const inputs = program.data(params, new Rng(seed));
  const answers = evaluate(built, inputWords(inputs), argWords(built, inputs), { latency: target.latency });
  const mismatches = compareWithReference(built, answers, program.reference(params, inputs), program.tolerance(params));
  const compared = [...answers.outputs.values()].reduce((sum, words) => sum + words.length, answers.results.size);
  return { built, mismatches, compared };
}
