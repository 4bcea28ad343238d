/**
 * Tile sizes of a pattern: as large as transfers like, small enough that every tile fits twice into a memory,
 * and as even as possible, so that little of the last tile is padding.
 */
import type { Target } from '../program.ts';

/** How the lanes of a pattern are used. */
export type Shape = 'map' | 'tree' | 'stationary';

export interface TilingDimension {
  readonly name: string;
  readonly size: number;
  readonly role: 'out' | 'fold';
  readonly lane: boolean;
  /** Asked for by the program. */
  readonly hint?: number;
  /** Padding of this dimension would change the result: tiles divide it. */
  readonly exact: boolean;
}

export interface Tile {
  readonly size: number;
  readonly count: number;
}

export interface TilingRequest {
  readonly shape: Shape;
  readonly dimensions: readonly TilingDimension[];
  /** Variables of each tile that is kept in a memory. */
  readonly kept: readonly (readonly string[])[];
  readonly lanes: number;
  /** Copies of the tiles of a dimension. */
  readonly copies: number;
  readonly copied: string;
  /** Rows that an accumulating tile has at the most. */
  readonly rows: number;
  /** Cycles of the operation that accumulates (stationary). */
  readonly latency: number;
  readonly target: Target;
}

/** Words a transfer of one row likes to have at most, where nothing else limits it. */
const longRow = 16384;

/** The tile of every dimension, by name. */
export function chooseTiles(request: TilingRequest): Map<string, Tile> {
  const { dimensions, kept, target } = request;
  const want = new Map(dimensions.map((dimension) => [dimension.name, Math.min(wanted(dimension, request), roomFor(dimension, request))]));
  const room = Math.floor(target.memoryWords / 2);
  const words = (names: readonly string[]) => names.reduce((product, name) => product * (want.get(name) ?? 1), 1);
  for (;;) {
    const large = kept.find((names) => words(names) > room);
    const shrink = large && largestOf(large, request, want);
    if (!shrink) break;
    want.set(shrink, Math.ceil((want.get(shrink) ?? 2) / 2));
  }
  return new Map(
    dimensions.map((dimension) => [
      dimension.name,
      evenTile(dimension, want.get(dimension.name) ?? 1, dimension.name === request.copied ? request.copies : 1, request),
    ]),
  );
}

/** The accumulators of a lane must cover the latency of the operation; more of them read the other operand less often. */
export function ringEntries({ dimensions, lanes, latency, target }: TilingRequest): number {
  const lane = dimensions.find((dimension) => dimension.lane);
  const vectors = Math.ceil((lane?.size ?? 1) / lanes);
  let best = latency;
  for (let entries = latency; entries <= target.ring; entries++) {
    const total = (count: number) => Math.ceil(vectors / count) * count;
    if (total(entries) <= total(best)) best = entries;
  }
  return best;
}

function wanted(dimension: TilingDimension, request: TilingRequest): number {
  const { shape, dimensions, lanes, rows } = request;
  if (dimension.lane && shape === 'stationary') return lanes * ringEntries(request);
  if (dimension.hint !== undefined) return dimension.hint;
  if (dimension.lane) return dimensions.length === 1 ? longRow : 1024;
  if (dimension.role === 'fold') return shape === 'stationary' ? 512 : 64;
  return shape === 'stationary' ? rows : 64;
}

/** Tiles are no larger than their dimension, except that accumulators of lanes come in full rings. */
function roomFor({ lane, size }: TilingDimension, { shape }: TilingRequest): number {
  return lane && shape === 'stationary' ? Number.POSITIVE_INFINITY : size;
}

function largestOf(names: readonly string[], request: TilingRequest, want: ReadonlyMap<string, number>): string | undefined {
  const can = request.dimensions.filter(({ name, lane }) => {
    const least = lane ? (request.shape === 'stationary' ? Number.POSITIVE_INFINITY : request.lanes) : 1;
    return names.includes(name) && (want.get(name) ?? 1) > least;
  });
  const sorted = can.sort((a, b) => Number(a.lane) - Number(b.lane) || (want.get(b.name) ?? 1) - (want.get(a.name) ?? 1));
  return sorted[0]?.name;
}

function evenTile({ size, lane, exact }: TilingDimension, want: number, copies: number, { shape, lanes }: TilingRequest): Tile {
  const count = Math.ceil(Math.ceil(size / want) / copies) * copies;
  if (lane && shape === 'stationary') return { size: want, count };
  if (exact) {
    let divisor = Math.min(want, size);
    while (size % divisor !== 0 || (size / divisor) % copies !== 0) {
      if (--divisor < 1) return { size: 1, count: size };
    }
    return { size: divisor, count: size / divisor };
  }
  const even = Math.ceil(size / count);
  if (lane && count > 1) return vectorTile(size, Math.max(lanes, Math.floor(want / lanes) * lanes), copies, lanes);
  return { size: even, count };
}

/**
 * Whole vectors, and of the tiles of a quarter of the size wanted or more those with the fewest vectors beyond the end: a
 * store is done when its last word is, and must not leave a queue of vectors that nobody stores.
 */
function vectorTile(size: number, want: number, copies: number, lanes: number): Tile {
  let best = { size: want, count: Math.ceil(Math.ceil(size / want) / copies) * copies };
  for (let tile = want; 4 * tile >= want && best.size * best.count - size >= lanes; tile -= lanes) {
    const count = Math.ceil(Math.ceil(size / tile) / copies) * copies;
    if (tile * count < best.size * best.count) best = { size: tile, count };
  }
  return best;
}
