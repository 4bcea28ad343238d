/** A bitstream on the Verilated RTL, loaded by the hardware itself. */

import type { KbitInterface } from '../../bitstream/format.ts';
import { runRtl } from '../../cosim/run.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import { answersFrom, argumentRegisters } from './image.ts';
import type { MachineRun } from './witness.ts';

export interface RtlOptions {
  readonly profile: DramProfile;
  readonly maxCycles?: number;
  readonly waves?: string;
  readonly onProgress: (step: string) => void;
}

export interface RtlPointRun extends MachineRun {
  readonly seconds: { readonly build: number; readonly run: number };
}

export async function runOnRtl(
  fabric: Fabric,
  kbit: Uint8Array,
  host: KbitInterface,
  image: Uint8Array,
  args: ReadonlyMap<string, number>,
  options: RtlOptions,
): Promise<RtlPointRun> {
  const { profile, maxCycles, waves, onProgress } = options;
  const run = await runRtl(fabric, kbit, {
    image,
    args: argumentRegisters(fabric.arch, host, args),
    dram: profile,
    maxCycles,
    waves,
    onProgress,
  });
  const { status, cycles, configCycles, errors, residue, seconds } = run;
  return { status, cycles, configCycles, errors, residue, seconds, waiting: [], answers: answersFrom(host, run.image, run.results) };
}
