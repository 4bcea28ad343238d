/** Copies in space of a loop whose partial results must be combined, or whose trips they do not divide. */
import type { Explicit } from '../../frontend/dsl/explicit.ts';
import { blocksOf } from '../../ir/blocks.ts';

export interface Copied {
  readonly max: number;
  readonly step: number;
  /** Copies asked for; never more than iterations. */
  readonly copies: number;
}

/** One copy of a loop written out: see `blocksOf`. */
export interface Copy {
  /** Added to the names of the copy's memories and loops. */
  readonly suffix: string;
  readonly loop: { readonly min: number; readonly max: number; readonly step: number };
  /** Iterations, of at least one element each. */
  readonly trips: number;
}

export const copiesOf = ({ max, step, copies }: Copied): Copy[] => {
  const blocks = blocksOf({ var: '', min: 0, max, step, par: copies });
  return blocks.map(({ loop, trips }, c) => ({
    suffix: blocks.length === 1 ? '' : `_${c}`,
    loop: { min: loop.min, max: loop.max, step },
    trips,
  }));
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
