/** A bitstream on the RTL, loaded by the hardware itself: Verilated, or in Icarus Verilog. */

import type { KbitInterface } from '../../bitstream/format.ts';
import type { RtlBuildOptions } from '../../cosim/build.ts';
import { runOnIcarus } from '../../cosim/icarus.ts';
import type { RtlRun, RunOptions, SectionRun } from '../../cosim/job.ts';
import { runSections } from '../../cosim/run.ts';
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

/**
 * `sections` run one after the other: in Verilator on the same hardware, in Icarus Verilog each on hardware of its own. The waves are
 * those of Verilator.
 */
export async function runOnRtl(
  simulator: RtlSimulator,
  fabric: Fabric,
  sections: readonly { readonly kbit: Uint8Array; readonly host: KbitInterface }[],
  image: Uint8Array,
  args: ReadonlyMap<string, number>,
  options: RtlOptions,
): Promise<RtlPointRun[]> {
  const { profile, maxCycles, waves, rewrite, onProgress } = options;
  const given = { image, dram: profile, maxCycles, onProgress };
  const loads = sections.map(({ kbit, host }) => ({ kbit, args: argumentRegisters(fabric.arch, host, args) }));
  const runs =
    simulator === 'rtl' ? await runSections(fabric, loads, { ...given, waves, rewrite }) : await runEachOnIcarus(fabric, loads, given);
  return runs.map(({ status, cycles, configCycles, errors, residue, seconds, ...run }, i) => {
    const answers = answersFrom(sections[i].host, run.image, run.results);
    return { status, cycles, configCycles, errors, residue, seconds, waiting: [], answers };
  });
}

async function runEachOnIcarus(fabric: Fabric, loads: readonly SectionRun[], options: RunOptions): Promise<RtlRun[]> {
  const runs: RtlRun[] = [];
  for (const { kbit, args } of loads) {
    const run = await runOnIcarus(fabric, kbit, { ...options, args, image: runs.at(-1)?.image ?? options.image });
    runs.push(run);
    if (run.status !== 'done') break;
  }
  return runs;
}
