/** Answers side by side: bit for bit between witnesses, and each kind of trouble as a diagnostic. */
import type { Diagnostic } from '../../base/diagnostic.ts';
import { compareWithReference } from '../../frontend/check.ts';
import type { Expected, Tolerance } from '../../frontend/program.ts';
import type { Answers } from '../../ir/evaluate.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { floatOf } from '../../ops/eval.ts';
import { answersDiffer, fabricFault, hung, outOfCycles, referenceDiffers, residueLeft } from './messages.ts';
import type { MachineRun, Witness } from './witness.ts';

/** Everything in which two answers differ, an output or result each. */
export function compareAnswers(program: LoopProgram, pair: readonly [Witness, Witness], left: Answers, right: Answers): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { name, shape, type, role } of program.dram) {
    if (role === 'in') continue;
    const a = left.outputs.get(name) ?? new Uint32Array();
    const b = right.outputs.get(name) ?? new Uint32Array();
    let first = -1;
    let count = 0;
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (a[i] === b[i]) continue;
      if (count++ === 0) first = i;
    }
    const show = (bits: number) => ({ value: type === 'f32' ? floatOf(bits) : bits | 0, bits });
    if (count > 0) found.push(answersDiffer(pair, placeOf(name, positionOf(first, shape)), [show(a[first]), show(b[first])], count));
  }
  for (const { name, type } of program.results) {
    const [a, b] = [left, right].map((answers) => answers.results.get(name) ?? 0);
    const show = (bits: number) => ({ value: type === 'f32' ? floatOf(bits) : bits | 0, bits });
    if (a !== b) found.push(answersDiffer(pair, name, [show(a), show(b)], 1));
  }
  return found;
}

/** Where an answer is not the program's reference. */
export function compareReference(
  program: LoopProgram,
  witness: Witness,
  answers: Answers,
  expected: Expected,
  tolerance: Tolerance,
): Diagnostic[] {
  return compareWithReference(program, answers, expected, tolerance).map(({ name, index, got, expected: wanted, count }) =>
    referenceDiffers(witness, index ? placeOf(name, index) : name, got, wanted, count),
  );
}

/** What is wrong with a run, whatever it answered. */
export function runProblems(witness: Witness, run: MachineRun): Diagnostic[] {
  const faults = run.errors.slice(0, 1).map((fault) => fabricFault(witness, fault));
  if (run.status === 'refused') return faults;
  if (run.status === 'hang') return [...faults, hung(witness, run.cycles, run.waiting)];
  if (run.status === 'limit') return [...faults, outOfCycles(witness, run.cycles, run.waiting)];
  return run.residue ? [...faults, residueLeft(witness)] : faults;
}

const placeOf = (name: string, index: readonly number[]): string => `${name}[${index.join(', ')}]`;

function positionOf(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    index.unshift(at % shape[d]);
    at = Math.floor(at / shape[d]);
  }
  return index;
}
