/** Counting the issues of a static counter chain: how many there are, which of them match a mask of counters, and when. */
import type { ChainConfig } from '../fabric/config.ts';

/** Values each used counter takes; a counter with a bound from a stream counts as 1, the least there can be (of a null issue, too). */
export function tripsOf(chain: ChainConfig): number[] {
  return mostTripsOf(chain).map((trips, c) => (chain.counters[c].bound === 0 ? trips : 1));
}

/** Values each used counter takes at the most: the compiler's chains say in `max` what a bound from a stream stays within. */
export function mostTripsOf(chain: ChainConfig): number[] {
  return chain.counters.slice(0, chain.count).map(({ min, max, stride }) => {
    if (stride === 0) return 1;
    return Math.max(1, Math.ceil((max - min) / stride));
  });
}

const inMask = (mask: number, counter: number) => ((mask >> counter) & 1) === 1;

/** Issues of the whole run in which the masked counters are at their last value. */
export function issuesAtLast(trips: readonly number[], mask: number): number {
  return trips.reduce((product, trip, c) => (inMask(mask, c) ? product : product * trip), 1);
}

/** The number of the first issue (from 0) in which the masked counters are at their last value. */
export function firstAtLast(trips: readonly number[], mask: number): number {
  let issue = 0;
  let scale = 1;
  for (const [c, trip] of trips.entries()) {
    if (inMask(mask, c)) issue += (trip - 1) * scale;
    scale *= trip;
  }
  return issue;
}

/** How many issues before number `issue` have the masked counters at their last value. */
export function countAtLast(trips: readonly number[], mask: number, issue: number): number {
  let count = 0;
  for (let c = trips.length - 1; c >= 0; c--) {
    const below = trips.slice(0, c);
    const scale = below.reduce((product, trip) => product * trip, 1);
    const digit = Math.min(Math.floor(issue / scale), trips[c] - 1);
    issue -= digit * scale;
    if (!inMask(mask, c)) count += digit * issuesAtLast(below, mask);
    else if (digit !== trips[c] - 1) return count;
  }
  return count;
}
