/** Tokens: 8-bit counters that issues consume, and pending ones on their way to the network. */
import type { Chain } from './chain.ts';
import { type ClockEdge, Fifo } from './fifo.ts';

/** Tokens a counter holds at most. */
export const TOKEN_LIMIT = 255;

/** A counter that starts with `init` tokens; one not in use is never ready. */
export function tokenCounter(edge: ClockEdge, used: boolean, init = 0): Fifo {
  const counter = new Fifo(edge, used ? TOKEN_LIMIT : 0, 0);
  counter.count = used ? init : 0;
  return counter;
}

/** One more token for a counter; false if it was lost because the counter was full. */
export function giveToken(counter: Fifo): boolean {
  if (counter.count + counter.pushes >= TOKEN_LIMIT) return false;
  counter.pushed();
  return true;
}

/** The token inputs one context consumes from. */
export class TokenInputs {
  constructor(
    readonly counters: readonly Fifo[],
    private readonly masks: readonly number[],
    /** Their numbers in the unit, for reports. */
    readonly numbers: readonly number[],
  ) {}

  /** The first input whose token the next issue lacks, or -1. */
  missing(chain: Chain): number {
    for (let i = 0; i < this.counters.length; i++) {
      if (this.counters[i].count === 0 && chain.isFirst(this.masks[i])) return this.numbers[i];
    }
    return -1;
  }

  /** Consumes what the issue consumes. */
  consume(chain: Chain): void {
    for (let i = 0; i < this.counters.length; i++) if (chain.isFirst(this.masks[i])) this.counters[i].pop();
  }
}
