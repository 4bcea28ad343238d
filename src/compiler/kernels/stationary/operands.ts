/** The units that bring the operands: address generators, and memory units that read them out as the stages want them. */
import type { Arch } from '../../../arch/schema.ts';
import { zeroOf } from '../../../base/bitstruct.ts';
import { type AgConfig, agLayout, type PmuConfig, pmuLayout } from '../../../fabric/config.ts';
import { affine, innermost, localToken, setAddress, setTrips, walkWords } from './chains.ts';
import { bandRow, type ImageLayout, type StationaryPlan } from './plan.ts';
import type { Image } from './shape.ts';
import { loadStrided, readStrided, writeStrided } from './strided.ts';

/** Token inputs of a memory unit by number; network inputs have the numbers of `NET`. */
const TOKEN = { loaded: 0, free: 1, ahead: 2, before: 3, start: 4, zeros: 5 } as const;
const OUT = { loaded: 0, free: 1, passed: 2, zeros: 4 } as const;
/** Control inputs and outputs of the memory units of operands. */
export const NET = { before: 0, start: 1, passed: OUT.passed } as const;

/** Rows of the left operand for unit row `i`, link `l`: all its blocks, in parts. */
export function loadRows(arch: Arch, plan: StationaryPlan, base: number, i: number, l: number): AgConfig {
  const { rows, blocks, depth, shape, left } = plan;
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  const first = i * blocks * rows;
  if (shape.left.transposed) {
    const width = blocks * rows;
    setTrips(config.chain, [depth], 1);
    config.run = width;
    config.address = affine(arch, base + l * depth * shape.rows + first, [shape.rows]);
    if (first + width > shape.rows) Object.assign(config.column, { used: 1, limit: shape.rows, at: affine(arch, first, []) });
  } else {
    const part = depth / left.chunks;
    setTrips(config.chain, [rows, left.chunks, blocks], 1);
    config.run = part;
    config.address = affine(arch, base + first * shape.depth + l * depth, [shape.depth, part, rows * shape.depth]);
    if (first + blocks * rows > shape.rows) config.row = { used: 1, limit: shape.rows, at: affine(arch, first, [1, 0, rows]) };
  }
  config.tokenIn[0] = { used: 1, mask: innermost(config.chain.count), init: 0 };
  return config;
}

/**
 * Blocks of the left operand: written row by row, read a term (one word of each row) at a time. `gate`: passes on, once,
 * that enough is there, after the unit before has.
 */
export function keepRows(arch: Arch, plan: StationaryPlan, chained: boolean): PmuConfig {
  const { rows, blocks, groups, depth, lanes, shape, left } = plan;
  const config = zeroOf(pmuLayout(arch));
  const reader = arch.pmu.writeContexts;
  const [write] = config.write;
  const [read] = config.read;
  write.enable = 1;
  write.fill = 1;
  read.enable = 1;
  read.vector = 1;
  const gate = reader + 1;
  if (shape.left.transposed) {
    walkWords(write.chain, left.pitch, lanes, [{ trips: depth, inc: left.pitch }]);
    setAddress(write.address, arch, 0, [lanes, left.pitch], 1);
    setTrips(read.chain, [depth, groups, blocks], rows);
    setAddress(read.address, arch, 0, [left.pitch, 0, rows], 1);
    localToken(arch, config, OUT.loaded, { context: 0, mask: innermost(2) }, [
      { input: TOKEN.loaded, context: reader, mask: innermost(3) },
      { input: TOKEN.ahead, context: gate, mask: 0 },
    ]);
  } else {
    const part = depth / left.chunks;
    walkWords(write.chain, part, lanes, [
      { trips: rows, inc: left.pitch },
      { trips: left.chunks, inc: part },
      { trips: blocks, inc: 0 },
    ]);
    setAddress(write.address, arch, 0, [lanes, left.pitch, part, 0], 1);
    setTrips(read.chain, [part, left.chunks, groups, blocks], rows);
    setAddress(read.address, arch, 0, [1, part, 0, 0], left.pitch);
    const region = { count: left.ring, stride: left.words, mask: innermost(3) };
    write.region = region;
    read.region = region;
    localToken(arch, config, OUT.loaded, { context: 0, mask: innermost(2) }, [
      { input: TOKEN.loaded, context: reader, mask: groups > 1 ? innermost(3) : innermost(1) },
      { input: TOKEN.ahead, context: gate, mask: 0 },
    ]);
    if (left.ring < blocks)
      localToken(arch, config, OUT.free, { context: reader, mask: innermost(3) }, [
        { input: TOKEN.free, context: 0, mask: innermost(3), init: left.ring },
      ]);
  }
  pass(arch, config, shape.left.transposed ? 1 : left.ahead, chained);
  return config;
}

/** The right operand for unit column `j`, link `l`; a whole image goes to all unit columns of its link. */
export function loadColumns(arch: Arch, plan: StationaryPlan, base: number, j: number, l: number): AgConfig {
  const { groups, vectors, lanes, depth, shape } = plan;
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  const words = groups * vectors * lanes;
  const { right } = shape;
  if (right.kind === 'image' && plan.right.strided) loadStrided(arch, plan, right, plan.right.strided, config, base, j, l);
  else if (right.kind === 'image') loadImage(arch, plan, right, config, base, j, l);
  else if (right.transposed) {
    setTrips(config.chain, [words], 1);
    config.run = depth;
    config.address = affine(arch, base + j * words * shape.depth + l * depth, [shape.depth]);
    if ((j + 1) * words > shape.columns) config.row = { used: 1, limit: shape.columns, at: affine(arch, j * words, [1]) };
  } else {
    setTrips(config.chain, [depth], 1);
    config.run = words;
    config.address = affine(arch, base + l * depth * shape.columns + j * words, [shape.columns]);
    if ((j + 1) * words > shape.columns) Object.assign(config.column, { used: 1, limit: shape.columns, at: affine(arch, j * words, []) });
  }
  return config;
}

/** Channels of a link: in one run where they lie as they shall, else row by row, and a row of zeros after each channel. */
function loadImage(arch: Arch, plan: StationaryPlan, image: Image, config: AgConfig, base: number, j: number, l: number): void {
  const { grid, segments, right: kept } = plan;
  const { channels, height, width } = image;
  const own = channels / grid.links;
  const from = base + l * own * height * width;
  const layout = kept.image as NonNullable<typeof kept.image>;
  if (wholeRun(image, layout)) {
    setTrips(config.chain, [1], 1);
    config.run = own * height * width;
    config.address = affine(arch, from, []);
    return;
  }
  setTrips(config.chain, [layout.rows, own], 1);
  config.run = layout.pitch;
  const first = layout.bands ? bandRow(image, segments.count, j) : 0;
  config.address = affine(arch, from + first * width, [width, height * width]);
  if (layout.pitch > width) Object.assign(config.column, { used: 1, limit: width, at: affine(arch, 0, []) });
  if (first < 0) config.row = { used: 1, limit: 1, at: affine(arch, -first, [-1, 0]) };
  else if (first + layout.rows > height) config.row = { used: 1, limit: height, at: affine(arch, first, [1, 0]) };
}

/** Do the maps lie in the unit as they lie in memory? */
const wholeRun = ({ height, width }: Image, { bands, channel }: ImageLayout): boolean => !bands && channel === height * width;

/** Runs that are beyond their array: zeros, which cost the memory nothing. */
export function loadZeros(arch: Arch, { right, lanes }: StationaryPlan): AgConfig {
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  setTrips(config.chain, [right.strided ? right.zeros / lanes : 2], 1);
  config.run = right.strided ? lanes : right.zeros;
  config.row = { used: 1, limit: 0, at: affine(arch, 0, []) };
  return config;
}

/** The right operand, all of it, read once for each block from the start token on; `first`: nobody comes before it in the chain. */
export function keepColumns(arch: Arch, plan: StationaryPlan, j: number, chained: boolean): PmuConfig {
  const { groups, vectors, lanes, depth, blocks, shape, right, grid } = plan;
  const config = zeroOf(pmuLayout(arch));
  const reader = arch.pmu.writeContexts;
  const [write] = config.write;
  const [read] = config.read;
  write.enable = 1;
  write.fill = 1;
  read.enable = 1;
  read.vector = 1;
  const width = vectors * lanes;
  if (shape.right.kind === 'image' && right.strided) {
    const own = shape.right.channels / grid.links;
    writeStrided(arch, shape.right, right.strided, own, write, j);
    readStrided(arch, plan, shape.right, right.strided, own, read);
    if (right.zeros > 0) {
      const zeros = config.write[1];
      zeros.enable = 1;
      zeros.fill = 1;
      zeros.source = 1;
      walkWords(zeros.chain, right.zeros, lanes, []);
      setAddress(zeros.address, arch, 0, [lanes], 1);
      const all = innermost(write.chain.count);
      localToken(arch, config, OUT.zeros, { context: 1, mask: innermost(1) }, [{ input: TOKEN.zeros, context: 0, mask: all }]);
    }
  } else if (shape.right.kind === 'image') {
    const image = right.image as NonNullable<typeof right.image>;
    const { window, dilation, channels } = shape.right;
    const own = channels / grid.links;
    if (wholeRun(shape.right, image)) {
      walkWords(write.chain, own * image.channel, lanes, []);
      setAddress(write.address, arch, right.zeros, [lanes], 1);
    } else {
      walkWords(write.chain, image.pitch, lanes, [{ trips: image.rows * own, inc: image.pitch }]);
      setAddress(write.address, arch, right.zeros, [lanes, image.pitch], 1);
    }
    setTrips(read.chain, [vectors, window.width, window.height, own, groups, blocks], lanes);
    const from = right.zeros - image.prefix + (image.bands ? 0 : j * plan.segments.count * image.pitch);
    setAddress(read.address, arch, from, [lanes, dilation.across, dilation.down * image.pitch, image.channel, width, 0], 1);
    if (right.zeros > 0) {
      const zeros = config.write[1];
      zeros.enable = 1;
      zeros.fill = 1;
      zeros.source = 1;
      walkWords(zeros.chain, right.zeros, lanes, [{ trips: 2, inc: 0 }]);
      setAddress(zeros.address, arch, 0, [lanes, right.zeros + own * image.channel], 1);
      localToken(arch, config, OUT.zeros, { context: 1, mask: innermost(2) }, [{ input: TOKEN.zeros, context: reader + 1, mask: 1 }]);
    }
  } else if (shape.right.transposed) {
    walkWords(write.chain, depth, lanes, [{ trips: groups * width, inc: right.pitch }]);
    setAddress(write.address, arch, 0, [lanes, right.pitch], 1);
    setTrips(read.chain, [vectors, depth, groups, blocks], lanes);
    setAddress(read.address, arch, 0, [lanes * right.pitch, 1, width * right.pitch, 0], right.pitch);
  } else {
    walkWords(write.chain, right.pitch, lanes, [{ trips: depth, inc: right.pitch }]);
    setAddress(write.address, arch, 0, [lanes, right.pitch], 1);
    setTrips(read.chain, [vectors, depth, groups, blocks], lanes);
    setAddress(read.address, arch, 0, [lanes, right.pitch, width, 0], 1);
  }
  localToken(arch, config, OUT.loaded, { context: 0, mask: innermost(write.chain.count) }, [
    { input: TOKEN.ahead, context: reader + 1, mask: 0 },
  ]);
  config.tokenIn[TOKEN.start] = { used: 1, context: reader, mask: innermost(read.chain.count), init: 0, source: NET.start };
  pass(arch, config, 1, chained);
  return config;
}

/** Read context 1 sends nothing: it takes `count` loads and what the unit before passed on, and passes that on, once. */
function pass(arch: Arch, config: PmuConfig, count: number, chained: boolean): void {
  const context = arch.pmu.writeContexts + 1;
  const read = config.read[1];
  read.enable = 1;
  setTrips(read.chain, [count], 1);
  setAddress(read.address, arch, 0, [], 1);
  if (chained) config.tokenIn[TOKEN.before] = { used: 1, context, mask: 1, init: 0, source: NET.before };
  config.tokenOut[OUT.passed] = { used: 1, context, mask: 1, net: 1 };
}
