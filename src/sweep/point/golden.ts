/** A bitstream on the golden simulator. */
import { decode } from '../../bitstream/decode.ts';
import type { UnitName } from '../../compiler/certificate/contexts.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { Dram, type DramProfile } from '../../sim/dram.ts';
import { Machine } from '../../sim/machine.ts';
import type { NetworkMode } from '../../sim/network.ts';
import type { RunStats } from '../../sim/stats.ts';
import { explainHang } from './hang.ts';
import { answersFrom, argumentRegisters } from './image.ts';
import type { MachineRun } from './witness.ts';

export interface GoldenRun extends MachineRun {
  readonly stats: RunStats;
  /** DRAM at the end. */
  readonly image: Uint8Array;
  /** 64-byte beats the memory served. */
  readonly beats: { readonly reads: number; readonly writes: number };
  /** With `poison`: of every read context of a scratchpad the first read of a word that nothing wrote. */
  readonly unwritten: readonly UnwrittenRead[];
}

export interface UnwrittenRead {
  readonly tile: number;
  /** Of the read contexts. */
  readonly context: number;
  readonly x: number;
  readonly y: number;
  readonly address: number;
  readonly cycle: number;
}

/** What a poisoned word holds: as an integer and as a float far from what programs compute with. */
const POISON = 0xdeadbeef | 0;

export interface GoldenOptions {
  readonly profile: DramProfile;
  readonly network: NetworkMode;
  readonly maxCycles?: number;
  /** Scratchpad words hold a pattern until they are written, and reads of such words are noticed (slower). */
  readonly poison?: boolean;
  /** What the units are called, by tile, for runs that do not end. */
  readonly names?: ReadonlyMap<number, UnitName>;
}

/** Nothing but the bytes of the bitstream decides what happens. */
export function runGolden(
  fabric: Fabric,
  kbit: Uint8Array,
  image: Uint8Array,
  args: ReadonlyMap<string, number>,
  options: GoldenOptions,
): GoldenRun {
  const { arch } = fabric;
  const { configs, interface: host } = decode(fabric, kbit);
  const dram = new Dram(options.profile, arch.memory.ports, image);
  const { network, maxCycles, poison } = options;
  const machine = new Machine(fabric, configs, {
    args: argumentRegisters(arch, host, args),
    dram,
    network,
    maxCycles,
    ...(poison ? { fill: POISON, watchUnwritten: true } : {}),
  });
  const { status, cycles, results, errors, residue, waiting, unwritten, stats } = machine.run();
  return {
    status,
    cycles,
    answers: answersFrom(host, dram.image, results),
    errors,
    residue,
    waiting: explainHang(fabric, configs, waiting, options.names),
    stats,
    image: dram.image,
    beats: dram.served,
    unwritten: unwritten.map((read) => ({ ...read, x: fabric.tiles[read.tile].x, y: fabric.tiles[read.tile].y })),
  };
}
