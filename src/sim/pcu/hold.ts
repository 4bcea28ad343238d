/**
 * Accumulators that are sent when they have come to rest: after an issue that closes the context nothing is issued
 * until the pipeline is empty and every entry of every stage that taps has left by the bus, one a cycle.
 */
import type { PcuConfig } from '../../fabric/config.ts';
import type { Chain } from '../chain.ts';
import { allLanes } from '../unit.ts';
import { type PcuOutput, sendVector } from './outputs.ts';
import type { StagePlan } from './plan.ts';
import type { CompiledStages } from './stage.ts';

export class HeldSums {
  /** No issue until everything has left. */
  closed = false;
  #driver = 0;
  #entry = 0;
  readonly #nothing: { words: Int32Array; floats: Float32Array };

  constructor(
    private readonly config: PcuConfig,
    /** Stages with `tapOut`, in order. */
    private readonly drivers: readonly StagePlan[],
    /** Outputs that listen to the bus. */
    private readonly outputs: readonly PcuOutput[],
    private readonly stages: CompiledStages,
    private readonly lanes: number,
  ) {
    this.#nothing = { words: new Int32Array(lanes), floats: new Float32Array(lanes) };
  }

  /** Whether the next issue closes the context. */
  closes(chain: Chain): boolean {
    return chain.isLast(this.config.hold.mask);
  }

  /** The listening output that has no room for the next entry, if there is one. */
  blocked(): PcuOutput | undefined {
    if (this.drivers.length === 0) return undefined;
    return this.outputs.find((output) => output.kind !== 'token' && !output.fifo.ready);
  }

  /** Sends the next entry, or opens the context if there is none. */
  send(finished: boolean, lostToken: () => void): void {
    if (this.drivers.length > 0) {
      const { s, config } = this.drivers[this.#driver];
      const visited = this.#entry < this.stages.seen[s];
      const from = visited ? this.stages.rings[s] : this.#nothing;
      const ends = this.#entry + 1 >= config.acc.length;
      const done = ends && this.#driver + 1 === this.drivers.length;
      const at = visited ? this.#entry * this.lanes : 0;
      for (const output of this.outputs) {
        if (!sendVector(output, from, at, this.lanes, allLanes(this.lanes), finished && done ? 1 : 0)) lostToken();
      }
      this.#entry = ends ? 0 : this.#entry + 1;
      if (ends) this.#driver++;
      if (!done) return;
    }
    this.#driver = 0;
    this.closed = false;
  }
}
