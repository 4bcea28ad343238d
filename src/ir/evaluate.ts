/**
 * The untimed evaluator: what a program means, bit for bit, by running its loops one after the other.
 *
 * The program becomes one JavaScript function over typed arrays (`evaluate-code.ts`); float reductions keep
 * the order that `Reduce` documents, so only the latencies of an architecture enter, nothing else of it.
 */
import { type Diagnostic, DiagnosticError } from '../base/diagnostic.ts';
import { bitsOf, floatOf } from '../ops/eval.ts';
import { EXPRESSION_NAMES } from '../ops/expression.ts';
import { fmaFloat } from '../ops/fma.ts';
import type { LatencyClass, Op } from '../ops/table.ts';
import { generateCode } from './evaluate-code.ts';
import { type Queue, queuesOf } from './evaluate-queues.ts';
import { legalise } from './legalise.ts';
import type { LoopProgram } from './loops.ts';
import { missingArg, missingInput } from './loops-messages.ts';

export interface EvaluateOptions {
  /** Cycles of each class of operation: entries of the accumulator ring. */
  readonly latency: Readonly<Record<LatencyClass, number>>;
  /** Arithmetic by function instead of by generated text (slower; for tests of the one against the other). */
  readonly evalOp?: Readonly<Record<Op, (a: number, b: number, c: number) => number>>;
}

export interface Answers {
  /** Every output array, row major, as 32-bit patterns. */
  readonly outputs: Map<string, Uint32Array>;
  /** Every result scalar, as an unsigned 32-bit pattern. */
  readonly results: Map<string, number>;
}

/**
 * Runs a verified program, its macros as the operations in their place. Words of outputs that are never stored are 0. A FIFO that
 * is empty where a word is taken, or holds words at the end, is reported by `DiagnosticError`.
 */
export function evaluate(
  program: LoopProgram,
  inputs: ReadonlyMap<string, Uint32Array>,
  args: ReadonlyMap<string, number>,
  options: EvaluateOptions,
): Answers {
  const problems: Diagnostic[] = [];
  const outputs = new Map<string, Uint32Array>();
  const dram: Record<string, Int32Array> = {};
  for (const { name, role, shape } of program.dram) {
    const words = shape.reduce((product, size) => product * size, 1);
    const array = role === 'out' ? new Uint32Array(words) : role === 'inout' ? inputs.get(name)?.slice() : inputs.get(name);
    if (array?.length !== words) {
      problems.push(missingInput(name, words, array?.length));
      continue;
    }
    if (role !== 'in') outputs.set(name, array);
    dram[name] = new Int32Array(array.buffer, array.byteOffset, words);
  }
  for (const { name } of program.args) if (!args.has(name)) problems.push(missingArg(name));
  if (problems.length > 0) throw new DiagnosticError(problems);

  const memories: Record<string, Int32Array> = {};
  for (const { kind, name, shape, words } of program.memories)
    if (kind !== 'fifo')
      memories[name] = words ? Int32Array.from(words) : new Int32Array(shape.reduce((product, size) => product * size, 1));
  const values = Object.fromEntries(program.args.map(({ name }) => [name, (args.get(name) ?? 0) | 0]));
  const results: Record<string, number> = Object.fromEntries(program.results.map(({ name }) => [name, 0]));
  const legal = legalise(program);
  const queues = queuesOf(legal);
  const run = new Function('dram', 'memories', 'queues', 'args', 'results', 'lib', generateCode(legal, options)) as Run;
  run(dram, memories, queues, values, results, {
    ...EXPRESSION_NAMES,
    transfer,
    fma: fmaFloat,
    bits: bitsOf,
    num: floatOf,
    ops: options.evalOp,
  });
  for (const queue of Object.values(queues)) queue.finish();
  return { outputs, results: new Map(program.results.map(({ name }) => [name, results[name] >>> 0])) };
}

type Run = (
  dram: Record<string, Int32Array>,
  memories: Record<string, Int32Array>,
  queues: Record<string, Queue>,
  args: Record<string, number>,
  results: Record<string, number>,
  lib: object,
) => void;

/**
 * Moves a box between an array and a memory, row by row, `start` words later and at most `most` words of a row; beyond that, and
 * outside the array, zeros are loaded and nothing is stored.
 */
function transfer(
  load: boolean,
  array: Int32Array,
  shape: readonly number[],
  memory: Int32Array,
  offset: readonly number[],
  extent: readonly number[],
  start: number,
  most: number,
): void {
  const last = shape.length - 1;
  const run = extent[last];
  const begin = offset[last] + start;
  const before = Math.min(run, Math.max(0, -begin));
  const inside = Math.max(0, Math.min(run, shape[last] - begin, most) - before);
  let at = 0;
  const walk = (dimension: number, row: number, real: boolean): void => {
    if (dimension === last) {
      const first = row * shape[last] + begin + before;
      const count = real ? inside : 0;
      if (load) {
        memory.fill(0, at, at + run);
        if (count > 0) memory.set(array.subarray(first, first + count), at + before);
      } else if (count > 0) array.set(memory.subarray(at, at + count), first);
      at += run;
      return;
    }
    for (let i = 0; i < extent[dimension]; i++) {
      const index = offset[dimension] + i;
      walk(dimension + 1, row * shape[dimension] + index, real && index >= 0 && index < shape[dimension]);
    }
  };
  walk(0, 0, true);
}
