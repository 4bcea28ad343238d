/**
 * How many cycles a value spends inside a configured unit, from the cycle in which it is the head
 * of an input FIFO to the cycle in which its result is the head of an output FIFO, nothing waiting.
 * Placement weighs paths with it and slack analysis balances them; the cycle rules are HARDWARE.md's.
 */
import type { Arch } from '../arch/schema.ts';
import type { AgConfig, PcuConfig } from '../fabric/config.ts';
import type { UnitKind } from '../ir/netlist.ts';
import { OPS, opOfCode } from '../ops/table.ts';

/** Cycles of one stage. */
export function stageLatency(arch: Arch, opcode: number): number {
  const op = opOfCode(opcode);
  if (op === undefined || (OPS[op].float && !arch.pcu.float)) return arch.latency.simple;
  return arch.latency[OPS[op].latency];
}

/** Cycles from the issue of an element to the cycle in which the FIFO behind an output with this source shows its result. */
export function pcuLatency(arch: Arch, config: PcuConfig, source: number): number {
  const last = arch.pcu.stages - 1;
  const upTo = (stage: number) => {
    let cycles = 0;
    for (let s = 0; s <= stage; s++) cycles += stageLatency(arch, config.stages[s].op);
    return cycles;
  };
  if (source > last) {
    // The tap-out bus carries the results of several stages; the last of them comes latest.
    const taps = config.stages.map((stage, s) => (stage.tapOut ? s : -1));
    return upTo(Math.max(0, ...taps)) + 1;
  }
  if (source < last || !config.tree.used) return upTo(source) + 1;
  const step = stageLatency(arch, config.stages[last].op);
  const tree = (Math.log2(arch.pcu.lanes) + 1) * step;
  return upTo(config.tree.source) + tree + combinerLatency(config.stages[last].acc.used ? config.stages[last].acc.length : 1, step) + 1;
}

/** Cycles of the combiner that joins the ring entries of a completed tree reduction. */
export function combinerLatency(length: number, step: number): number {
  let cycles = 0;
  for (let d = 1; d < length; d *= 2) {
    let pairs = 0;
    for (let i = 0; i + d < length; i += 2 * d) pairs++;
    cycles += pairs - 1 + step;
  }
  return cycles;
}

/** A PMU: a word written is readable one cycle later, read in the next and in the output FIFO after two. */
export const PMU_LATENCY = 3;
/** An address generator: queues and the memory's own latency; reads carry data back, writes a response. */
export const AG_LATENCY = { read: 40, write: 16 } as const;

/** The longest time a value may spend in a unit, for ranking paths before placement. */
export function unitLatency(arch: Arch, kind: UnitKind, config: unknown): number {
  switch (kind) {
    case 'pcu': {
      const pcu = config as PcuConfig;
      const outputs = [...pcu.vectorOut, ...pcu.scalarOut, ...pcu.tokenOut].filter((output) => output.used);
      return Math.max(1, ...outputs.map((output) => pcuLatency(arch, pcu, output.source)));
    }
    case 'pmu':
      return PMU_LATENCY;
    case 'ag':
      return (config as AgConfig).write ? AG_LATENCY.write : AG_LATENCY.read;
    case 'host':
      return 1;
  }
}
