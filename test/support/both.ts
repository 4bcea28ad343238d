/** One bitstream on both machines: the golden one and the Verilated RTL, from the same DRAM image. */
import { decode } from '../../src/bitstream/decode.ts';
import type { RtlRun } from '../../src/cosim/job.ts';
import { type RtlRunOptions, runRtl } from '../../src/cosim/run.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { DRAM_PROFILES, Dram } from '../../src/sim/dram.ts';
import { Machine, type RunResult } from '../../src/sim/machine.ts';

export interface Both {
  readonly golden: RunResult & { readonly image: Uint8Array; readonly outOfRange: number | undefined };
  readonly rtl: RtlRun;
}

export async function runBoth(fabric: Fabric, kbit: Uint8Array, options: RtlRunOptions): Promise<Both> {
  return { golden: runGolden(fabric, kbit, options), rtl: await runRtl(fabric, kbit, options) };
}

export function runGolden(fabric: Fabric, kbit: Uint8Array, options: RtlRunOptions): Both['golden'] {
  const { configs } = decode(fabric, kbit);
  const { maxCycles, starts = 1 } = options;
  // Words that neither this run nor the bitstream wrote are noticed when a run before may have left something.
  const watch = starts > 1 ? { watchUnwritten: true } : {};
  let scratchpads: Map<number, Int32Array> | undefined;
  for (let start = 1; ; start++) {
    const dram = new Dram(options.dram ?? DRAM_PROFILES.ddr3x4, fabric.arch.memory.ports, options.image);
    const machine = new Machine(fabric, configs, {
      args: options.args ?? [],
      dram,
      scratchpads,
      ...watch,
      ...(maxCycles ? { maxCycles } : {}),
    });
    const result = machine.run();
    if (start === starts) return { ...result, image: dram.image, outOfRange: dram.outOfRange };
    scratchpads = machine.scratchpads();
  }
}

/** What must be equal, of either. */
export function observed(run: Both['golden'] | RtlRun) {
  const { status, cycles, residue, image, outOfRange } = run;
  const [first] = run.errors;
  const error = first && { cause: first.cause, x: first.x, y: first.y, info: first.info >>> 0 };
  return { status, cycles, residue, results: [...run.results], error, outOfRange, image: Buffer.from(image).toString('hex') };
}
