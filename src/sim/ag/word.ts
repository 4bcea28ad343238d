/** A word that comes from a scalar input at certain issues and holds until the next one comes. */
import type { Chain } from '../chain.ts';
import type { Fifo } from '../fifo.ts';

/** Fields of the configuration. */
export interface WordConfig {
  readonly used: number;
  readonly port: number;
  readonly mask: number;
}

export class InputWord {
  #kept = 0;

  constructor(
    private readonly config: WordConfig,
    private readonly scalars: readonly Fifo[],
  ) {}

  /** The scalar input it comes from. */
  get port(): number {
    return this.config.port;
  }

  /** The next issue takes a new word. */
  wanted(chain: Chain): boolean {
    return this.config.used === 1 && chain.isFirst(this.config.mask);
  }

  /** The next issue takes a new word, which is not there. */
  missing(chain: Chain): boolean {
    return this.wanted(chain) && !(this.scalars[this.config.port]?.count > 0);
  }

  /** The word of the issue that happens; a new one is popped (once, however many take it) and kept. */
  take(chain: Chain): number {
    if (this.wanted(chain)) {
      const input = this.scalars[this.config.port];
      this.#kept = input.word();
      input.pop();
    }
    return this.#kept;
  }
}
