/** Icarus Verilog: an event-driven simulator with four values a bit. It compiles in seconds and runs slowly. */
import { join } from 'node:path';
import { type RunResult, run } from './run.ts';
import { requireTools } from './versions.ts';

export interface IcarusOptions {
  /** Where relative names are looked up, and where the program is written and runs. */
  readonly dir: string;
  readonly top: string;
  /** SystemVerilog files. */
  readonly fileList: readonly string[];
  /** Numbers in place of the defaults of the top module's parameters. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly timeoutSeconds?: number;
}

export interface IcarusResult extends RunResult {
  /** Wall time of compiler and simulation. */
  readonly took: { readonly compile: number; readonly run: number };
}

const PROGRAM = 'bench.vvp';

/** Compiles a test bench and runs it to its `$finish`, in `dir`. Throws E0901 to E0904. */
export async function runIcarus({ dir, top, fileList, parameters = {}, timeoutSeconds = 3600 }: IcarusOptions): Promise<IcarusResult> {
  const { iverilog } = await requireTools('iverilog');
  const overrides = Object.entries(parameters).map(([name, value]) => `-P${top}.${name}=${value}`);
  const flags = ['-g2012', '-s', top, ...overrides, '-o', PROGRAM];
  const compiled = await run(iverilog.command, [...flags, ...fileList], { cwd: dir, timeoutSeconds });
  // `-n`: `$stop` and interrupts end the run in place of asking the terminal.
  const ran = await run('vvp', ['-n', join(dir, PROGRAM)], { cwd: dir, timeoutSeconds });
  return { ...ran, took: { compile: compiled.seconds, run: ran.seconds } };
}
