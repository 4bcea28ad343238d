/** The eager fork of a switch: one source, the sinks that select it, and a done bit each. */
import type { Fifo, Mover } from './fifo.ts';

export class Fork implements Mover {
  listed = false;
  readonly #done: Uint8Array;
  readonly #single: Fifo | undefined;

  constructor(
    readonly source: Fifo,
    readonly sinks: readonly Fifo[],
  ) {
    this.#done = new Uint8Array(sinks.length);
    this.#single = sinks.length === 1 ? sinks[0] : undefined;
    source.mover = this;
  }

  step(): boolean {
    const { source } = this;
    if (this.#single !== undefined) {
      if (this.#single.count >= this.#single.depth) return false;
      this.#single.pushHeadOf(source);
      source.pop();
      return true;
    }
    const { sinks } = this;
    const done = this.#done;
    let all = true;
    let took = false;
    for (let i = 0; i < sinks.length; i++) {
      if (done[i] !== 0) continue;
      if (sinks[i].count >= sinks[i].depth) {
        all = false;
        continue;
      }
      sinks[i].pushHeadOf(source);
      done[i] = 1;
      took = true;
    }
    if (all) {
      source.pop();
      done.fill(0);
    }
    return took;
  }
}
