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
export async function runIcarus({ timeoutSeconds = 3600, ...options }: IcarusOptions): Promise<IcarusResult> {
  const compiled = await compileIcarus({ timeoutSeconds, ...options, program: PROGRAM });
  const ran = await runCompiled({ dir: options.dir, program: PROGRAM, args: [], timeoutSeconds });
  return { ...ran, took: { compile: compiled.seconds, run: ran.seconds } };
}

/** Compiles a test bench to `program` in `dir`. */
export async function compileIcarus(options: IcarusOptions & { readonly program: string }): Promise<RunResult> {
  const { dir, top, fileList, parameters = {}, timeoutSeconds = 3600, program } = options;
  const { iverilog } = await requireTools('iverilog');
  const overrides = Object.entries(parameters).map(([name, value]) => `-P${top}.${name}=${value}`);
  return run(iverilog.command, ['-g2012', '-s', top, ...overrides, '-o', program, ...fileList], { cwd: dir, timeoutSeconds });
}

/** Runs what `compileIcarus` made; `args` are `+name=value`. */
export function runCompiled(options: {
  dir: string;
  program: string;
  args: readonly string[];
  timeoutSeconds: number;
}): Promise<RunResult> {
  const { dir, program, args, timeoutSeconds } = options;
  // `-n`: `$stop` and interrupts end the run in place of asking the terminal.
  return run('vvp', ['-n', join(dir, program), ...args], { cwd: dir, timeoutSeconds });
}
