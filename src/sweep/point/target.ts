/** What programs are told of the fabric they are built for. */
import type { Arch } from '../../arch/schema.ts';
import { predict } from '../../compiler/predict.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { Target } from '../../frontend/program.ts';
import { DEFAULT_DRAM, DRAM_PROFILES } from '../../sim/dram-profile.ts';

/** What a program may know of an architecture. */
export function targetOf({ pcu, pmu, latency }: Arch): Target {
  return { lanes: pcu.lanes, memoryWords: pmu.bankWords * pcu.lanes, ring: pcu.ring, latency, float: pcu.float };
}

/** The same, and what programs would take on a fabric with the default memory: patterns choose tiles and copies by it. */
export const choosingTarget = (fabric: Fabric, retreat = 0): Target => ({
  ...targetOf(fabric.arch),
  retreat,
  predict: (program) => predict(program, fabric, DRAM_PROFILES[DEFAULT_DRAM]),
});
