/** Copies in space of a loop whose partial results must be combined, or whose trips they do not divide. */
import type { Explicit } from '../../frontend/dsl/explicit.ts';

export interface Copied {
  readonly max: number;
  readonly step: number;
  /** Copies asked for; never more than iterations. */
  readonly copies: number;
}

/** One copy: iteration k of the loop belongs to copy k mod copies. */
export interface Copy {
  /** Added to the names of the copy's memories and loops. */
  readonly suffix: string;
  readonly loop: { readonly min: number; readonly max: number; readonly step: number };
}

export const copiesOf = ({ max, step, copies }: Copied): Copy[] => {
  const count = Math.min(copies, Math.ceil(max / step));
  return Array.from({ length: count }, (_, c) => ({
    suffix: count === 1 ? '' : `_${c}`,
    loop: { min: c * step, max, step: step * count },
  }));
};

/** Writes the body once a copy; copies start together. */
export function inCopies({ parallel }: Explicit, copied: Copied, body: (copy: Copy, index: number) => void): void {
  const copies = copiesOf(copied);
  if (copies.length === 1) body(copies[0], 0);
  else parallel(() => copies.forEach(body));
}

/**
 * Words of a tile that is streamed from DRAM straight into lanes: neighbouring tiles are one transfer where all lanes
 * of the fabric are used and there is one copy, since then nothing but the length of the transfer changes.
 */
export function streamTile(size: number, tile: number, copies: number, streamed: boolean): number {
  if (copies > 1 || !streamed || size % tile !== 0) return tile;
  for (let count = 1; ; count++) {
    const merged = size / count;
    if (size % count === 0 && merged % tile === 0 && merged <= 4096) return merged;
    if (merged < tile) return tile;
  }
}
