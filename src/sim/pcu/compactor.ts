/** The compactor of vector output 0: lanes that are sent join what it holds, and leave as whole vectors. */
import type { PcuConfig } from '../../fabric/config.ts';
import type { Chain } from '../chain.ts';
import type { Fifo } from '../fifo.ts';
import { allLanes } from '../unit.ts';
import type { PcuOutput } from './outputs.ts';

export class Compactor {
  /** What is left goes out as soon as there is room; nothing else moves until then. */
  closing = false;
  #held = 0;
  readonly #words: Int32Array;
  readonly #fifo: Fifo;
  readonly #flush: number;

  constructor(
    readonly output: PcuOutput,
    config: PcuConfig,
    private readonly lanes: number,
  ) {
    this.#words = new Int32Array(2 * lanes);
    this.#fifo = output.fifo;
    this.#flush = config.compact.flush;
  }

  /** Whether the next issue flushes. */
  flushes(chain: Chain): boolean {
    return chain.isLast(this.#flush);
  }

  get empty(): boolean {
    return this.#held === 0 && !this.closing;
  }

  /** Takes the lanes of `mask` of a kept result. */
  take(from: Int32Array, at: number, mask: number, flush: boolean): void {
    for (let i = 0; i < this.lanes; i++) if ((mask >> i) & 1) this.#words[this.#held++] = from[at + i];
    if (flush && this.#held <= this.lanes) this.#push(this.#held, 1);
    else if (this.#held >= this.lanes) {
      this.#push(this.lanes, 0);
      this.closing = flush;
    }
  }

  /** One cycle of closing. */
  close(): void {
    if (!this.#fifo.ready) return;
    this.#push(this.#held, 1);
    this.closing = false;
  }

  #push(count: number, last: number): void {
    this.#fifo.push(this.#words.subarray(0, count), allLanes(count), last);
    this.#words.copyWithin(0, count, this.#held);
    this.#held -= count;
  }
}

/** The compactor of a configuration, if it has one to use. */
export function compactorOf(config: PcuConfig, outputs: readonly PcuOutput[], lanes: number): Compactor | undefined {
  const first = outputs.find(({ kind, port }) => kind === 'vector' && port === 0);
  const straight = config.stages.length - config.tree.used;
  return config.compact.used && first && first.source < straight ? new Compactor(first, config, lanes) : undefined;
}
