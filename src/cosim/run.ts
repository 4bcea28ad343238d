/** One run of a bitstream on the Verilated RTL: the second witness beside the golden machine. */
import { join } from 'node:path';
import type { Fabric } from '../fabric/graph.ts';
import { readBytes, writeAtomic } from '../tools/files.ts';
import { run } from '../tools/run.ts';
import { withScratch } from '../tools/scratch.ts';
import { buildRtl, type RtlBuildOptions } from './build.ts';
import { type Answer, jobOf, outcomeOf, type RtlRun, type RunOptions, type SectionRun } from './job.ts';
import { WatchedRun } from './probes.ts';

export interface RtlRunOptions extends RunOptions, Omit<RtlBuildOptions, 'trace' | 'onProgress'> {
  /** A `.vcd` or `.fst` file for the waves of everything, loading included. */
  readonly waves?: string;
  /** With `unknowns: 'unique'`: the seed of what registers hold before they are reset. */
  readonly seed?: number;
  /** The seed (not 0) of a memory that answers in any order and time that AXI4 allows, so that cycles say nothing. */
  readonly shuffle?: number;
  /** With `watched`: tells events from this cycle on, until so many words are written (by default 2^26). */
  readonly watch?: { readonly from: number; readonly words?: number };
}

export interface WatchedRtlRun extends RtlRun {
  /** What moved, and up to which cycle that is told. */
  readonly events: WatchedRun;
  readonly told: number;
}

/** A run that tells what moves on every stream (slower, and a build of its own). */
export async function watchRtl(fabric: Fabric, kbit: Uint8Array, options: RtlRunOptions): Promise<WatchedRtlRun> {
  let events: Uint32Array = new Uint32Array();
  let told = 0;
  const [run] = await runWith(fabric, [{ kbit }], { ...options, watched: true }, async (dir, [answer]) => {
    const bytes = await readBytes(join(dir, 'events.bin'));
    events = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    told = (answer as Answer & { readonly told: number }).told;
  });
  return { ...run, events: new WatchedRun(events), told };
}

/** Builds what is missing, loads and runs. */
export async function runRtl(fabric: Fabric, kbit: Uint8Array, options: RtlRunOptions): Promise<RtlRun> {
  const [run] = await runSections(fabric, [{ kbit }], options);
  return run;
}

/**
 * The same with several bitstreams, each loaded into the same hardware over the DRAM that the one before it left; none after one that
 * is not done. The seconds are of all together.
 */
export const runSections = (fabric: Fabric, sections: readonly SectionRun[], options: RtlRunOptions): Promise<RtlRun[]> =>
  runWith(fabric, sections, options, async () => {});

/** `look` may read more of what the harness left in its directory. */
async function runWith(
  fabric: Fabric,
  sections: readonly SectionRun[],
  options: RtlRunOptions,
  look: (dir: string, answers: readonly Answer[]) => Promise<void>,
): Promise<RtlRun[]> {
  const job = jobOf(fabric, sections, options);
  const start = performance.now();
  const build = await buildRtl(fabric, { ...options, trace: traceOf(options.waves) });
  const built = performance.now();
  options.onProgress?.('simulating');
  return withScratch('run', async (dir) => {
    const paths = { image: join(dir, 'image.bin'), job: join(dir, 'job') };
    await writeAtomic(paths.image, job.image);
    const loads: string[] = [];
    for (const [i, { bits, args }] of job.sections.entries()) {
      const file = join(dir, `bits${i}.bin`);
      await writeAtomic(file, bits);
      loads.push(`bitstream ${file}`, `args ${args.join(' ')}`);
    }
    const { unit, read, total, readLatency, writeLatency } = job.dram;
    const lines = [
      `image ${paths.image}`,
      ...loads,
      `out ${dir}`,
      ...(options.waves === undefined ? [] : [`waves ${options.waves}`]),
      `config_address ${job.address}`,
      `max_cycles ${job.maxCycles}`,
      `load_polls ${job.loadPolls}`,
      ...(options.watch ? [`probe_from ${options.watch.from}`, `probe_words ${options.watch.words ?? 0}`] : []),
      ...(options.starts ? [`starts ${options.starts}`] : []),
      ...(options.shuffle ? [`shuffle ${options.shuffle}`] : []),
      `profile ${unit} ${read} ${total} ${readLatency} ${writeLatency}`,
    ];
    await writeAtomic(paths.job, `${lines.join('\n')}\n`);
    const seed = options.unknowns === 'unique' ? ['+verilator+rand+reset+2', `+verilator+seed+${options.seed ?? 1}`] : [];
    await run(build.binary, [paths.job, ...seed], { timeoutSeconds: options.timeoutSeconds ?? 3600 });
    const answers = JSON.parse((await readBytes(join(dir, 'result.json'))).toString('utf8')) as Answer[];
    await look(dir, answers);
    const images = await Promise.all(answers.map((_, i) => readBytes(join(dir, `dram${i}.bin`))));
    const seconds = { build: (built - start) / 1000, run: (performance.now() - built) / 1000 };
    return answers.map((answer, i) => ({ ...outcomeOf(answer), image: new Uint8Array(images[i]), seconds }));
  });
}

function traceOf(waves: string | undefined): 'none' | 'vcd' | 'fst' {
  if (waves === undefined) return 'none';
  return waves.endsWith('.fst') ? 'fst' : 'vcd';
}
