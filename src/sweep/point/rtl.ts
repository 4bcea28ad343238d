/** A bitstream on the RTL, loaded by the hardware itself: Verilated, or in Icarus Verilog. */

import type { KbitInterface } from '../../bitstream/format.ts';
import type { RtlBuildOptions } from '../../cosim/build.ts';
import { runOnIcarus } from '../../cosim/icarus.ts';
import { runRtl } from '../../cosim/run.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import { answersFrom, argumentRegisters } from './image.ts';
import type { MachineRun } from './witness.ts';

/** The witnesses that simulate the RTL. */
export const RTL_SIMULATORS = ['rtl', 'icarus'] as const;
export type RtlSimulator = (typeof RTL_SIMULATORS)[number];

export interface RtlOptions {
  readonly profile: DramProfile;
  readonly maxCycles?: number;
  readonly waves?: string;
  readonly rewrite?: RtlBuildOptions['rewrite'];
  readonly onProgress: (step: string) => void;
}

export interface RtlPointRun extends MachineRun {
  readonly seconds: { readonly build: number; readonly run: number };
}

/** `simulator`: the waves are those of Verilator. */
export async function runOnRtl(
  simulator: RtlSimulator,
  fabric: Fabric,
  kbit: Uint8Array,
  host: KbitInterface,
  image: Uint8Array,
  args: ReadonlyMap<string, number>,
  options: RtlOptions,
): Promise<RtlPointRun> {
  const { profile, maxCycles, waves, rewrite, onProgress } = options;
  const given = { image, args: argumentRegisters(fabric.arch, host, args), dram: profile, maxCycles, onProgress };
  const run = simulator === 'rtl' ? await runRtl(fabric, kbit, { ...given, waves, rewrite }) : await runOnIcarus(fabric, kbit, given);
  const { status, cycles, configCycles, errors, residue, seconds } = run;
  return { status, cycles, configCycles, errors, residue, seconds, waiting: [], answers: answersFrom(host, run.image, run.results) };
}
