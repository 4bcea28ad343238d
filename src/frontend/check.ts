/** Answers of a run against a program's reference. */

import type { ElementType, LoopProgram } from '../ir/loops.ts';
import { floatOf } from '../ops/eval.ts';
import type { Expected, Inputs, Tolerance, Words } from './program.ts';

/** The first word that differs, of an output (`index`) or a result. */
export interface Mismatch {
  readonly name: string;
  /** Row-major position; undefined for a result. */
  readonly index?: readonly number[];
  readonly got: number;
  readonly expected: number;
  /** Words of this output that differ. */
  readonly count: number;
}

/** Inputs as 32-bit patterns. */
export function inputWords(inputs: Inputs): Map<string, Uint32Array> {
  return new Map(Object.entries(inputs.arrays).map(([name, words]) => [name, patterns(words)]));
}

/** Arguments as 32-bit patterns, by their types. */
export function argWords(program: LoopProgram, inputs: Inputs): Map<string, number> {
  return new Map(
    program.args.flatMap(({ name, type }) => {
      const value = inputs.args?.[name];
      return value === undefined ? [] : [[name, patterns(type === 'f32' ? Float32Array.of(value) : Int32Array.of(value))[0]]];
    }),
  );
}

const patterns = (words: Words): Uint32Array => new Uint32Array(words.buffer, words.byteOffset, words.length);

/** Every output and result that differs from the reference; empty when all agree. i32 exactly, f32 within the tolerance. */
export function compareWithReference(
  program: LoopProgram,
  answers: { readonly outputs: ReadonlyMap<string, Uint32Array>; readonly results: ReadonlyMap<string, number> },
  expected: Expected,
  tolerance: Tolerance,
): Mismatch[] {
  const found: Mismatch[] = [];
  for (const { name, type, shape, role } of program.dram) {
    const reference = expected.outputs?.[name];
    if (role === 'in') continue;
    const got = answers.outputs.get(name) ?? new Uint32Array();
    let first: Omit<Mismatch, 'count'> | undefined;
    let count = 0;
    for (let i = 0; i < got.length; i++) {
      const want = reference?.[i];
      if (agrees(got[i], want, type, tolerance)) continue;
      first ??= { name, index: position(i, shape), got: numberOf(got[i], type), expected: want ?? Number.NaN };
      count++;
    }
    if (first) found.push({ ...first, count });
  }
  for (const { name, type } of program.results) {
    const got = answers.results.get(name) ?? 0;
    const want = expected.results?.[name];
    if (!agrees(got, want, type, tolerance)) found.push({ name, got: numberOf(got, type), expected: want ?? Number.NaN, count: 1 });
  }
  return found;
}

const numberOf = (bits: number, type: ElementType): number => (type === 'f32' ? floatOf(bits) : bits | 0);

function agrees(bits: number, want: number | undefined, type: ElementType, { relative, absolute }: Tolerance): boolean {
  if (want === undefined) return false;
  const got = numberOf(bits, type);
  if (type === 'i32') return got === want;
  if (Number.isNaN(want)) return Number.isNaN(got);
  const nearest = Math.fround(want);
  if (!Number.isFinite(nearest)) return got === nearest;
  return got === nearest || Math.abs(got - want) <= absolute + relative * Math.abs(want);
}

function position(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    index.unshift(at % shape[d]);
    at = Math.floor(at / shape[d]);
  }
  return index;
}
