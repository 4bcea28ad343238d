/** The stream ports of each kind of tile: how many of each class its unit has. */
import type { Arch } from '../arch/schema.ts';

/** What stands at a grid position. `empty` is a switch alone (corners of a fabric with four AG sides). */
export type TileKind = 'pcu' | 'pmu' | 'ag' | 'host' | 'empty';
export const TILE_KINDS: readonly TileKind[] = ['pcu', 'pmu', 'ag', 'host', 'empty'];

/** The three networks. Payloads: vector = lanes words + lane mask + last; scalar = one word + last; control = tokens. */
export type NetClass = 'vector' | 'scalar' | 'control';
export const NET_CLASSES: readonly NetClass[] = ['vector', 'scalar', 'control'];

/** Number of ports: `in` = into the unit, `out` = out of the unit. */
export interface PortCount {
  readonly in: number;
  readonly out: number;
}

/** Ports of a tile's unit by class. */
export function portsOf(arch: Arch, kind: TileKind): Record<NetClass, PortCount> {
  const { pcu, pmu, ag, host } = arch;
  switch (kind) {
    case 'pcu':
      return {
        vector: { in: pcu.vectorIn, out: pcu.vectorOut },
        scalar: { in: pcu.scalarIn, out: pcu.scalarOut },
        control: { in: pcu.controlIn, out: pcu.controlOut },
      };
    case 'pmu':
      return {
        vector: { in: pmu.vectorIn, out: pmu.readContexts },
        scalar: { in: pmu.scalarIn, out: pmu.readContexts },
        control: { in: pmu.controlIn, out: pmu.controlOut },
      };
    case 'ag':
      return {
        vector: { in: 1, out: 1 },
        scalar: { in: ag.scalarIn, out: 0 },
        control: { in: ag.controlIn, out: ag.controlOut },
      };
    case 'host':
      return {
        vector: { in: 0, out: 0 },
        scalar: { in: host.results, out: host.args },
        control: { in: host.tokens, out: 0 },
      };
    case 'empty':
      return { vector: { in: 0, out: 0 }, scalar: { in: 0, out: 0 }, control: { in: 0, out: 0 } };
  }
}

/** Tracks between adjacent switches, each direction. */
export function tracksOf(arch: Arch, net: NetClass): number {
  return { vector: arch.network.vectorTracks, scalar: arch.network.scalarTracks, control: arch.network.controlTracks }[net];
}

/** Payload bits of a stream: vector {data, mask, last} with last on top; scalar {word, last}; control nothing. */
export function payloadBits(arch: Arch, net: NetClass): number {
  return { vector: 33 * arch.pcu.lanes + 1, scalar: 33, control: 0 }[net];
}

/** Entries of a unit's input FIFO (control inputs are 8-bit token counters, see HARDWARE.md). */
export function inputDepth(arch: Arch, net: NetClass): number {
  return { vector: arch.fifo.vector, scalar: arch.fifo.scalar, control: 255 }[net];
}
