/**
 * Unit proof by replay: a stimulus recorded cycle by cycle (with the golden unit in the loop) is given to the
 * Verilated module, whose outputs must be the recorded ones in every cycle.
 */
import { join } from 'node:path';
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
}

export interface ReplayBench {
  readonly build: VerilatorBuild;
  /** Words of one cycle of stimulus and of answer, and where each port begins. */
  readonly stimulus: Layout;
  readonly answer: Layout;
  /** Runs one recording: constants' words, then `cycles` times the stimulus words; gives back all answers. */
  replay(constants: Uint32Array, stimulus: Uint32Array): Promise<Uint32Array>;
}

export interface Layout {
  readonly words: number;
  at(name: string): number;
}

/** Builds (or finds) the replay bench of a module. `directory`: where the rendered files are written. */
export async function replayBench(module: ReplayModule, directory: string): Promise<ReplayBench> {
  const constants = place(module.constants);
  const inputs = place(module.inputs);
  const outputs = place(module.outputs);
  for (const file of module.files) await writeAtomic(join(directory, file.path), file.text);
  const bench = renderTemplate('tb/replay.cpp.njk', {
    top: module.top,
    constants: constants.ports,
    constantWords: constants.words,
    inputs: inputs.ports,
    inputWords: inputs.words,
    outputs: outputs.ports,
    outputWords: outputs.words,
  });
  await writeAtomic(join(directory, 'replay.cpp'), bench);
  const build = await buildVerilator({
    dir: directory,
    top: module.top,
    fileList: module.files.map((file) => file.path),
    cpp: ['replay.cpp'],
    hierarchical: false,
    trace: 'none',
  });
  return {
    build,
    stimulus: inputs,
    answer: outputs,
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

function place(ports: readonly ReplayPort[]): Layout & { readonly ports: readonly { name: string; at: number }[] } {
  let words = 0;
  const placed = ports.map((port) => {
    const at = words;
    words += Math.ceil(port.width / 32);
    return { name: port.name, at };
  });
  const starts = new Map(placed.map((port) => [port.name, port.at]));
  return { words, ports: placed, at: (name) => starts.get(name) as number };
}
