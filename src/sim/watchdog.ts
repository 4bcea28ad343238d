/** Finds out that nothing moves any more, and says what everybody waits for. */
import type { Fabric } from '../fabric/graph.ts';
import type { UnitModel, Waiting } from './unit.ts';

/** Registers between an activity and the count it clears. */
const DELAY = 3;

export class Watchdog {
  readonly #patience: number;
  /** Cycle of the last take, issue or handshake. The count is 0 in the cycle after T0. */
  #lastActivity = 1 + 1 - DELAY;

  constructor(log2: number) {
    this.#patience = 2 ** log2;
  }

  alive(cycle: number): void {
    this.#lastActivity = cycle;
  }

  /** The cycle in which a hang becomes visible, if nothing moves any more. */
  get hangCycle(): number {
    return this.#lastActivity + DELAY + this.#patience;
  }
}

/** A context that waits, and where. */
export interface WaitingAt extends Waiting {
  readonly tile: number;
  readonly x: number;
  readonly y: number;
  readonly kind: string;
}

/** The wait-for snapshot: for every waiting context the one condition it misses. */
export function explainWaiting(fabric: Fabric, units: ReadonlyMap<number, UnitModel>): WaitingAt[] {
  return [...units].flatMap(([id, unit]) => {
    const { x, y, kind } = fabric.tiles[id];
    return unit.waiting().map((waiting) => ({ tile: id, x, y, kind, ...waiting }));
  });
}

/** One line a waiting context. */
export const describeWaiting = ({ kind, x, y, context, missing }: WaitingAt): string =>
  `${kind} (${x},${y}) ${context} waits for ${missing}`;
