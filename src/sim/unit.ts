/** What every unit of the simulator has in common: its ports, its clock, what it tells observers. */
import type { Fabric } from '../fabric/graph.ts';
import { portsOf, type TileKind } from '../fabric/ports.ts';
import { type ClockEdge, Fifo, type Sleeper } from './fifo.ts';
import type { Activity } from './observe.ts';

export type Arch = Fabric['arch'];

/** Causes of sticky errors, numbered as the host reads them (FORMAT.md). */
export const CAUSE = { axi: 9, range: 16, tokenOverflow: 17, tapCollision: 18 } as const;
export type Cause = (typeof CAUSE)[keyof typeof CAUSE];

/** What a unit needs from the machine (or the bench) around it. */
export interface UnitContext {
  readonly arch: Arch;
  readonly edge: ClockEdge;
  /** Reports an error of this cycle; `info` is an address where the cause has one. */
  raise(cause: Cause, info: number): void;
}

/** The streams of a unit by class. Inputs are pushed by whoever stands before, outputs popped by whoever comes after. */
export interface UnitPorts {
  readonly vector: readonly Fifo[];
  readonly scalar: readonly Fifo[];
  readonly control: readonly Fifo[];
}

/**
 * A unit as the machine and the unit benches see it. In a cycle: look at `inputs[..].ready`, push;
 * look at `outputs[..].valid`, pop; `step(cycle)`; then `edge.commit()`. The order of the first
 * three does not matter: all of them see registered state.
 */
export interface UnitModel extends Sleeper {
  readonly kind: TileKind;
  readonly inputs: UnitPorts;
  readonly outputs: UnitPorts;
  /** Contexts issued in the last step, a bit each (PMU: write contexts first). */
  issued: number;
  /** One record a context. */
  readonly activity: readonly Activity[];
  /** Evaluates one cycle in which the unit is armed. */
  step(cycle: number): void;
  /** Finished, and nothing inside (the port queues apart). */
  quiet(): boolean;
  /** For every context that waits: the one thing it waits for. */
  waiting(): Waiting[];
}

/** The one condition a waiting context misses. */
export interface Waiting {
  readonly context: string;
  readonly missing: string;
}

/** Queues for the inputs and outputs of a unit; token ports are given by the unit itself. */
export function unitPorts(
  context: UnitContext,
  kind: TileKind,
  owner: Sleeper,
  control: { readonly in: readonly Fifo[]; readonly out: readonly Fifo[] },
): { inputs: UnitPorts; outputs: UnitPorts } {
  const { arch, edge } = context;
  const ports = portsOf(arch, kind);
  const queues = (count: number, depth: number, width: number) => Array.from({ length: count }, () => new Fifo(edge, depth, width));
  const inputs: UnitPorts = {
    vector: queues(ports.vector.in, arch.fifo.vector, arch.pcu.lanes),
    scalar: queues(ports.scalar.in, arch.fifo.scalar, 1),
    control: control.in,
  };
  const outputs: UnitPorts = {
    vector: queues(ports.vector.out, arch.fifo.output, arch.pcu.lanes),
    scalar: queues(ports.scalar.out, arch.fifo.output, 1),
    control: control.out,
  };
  for (const side of [inputs, outputs]) {
    for (const fifo of [...side.vector, ...side.scalar, ...side.control]) fifo.owner = owner;
  }
  return { inputs, outputs };
}

/** All lanes of a vector, as a mask. */
export const allLanes = (lanes: number): number => (lanes >= 32 ? -1 : (1 << lanes) - 1);

/** Number of set bits. */
export function popCount(mask: number): number {
  let x = mask - ((mask >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
