/** Configurations that run one after the other: each over the DRAM that the one before it left, with results of its own. */
import type { KbitInterface } from '../../bitstream/format.ts';
import type { Compiled } from '../../compiler/compile.ts';
import type { TileConfig } from '../../fabric/config.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { type Answers, type EvaluateOptions, evaluate } from '../../ir/evaluate.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { statsInSequence } from '../../sim/stats.ts';
import { type GoldenOptions, type GoldenRun, runGolden } from './golden.ts';
import type { MachineRun } from './witness.ts';

/** One configuration: a bitstream with what is known about it. A program that fits has one. */
export interface Section {
  /** As mapped: its evaluation is the expected answer, bit for bit. */
  readonly loops: LoopProgram;
  readonly kbit: Uint8Array;
  readonly host: KbitInterface;
  /** By tile id. */
  readonly configs: ReadonlyMap<number, TileConfig>;
  readonly units: Compiled['units'];
  /** Absent when the bitstream was given. */
  readonly compiled?: Compiled;
}

/** What the host of a file of sections sees: arrays of all, as much DRAM as the one that takes most, results of any. */
export function hostOf(sections: readonly Pick<Section, 'host'>[]): KbitInterface {
  const hosts = sections.map(({ host }) => host);
  if (hosts.length === 1) return hosts[0];
  return {
    ...hosts[0],
    arguments: hosts.flatMap((host) => host.arguments).filter(({ name }, i, all) => all.findIndex((one) => one.name === name) === i),
    results: hosts.flatMap(({ results }) => results),
    dramBytes: Math.max(...hosts.map(({ dramBytes }) => dramBytes)),
  };
}

/** What the sections mean, one after the other: `program` says which arrays and results are asked for. */
export function evaluateSections(
  program: LoopProgram,
  sections: readonly Section[],
  inputs: ReadonlyMap<string, Uint32Array>,
  args: ReadonlyMap<string, number>,
  options: EvaluateOptions,
): Answers {
  if (sections.length === 1) return evaluate(sections[0].loops, inputs, args, options);
  const arrays = new Map(inputs);
  const results = new Map(program.results.map(({ name }) => [name, 0]));
  for (const { loops } of sections) {
    // What no section has stored yet is 0.
    for (const { name, shape } of loops.dram)
      if (!arrays.has(name)) arrays.set(name, new Uint32Array(shape.reduce((product, size) => product * size, 1)));
    const answers = evaluate(loops, arrays, args, options);
    for (const [name, words] of answers.outputs) arrays.set(name, words);
    for (const { name } of loops.results) results.set(name, answers.results.get(name) ?? 0);
  }
  const outputs = program.dram.flatMap(({ name, role }) => (role === 'in' ? [] : [[name, arrays.get(name) ?? new Uint32Array()] as const]));
  return { outputs: new Map(outputs), results };
}

/** Runs the sections on the golden simulator, none after one that is not done. */
export function runGoldenSections(
  fabric: Fabric,
  sections: readonly (Pick<Section, 'kbit'> & { readonly names?: GoldenOptions['names'] })[],
  image: Uint8Array,
  args: ReadonlyMap<string, number>,
  options: GoldenOptions,
): GoldenRun[] {
  const runs: GoldenRun[] = [];
  for (const { kbit, names } of sections) {
    const run = runGolden(fabric, kbit, runs.at(-1)?.image ?? image, args, { ...options, names });
    runs.push(run);
    if (run.status !== 'done') break;
  }
  return runs;
}

/** The golden runs of sections as one. */
export const goldenInSequence = (runs: readonly GoldenRun[]): GoldenRun => ({
  ...runsInSequence(runs),
  stats: statsInSequence(runs),
  beats: {
    reads: runs.reduce((sum, { beats }) => sum + beats.reads, 0),
    writes: runs.reduce((sum, { beats }) => sum + beats.writes, 0),
  },
  unwritten: runs.flatMap(({ unwritten }) => unwritten),
});

/** Runs one after the other as one: cycles of all, loading apart; arrays as the last one left them, results of any. */
export function runsInSequence<R extends MachineRun>(runs: readonly R[]): R {
  const last = runs[runs.length - 1];
  if (runs.length === 1) return last;
  const sum = (of: (run: R) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    ...last,
    cycles: sum(({ cycles }) => cycles),
    ...(last.configCycles === undefined ? {} : { configCycles: sum(({ configCycles }) => configCycles ?? 0) }),
    answers: { outputs: last.answers.outputs, results: new Map(runs.flatMap(({ answers }) => [...answers.results])) },
    errors: runs.flatMap(({ errors }) => errors),
    residue: runs.some(({ residue }) => residue),
    waiting: runs.flatMap(({ waiting }) => waiting),
  };
}
