/** The units that take the result: memory units that collect blocks, some that join two of them, and address generators. */
import type { Arch } from '../../../arch/schema.ts';
import { zeroOf } from '../../../base/bitstruct.ts';
import { type AgConfig, agLayout, type PmuConfig, pmuLayout } from '../../../fabric/config.ts';
import { affine, innermost, localToken, setAddress, setTrips, walkWords } from './chains.ts';
import type { StationaryPlan } from './plan.ts';
import { rowsOf, type StridedLayout } from './strided.ts';

/** Control inputs and outputs of the memory unit before a store: its runs, what others report, and what it reports. */
export const DONE = { run: 0, before: 1, out: 3 } as const;
/** Token inputs and outputs by number: of the writers first. */
const IN = { filled: 0, free: 2, run: 4, before: 5 } as const;
const OUT = { filled: 0, free: 2, done: DONE.out } as const;

/** Blocks of neighbouring compute units, side by side, read row by row, the last segment of a row first. */
export function collect(arch: Arch, plan: StationaryPlan, j: number): PmuConfig {
  const { rows, vectors, lanes, groups, blocks, segments, result, right } = plan;
  const config = zeroOf(pmuLayout(arch));
  const width = vectors * lanes;
  const { own, line: pitch, wide } = result;
  const count = segmentsOf(plan, j);
  const region = { count: result.ring, stride: rows * pitch, mask: 0 };
  const reader = arch.pmu.writeContexts;
  const [read] = config.read;
  for (let w = 0; w < result.share; w++) {
    const write = config.write[w];
    write.enable = 1;
    write.source = w;
    write.fill = 1;
    // Lanes of strided windows are rows of the result.
    setTrips(write.chain, [vectors, rows, groups, blocks], right.strided?.rows ?? lanes);
    if (right.strided) setAddress(write.address, arch, w * own, [1, pitch, vectors, 0], segments.pitch);
    else setAddress(write.address, arch, w * own, [lanes, pitch, width, 0], 1);
    write.region = { ...region, mask: innermost(3) };
    localToken(arch, config, OUT.filled + w, { context: w, mask: innermost(result.hold ? 4 : 3) }, [
      { input: IN.filled + w, context: reader, mask: innermost(result.hold ? 5 : 4) },
    ]);
  }
  read.enable = 1;
  read.vector = 1;
  walkWords(read.chain, segments.words, lanes, [
    { trips: count, inc: 0 },
    { trips: result.share / wide, inc: 0 },
    { trips: rows, inc: 0 },
    { trips: blocks, inc: 0 },
  ]);
  const last = (result.share / wide - 1) * own + (count - 1) * segments.pitch;
  setAddress(read.address, arch, last, [lanes, -segments.pitch, -own, pitch, 0], 1);
  read.region = { ...region, mask: innermost(4) };
  if (result.ring < blocks) {
    const free = Array.from({ length: result.share }, (_, w) => ({
      input: IN.free + w,
      context: w,
      mask: innermost(3),
      init: result.ring,
    }));
    localToken(arch, config, OUT.free, { context: reader, mask: innermost(4) }, free);
  }
  return config;
}

/** Segments of a row that unit column `j` has: lanes of strided windows may be beyond the last row of them. */
const segmentsOf = ({ segments, right, shape }: StationaryPlan, j: number): number =>
  right.strided && shape.right.kind === 'image' ? rowsOf(shape.right, right.strided, j) : segments.count;

/** Rows that wait in a joining unit. */
const JOINED_ROWS = 8;

/** Two streams of rows become one: a row of the second, then the same row of the first. */
export function joinRows(arch: Arch, plan: StationaryPlan, j: number): PmuConfig {
  const { rows, lanes, blocks, segments, result } = plan;
  const config = zeroOf(pmuLayout(arch));
  const half = (result.share / result.wide) * segmentsOf(plan, j) * Math.ceil(segments.words / lanes);
  const reader = arch.pmu.writeContexts;
  const capacity = Math.floor(arch.pmu.bankWords / (2 * half));
  const ring = Math.min(JOINED_ROWS, capacity, rows * blocks);
  const region = { count: ring, stride: 2 * half * lanes, mask: innermost(1) };
  for (let w = 0; w < 2; w++) {
    const write = config.write[w];
    write.enable = 1;
    write.source = w;
    write.fill = 1;
    setTrips(write.chain, [half, rows * blocks], lanes);
    setAddress(write.address, arch, (1 - w) * half * lanes, [lanes, 0], 1);
    write.region = region;
    localToken(arch, config, OUT.filled + w, { context: w, mask: innermost(1) }, [
      { input: IN.filled + w, context: reader, mask: innermost(1) },
    ]);
  }
  const [read] = config.read;
  read.enable = 1;
  read.vector = 1;
  setTrips(read.chain, [2 * half, rows * blocks], lanes);
  setAddress(read.address, arch, 0, [lanes, 0], 1);
  read.region = region;
  localToken(arch, config, OUT.free, { context: reader, mask: innermost(1) }, [
    { input: IN.free, context: 0, mask: innermost(1), init: ring },
    { input: IN.free + 1, context: 1, mask: innermost(1), init: ring },
  ]);
  return config;
}

/** Where the results of unit column `j` begin in a row of the result. */
const strideStart = ({ parts, rows, across }: StridedLayout, width: number, j: number): number =>
  Math.floor(j / parts) * rows * width + (j % parts) * across;

/** Stores the rows of unit row `i` of `units` compute units from unit column `j` on. */
export function store(arch: Arch, plan: StationaryPlan, base: number, i: number, j: number, units: number): AgConfig {
  const { rows, blocks, segments, shape, right, result } = plan;
  const config = zeroOf(agLayout(arch));
  const { words } = segments;
  const count = segmentsOf(plan, j);
  const runs = units / result.wide;
  const first = i * blocks * rows;
  config.enable = 1;
  config.write = 1;
  config.run = words;
  setTrips(config.chain, [count, runs, rows, blocks], 1);
  // From one segment to the next, and from one unit to the next.
  const step = right.strided && shape.right.kind === 'image' ? shape.right.across : words;
  const own = right.strided ? words : count * words;
  const start = right.strided ? strideStart(right.strided, step, j) : j * own;
  const column = start + (runs - 1) * own + (count - 1) * step;
  config.address = affine(arch, base + first * shape.columns + column, [-step, -own, shape.columns, rows * shape.columns]);
  if (first + blocks * rows > shape.rows) config.row = { used: 1, limit: shape.rows, at: affine(arch, first, [0, 0, 1, rows]) };
  if (right.strided) {
    const across = (j % right.strided.parts) * right.strided.across + (runs - 1) * words;
    if (across + words > step) Object.assign(config.column, { used: 1, limit: step, at: affine(arch, across, [0, -words]) });
  } else if ((j + units) * own > shape.columns)
    Object.assign(config.column, { used: 1, limit: shape.columns, at: affine(arch, column, [-words, -own]) });
  config.tokenOut[0] = { used: 1, mask: innermost(4) };
  return config;
}

/**
 * The memory unit before a store also waits for the store's report, in read context 1, and reports that it and those
 * chained before it are done: compute units are too good for that.
 */
export function reportDone(arch: Arch, config: PmuConfig, chained: boolean): void {
  const context = arch.pmu.writeContexts + 1;
  const read = config.read[1];
  read.enable = 1;
  setTrips(read.chain, [1], 1);
  setAddress(read.address, arch, 0, [], 1);
  config.tokenIn[IN.run] = { used: 1, context, mask: 0, init: 0, source: DONE.run };
  if (chained) config.tokenIn[IN.before] = { used: 1, context, mask: 1, init: 0, source: DONE.before };
  config.tokenOut[OUT.done] = { used: 1, context, mask: 1, net: 1 };
}
