/**
 * Unit proof by replay in Icarus Verilog: the recordings of `replay.ts` on a simulator that knows x. It takes seconds to
 * compile what takes Verilator minutes, a netlist of gates above all.
 */
import { join } from 'node:path';
import { renderTemplate } from '../rtl/env.ts';
import { writeAtomic } from '../tools/files.ts';
import { compileIcarus, runCompiled } from '../tools/icarus.ts';
import { withScratch } from '../tools/scratch.ts';
import { benchView, type Recording, type ReplayLayout, type ReplayModule, replayLayout } from './replay.ts';

/** The first answer word with a bit that is not as it must be, in hexadecimal with an x where nothing is known. */
export interface FourStateDifference {
  readonly cycle: number;
  readonly port: string;
  readonly word: number;
  readonly got: string;
  readonly want: string;
}

/** Replays recordings, each on a fresh simulation; of each the first difference, if there is any. Throws E0901 to E0904. */
export function replayOnIcarus(module: ReplayModule, recordings: readonly Recording[]): Promise<(FourStateDifference | undefined)[]> {
  const layout = replayLayout(module);
  const { stimulus: inputs, answer: outputs } = layout;
  return withScratch('replay', async (dir) => {
    for (const { path, text } of module.files) await writeAtomic(join(dir, path), text);
    const cyclesOf = ({ stimulus }: Recording) => stimulus.length / inputs.words;
    const cycles = Math.max(...recordings.map(cyclesOf));
    const bench = renderTemplate('tb/replay.sv.njk', { ...benchView(module.top, layout), cycles });
    await writeAtomic(join(dir, 'replay.sv'), bench);
    const program = 'replay.vvp';
    await compileIcarus({ dir, top: 'kiln_replay', fileList: [...module.files.map(({ path }) => path), 'replay.sv'], program });
    const found: (FourStateDifference | undefined)[] = [];
    for (const [i, recording] of recordings.entries()) {
      const cycles = cyclesOf(recording);
      await writeAtomic(join(dir, `${i}.hex`), hexOf(recording, cycles, inputs.words, outputs.words));
      const { stdout } = await runCompiled({ dir, program, args: [`+recording=${i}.hex`, `+cycles=${cycles}`], timeoutSeconds: 1800 });
      found.push(differenceIn(stdout, outputs));
    }
    return found;
  });
}

function differenceIn(stdout: string, outputs: ReplayLayout['answer']): FourStateDifference | undefined {
  const line = /^differs (\d+) (\d+) (\w+) (\w+)$/m.exec(stdout);
  if (!line && !/^end$/m.test(stdout)) throw new Error(`the replay did not come to its end: ${stdout.slice(0, 500)}`);
  if (!line) return undefined;
  const { name, word } = outputs.portOf(Number(line[2]));
  return { cycle: Number(line[1]), port: name, word, got: line[3], want: line[4] };
}

function hexOf({ constants, stimulus, want, care }: Recording, cycles: number, inputs: number, outputs: number): string {
  const lines: string[] = [];
  const add = (words: Uint32Array, from: number, count: number) => {
    for (let i = from; i < from + count; i++) lines.push(words[i].toString(16));
  };
  add(constants, 0, constants.length);
  for (let cycle = 0; cycle < cycles; cycle++) {
    add(stimulus, cycle * inputs, inputs);
    add(want, cycle * outputs, outputs);
    add(care, cycle * outputs, outputs);
  }
  return `${lines.join('\n')}\n`;
}
