/**
 * How a contraction is spread over the array, by predicted cycles.
 *
 * Compute units form a grid of `rows` x `columns` x `links`: a unit row has its own blocks of result rows, a unit
 * column its own groups of result columns, a link its own slice of the sums, and each link hands its partial sums to
 * the next one. Everything about one mapping that the units, the nets and the loops need is decided here.
 */
import type { Arch } from '../../../arch/schema.ts';
import type { ElementType } from '../../../ir/loops.ts';
import { OPS } from '../../../ops/table.ts';
import { stageLatency } from '../../latency.ts';
import type { Image, StationaryShape } from './shape.ts';
import { isStrided, type StridedLayout, stridedLayout, stridedTraffic, stridedWords } from './strided.ts';

/** Tiles a fabric offers. */
export interface Offer {
  readonly pcu: number;
  readonly pmu: number;
  readonly ag: number;
}

/**
 * Where the maps lie in a memory unit. Whole: a row of zeros before the first, and one between each map and the next,
 * serve both. In bands: of each map the rows that the windows of one unit column see, rows of zeros among them.
 */
export interface ImageLayout {
  readonly bands: boolean;
  /** Words from one row to the next, from one channel to the next, and of zeros before the first row. */
  readonly pitch: number;
  readonly channel: number;
  readonly prefix: number;
  /** Rows of a channel with its zeros. */
  readonly rows: number;
}

/** First row of the maps in the band of unit column `j`: rows before 0 and behind the last are zeros. */
export const bandRow = (image: Image, rowsOfColumn: number, j: number): number => j * rowsOfColumn - image.top;

export interface StationaryPlan {
  readonly shape: StationaryShape;
  readonly operation: 'fma' | 'mac';
  readonly lanes: number;
  /** Rows of a block: one a stage. */
  readonly rows: number;
  /** Vectors of a row of a block: at least as many as the operation has cycles, so that each accumulator is ready when its turn comes. */
  readonly vectors: number;
  /**
   * More vectors than that: rows would complete while others leave, so they are held and leave when the block is done,
   * and the next block begins behind them.
   */
  readonly held: boolean;
  readonly grid: { readonly rows: number; readonly columns: number; readonly links: number };
  /** Terms of a sum that one link adds up. */
  readonly depth: number;
  /** Blocks of rows of a unit row, and groups of columns of a unit column. */
  readonly blocks: number;
  readonly groups: number;
  /** Result columns of a unit column: `count` segments of `words`, `pitch` positions apart. */
  readonly segments: { readonly count: number; readonly words: number; readonly pitch: number };
  readonly left: {
    /** Words from one row of a block to the next (odd), or from one term to the next when transposed. */
    readonly pitch: number;
    readonly words: number;
    /** Blocks that fit at once. */
    readonly ring: number;
    /** Parts of a row that are loaded and used one after the other. */
    readonly chunks: number;
    /** Parts of the first blocks that are there before the arithmetic begins, so that the others come in time. */
    readonly ahead: number;
  };
  readonly right: {
    readonly words: number;
    readonly pitch: number;
    /** Of maps one of these, by whether windows move by one or by more. */
    readonly image?: ImageLayout;
    readonly strided?: StridedLayout;
    /** Words of zeros before and behind, each; with strides, of zeros everywhere before the maps come. */
    readonly zeros: number;
  };
  readonly result: {
    /** Compute units that share a memory unit; of those, whose words of a segment are stored as one run. */
    readonly share: number;
    readonly wide: number;
    /** Words from one of them to the next, and from one row of a block to the next. */
    readonly own: number;
    readonly line: number;
    /** Unit rows in which two such memory units share an address generator: as few as the generators allow. */
    readonly joined: number;
    /** Blocks that fit at once. */
    readonly ring: number;
    /** Results stay on chip until the last one is there, so that stores do not take the memory's time from loads. */
    readonly hold: boolean;
  };
  readonly units: Offer;
  /** Predicted: cycles of the arithmetic alone, and of the whole run. */
  readonly cycles: { readonly kernel: number; readonly total: number };
}

/** Bytes a cycle that an AXI port is taken to move: a DDR3-1600 channel at 1 GHz. */
const PORT_RATE = 12.8;
/** Cycles of a token's or a partial sum's way from one unit to the next. */
const HOP = 24;
/** Speed of the slowest loader: ports are shared by unequal numbers of them. */
const SLOWEST = 0.8;
/** Of the parts that would have to be there first if all loaders were equally fast. */
const EARLY = 0.85;
/** Cycles from the last sum that leaves to the next issue, and back. */
const PAUSE = 4;
/** Words of a beat of the memory. */
const BEAT = 16;
/** A mapping may take this much longer than the fastest if its kernel is shorter. */
const SLACK = 1.5;
/** Cycles of memory and units from the start to the first word and from the last word to done, in all. */
const LATENCY = 300;

/**
 * Every mapping that fits, is accepted and not much slower than the fastest, the one with the shortest kernel first: compute units
 * that are done sooner are free sooner. The order depends on nothing but the arguments.
 */
export function stationaryPlans(
  arch: Arch,
  offer: Offer,
  shape: StationaryShape,
  accept: (plan: StationaryPlan) => boolean = () => true,
): StationaryPlan[] {
  const found: StationaryPlan[] = [];
  for (let links = 1; links <= (arch.pcu.vectorIn > 2 ? offer.pcu : 1); links++) {
    if (!linksDivide(shape, links)) continue;
    for (let columns = 1; columns * links <= offer.pcu; columns++) {
      for (let rows = 1; rows * columns * links <= offer.pcu; rows++) {
        for (const ways of waysOf(arch, shape, links, columns)) {
          const plan = planOf(arch, offer, shape, { rows, columns, links }, ways);
          if (plan && accept(plan)) found.push(plan);
        }
      }
    }
  }
  const best = found.reduce((least, { cycles }) => Math.min(least, cycles.total), Number.POSITIVE_INFINITY);
  const cost = (plan: StationaryPlan) => plan.units.pcu + plan.units.pmu + plan.units.ag;
  return found
    .filter(({ cycles }) => cycles.total <= SLACK * best)
    .sort((a, b) => a.cycles.kernel - b.cycles.kernel || a.cycles.total - b.cycles.total || cost(a) - cost(b));
}

/** What is chosen beside the grid. */
interface Ways {
  readonly vectors: number;
  readonly bands: boolean;
}

/** Wide blocks do not chain: the sums of several stages would come in at once. */
function waysOf(arch: Arch, { type, right }: StationaryShape, links: number, columns: number): Ways[] {
  const least = stageLatency(arch, OPS[operationOf(type)].code);
  const most = links > 1 ? least : arch.pcu.ring;
  const bands = right.kind === 'image' && columns > 1 && !isStrided(right) ? [false, true] : [false];
  return Array.from({ length: Math.max(0, most - least + 1) }, (_, i) => least + i).flatMap((vectors) =>
    bands.map((band) => ({ vectors, bands: band })),
  );
}

const operationOf = (type: ElementType): 'fma' | 'mac' => (type === 'f32' ? 'fma' : 'mac');

/** Slices of a sum are whole channels, or equal parts. */
const linksDivide = ({ right, depth }: StationaryShape, links: number): boolean =>
  (right.kind === 'image' ? right.channels : depth) % links === 0;

function planOf(
  arch: Arch,
  offer: Offer,
  shape: StationaryShape,
  grid: StationaryPlan['grid'],
  { vectors, bands }: Ways,
): StationaryPlan | undefined {
  const { lanes, stages } = arch.pcu;
  const { type, right } = shape;
  const operation = operationOf(type);
  const latency = stageLatency(arch, OPS[operation].code);
  const held = vectors > latency;
  const rows = Math.min(stages, lanes);
  const capacity = lanes * arch.pmu.bankWords;
  const width = vectors * lanes;
  const depth = shape.depth / grid.links;
  // Completed rows leave by one bus, a stage after the other: a block may not be done before the one ahead has left.
  if ((!held && depth < rows) || arch.pcu.vectorIn < 2 || arch.pcu.registers < 2) return undefined;

  const blocks = Math.ceil(Math.ceil(shape.rows / rows) / grid.rows);
  if (grid.rows > 1 && (grid.rows - 1) * blocks * rows >= shape.rows) return undefined;
  const strides = right.kind === 'image' && isStrided(right);
  const strided = strides ? stridedLayout(right, grid.columns, lanes) : undefined;
  const spread = strided ? spreadStrided(strided, vectors) : spreadOf(shape, grid.columns, width);
  if (!spread || (strides && !strided)) return undefined;
  const { groups } = spread;

  const columnWords = groups * width;
  const image = right.kind === 'image' && !strided ? imageLayout(right, bands ? spread.segments.count : undefined) : undefined;
  if (bands && right.kind === 'image' && image && !bandsFit(right, image, spread.segments.count, grid.columns)) return undefined;
  let rightWords: number;
  let rightPitch: number;
  let zeros = 0;
  if (right.kind === 'image' && strided) {
    rightPitch = strided.pitch;
    rightWords = stridedWords(right, strided, right.channels / grid.links, groups * vectors);
    if (strided.zeros) zeros = Math.ceil(rightWords / lanes) * lanes;
    if (Math.max(strided.lane, strided.down) >= 2 ** 15) return undefined;
  } else if (right.kind === 'image' && image) {
    rightPitch = image.pitch;
    const last = (bands ? 0 : (grid.columns - 1) * spread.segments.count * image.pitch) + columnWords - 1;
    const channels = right.channels / grid.links;
    const reach = last + (channels - 1) * image.channel + (right.extent.height - 1) * image.pitch + right.extent.width;
    // Zeros of one length before the first map and behind the last one, as far as anything is read.
    zeros = Math.max(image.prefix, reach - image.prefix - channels * image.channel);
    rightWords = 2 * zeros + channels * image.channel;
  } else {
    const transposed = right.kind === 'panel' && right.transposed;
    rightPitch = transposed ? odd(depth) : columnWords;
    rightWords = transposed ? columnWords * rightPitch : depth * columnWords;
    if (transposed && rightPitch >= 2 ** 15) return undefined;
  }
  if (rightWords > capacity || depth * Math.max(rows, columnWords) >= 2 ** 24) return undefined;

  const leftPitch = shape.left.transposed ? blocks * rows : odd(depth);
  const leftWords = shape.left.transposed ? depth * leftPitch : rows * leftPitch;
  const ring = shape.left.transposed ? (leftWords <= capacity ? 1 : 0) : Math.min(blocks, 255, Math.floor(capacity / leftWords));
  if (ring < (shape.left.transposed ? 1 : Math.min(2, blocks)) || leftPitch >= 2 ** 15) return undefined;

  // Units that share a memory unit, or a generator, have parts of the same rows.
  const alike = strided ? strided.parts : grid.columns;
  const alone = strided ? strided.rows * spread.segments.pitch : columnWords;
  const share = alike % 2 === 0 && arch.pmu.writeContexts > 1 && 2 * rows * alone <= capacity ? 2 : 1;
  const wide = strided && groups * vectors === strided.across ? share : 1;
  const segments = wide > 1 && strided ? spreadStrided(strided, vectors, wide).segments : spread.segments;
  const own = wide > 1 ? segments.words / wide : alone;
  const line = wide > 1 ? segments.count * segments.pitch : share * own;
  const blockWords = rows * line;
  const resultRing = Math.min(blocks, 255, Math.floor(capacity / blockWords));
  if (resultRing < Math.min(2, blocks)) return undefined;
  // Rows beyond the result are reported one by one, to counters of 8 bits on either side.
  if (grid.rows * blocks * rows > shape.rows && blocks * rows > 2 * 255) return undefined;
  const collectors = (grid.rows * grid.columns) / share;
  const loaders = grid.rows * grid.links + (image && !bands ? grid.links : grid.columns * grid.links) + (zeros > 0 ? 1 : 0);
  const pairs = arch.pmu.writeContexts > 1 ? Math.floor(grid.columns / share / 2) : 0;
  const joined = Math.max(0, pairs === 0 ? 0 : Math.ceil((collectors + loaders - offer.ag) / pairs));
  if (joined > grid.rows || (joined > 0 && (alike / share) % 2 !== 0)) return undefined;
  const units = {
    pcu: grid.rows * grid.columns * grid.links,
    pmu: (grid.rows + grid.columns) * grid.links + collectors + joined * pairs,
    ag: loaders + collectors - joined * pairs,
  };
  if (units.pmu > offer.pmu || units.ag > offer.ag) return undefined;

  const chunks = chunksOf(shape, depth, groups, blocks, lanes);
  const rate = (PORT_RATE * arch.memory.ports) / 4;
  // A link begins when the one before has finished its first block.
  const steps = blocks * groups;
  const pause = held ? rows * (vectors + latency) + PAUSE : 0;
  const kernel = (steps + grid.links - 1) * depth * vectors + (steps - 1) * pause;
  const loading = (shape.rows * shape.depth) / rate;
  const loads = blocks * chunks;
  // A kernel that keeps the array busy waits until nothing will interrupt it; one that wastes much of it rather begins.
  const busy = (shape.rows * shape.columns * shape.depth) / (offer.pcu * stages * lanes * kernel);
  const first = busy >= 0.9 ? 1 - (SLOWEST * kernel) / loading : EARLY * (1 - kernel / loading);
  const ahead = Math.min(ring * chunks, loads, 1 + Math.max(1, Math.ceil(loads * first)));
  const during = loading * (1 - ahead / loads);
  const beats = strided ? (segments.words + BEAT - 1) / segments.words : 1;
  const storing = (shape.rows * shape.columns * beats) / rate;
  const hold = resultRing === blocks && during + storing > 0.9 * kernel;
  const total =
    rightTotal(shape, image ?? strided, grid.columns) / rate +
    (loading * ahead) / loads +
    Math.max(kernel, during + kernel / loads) +
    (hold ? storing : storing / blocks) +
    LATENCY +
    (grid.rows + grid.columns + grid.links) * HOP;
  return {
    shape,
    operation,
    lanes,
    rows,
    vectors,
    held,
    grid,
    depth,
    blocks,
    groups,
    segments,
    left: { pitch: leftPitch, words: leftWords, ring, chunks, ahead },
    right: { words: rightWords, pitch: rightPitch, image, strided, zeros },
    result: { share, wide, own, line, joined, ring: resultRing, hold },
    units,
    cycles: { kernel, total: Math.ceil(total) },
  };
}

const odd = (words: number): number => words + 1 - (words % 2);

type Spread = Pick<StationaryPlan, 'groups' | 'segments'>;

const spreadOf = ({ right, columns }: StationaryShape, over: number, width: number): Spread | undefined =>
  right.kind === 'image' ? spreadImage(right, over, width) : spreadColumns(columns, over, width);

/** A segment is what a unit column (or `units` of them) has of a row of windows; segments are an odd number of words apart, as lanes are. */
function spreadStrided({ rows, across }: StridedLayout, vectors: number, units = 1): Spread {
  const groups = Math.ceil(across / vectors);
  return { groups, segments: { count: rows, words: units * across, pitch: odd(units * groups * vectors) } };
}

function spreadColumns(columns: number, over: number, width: number): Spread | undefined {
  const groups = Math.ceil(Math.ceil(columns / width) / over);
  const words = groups * width;
  return over > 1 && (over - 1) * words >= columns ? undefined : { groups, segments: { count: 1, words, pitch: words } };
}

/** Whole rows of positions to each unit column; the places between the end of a row and the next are computed for nothing. */
function spreadImage({ down, across, ...image }: Image, over: number, width: number): Spread | undefined {
  const count = Math.ceil(down / over);
  if (over > 1 && (over - 1) * count >= down) return undefined;
  const { pitch } = imageLayout({ ...image, down, across }, undefined);
  return { groups: Math.ceil(((count - 1) * pitch + across) / width), segments: { count, words: across, pitch } };
}

/** `band`: rows of positions of a unit column, when it holds only what their windows see. */
export function imageLayout({ height, width, top, left, extent, down, across }: Image, band: number | undefined): ImageLayout {
  const bottom = Math.max(0, down + extent.height - 1 - top - height);
  const right = Math.max(0, across + extent.width - 1 - left - width);
  const pitch = width + Math.max(left, right);
  if (band !== undefined) {
    const rows = band + extent.height - 1;
    return { bands: true, pitch, rows, channel: rows * pitch, prefix: left };
  }
  const rows = height + Math.max(top, bottom);
  return { bands: false, pitch, rows, channel: rows * pitch, prefix: top * pitch + left };
}

/** A generator tells rows before the maps from others, or rows behind them, not both. */
function bandsFit(image: Image, { rows }: ImageLayout, count: number, columns: number): boolean {
  for (let j = 0; j < columns; j++) {
    const first = bandRow(image, count, j);
    if (first < 0 && first + rows > image.height) return false;
  }
  return true;
}

/** A row comes in parts, so that the arithmetic need not wait for the last word; token counters hold 255 parts. */
function chunksOf({ left }: StationaryShape, depth: number, groups: number, blocks: number, lanes: number): number {
  if (left.transposed || groups > 1) return 1;
  for (let words = Math.max(128, 8 * lanes); words <= depth / 2; words += lanes)
    if (depth % words === 0 && (blocks * depth) / words <= 255) return depth / words;
  return 1;
}

/** Words of the operand of the columns, and of the beats that rows share with others when they come one by one. */
function rightTotal({ right, depth, columns }: StationaryShape, image: ImageLayout | StridedLayout | undefined, over: number): number {
  if (right.kind !== 'image' || !image) return depth * columns;
  const { channels, height, width } = right;
  if ('planes' in image) return channels * stridedTraffic(image, BEAT);
  if (image.channel === height * width) return channels * image.channel;
  const row = width % BEAT === 0 ? width : width + BEAT - 1;
  return channels * row * (image.bands ? over * image.rows : height);
}
