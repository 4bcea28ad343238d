/** The tap-out bus: in each cycle the lowest stage whose accumulation completes drives it. */
import type { Elements } from './elements.ts';
import type { PcuOutput } from './outputs.ts';
import { sendVector } from './outputs.ts';
import type { StagePlan } from './plan.ts';
import type { CompiledStages } from './stage.ts';

export class TapBus {
  constructor(
    /** Stages with `tapOut`, in order. */
    readonly drivers: readonly StagePlan[],
    /** Outputs that listen to the bus. */
    private readonly outputs: readonly PcuOutput[],
    private readonly elements: Elements,
    private readonly stages: CompiledStages,
    private readonly lanes: number,
  ) {}

  /** The listening output that has no room for what the bus carries in this cycle, if there is one. */
  blocked(): PcuOutput | undefined {
    if (this.outputs.length === 0 || this.#lowest() < 0) return undefined;
    for (const output of this.outputs) if (output.kind !== 'token' && !output.fifo.ready) return output;
    return undefined;
  }

  /** Sends what the bus carries; reports tokens that were lost, and completions that were. */
  send(lostToken: () => void, collision: () => void): void {
    const d = this.#lowest();
    if (d < 0) return;
    const driver = this.drivers[d];
    const { lanes, elements } = this;
    const slot = elements.at(driver.depth);
    for (const output of this.outputs) {
      const sent = sendVector(output, this.stages.results[driver.s], slot * lanes, lanes, elements.lanes[slot], elements.final[slot]);
      if (!sent) lostToken();
    }
    for (let other = d + 1; other < this.drivers.length; other++) if (this.#drives(this.drivers[other])) collision();
  }

  #lowest(): number {
    for (let d = 0; d < this.drivers.length; d++) if (this.#drives(this.drivers[d])) return d;
    return -1;
  }

  #drives({ s, depth }: StagePlan): boolean {
    const slot = this.elements.at(depth);
    return slot >= 0 && ((this.elements.complete[slot] >> s) & 1) === 1;
  }
}
