/**
 * The contexts of configured tiles: what issues, how often at least, and what it waits for. Read from configurations
 * alone, so that a certificate can be made of a bitstream as well as of a compilation.
 */
import type { AgConfig, ChainConfig, PcuConfig, PmuConfig, TileConfig } from '../../fabric/config.ts';
import type { Fabric, Tile } from '../../fabric/graph.ts';

/** What a tile is called in the program. */
export interface UnitName {
  readonly label: string;
  readonly source?: { readonly file: string; readonly line: number };
}

export interface Context {
  readonly tile: Tile;
  readonly kind: 'pcu' | 'ag' | 'write' | 'read';
  /** Number of the context within its unit (a PMU: write contexts first). */
  readonly number: number;
  readonly chain: ChainConfig;
  /** In the program's words. */
  readonly name: string;
  /** Issues of a run; where bounds come from streams, the least there can be. */
  readonly issues: number;
  /** No bound comes from a stream: `issues` is exact. */
  readonly exact: boolean;
}

/** Every enabled context, in order of tile and number. */
export function contextsOf(
  fabric: Fabric,
  configs: ReadonlyMap<number, TileConfig>,
  names: ReadonlyMap<number, UnitName> = new Map(),
): Context[] {
  return fabric.tiles.flatMap((tile): Context[] => {
    const unit = configs.get(tile.id)?.unit;
    if (unit === undefined) return [];
    const label = names.get(tile.id)?.label ?? `${tile.kind} (${tile.x},${tile.y})`;
    const one = (kind: Context['kind'], number: number, chain: ChainConfig, name: string): Context => ({
      tile,
      kind,
      number,
      chain,
      name,
      ...issuesOf(chain),
    });
    if (tile.kind === 'pcu' || tile.kind === 'ag') {
      const { enable, chain } = unit as PcuConfig | AgConfig;
      return enable ? [one(tile.kind, 0, chain, label)] : [];
    }
    if (tile.kind !== 'pmu') return [];
    const { write, read } = unit as PmuConfig;
    const enabled = (kind: 'write' | 'read', contexts: readonly { enable: number; chain: ChainConfig }[], from: number) =>
      contexts.flatMap(({ enable, chain }, i) => (enable ? [one(kind, from + i, chain, `${label} (${kind} ${i})`)] : []));
    return [...enabled('write', write, 0), ...enabled('read', read, write.length)];
  });
}

/** Trips of each counter, 0 the innermost. A counter whose bound comes from a stream, and all inside it, may not run at all. */
function issuesOf(chain: ChainConfig): { issues: number; exact: boolean } {
  const used = chain.counters.slice(0, chain.count);
  const dynamic = used.findLastIndex(({ bound }) => bound !== 0);
  const issues = used.slice(dynamic + 1).reduce((product, counter) => product * trips(counter), 1);
  return { issues, exact: dynamic < 0 };
}

/** Values of a counter with constant bounds; an empty one still makes its null issue. */
const trips = ({ min, max, stride }: ChainConfig['counters'][number]): number => Math.max(1, Math.ceil((max - min) / stride));

/**
 * How often an event with this mask happens in a run, and how many issues apart. Undefined where that is not regular: where
 * the mask leaves a counter inside out, or a bound comes from a stream.
 */
export function eventsOf({ chain, issues, exact }: Context, mask: number): { count: number; every: number } | undefined {
  if (!exact) return undefined;
  let every = 1;
  let open = true;
  for (const [c, counter] of chain.counters.slice(0, chain.count).entries()) {
    const n = trips(counter);
    if (n === 1) continue;
    const inside = ((mask >> c) & 1) === 1;
    if (inside && !open) return undefined;
    if (inside) every *= n;
    else open = false;
  }
  return { count: issues / every, every };
}
