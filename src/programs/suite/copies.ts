/** Copies in space of a loop whose partial results must be combined, or whose trips they do not divide. */
import type { Explicit } from '../../frontend/dsl/explicit.ts';

export interface Copied {
  readonly max: number;
  readonly step: number;
  /** Copies asked for; never more than iterations. */
  readonly copies: number;
}

/**
 * One copy: neighbouring iterations belong to one copy, so that what it transfers is one block. The first copies get one
 * more where the copies do not divide the iterations; nobody gets surplus ones.
 */
export interface Copy {
  /** Added to the names of the copy's memories and loops. */
  readonly suffix: string;
  readonly loop: { readonly min: number; readonly max: number; readonly step: number };
  /** Iterations, of at least one element each. */
  readonly trips: number;
}

export const copiesOf = ({ max, step, copies }: Copied): Copy[] => {
  const trips = Math.ceil(max / step);
  const count = Math.min(copies, trips);
  const most = Math.ceil(trips / count);
  const larger = trips - (most - 1) * count;
  return Array.from({ length: count }, (_, c) => {
    const first = c * (most - 1) + Math.min(c, larger);
    const own = c < larger ? most : most - 1;
    return {
      suffix: count === 1 ? '' : `_${c}`,
      loop: { min: first * step, max: Math.min(max, (first + own) * step), step },
      trips: own,
    };
  });
};

/** Writes the body once a copy; copies start together. */
export function inCopies({ parallel }: Explicit, copied: Copied, body: (copy: Copy, index: number) => void): void {
  const copies = copiesOf(copied);
  if (copies.length === 1) body(copies[0], 0);
  else parallel(() => copies.forEach(body));
}

/**
 * Elements of a tile of one copy when neighbouring tiles may be one: where the lanes divide a tile, nothing but the
 * length of loops and transfers changes. Tiles that do not divide the copy's elements stay as they are.
 */
export function mergedTile(elements: number, tile: number, most = 4096): number {
  if (elements % tile !== 0) return tile;
  for (let count = 1; ; count++) {
    const merged = elements / count;
    if (merged < tile) return tile;
    if (elements % count === 0 && merged % tile === 0 && merged <= most) return merged;
  }
}
