/**
 * What is lost when address generators share a memory port. A port moves one beat a cycle in each
 * direction; a stream alone is also limited by the vectors its generator makes. Two streams on one
 * port cost cycles only where together they want more than the port has.
 */
import type { Arch } from '../../arch/schema.ts';
import { BEAT_WORDS } from '../../arch/schema.ts';
import type { AgConfig } from '../../fabric/config.ts';

/** Beats a generator moves over its whole run: every iteration moves one run of words. */
export function beatsOf(config: AgConfig): number {
  let runs = 1;
  for (const { min, max, stride } of config.chain.counters.slice(0, config.chain.count)) {
    if (stride !== 0) runs *= Math.max(1, Math.ceil((max - min) / stride));
  }
  return runs * Math.ceil(config.run / BEAT_WORDS);
}

export interface MemoryStream {
  readonly unit: number;
  readonly write: boolean;
  readonly beats: number;
}

/** Cycles lost at all ports; `portOf` gives the port of a unit where it stands now. */
export function lostCycles(arch: Arch, streams: readonly MemoryStream[], portOf: (unit: number) => number): number {
  const slots = 2 * arch.memory.ports;
  const together = new Float64Array(slots);
  const alone = new Float64Array(slots);
  const beatsPerCycle = Math.min(1, arch.pcu.lanes / BEAT_WORDS);
  for (const { unit, write, beats } of streams) {
    const slot = 2 * portOf(unit) + (write ? 1 : 0);
    together[slot] += beats;
    alone[slot] = Math.max(alone[slot], beats / beatsPerCycle);
  }
  let lost = 0;
  for (let slot = 0; slot < slots; slot++) lost += Math.max(0, together[slot] - alone[slot]);
  return lost;
}

/** The loss as a cost in hops: a few beats weigh like a hop or two, a million like a walk across the array. */
export const lossCost = (lost: number): number => 16 * Math.log2(1 + lost / 8);
