/** Which beats an address generator moves, exactly where data has no say: its runs walked as HARDWARE.md section 6 has them. */
import type { AgConfig, ChainConfig } from '../../fabric/config.ts';

/** Words of a beat. */
const BEAT_WORDS = 16;
/** Runs up to which they are walked one by one; beyond, beats are counted from words and may be fewer than there are. */
const WALKED = 1 << 20;

export interface Traffic {
  /** Beats on the memory port; never more than there are. */
  readonly beats: number;
  /** Vectors on the network: one a cycle. */
  readonly vectors: number;
}

/** What one generator moves in a run of the program. */
export function trafficOf({ chain, run, address, offset, row, column }: AgConfig, lanes: number): Traffic {
  // A loop that ends at run time may have no iteration.
  if (chain.counters.slice(0, chain.count).some(({ bound }) => bound !== 0)) return { beats: 0, vectors: 0 };
  const runs = issuesOf(chain);
  const vectors = runs * Math.ceil(run / lanes);
  if (column.used && column.from.used) return { beats: 0, vectors };
  if (runs > WALKED || offset.used) return { beats: row.used || column.used ? 0 : runs * Math.floor(run / BEAT_WORDS), vectors };
  let beats = 0;
  const counts = new Array<number>(chain.count).fill(0);
  for (let issue = 0; issue < runs; issue++) {
    const at = ({ base, inc }: AgConfig['address']) => counts.reduce((sum, n, c) => sum + n * inc[c], base);
    const hidden = row.used && at(row.at) >= row.limit;
    const words = hidden ? 0 : column.used ? Math.max(0, Math.min(run, column.limit - at(column.at))) : run;
    if (words > 0) {
      const start = at(address);
      beats += Math.floor((start + words - 1) / BEAT_WORDS) - Math.floor(start / BEAT_WORDS) + 1;
    }
    for (let c = 0; c < chain.count && ++counts[c] === tripsAt(chain, c); c++) counts[c] = 0;
  }
  return { beats, vectors };
}

const issuesOf = (chain: ChainConfig): number => chain.counters.slice(0, chain.count).reduce((n, _, c) => n * tripsAt(chain, c), 1);

function tripsAt({ counters }: ChainConfig, c: number): number {
  const { min, max, stride } = counters[c];
  return Math.max(1, Math.ceil((max - min) / stride));
}
