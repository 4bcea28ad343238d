/** Copies in space of a loop: which iterations each of them does. */
import { tripsOf } from './affine.ts';
import type { Loop } from './loops.ts';

/** The iterations of one copy, as a loop, and how many they are (at least one). */
export interface Block {
  readonly loop: Loop;
  readonly trips: number;
}

/**
 * One block of neighbouring iterations a copy: what a copy transfers or writes is then one piece. The first copies get one
 * more where the copies do not divide the iterations; nobody gets surplus ones, so there are never more copies than iterations.
 */
export function blocksOf(loop: Loop): Block[] {
  const trips = tripsOf(loop);
  const count = Math.min(loop.par, trips);
  const most = Math.ceil(trips / count);
  const larger = trips - (most - 1) * count;
  return Array.from({ length: count }, (_, c) => {
    const first = c * (most - 1) + Math.min(c, larger);
    const own = c < larger ? most : most - 1;
    const min = loop.min + first * loop.step;
    return { loop: { ...loop, min, max: Math.min(loop.max, min + own * loop.step), par: 1 }, trips: own };
  });
}
