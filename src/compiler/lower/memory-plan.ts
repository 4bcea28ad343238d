/**
 * Memories -> PMUs: word layout, number of buffers, and which readers share a PMU.
 *
 * Every PMU of a memory receives all its writes; a PMU serves one reader, or several whose issues fit the
 * read port together. A reader never waits for a write of another PMU, so tokens stay inside the unit.
 */
import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { leavesShape, rangeOf } from '../../ir/affine.ts';
import { lineOf } from '../../ir/line-verify.ts';
import type { AffineExpr, Bound, Leaf, Loop, Memory, Nest, ReduceInit } from '../../ir/loops.ts';
import { finishedBy } from '../../ir/rates.ts';
import { coefOf, combine } from '../affine.ts';
import { dependences } from '../analysis/order.ts';
import { type Access, type Site, sharedNests, transferLoops, userOf } from '../analysis/sites.ts';
import { laneShape } from '../analysis/values.ts';
import { elementsOf } from '../chain.ts';
import { byPlace } from '../consumers.ts';
import { laneConflict, memoryTooLarge, unsupported } from '../messages.ts';
import { fitsWhole, linesOfRun } from '../passes/first-lines.ts';
import { ROW_PADDING } from '../row-padding.ts';

const FARTHEST = 2 ** 22;
const FARTHEST_LANE = 2 ** 15;

/** How one access runs through the memory. */
export interface AccessPlan {
  readonly access: Access;
  /** Loops of the context, outermost first. */
  readonly loops: readonly Loop[];
  /** The last loop runs in lanes. */
  readonly lanes: boolean;
  /** Word address. */
  readonly address: AffineExpr;
  /** Addresses outside the memory are left out, or read for nothing. */
  readonly part?: true;
  /** Issues in a whole run. */
  readonly issues: number;
}

export interface MemoryPlan {
  readonly memory: Memory;
  /** Words of one buffer. */
  readonly words: number;
  /** What it begins with. */
  readonly contents?: readonly number[];
  /** How many rounds of the scope a writer may be ahead of the readers: as many buffers, or lines beyond those that are read. */
  readonly buffers: number;
  /** Places that the writer takes in turn, `words` apart. */
  readonly regions: number;
  /** Loop variables outside the buffer: one buffer serves one iteration of them. */
  readonly scope: ReadonlySet<string>;
  /** All accesses in program order. */
  readonly accesses: readonly AccessPlan[];
  readonly writers: readonly AccessPlan[];
  /** Readers by PMU. */
  readonly groups: readonly (readonly AccessPlan[])[];
}

/** Plans one memory. `busiest` = issues of the program's busiest context, the measure of what a shared port may carry. */
export function planMemory(arch: Arch, memory: Memory, accesses: readonly Access[], busiest: number): MemoryPlan {
  const lanes = arch.pcu.lanes;
  const shapes = accesses.map((access) => ({ access, ...contextLoops(access, memory, lanes) }));
  const strides = padLayout(memory, shapes);
  const plans: AccessPlan[] = shapes.map(({ access, loops, lanes: wide }) => {
    const address = combine(access.index.map((expr, d) => ({ expr, scale: strides[d] })));
    const issues = loops.reduce((n, loop, i) => n * Math.ceil(elementsOf(loop) / (wide && i === loops.length - 1 ? loop.par : 1)), 1);
    if (!readsBeyond(access, memory)) return { access, loops, lanes: wide, address, issues };
    checkReach(memory, access, address, loops, wide);
    return { access, loops, lanes: wide, address, issues, part: true };
  });
  const [rows = 1] = memory.shape;
  const row = memory.stride === undefined ? strides[0] : (memory.shape[1] ?? 1) * (strides[1] ?? 1);
  const words = memory.shape.length === 0 ? 1 : (rows - 1) * strides[0] + row;
  const scopeNests = commonNests(accesses.map((access) => access.site));
  const scope = new Set(scopeNests.flatMap((nest) => nest.loops.map((loop) => loop.var)));
  // What begins an iteration by reading goes on from the iteration before: there is one buffer, and its state stays.
  const state = accesses.some((access) => goesOn(access, scope)) || (accesses[0].kind === 'read' && !startsAfresh(accesses[0]));
  if (memory.kind === 'lines') return planLines(arch, memory, { scope, scopeNests, plans, busiest, words: strides[0] });
  // An address outside a part must not meet another buffer.
  const single = state || memory.part || keepsOld(plans, scope);
  const buffers = chooseBuffers(arch, memory, words, single ? [] : scopeNests);
  const writers = plans.filter((plan) => plan.access.kind === 'write');
  const groups = groupReaders(arch, plans, busiest);
  const contents = memory.words && { contents: laidOut(memory.words, memory.shape, strides, words) };
  return { memory, words, ...contents, buffers, regions: buffers, scope, accesses: plans, writers, groups };
}

/** May a read look at what is no word of its memory, or of that which the memory is a part of? Nothing uses that then. */
function readsBeyond({ kind, site: { outer, statement }, index }: Access, { shape, part }: Memory): boolean {
  if (kind !== 'read' || statement.kind !== 'leaf') return false;
  const loops = new Map([...outer, ...statement.loops].map((loop) => [loop.var, loop]));
  const outside = leavesShape(index, shape, loops);
  return outside.some(({ dimension, low, high }) => dimension > 0 || !part || low < part.from || high >= part.to);
}

/** Addresses outside a memory have to be addresses still: of 24 bits with a sign, between two of them too, and 16 from lane to lane. */
function checkReach(memory: Memory, access: Access, address: AffineExpr, loops: readonly Loop[], wide: boolean): void {
  const { low, high } = rangeOf(address, new Map(loops.map((loop) => [loop.var, loop])));
  const lane = loops.at(-1);
  const step = wide && lane && lane.par > 1 ? Math.abs(coefOf(address, lane.var) * lane.step) : 0;
  if (low >= -FARTHEST && high < FARTHEST && step < FARTHEST_LANE) return;
  throw new DiagnosticError(
    unsupported(
      `a read of memory \`${memory.name}\``,
      step < FARTHEST_LANE
        ? `where nothing uses it, it reaches word ${low < -FARTHEST ? low : high} of a memory of ${wordsIn(memory)}`
        : `its lanes are ${step} words apart`,
      'choose an index that stays near the memory where the condition does not hold',
      access.site.statement.source,
    ),
  );
}

interface LinesShape {
  readonly scope: ReadonlySet<string>;
  readonly scopeNests: readonly Nest[];
  readonly plans: readonly AccessPlan[];
  readonly busiest: number;
  /** Words of a line. */
  readonly words: number;
}

/**
 * A line buffer that all lines of a run fit into holds them one after the other. Else,
 * one of R lines, with the writer up to b rounds ahead, is a ring of n = R - 1 + b lines. Readers find R lines in a row
 * wherever they stand in it, since the first R - 1 are there twice: line t is written at place R - 1 + t mod n, and at the place n
 * before that, which only exists for the last R - 1 places of the ring.
 */
function planLines(arch: Arch, memory: Memory, { scope, scopeNests, plans, busiest, words }: LinesShape): MemoryPlan {
  const capacity = arch.pmu.bankWords * arch.pcu.lanes;
  const older = memory.shape[0] - 1;
  const placesFor = (buffers: number) => (2 * older + buffers) * words;
  let buffers = chooseBuffers(arch, memory, words, scopeNests);
  // Lines before the first.
  const contents = new Array<number>(older * words).fill(0);
  const writers = plans.filter(({ access }) => access.kind === 'write');
  const around = scopeNests.flatMap(({ loops }) => loops);
  if (fitsWhole(memory, around, words, capacity)) {
    const groups = groupReaders(arch, plans, busiest);
    return { memory, words, contents, buffers, regions: linesOfRun(around), scope, accesses: plans, writers, groups };
  }
  while (buffers > 1 && placesFor(buffers) > capacity) buffers--;
  if (placesFor(buffers) > capacity)
    throw new DiagnosticError(
      memoryTooLarge(
        memory,
        placesFor(buffers),
        `a ring for ${memory.shape[0]} lines of ${words} words: ${2 * older + buffers} lines, as the last ${older} are there twice`,
        arch.pcu.lanes,
        capacity,
        'a line buffer is not split over several memory units',
      ),
    );
  const regions = older + buffers;
  const [writer] = writers;
  const again: AccessPlan = { ...writer, address: { ...writer.address, base: writer.address.base - regions * words }, part: true };
  const accesses = plans.flatMap((plan) => (plan === writer ? [writer, again] : [plan]));
  const groups = groupReaders(arch, accesses, busiest);
  return { memory, words, contents, buffers, regions, scope, accesses, writers: [writer, again], groups };
}

/**
 * May a reader find words that were not written in this iteration of the loops around all accesses? Then there is one buffer, which
 * holds the older ones. Inside those loops a writer that ends at run time is met by readers with the same bounds.
 */
function keepsOld(plans: readonly AccessPlan[], scope: ReadonlySet<string>): boolean {
  const bounds = ({ loops }: AccessPlan) =>
    loops.filter(({ bound, var: name }) => bound && !scope.has(name)).map(({ bound }) => bound as Bound);
  const covers = (reader: AccessPlan, bound: Bound) => bounds(reader).some((other) => other.memory === bound.memory);
  const [writers, readers] = ['write', 'read'].map((kind) => plans.filter(({ access }) => access.kind === kind));
  return writers.some((writer) => bounds(writer).some((bound) => readers.some((reader) => !covers(reader, bound))));
}

/** Loops of the context that performs an access. */
export function contextLoops(access: Access, memory: Memory, lanes: number): { loops: readonly Loop[]; lanes: boolean } {
  const { site } = access;
  if (access.context) return access.context;
  if (site.statement.kind !== 'leaf') return { loops: [...site.outer, ...transferLoops(lineOf(memory), lanes)], lanes: true };
  const shape = laneShape(site.statement, access);
  // A reduction over loops around the leaf is written once they are over.
  const outer = site.outer.filter((loop) => !reducedOver(site.statement as Leaf, access).includes(loop.var));
  return { loops: [...outer, ...shape.loops], lanes: shape.kind === 'vector' };
}

/** The loops over which what a leaf writes is reduced. */
function reducedOver(leaf: Leaf, access: Access): readonly string[] {
  if (access.kind === 'read') return [];
  const value = leaf.values[leaf.effects[access.ordinal].value];
  return value.kind === 'reduce' ? finishedBy(value) : [];
}

/**
 * Row-major strides, with rows padded until every vector access has an odd lane stride (or 0 for reads), and where that is not enough all
 * dimensions but the first.
 */
function padLayout(memory: Memory, shapes: readonly { access: Access; loops: readonly Loop[]; lanes: boolean }[]): number[] {
  const stridesFor = (padded: (size: number, d: number) => number): number[] => {
    const strides: number[] = [];
    let next = 1;
    for (let d = memory.shape.length - 1; d >= 0; d--) {
      strides[d] = next;
      next *= padded(memory.shape[d], d);
    }
    if (memory.stride !== undefined) strides[0] = memory.stride;
    return strides;
  };
  const last = memory.shape.length - 1;
  const pads = Array.from({ length: ROW_PADDING + 1 }, (_, pad) => pad);
  const rows = pads.map((pad) => (size: number, d: number) => size + (d === last && d > 0 ? pad : 0));
  const strideOf = (strides: readonly number[], { access, loops, lanes }: (typeof shapes)[number]): number | undefined => {
    const lane = loops.at(-1);
    if (!lanes || lane === undefined || lane.par === 1) return undefined;
    return access.index.reduce((sum, expr, d) => sum + coefOf(expr, lane.var) * strides[d], 0) * lane.step;
  };
  for (const padded of [...rows, (size: number) => size | 1]) {
    const strides = stridesFor(padded);
    if (shapes.every((shape) => (strideOf(strides, shape) ?? 1) % 2 !== 0)) return strides;
  }
  const strides = stridesFor((size) => size);
  const users = shapes.map((shape) => ({ user: userOf(shape.access), kind: shape.access.kind, stride: strideOf(strides, shape) }));
  const told = users.flatMap(({ user, kind, stride }) =>
    stride === undefined ? [] : [{ name: `${kind} with lane stride ${stride}`, source: user.source }],
  );
  throw new DiagnosticError(
    laneConflict(
      memory.name,
      byPlace(told).map(({ what }) => what),
      memory.source,
    ),
  );
}

const wordsIn = ({ shape }: Memory): number => shape.reduce((product, size) => product * size, 1);

/** The words of a table where a layout puts them; 0 between its rows. */
function laidOut(given: readonly number[], shape: readonly number[], strides: readonly number[], words: number): number[] {
  const out = new Array<number>(words).fill(0);
  given.forEach((word, i) => {
    let [at, rest] = [0, i];
    for (let d = shape.length - 1; d >= 0; d--) {
      at += (rest % shape[d]) * strides[d];
      rest = Math.floor(rest / shape[d]);
    }
    out[at] = word;
  });
  return out;
}

/** The nests all sites share, outermost first. */
function commonNests(sites: readonly Site[]): readonly Nest[] {
  const depth = Math.min(...sites.map((site) => sharedNests(sites[0], site)));
  return sites[0].nests.slice(0, depth);
}

/**
 * Two buffers let producer and consumer overlap; small tiles get four, so that transfers run ahead of
 * a latency. Sequential nests and memories filled once need one.
 */
function chooseBuffers(arch: Arch, memory: Memory, words: number, scope: readonly Nest[]): number {
  const capacity = arch.pmu.bankWords * arch.pcu.lanes;
  const rounds = scope.reduce((n, nest) => n * nest.loops.reduce((m, loop) => m * elementsOf(loop), 1), 1);
  const wanted = scope.at(-1)?.schedule === 'seq' ? 1 : Math.min(rounds, words * 4 <= capacity / 4 ? 4 : 2);
  for (let buffers = wanted; buffers >= 1; buffers--) if (words * buffers <= capacity) return buffers;
  throw new DiagnosticError(
    memoryTooLarge(
      memory,
      words,
      `its shape is ${memory.shape.join('x')}${words > wordsIn(memory) ? ', rows padded so that lanes meet different banks' : ''}`,
      arch.pcu.lanes,
      capacity,
      'a memory is split by its first index over several units, but not where a reduction starts from it, a loop ends at it, a transfer has run-time words, or one row is too long',
    ),
  );
}

function groupReaders(arch: Arch, plans: readonly AccessPlan[], busiest: number): AccessPlan[][] {
  const groups: AccessPlan[][] = [];
  for (const reader of plans.filter(({ access }) => access.kind === 'read')) {
    const mate = groups.find(
      (group) =>
        group.length < arch.pmu.readContexts &&
        group.reduce((n, other) => n + other.issues, reader.issues) <= 0.9 * busiest &&
        tokensNeeded(plans, [...group, reader]) <= arch.pmu.tokens,
    );
    if (mate) mate.push(reader);
    else groups.push([reader]);
  }
  return groups;
}

/** Token counters of a PMU with these readers: one a dependence, one for a carried read. */
const tokensNeeded = (plans: readonly AccessPlan[], readers: readonly AccessPlan[]): number =>
  dependences(presentIn(plans, readers)).length + readers.filter(({ access }) => access.carried).length;

/** Accesses in a PMU with these readers, in program order. */
export const presentIn = (plans: readonly AccessPlan[], readers: readonly AccessPlan[]): AccessPlan[] =>
  plans.filter((plan) => plan.access.kind === 'write' || readers.includes(plan));

/** A carried read that does not look at what the memory holds when it begins. */
const startsAfresh = (access: Access): boolean => carriedFrom(access)?.first !== undefined;

/** A carried read of what an iteration of the scope before left. */
const goesOn = (access: Access, scope: ReadonlySet<string>): boolean => carriedFrom(access)?.over.some((loop) => scope.has(loop)) ?? false;

function carriedFrom({ carried, site, ordinal }: Access): (ReduceInit & { readonly kind: 'carried' }) | undefined {
  const value = carried && site.statement.kind === 'leaf' ? site.statement.values[ordinal] : undefined;
  return value?.kind === 'reduce' && value.init.kind === 'carried' ? value.init : undefined;
}
