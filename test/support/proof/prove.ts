/** Recordings of golden models against the RTL, in batches of one process each. */
import { expect } from 'vitest';
import { type Recording, type ReplayBench, tellDifference } from '../../../src/cosim/replay.ts';

const BATCH = 40;

/** Plays and replays `cases` recordings; fails with the seed of the first that differs. */
export async function proveAll<T extends Recording>(
  bench: ReplayBench,
  seeds: readonly string[],
  record: (seed: string) => T,
): Promise<Omit<T, keyof Recording>[]> {
  const facts: Omit<T, keyof Recording>[] = [];
  for (let first = 0; first < seeds.length; first += BATCH) {
    const names = seeds.slice(first, first + BATCH);
    const recordings = names.map(record);
    const differences = await bench.check(recordings);
    differences.forEach((difference, i) => {
      if (difference !== undefined) expect.fail(`${names[i]}: ${tellDifference(difference)}`);
    });
    for (const { constants, stimulus, want, care, ...rest } of recordings) facts.push(rest as unknown as Omit<T, keyof Recording>);
  }
  return facts;
}

export const seedsOf = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}/${i}`);

export function sumOf<K extends string>(facts: readonly Record<K, number>[], key: K): number {
  return facts.reduce((sum, fact) => sum + fact[key], 0);
}
