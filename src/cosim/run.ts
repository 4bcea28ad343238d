/**
 * One run of a bitstream on the Verilated RTL: the second witness beside the golden machine. The
 * bitstream lies in DRAM above the program's image and is loaded by the hardware itself.
 */
import { join } from 'node:path';
import { DiagnosticError, errorDiagnostic } from '../base/diagnostic.ts';
import { invariant } from '../base/invariant.ts';
import { BEAT_BYTES, loaderPart } from '../bitstream/format.ts';
import type { Fabric } from '../fabric/graph.ts';
import { DEFAULT_DRAM, DRAM_PROFILES, type DramProfile } from '../sim/dram-profile.ts';
import { readBytes, writeAtomic } from '../tools/files.ts';
import { run } from '../tools/run.ts';
import { withScratch } from '../tools/scratch.ts';
import { buildRtl, type RtlBuildOptions } from './build.ts';

export interface RtlRunOptions extends Omit<RtlBuildOptions, 'trace'> {
  /** DRAM at the start; it stays as it is, the result has its own. */
  readonly image: Uint8Array;
  /** Argument registers, as 32-bit patterns. */
  readonly args?: ArrayLike<number>;
  readonly dram?: DramProfile;
  /** The run is stopped in this cycle, T0 being 1. */
  readonly maxCycles?: number;
  /** A `.vcd` or `.fst` file for the waves of everything, loading included. */
  readonly waves?: string;
  /** With `unknowns: 'unique'`: the seed of what registers hold before they are reset. */
  readonly seed?: number;
  readonly timeoutSeconds?: number;
}

/** What the host port says went wrong first. */
export interface RtlError {
  /** As `FORMAT.md` numbers them. */
  readonly cause: number;
  readonly x: number;
  readonly y: number;
  readonly info: number;
}

export interface RtlRun {
  /** `refused`: the loader did not take the bitstream. `limit`: stopped at `maxCycles`. */
  readonly status: 'done' | 'hang' | 'limit' | 'refused';
  /** From T0 to the cycle in which done (or hang) is first visible, inclusive. */
  readonly cycles: number;
  /** From the request to load until loaded. */
  readonly configCycles: number;
  /** Result registers, as signed 32-bit patterns. */
  readonly results: Int32Array;
  /** DRAM at the end, as long as the image. */
  readonly image: Uint8Array;
  /** At most one: the host port keeps the first. */
  readonly errors: readonly RtlError[];
  /** Done, but something was left inside. */
  readonly residue: boolean;
  /** Beats the DRAM served in the run, and before it for the loader. */
  readonly beats: { readonly reads: number; readonly writes: number };
  /** The first byte address beyond the image that was asked for. */
  readonly outOfRange: number | undefined;
  readonly seconds: { readonly build: number; readonly run: number };
}

/** The page size that no burst crosses; the bitstream begins at one. */
const PAGE_BYTES = 4096;
/** Looks at the status, a few cycles each: far more than the largest bitstream takes through the narrowest memory. */
const LOAD_POLLS = 3_000_000;

/** The shape of the harness's `result.json`. */
interface Answer {
  readonly status: RtlRun['status'];
  readonly cycles: number;
  /** The hardware's own count. */
  readonly counted: number;
  readonly configCycles: number;
  readonly residue: boolean;
  readonly error?: RtlError;
  readonly reads: number;
  readonly writes: number;
  readonly outOfRange?: number;
  readonly results: readonly number[];
}

/** Builds what is missing, loads and runs. */
export async function runRtl(fabric: Fabric, kbit: Uint8Array, options: RtlRunOptions): Promise<RtlRun> {
  const { image, dram = DRAM_PROFILES[DEFAULT_DRAM] } = options;
  const { arch } = fabric;
  const bits = loaderPart(kbit);
  const address = Math.ceil(image.length / PAGE_BYTES) * PAGE_BYTES;
  if (address + bits.length > 2 ** arch.memory.addressBits)
    throw new DiagnosticError(noRoom(arch.memory.addressBits, image.length, bits.length));
  const args = Array.from(options.args ?? [], (value) => value >>> 0);
  invariant(args.length <= arch.host.args, () => `${args.length} arguments for ${arch.host.args} registers`);
  const start = performance.now();
  const build = await buildRtl(fabric, { ...options, trace: traceOf(options.waves) });
  const built = performance.now();
  options.onProgress?.('simulating');
  return withScratch('run', async (dir) => {
    const paths = { image: join(dir, 'image.bin'), bits: join(dir, 'bits.bin'), job: join(dir, 'job') };
    await writeAtomic(paths.image, image);
    await writeAtomic(paths.bits, bits);
    const job = [
      `image ${paths.image}`,
      `bitstream ${paths.bits}`,
      `out ${dir}`,
      ...(options.waves === undefined ? [] : [`waves ${options.waves}`]),
      `config_address ${address}`,
      `max_cycles ${Math.min(options.maxCycles ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)}`,
      `load_polls ${LOAD_POLLS}`,
      `profile ${dram.unit} ${dram.read} ${dram.total} ${dram.readLatency} ${dram.writeLatency}`,
      `args ${args.join(' ')}`,
    ];
    await writeAtomic(paths.job, `${job.join('\n')}\n`);
    const seed = options.unknowns === 'unique' ? ['+verilator+rand+reset+2', `+verilator+seed+${options.seed ?? 1}`] : [];
    await run(build.binary, [paths.job, ...seed], { timeoutSeconds: options.timeoutSeconds ?? 3600 });
    const answer = JSON.parse((await readBytes(join(dir, 'result.json'))).toString('utf8')) as Answer;
    const after = answer.status === 'refused' ? image.slice() : new Uint8Array(await readBytes(join(dir, 'dram.bin')));
    const seconds = { build: (built - start) / 1000, run: (performance.now() - built) / 1000 };
    return { ...outcomeOf(answer), image: after, seconds };
  });
}

function outcomeOf(answer: Answer): Omit<RtlRun, 'image' | 'seconds'> {
  const { status, cycles, counted, configCycles, residue, error, reads, writes, outOfRange, results } = answer;
  invariant(status !== 'done' || counted === cycles, () => `the host port counted ${counted} cycles, the harness ${cycles}`);
  return {
    status,
    cycles,
    configCycles,
    results: Int32Array.from(results, (word) => word | 0),
    errors: error ? [error] : [],
    residue,
    beats: { reads, writes },
    outOfRange,
  };
}

function traceOf(waves: string | undefined): 'none' | 'vcd' | 'fst' {
  if (waves === undefined) return 'none';
  return waves.endsWith('.fst') ? 'fst' : 'vcd';
}

function noRoom(addressBits: number, image: number, bits: number) {
  return errorDiagnostic(
    'E0870',
    `the DRAM image of ${image} bytes and the bitstream of ${bits} do not fit in ${addressBits} address bits`,
    {
      notes: [`\`memory.addressBits\` gives ${2 ** addressBits} bytes; the bitstream lies above the image for the loader`],
      help: `use smaller data, or raise \`memory.addressBits\` beyond ${addressBits} (${BEAT_BYTES}-byte beats stay as they are)`,
    },
  );
}
