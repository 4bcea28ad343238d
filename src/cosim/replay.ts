/**
 * Unit proof by replay: a stimulus recorded cycle by cycle (with the golden unit in the loop) is given to the
 * Verilated module, whose outputs must be the recorded ones in every cycle.
 */
import { join } from 'node:path';
import { invariant } from '../base/invariant.ts';
import { renderTemplate } from '../rtl/env.ts';
import { readBytes, writeAtomic } from '../tools/files.ts';
import { run } from '../tools/run.ts';
import { withScratch } from '../tools/scratch.ts';
import { buildVerilator, type VerilatorBuild } from '../tools/verilator.ts';

/** A port of the module; `clk_i` is driven by the bench. */
export interface ReplayPort {
  readonly name: string;
  /** Bits. */
  readonly width: number;
}

export interface ReplayModule {
  readonly top: string;
  /** Every file of the module, in order: name and text. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Inputs that hold one value throughout (a configuration). */
  readonly constants: readonly ReplayPort[];
  readonly inputs: readonly ReplayPort[];
  readonly outputs: readonly ReplayPort[];
  /** More flags for Verilator. */
  readonly flags?: readonly string[];
  /** Registers begin with anything, not with 0 (in `check` and `mutants`): what counts must be reset. */
  readonly poison?: boolean;
}

/** Words of the constants, of one cycle of stimulus and of answer, and where each port begins. */
export interface ReplayLayout {
  readonly constants: Layout;
  readonly stimulus: Layout;
  readonly answer: Layout;
}

export interface ReplayBench extends ReplayLayout {
  readonly build: VerilatorBuild;
  /** Runs one recording: constants' words, then `cycles` times the stimulus words; gives back all answers. */
  replay(constants: Uint32Array, stimulus: Uint32Array): Promise<Uint32Array>;
  /** Replays recordings one by one; of each the first difference, if there is any. */
  check(recordings: readonly Recording[]): Promise<(Difference | undefined)[]>;
  /**
   * Replays the recordings on each mutant until one differs (see `test/mutation`): what betrayed it, or undefined.
   * `seconds`: the longest that one mutant may take; one that ends early, or takes longer, is betrayed by that.
   */
  mutants(recordings: readonly Recording[], ids: readonly number[], seconds: number): Promise<Map<number, Betrayal | undefined>>;
}

/** What goes in and what must come out, cycle by cycle. */
export interface Recording {
  readonly constants: Uint32Array;
  /** A whole number of cycles of stimulus words. */
  readonly stimulus: Uint32Array;
  /** As many cycles of answers, and which of their bits must be as they are here. */
  readonly want: Uint32Array;
  readonly care: Uint32Array;
}

/** The first answer word with a bit that is not as it must be. */
export interface Difference {
  readonly cycle: number;
  readonly port: string;
  /** Word of the port. */
  readonly word: number;
  readonly got: number;
  readonly want: number;
}

export type Betrayal = { readonly recording: number; readonly difference: Difference } | { readonly end: string };

/** A difference in words. */
export function tellDifference({ cycle, port, word, got, want }: Difference): string {
  return `cycle ${cycle}, ${port} word ${word}: RTL ${got.toString(16)}, golden ${want.toString(16)}`;
}

export interface Layout {
  readonly words: number;
  /** The first word of a port. */
  at(name: string): number;
  has(name: string): boolean;
  /** The port that word `index` belongs to. */
  portOf(index: number): { readonly name: string; readonly word: number };
}

/** Builds (or finds) the replay bench of a module. `directory`: where the rendered files are written. */
export async function replayBench(module: ReplayModule, directory: string): Promise<ReplayBench> {
  const layout = replayLayout(module);
  const { constants, stimulus: inputs, answer: outputs } = layout;
  for (const file of module.files) await writeAtomic(join(directory, file.path), file.text);
  const bench = renderTemplate('tb/replay.cpp.njk', { ...benchView(module.top, layout), poison: module.poison ?? false });
  await writeAtomic(join(directory, 'replay.cpp'), bench);
  const build = await buildVerilator({
    dir: directory,
    top: module.top,
    fileList: module.files.map((file) => file.path),
    cpp: ['replay.cpp'],
    hierarchical: false,
    trace: 'none',
    ...(module.poison ? { unknowns: 'unique' as const } : {}),
    ...(module.flags ? { extraFlags: module.flags } : {}),
  });
  const differenceOf = ([cycle, index, got, want]: readonly number[]): Difference => {
    const { name, word } = outputs.portOf(index);
    return { cycle, port: name, word, got, want };
  };
  /** The lines that the bench prints when it looks at recordings by itself. */
  const lines = (recordings: readonly Recording[], args: readonly string[], timeoutSeconds: number) =>
    withScratch('replay', async (scratch) => {
      const input = join(scratch, 'recordings.bin');
      await writeAtomic(input, bytesOfRecordings(recordings, inputs.words));
      const { stdout } = await run(build.binary, ['check', input, ...args], { timeoutSeconds });
      return stdout.split('\n').filter((line) => line !== '');
    });
  return {
    build,
    constants,
    stimulus: inputs,
    answer: outputs,
    async check(recordings) {
      const found = new Array<Difference | undefined>(recordings.length).fill(undefined);
      for (const line of await lines(recordings, [], 600)) {
        const [recording, ...rest] = line.split(' ').map(Number);
        found[recording] = differenceOf(rest);
      }
      return found;
    },
    async mutants(recordings, ids, seconds) {
      const found = new Map<number, Betrayal | undefined>(ids.map((id) => [id, undefined]));
      for (const line of await lines(recordings, ['mutants', String(seconds), ...ids.map(String)], seconds * ids.length + 60)) {
        const [id, ...rest] = line.split(' ');
        if (rest[0] === 'end') found.set(Number(id), { end: rest.slice(1).join(' ') });
        else found.set(Number(id), { recording: Number(rest[0]), difference: differenceOf(rest.slice(1).map(Number)) });
      }
      return found;
    },
    replay(constantWords, stimulus) {
      return withScratch('replay', async (scratch) => {
        const input = join(scratch, 'stimulus.bin');
        const output = join(scratch, 'answers.bin');
        await writeAtomic(input, Buffer.concat([bytesOf(constantWords), bytesOf(stimulus)]));
        await run(build.binary, [input, output], { timeoutSeconds: 600 });
        const bytes = await readBytes(output);
        return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
      });
    },
  };
}

const bytesOf = (words: Uint32Array) => Buffer.from(words.buffer, words.byteOffset, words.byteLength);

/** Their number, then of each the cycles and the words of constants, stimulus, want and care. */
function bytesOfRecordings(recordings: readonly Recording[], stimulusWords: number): Buffer {
  const parts = [bytesOf(Uint32Array.of(recordings.length))];
  for (const { constants, stimulus, want, care } of recordings) {
    const cycles = Uint32Array.of(stimulus.length / stimulusWords);
    parts.push(...[cycles, constants, stimulus, want, care].map(bytesOf));
  }
  return Buffer.concat(parts);
}

/** The words of recordings for a module: what a recorder has to know of it. */
export function replayLayout(module: ReplayModule): { readonly [part in keyof ReplayLayout]: PlacedPorts } {
  return { constants: placePorts(module.constants), stimulus: placePorts(module.inputs), answer: placePorts(module.outputs) };
}

/** What the templates of both benches take of a module. */
export function benchView(top: string, { constants, stimulus, answer }: ReturnType<typeof replayLayout>) {
  return {
    top,
    constants: constants.ports,
    constantWords: constants.words,
    inputs: stimulus.ports,
    inputWords: stimulus.words,
    outputs: answer.ports,
    outputWords: answer.words,
  };
}

type PlacedPorts = Layout & { readonly ports: readonly (ReplayPort & { readonly at: number })[] };

/** Ports one behind the other, each from a word of its own on. */
function placePorts(ports: readonly ReplayPort[]): PlacedPorts {
  let words = 0;
  const owners: { name: string; word: number }[] = [];
  const placed = ports.map(({ name, width }) => {
    const at = words;
    words += Math.ceil(width / 32);
    for (let word = 0; at + word < words; word++) owners.push({ name, word });
    return { name, width, at };
  });
  const starts = new Map(placed.map((port) => [port.name, port.at]));
  const at = (name: string): number => {
    const start = starts.get(name);
    invariant(start !== undefined, () => `there is no port \`${name}\``);
    return start;
  };
  return { words, ports: placed, at, has: (name) => starts.has(name), portOf: (index) => owners[index] };
}
