/**
 * Patterns -> explicit loops.
 *
 *     c[i][j] = fold add over k of a[i][k] * b[k][j]
 *     =>
 *     pipe (i0) { pipe (j0) { [pipe (k0) {] load a, b; leaf (i, k, j lanes) { c = accumulate } [}] store c } }
 *
 * Lanes run along the last dimension of the result where every array has it last or not at all (an accumulator a
 * lane); else along the fold (a lane tree). A load stands in the outermost loop that decides what is loaded.
 */

import type { Contraction } from '../../ir/contraction.ts';
import type { ElementType, ReduceInit } from '../../ir/loops.ts';
import { OPS, type Op } from '../../ops/table.ts';
import { noRoom } from '../messages.ts';
import type { Target } from '../program.ts';
import { emitBeside, readsBeside } from './beside.ts';
import { callerSource } from './caller.ts';
import { type Dimension, foldedOver, type Iterated } from './collection.ts';
import { contractionOf, isPlainIndex } from './contract.ts';
import type { Explicit } from './explicit.ts';
import { Expr } from './expr.ts';
import type { Dram, Memory } from './handles.ts';
import { Index, type IndexLike } from './index-expr.ts';
import { problem } from './problems.ts';
import { collect, keyOf, nameRead, placed, type Read, readsOf } from './reads.ts';
import { stagedCandidates, timeOf } from './staged/candidates.ts';
import { emitStages, type StagedOutput } from './staged/emit.ts';
import { extractStages, isScan } from './staged/extract.ts';
import { classesOf } from './staged/plan.ts';
import { chooseTiles, type Shape as LaneUse, type Tile, type TilingRequest } from './tiling.ts';
import { emitWhole } from './whole.ts';

/** What the program may say about how a pattern runs; everything left out is chosen. */
export interface ScheduleHints {
  /** Tile sizes of the result's dimensions, then of the fold's. */
  readonly tile?: readonly (number | undefined)[];
  readonly lanes?: number;
  /** Copies in space, along the first dimension; 0 or nothing: chosen. */
  readonly copies?: number;
}

export interface Job {
  readonly v: Explicit;
  readonly target: Target;
  readonly arrays: ReadonlyMap<string, Dram<ElementType, readonly number[], 'in'>>;
  readonly name: string;
  readonly type: ElementType;
  /** Dimensions of the result; none for a single value. */
  readonly out: readonly Dimension[];
  readonly expr: Expr;
  readonly hints: ScheduleHints;
  readonly to: Exclude<StagedOutput['to'], { readonly kept: unknown }>;
  /** A name that no memory has yet. */
  readonly fresh: (name: string) => string;
  /** Told of a pattern that the compiler may map as a whole. */
  readonly contracted: (contraction: Contraction) => void;
  /**
   * Which of its choices of tiles and copies a pattern is written with, 0 the one with the fewest units; told how many there are, and how many cycles
   * that choice may take for all that its pattern knows; and with which choices a new way to run begins, from few units to many again.
   */
  readonly choice: { readonly level: number; readonly levels: (count: number, cycles?: number, starts?: readonly number[]) => void };
  /** What is made again and again. */
  readonly iterated?: Iterated;
}

/** Copies of a pattern that is one stage. */
const COPIES = [1, 2, 4, 6, 8, 10, 12, 16, 24, 32];

interface Plan extends Job {
  readonly use: LaneUse;
  readonly lanes: number;
  readonly lane: string;
  readonly fold: readonly Dimension[];
  readonly reads: readonly Read[];
  readonly tiles: ReadonlyMap<string, Tile>;
  /** The dimension whose tiles are copied. */
  readonly copied: string;
  /** Loops of the leaf, outermost first. */
  readonly leaf: readonly Dimension[];
}

/** Writes one output or result. */
export function lower(given: Job): void {
  const folds = collect(given.expr, (expr) => expr.node.kind === 'reduce');
  const staged = folds.length > 1 || folds.some(isScan) || 'array' in given.to;
  if (staged && lowerStaged(given, given.to, folds.some(isScan) ? Number.POSITIVE_INFINITY : folds.length)) return;
  const hints = given.hints.copies === 0 ? { ...given.hints, copies: undefined } : given.hints;
  if (hints.copies === undefined && hints.lanes === undefined && hints.tile === undefined) given.choice.levels(COPIES.length);
  const level = COPIES[Math.min(given.choice.level, COPIES.length - 1)];
  const job = { ...given, hints: { ...hints, copies: hints.copies ?? (level === 1 ? undefined : level) } };
  const fold = folds.length === 1 ? (foldedOver(folds[0]) ?? []) : [];
  const contraction = contractionOf(job, fold);
  // Loops without tiles mean the same; hints ask for loops.
  const free = job.hints.tile === undefined && job.hints.lanes === undefined && (job.hints.copies ?? 1) === 1;
  if (contraction && free) job.contracted(contraction);
  if (contraction && ![contraction.left, contraction.right].every(({ index }) => index.every(isPlainIndex))) {
    emitWhole(job, contraction);
    return;
  }
  if (readsBeside(job, [...job.out, ...fold])) {
    emitBeside(job, fold);
    return;
  }
  const reads = readsOf(job, [...job.out, ...fold]);
  if (reads) emit(planOf(job, fold, reads));
  else if ('result' in given.to) {
    // Set all the same, so that no other problem follows.
    const { result } = given.to;
    given.v.leaf({ u: 1 }, () => result.set(0));
  }
}

/** Writes a pattern of several stages, an iterated one or one with more than one fold; false for all others. */
export function lowerStaged(job: Omit<Job, 'to'>, to: StagedOutput['to'], folds: number): boolean {
  const { v, target, out, expr, iterated, fresh, name, choice } = job;
  const times = iterated?.times ?? [];
  const names = new Set<string>();
  const stages = extractStages(expr, out, new Set(times.map((one) => one.name)), (wanted) => {
    let free = `${name}_${wanted}`;
    for (let i = 1; names.has(free); i++) free = `${name}_${wanted}${i}`;
    names.add(free);
    return free;
  });
  // What depends on no index is worked out once.
  const single = folds <= 1 && stages.slice(0, -1).every(({ combine, out: own }) => combine && own.length > 0);
  if (!iterated && single) return false;
  const read = new Set(stages.flatMap((stage) => collect(stage.expr, ({ node }) => node.kind === 'read')).map(nameRead));
  const arrays = [...job.arrays.values()].filter(({ name: of }) => read.has(of)).map((array) => ({ name: array.name, shape: array.shape }));
  const shape = { stages, arrays, ...(iterated ? { state: iterated.shape } : {}), times, target };
  const classes = classesOf(shape);
  if (!classes) return true;
  const series = stagedCandidates(shape, classes);
  const plans = series.flat();
  if (plans.length === 0) {
    const sizes = [...stages.map((stage) => stage.out.map(({ size }) => size)), ...arrays.map((array) => array.shape)];
    const words = Math.max(...sizes.map((one) => one.reduce((n, size) => n * size, 1)));
    problem(noRoom(`what \`${name}\` needs all of`, words, target, callerSource()));
    return true;
  }
  const plan = plans[Math.min(choice.level, plans.length - 1)];
  const starts = series.map((_, s) => series.slice(0, s).reduce((n, { length }) => n + length, 0));
  choice.levels(plans.length, timeOf(plan, shape), starts);
  emitStages({ v, lanes: target.lanes, arrays: job.arrays, fresh, name, to, times, ...(iterated ? { start: iterated.start } : {}) }, plan);
  return true;
}

function planOf(job: Job, fold: readonly Dimension[], reads: readonly Read[]): Plan {
  const { target, out, hints } = job;
  const lanes = hints.lanes ?? target.lanes;
  const lastOut = out.at(-1);
  const along = lastOut && reads.every(({ vars }) => !vars.includes(lastOut.name) || vars.at(-1) === lastOut.name);
  const use: LaneUse = fold.length === 0 ? 'map' : along ? 'stationary' : 'tree';
  const lane = (use === 'tree' ? fold.at(-1) : lastOut) as Dimension;
  const leaf = use === 'stationary' ? [...out.slice(0, -1), ...fold, lane] : [...out, ...fold];
  const streamed = ({ vars }: Read) => lanes === target.lanes && vars.join() === leaf.map(({ name }) => name).join();
  const [first] = [...out, ...fold];
  const requestOf = (copied: Dimension, rows: number) => ({
    shape: use,
    dimensions: [...out, ...fold].map((dimension, d) => ({
      ...dimension,
      role: d < out.length ? ('out' as const) : ('fold' as const),
      lane: dimension === lane,
      hint: hints.tile?.[d],
      exact: use === 'stationary' && fold.includes(dimension) && !paddingAddsNothing(job.expr, dimension.name),
    })),
    kept: [
      ...reads.filter((read) => !streamed(read)).map(({ vars }) => vars),
      ...(use === 'stationary' || use === 'tree' ? [out.map(({ name }) => name)] : []),
    ],
    lanes,
    copied: copied.name,
    copies: Math.max(1, Math.min(hints.copies ?? 1, Math.ceil(copied.size / (copied === lane ? lanes : 1)))),
    rows,
    latency: use === 'stationary' ? target.latency[OPS[accumulateOp(job.expr)].latency] : 1,
    target,
  });
  // Copies of rows load the columns each for itself, copies of columns the rows; longer tiles load the columns less often.
  const ways =
    use === 'stationary' && 'array' in job.to
      ? out.flatMap((one) => ROWS.map((rows) => requestOf(one, rows)))
      : [requestOf(first, ROWS[0])];
  const [{ request, tiles }] = ways
    .map((way) => ({ request: way, tiles: chooseTiles(way) }))
    .map((way) => ({ ...way, time: timeOfTiles(way, { out, fold, reads, lanes }) }))
    .sort((a, b) => a.time - b.time);
  for (const names of request.kept) {
    const words = names.reduce((product, name) => product * (tiles.get(name)?.size ?? 1), 1);
    if (words > target.memoryWords) problem(noRoom(`a tile of \`${job.name}\``, words, target, callerSource()));
  }
  return {
    ...job,
    use,
    lanes,
    lane: lane.name,
    fold,
    reads,
    tiles,
    leaf,
    copied: request.copied,
    hints: { ...hints, copies: request.copies },
  };
}

/** Rows of an accumulating tile to choose from, the usual ones first. */
const ROWS = [32, 64];

/** Cycles of all tiles, roughly: their issues by copy, or their words by the vectors that the memory delivers. */
function timeOfTiles(
  { request, tiles }: { request: TilingRequest; tiles: ReadonlyMap<string, Tile> },
  { out, fold, reads, lanes }: Pick<Plan, 'out' | 'fold' | 'reads' | 'lanes'>,
): number {
  const loops = [...out, ...fold].map(({ name }) => ({ name, ...(tiles.get(name) as Tile) }));
  const product = (list: readonly { size: number; count: number }[]) => list.reduce((n, { size, count }) => n * size * count, 1);
  const words = reads.map(({ vars }) => {
    const depth = loops.findLastIndex(({ name, count }) => count > 1 && vars.includes(name));
    const again = loops.slice(0, depth + 1).filter(({ name }) => !vars.includes(name));
    return product(loops.filter(({ name }) => vars.includes(name))) * again.reduce((n, { count }) => n * count, 1);
  });
  return Math.max(product(loops) / request.copies, ...[words.reduce((a, b) => a + b, 0)]) / lanes;
}

function emit(plan: Plan): void {
  const { v, out, to } = plan;
  const copies = plan.hints.copies ?? 1;
  if ('array' in to) {
    nestOf(plan, { out, suffix: '', par: copies, finish: undefined });
    return;
  }
  if (copies === 1) {
    nestOf(plan, { out, suffix: '', par: 1, finish: (sum) => to.result.set(sum) });
    return;
  }
  const partials: Memory[] = [];
  v.pipe({}, () => {
    v.parallel(() => {
      for (let c = 0; c < copies; c++) {
        const partial = v.sram(plan.fresh(`${plan.name}_part${c}`), plan.type, [1]);
        partials.push(partial);
        nestOf(plan, { out, suffix: `_${c}`, par: 1, copy: { index: c, count: copies }, finish: (sum) => partial.set([0], sum) });
      }
    });
    v.leaf({ u: 1 }, ({ u }) => {
      const { op } = foldNode(plan.expr);
      const total = partials.map((partial) => partial.at(0)).reduce((a, b) => new Expr(plan.type, { kind: 'op', op, args: [a, b] }));
      to.result.set(new Expr(plan.type, { kind: 'reduce', op, args: [total], over: [u.variableName ?? ''], init: { kind: 'none' } }));
    });
  });
}

interface NestRequest {
  readonly out: readonly Dimension[];
  readonly suffix: string;
  readonly par: number;
  readonly copy?: { readonly index: number; readonly count: number };
  /** What is done with the value of a result. */
  readonly finish: ((value: Expr) => void) | undefined;
}

/** The loops over tiles with the loads, the leaf and the store. */
function nestOf(plan: Plan, request: NestRequest): void {
  const { v, out, fold, tiles, reads, to } = plan;
  const loops = [...out, ...fold].filter(({ name }) => (tiles.get(name)?.count ?? 1) > 1);
  const outLoops = loops.filter((dimension) => out.includes(dimension)).length;
  const starts = new Map<string, IndexLike>();
  const memories = new Map<string, Memory>();
  let place: Memory | undefined;
  const at = (level: number): void => {
    if (level === outLoops && 'array' in to)
      place = v.sram(
        plan.fresh(`${plan.name}_tile`),
        plan.type,
        out.map(({ name }) => sizeOf(plan, name)),
      );
    for (const read of reads) {
      const depth = 1 + loops.findLastIndex(({ name }) => read.vars.includes(name));
      if (depth !== level) continue;
      const memory = v.sram(
        plan.fresh(`${read.array}_tile${request.suffix}`),
        plan.arrays.get(read.array)?.type ?? 'i32',
        read.vars.map((name) => sizeOf(plan, name)),
      );
      memories.set(keyOf(read), memory);
      const array = plan.arrays.get(read.array);
      if (array)
        v.load(
          array,
          read.vars.map((name) => starts.get(name) ?? 0),
          memory,
        );
    }
    const loop = loops[level];
    if (!loop) leafOf(plan, request, { starts, memories, place });
    else {
      const { size, count } = tiles.get(loop.name) as Tile;
      const copy = level === 0 ? request.copy : undefined;
      const spec = {
        min: (copy?.index ?? 0) * size,
        max: size * count,
        step: size * (copy?.count ?? 1),
        par: loop.name === plan.copied ? request.par : 1,
      };
      v.pipe({ [`${loop.name}0`]: spec }, (indices) => {
        starts.set(loop.name, indices[`${loop.name}0`]);
        at(level + 1);
      });
    }
    if (level === outLoops && 'array' in to && place)
      v.store(
        to.array,
        out.map(({ name }) => starts.get(name) ?? 0),
        place,
      );
  };
  at(0);
}

interface Context {
  readonly starts: ReadonlyMap<string, IndexLike>;
  readonly memories: ReadonlyMap<string, Memory>;
  readonly place: Memory | undefined;
}

function leafOf(plan: Plan, request: NestRequest, { starts, memories, place }: Context): void {
  const { v, leaf, fold, tiles, use } = plan;
  const loops = Object.fromEntries(leaf.map(({ name }) => [name, { max: sizeOf(plan, name), par: name === plan.lane ? plan.lanes : 1 }]));
  v.leaf(loops, (indices) => {
    const whole = (name: string): Index => {
      const start = starts.get(name) ?? 0;
      return start instanceof Index ? start.add(indices[name]) : indices[name].add(start);
    };
    if (use === 'tree') {
      for (const { name, size } of fold) {
        const tile = tiles.get(name) as Tile;
        if (tile.size * tile.count !== size) v.guard(whole(name), size);
      }
    }
    const foldLoops = fold.filter(({ name }) => (tiles.get(name)?.count ?? 1) > 1).map(({ name }) => `${name}0`);
    const inLeaf = leaf.some(({ name }) => name !== plan.lane && !fold.some((dimension) => dimension.name === name));
    const index = plan.out.map(({ name }) => indices[name]);
    const rewrite = (expr: Expr): Expr => {
      const { node } = expr;
      if (node.kind !== 'reduce') return placed(expr, { whole, memories, indices }, rewrite);
      const neutral = node.init.kind === 'const' ? node.init.bits : 0;
      const over = [...(inLeaf ? [] : foldLoops), ...fold.map(({ name }) => name)];
      let init: ReduceInit = use === 'tree' ? { kind: 'none' } : { kind: 'const', bits: neutral };
      if (inLeaf && foldLoops.length > 0 && place) {
        const { node: read } = place.at(...index);
        if (read.kind === 'read') init = { kind: 'carried', memory: read.memory, index: read.index, over: foldLoops, first: neutral };
      }
      return new Expr(expr.type, { ...node, ...accumulation(expr, use), args: accumulation(expr, use).args.map(rewrite), over, init });
    };
    const value = rewrite(plan.expr);
    if (request.finish) request.finish(value);
    else place?.set(index, value);
  });
}

/** A sum of products is one fused operation where every lane accumulates for itself. */
function accumulation(expr: Expr, use: LaneUse): { op: Op; args: readonly Expr[] } {
  const node = foldNode(expr);
  const value = node.args[0].node;
  if (use !== 'stationary' || value.kind !== 'op') return node;
  if (node.op === 'add' && value.op === 'mul') return { op: 'mac', args: value.args };
  return node.op === 'fadd' && value.op === 'fmul' ? { op: 'fma', args: value.args } : node;
}

const accumulateOp = (expr: Expr): Op => accumulation(collect(expr, ({ node }) => node.kind === 'reduce')[0], 'stationary').op;

function foldNode(expr: Expr): { op: Op; args: readonly Expr[] } {
  const [{ node }] = collect(expr, (candidate) => candidate.node.kind === 'reduce');
  return node as { op: Op; args: readonly Expr[] } & typeof node;
}

/** Zeros beyond the end of every factor of a summed product add nothing. */
function paddingAddsNothing(expr: Expr, name: string): boolean {
  const { op, args } = accumulation(collect(expr, ({ node }) => node.kind === 'reduce')[0], 'stationary');
  const padded = ({ node }: Expr) => node.kind === 'read' && node.index.some((index) => index.terms.some((term) => term.var === name));
  return (op === 'mac' || op === 'fma') && args.every(padded);
}

const sizeOf = ({ tiles }: Plan, name: string): number => tiles.get(name)?.size ?? 1;
