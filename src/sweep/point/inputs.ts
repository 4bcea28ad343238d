/** The data of a run: the program's own, seeded, with arrays and arguments from outside put in their place. */
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import type { NpyArray } from '../../base/npy.ts';
import { Rng } from '../../base/rng.ts';
import { didYouMean } from '../../base/text.ts';
import type { Expected, Inputs, Program, Words } from '../../frontend/program.ts';
import type { DramArray, LoopProgram } from '../../ir/loops.ts';
import { missingArg } from '../../ir/loops-messages.ts';
import { unknownArgument, unknownInput, wrongArgument, wrongData, wrongElement, wrongReference, wrongShape } from './messages.ts';

/** An array read from a file, for an input of this name. */
export interface GivenArray {
  readonly file: string;
  readonly array: NpyArray;
}

export interface GivenData {
  readonly arrays: ReadonlyMap<string, GivenArray>;
  readonly args: ReadonlyMap<string, number>;
  readonly seed: number | string;
}

/** Throws every array and argument that does not fit, together. */
export function inputsOf(
  program: Program,
  params: Readonly<Record<string, number | string>>,
  loops: LoopProgram,
  given: GivenData,
): Inputs {
  const problems: Diagnostic[] = [];
  const own = program.data(params, new Rng(given.seed));
  const arrays: Record<string, Words> = { ...own.arrays };
  const inputs = loops.dram.filter(({ role }) => role !== 'out');
  for (const [name, source] of given.arrays) {
    const target = inputs.find((array) => array.name === name);
    const words = target && wordsFrom(source, target, problems);
    if (words) arrays[name] = words;
    if (!target) problems.push(unknownInput(name, ...knownAndNear(name, inputs)));
  }
  const args: Record<string, number> = { ...own.args };
  for (const [name, value] of given.args) {
    if (!loops.args.some((arg) => arg.name === name)) problems.push(unknownArgument(name, ...knownAndNear(name, loops.args)));
    args[name] = value;
  }
  problems.push(...dataProblems(program.name, loops, { arrays, args }, new Set(given.arrays.keys())));
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { arrays, args };
}

/** Arrays and arguments that are missing or of another size or type; arrays from `files` have been looked at. */
function dataProblems(program: string, loops: LoopProgram, { arrays, args = {} }: Inputs, files: ReadonlySet<string>): Diagnostic[] {
  const inputs = loops.dram.filter(({ name, role }) => role !== 'out' && !files.has(name));
  const wrong = inputs.flatMap(({ name, type, shape, source }) => {
    const words: unknown = arrays[name];
    const size = wordsOf(shape);
    const kind = type === 'f32' ? Float32Array : Int32Array;
    return words instanceof kind && words.length === size
      ? []
      : [wrongData(program, name, `${kind.name} of ${size} words`, held(words), source)];
  });
  const values = loops.args.flatMap(({ name, type }) => {
    const value = args[name];
    if (value === undefined) return [missingArg(name)];
    const fits = typeof value === 'number' && (type === 'f32' || (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32));
    return fits ? [] : [wrongArgument(name, value, type)];
  });
  return [...wrong, ...values];
}

const wordsOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

const held = (words: unknown): string =>
  words === undefined
    ? 'nothing'
    : ArrayBuffer.isView(words) && 'length' in words
      ? `${words.constructor.name} of ${words.length} words`
      : 'something else';

/** The program's reference: an answer for every output and result, and no other. */
export function referenceOf(
  program: Program,
  params: Readonly<Record<string, number | string>>,
  loops: LoopProgram,
  inputs: Inputs,
): Expected {
  const expected = program.reference(params, inputs);
  const { outputs = {}, results = {} } = expected;
  const arrays = loops.dram.filter(({ role }) => role !== 'in');
  const missing = [
    ...arrays.filter(({ name, shape }) => outputs[name]?.length !== wordsOf(shape)),
    ...loops.results.filter(({ name }) => typeof results[name] !== 'number'),
  ];
  const unknown = [
    ...Object.keys(outputs).filter((name) => !arrays.some((array) => array.name === name)),
    ...Object.keys(results).filter((name) => !loops.results.some((result) => result.name === name)),
  ];
  if (missing.length + unknown.length > 0)
    throw new DiagnosticError(
      wrongReference(
        program.name,
        missing.map(({ name }) => name),
        unknown,
      ),
    );
  return expected;
}

function wordsFrom({ file, array }: GivenArray, { name, type, shape }: DramArray, problems: Diagnostic[]): Words | undefined {
  const sameShape = array.shape.length === shape.length && array.shape.every((size, d) => size === shape[d]);
  if (!sameShape) problems.push(wrongShape(name, file, array.shape, shape));
  const { data } = array;
  if (type === 'f32' && data instanceof Float32Array) return data;
  if (type === 'i32' && data instanceof Int32Array) return data;
  if (type === 'i32' && data instanceof Uint32Array) return new Int32Array(data.buffer, data.byteOffset, data.length);
  if (type === 'i32' && data instanceof Uint8Array) return Int32Array.from(data);
  problems.push(wrongElement(name, file, array.dtype, type === 'f32' ? '<f4' : '<i4'));
  return undefined;
}

function knownAndNear(name: string, list: readonly { readonly name: string }[]): [string[], string | undefined] {
  const known = list.map((entry) => entry.name);
  return [known, didYouMean(name, known)];
}
