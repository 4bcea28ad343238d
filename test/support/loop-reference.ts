/** Nested loops, written as loops: what a chain of counters must do, without a chain of counters. */

/** What one issue looks like from outside. */
export interface Issue {
  /** The empty counter that makes it a null issue, or -1. */
  readonly z: number;
  /** Trip numbers of the counters; of those inside an empty one nothing is said. */
  readonly at: readonly number[];
  readonly final: boolean;
}

/** The issues of loops of which `trips[c]` is the number of trips of counter c, 0 the innermost. */
export function issuesOf(trips: readonly number[]): Issue[] {
  const issues: Issue[] = [];
  const run = (c: number, at: number[]) => {
    if (c < 0) issues.push({ z: -1, at, final: false });
    else if (trips[c] === 0) issues.push({ z: c, at, final: false });
    else
      for (let i = 0; i < trips[c]; i++) {
        const inner = at.slice();
        inner[c] = i;
        run(c - 1, inner);
      }
  };
  run(trips.length - 1, Array(trips.length).fill(0));
  return issues.map((issue, i) => ({ ...issue, final: i === issues.length - 1 }));
}

/** Whether an event with this mask acts in an issue and finds all of its counters so. */
export function hits(mask: number, { z }: Issue, holds: (c: number) => boolean): boolean {
  if (z >= 0 && ((mask >> z) & 1) === 0) return false;
  for (let c = z + 1; mask >> c; c++) if ((mask >> c) & 1 && !holds(c)) return false;
  return true;
}

const SIGNS = [1, -1, 3, -2];

/** A counter that makes that many trips; signs and sizes of strides vary. */
export function counterOf(c: number, trips: number): { min: number; stride: number; max: number; bound: number } {
  const stride = SIGNS[(c + trips) % SIGNS.length];
  const min = 10 * c - 7;
  return { min, stride, max: min + trips * stride, bound: 0 };
}

/** Every combination of 0..`most` trips of `counters` counters. */
export function allTrips(counters: number, most: number): number[][] {
  if (counters === 0) return [[]];
  return allTrips(counters - 1, most).flatMap((rest) => Array.from({ length: most + 1 }, (_, trips) => [trips, ...rest]));
}
