/**
 * A unit alone, for benches that compare it with its RTL: each cycle push where inputs are ready,
 * pop where outputs are valid, then `cycle()`. Both look at registered state, so the order does
 * not matter; a port is pushed or popped at most once a cycle.
 */
import type { AgConfig, MemoryWords, PcuConfig, PmuConfig } from '../fabric/config.ts';
import { Ag } from './ag/ag.ts';
import { ClockEdge } from './fifo.ts';
import { Pcu } from './pcu/pcu.ts';
import { Pmu } from './pmu/pmu.ts';
import type { Arch, Cause, UnitContext, UnitModel } from './unit.ts';

export interface UnitError {
  readonly cause: Cause;
  readonly cycle: number;
  readonly info: number;
}

export class UnitBench<U extends UnitModel = UnitModel> {
  readonly unit: U;
  readonly edge = new ClockEdge();
  /** Errors in the order in which they were raised. */
  readonly errors: UnitError[] = [];
  /** Cycles done; the first one is the first in which the unit is armed. */
  now = 0;

  constructor(
    readonly arch: Arch,
    build: (context: UnitContext) => U,
  ) {
    this.unit = build({ arch, edge: this.edge, raise: (cause, info) => this.errors.push({ cause, cycle: this.now, info }) });
    this.unit.awake = true;
  }

  /** Ends a cycle: the unit is stepped (if it is armed), pushes and pops take effect. */
  cycle(armed = true): void {
    this.unit.issued = 0;
    if (armed && this.unit.awake) this.unit.step(this.now);
    this.edge.commit();
    this.now++;
  }
}

export const createPcu = (arch: Arch, config: PcuConfig): UnitBench<Pcu> => new UnitBench(arch, (context) => new Pcu(context, config));
export const createPmu = (arch: Arch, config: PmuConfig, fill = 0, memory?: readonly MemoryWords[]): UnitBench<Pmu> =>
  new UnitBench(arch, (context) => new Pmu(context, config, fill, false, memory));
export const createAg = (arch: Arch, config: AgConfig, index = 0): UnitBench<Ag> =>
  new UnitBench(arch, (context) => new Ag(context, config, index));
