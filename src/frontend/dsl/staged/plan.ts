/**
 * How stages run: which dimension streams by in tiles of rows, along which dimension each stage has its lanes, and how
 * many copies it gets.
 */
import { OPS, type Op } from '../../../ops/table.ts';
import { patternProblem } from '../../messages.ts';
import type { Target } from '../../program.ts';
import { callerSource } from '../caller.ts';
import { type Dimension, stateName } from '../collection.ts';
import type { Expr } from '../expr.ts';
import { problem } from '../problems.ts';
import { nodesOf, type Stage } from './extract.ts';

/** An array in memory, or a state on chip. */
export interface Place {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface StagedShape {
  readonly stages: readonly Stage[];
  readonly arrays: readonly Place[];
  /** Dimensions of the state, where there is one: it is what the last stage makes. */
  readonly state?: readonly number[];
  /** Loops around the stages. */
  readonly times: readonly Dimension[];
  readonly target: Target;
}

/** Dimensions that are the same because one is indexed by the other's loop. */
export interface Classes {
  /** The class of a stage's loop. */
  readonly loop: (stage: Stage, name: string) => string;
  /** The class of a dimension of an array, of the state or of what a stage makes; undefined where a loop around all indexes it. */
  readonly dimension: (place: string, d: number) => string | undefined;
  /** The class that streams by, and its size. */
  readonly row: { readonly of: string; readonly size: number };
  /** What streams by is read beside an index as well, or is the state's: there is one tile. */
  readonly isWhole: boolean;
}

/** The classes, or nothing and a problem where an index is not one loop of its own, or that and a number. */
export function classesOf({ stages, arrays, state, times }: StagedShape): Classes | undefined {
  const parents = new Map<string, string>();
  const find = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : find(parent);
  };
  const union = (a: string, b: string) => {
    const [x, y] = [find(a), find(b)];
    if (x !== y) parents.set(x, y);
  };
  const loop = (stage: Stage, name: string) => `${stage.name}.${name}`;
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const outer = new Set(times.map(({ name }) => name));
  const around = new Set<string>();
  const place = (memory: string, d: number) => {
    const made = memory === stateName ? stages.at(-1) : byName.get(memory);
    return made ? loop(made, made.out[d].name) : `${memory}#${d}`;
  };
  const read = new Set<string>();
  const beside = new Set<string>();
  for (const stage of stages) {
    const sizes = new Map([...stage.out, ...stage.fold].map(({ name, size }) => [name, size]));
    for (const { node } of nodesOf(stage.expr)) {
      if (node.kind !== 'read') continue;
      read.add(node.memory);
      const shape =
        node.memory === stateName
          ? state
          : (arrays.find(({ name }) => name === node.memory)?.shape ?? byName.get(node.memory)?.out.map(({ size }) => size));
      for (const [d, { base, terms }] of node.index.entries()) {
        const name = terms.length === 1 && terms[0].coef === 1 ? terms[0].var : undefined;
        if (name !== undefined && outer.has(name) && base === 0) around.add(`${node.memory}#${d}`);
        else if (name !== undefined && !outer.has(name) && sizes.get(name) === shape?.[d]) {
          union(loop(stage, name), place(node.memory, d));
          if (base !== 0) beside.add(place(node.memory, d));
        } else {
          problem(
            patternProblem(
              `\`${node.memory}\` of shape [${shape?.join(', ')}] is read at something else than whole dimensions`,
              'index it with one variable a dimension, over the whole of it, and perhaps a number; write other accesses with `explicit`',
              callerSource(),
            ),
          );
          return undefined;
        }
      }
    }
  }
  const words = ({ name, shape }: Place) => shape.reduce((n, size, d) => (around.has(`${name}#${d}`) ? n : n * size), 1);
  const [largest] = arrays.filter(({ name }) => read.has(name)).sort((a, b) => words(b) - words(a));
  // What streams by is not what a scan goes along, where there is another dimension.
  const along = new Set(stages.flatMap((stage) => (stage.scan ? [find(loop(stage, stage.scan.name))] : [])));
  const free = largest ? [...largest.shape.keys()].filter((i) => !around.has(`${largest.name}#${i}`)) : [];
  const last = stages.at(-1);
  const ofState = new Set(state && last ? last.out.map(({ name }) => find(loop(last, name))) : []);
  const whole = new Set([...[...beside].map(find), ...ofState]);
  const classAt = (i: number) => find(place(largest.name, i));
  const d = free.find((i) => !along.has(classAt(i)) && !whole.has(classAt(i))) ?? free.find((i) => !along.has(classAt(i))) ?? free[0] ?? -1;
  return {
    loop: (stage, name) => find(loop(stage, name)),
    dimension: (memory, at) => (around.has(`${memory}#${at}`) ? undefined : find(place(memory, at))),
    row: largest && d >= 0 ? { of: classAt(d), size: largest.shape[d] } : { of: '', size: 1 },
    isWhole: largest !== undefined && d >= 0 && whole.has(classAt(d)),
  };
}

/**
 * How the lanes of a stage run: beside each other, each summing for itself, or together along the fold; of a scan each running for
 * itself ('across'), or a single one ('serial').
 */
export type LaneUse = 'map' | 'stationary' | 'tree' | 'across' | 'serial';

export interface StagePlan {
  readonly stage: Stage;
  readonly use: LaneUse;
  readonly lane: Dimension;
  /** Elements of the lane loop that accumulate side by side (stationary, across); of a serial scan the cycles of an element. */
  readonly block: number;
  /** Issues of one run of the stage, by one copy. */
  readonly work: number;
  /** Copies there can be at most. */
  readonly most: number;
  readonly copies: number;
}

export interface StagedPlan {
  readonly classes: Classes;
  /** Rows of a tile, and tiles. */
  readonly rows: number;
  readonly tiles: number;
  /** Loops over tiles that run at the same time, each over a part of them. */
  readonly ways: number;
  /** What streams is loaded once, before all steps, and stays: of each of these loops the rows that it goes over. */
  readonly resident: boolean;
  readonly stages: readonly StagePlan[];
  /** Words of a class in a memory: whole blocks of lanes. */
  readonly extent: (of: string, size: number) => number;
  /** Iterations of a stage over a dimension that its lanes do not run along. */
  readonly reach: (stage: Stage, dimension: Dimension) => number;
}

/** What a fold does each time: a sum of products is one operation where every lane sums for itself. */
export function accumulation({ combine, expr }: Stage, use: LaneUse): { readonly op: Op; readonly args: readonly Expr[] } | undefined {
  if (!combine) return undefined;
  const { node } = expr;
  if (use === 'stationary' && node.kind === 'op') {
    if (combine.op === 'add' && node.op === 'mul') return { op: 'mac', args: node.args };
    if (combine.op === 'fadd' && node.op === 'fmul') return { op: 'fma', args: node.args };
  }
  return { op: combine.op, args: [expr] };
}

/** The tiles of one of the loops over them: from one, up to another. */
export const tilesOfWay = ({ tiles, ways }: Pick<StagedPlan, 'tiles' | 'ways'>, c: number): readonly [first: number, end: number] => [
  Math.floor((c * tiles) / ways),
  Math.floor(((c + 1) * tiles) / ways),
];

/** Is a stage part of the loop over tiles of rows? */
export const overRows = (classes: Classes, stage: Stage): boolean =>
  [...stage.out, ...stage.fold].some(({ name }) => classes.loop(stage, name) === classes.row.of);

/** Copies of a stage that others read: a memory unit has two contexts that write. */
const WRITERS = 2;

/** The plan with tiles of so many rows, and no stage over rows taking more than `most` issues a tile where copies can help. */
export function planStages(shape: StagedShape, classes: Classes, rows: number, most: number, ways = 1): StagedPlan {
  const { stages, target } = shape;
  const { lanes, ring } = target;
  const isRow = (stage: Stage, name: string) => classes.loop(stage, name) === classes.row.of;
  const extents = new Map<string, number>();
  const sized = (stage: Stage, { name, size }: Dimension) => (isRow(stage, name) ? rows : size);
  const hasScans = stages.some(({ scan }) => scan);
  /** Lanes over other scans, as many vectors as the operation takes cycles, where memory and time allow; else one word after the other. */
  const scanLanes = (stage: Stage, along: Dimension): Pick<StagePlan, 'use' | 'lane' | 'block'> => {
    const latency = target.latency[OPS[stage.combine?.op ?? 'mov'].latency];
    const words = stage.out.reduce((n, one) => n * sized(stage, one), 1);
    const found = stage.out.flatMap((lane) => {
      const size = sized(stage, lane);
      if (lane === along || latency > ring) return [];
      const entries = isRow(stage, lane.name) ? ring : entriesFor(Math.ceil(size / lanes), latency, ring);
      const padded = (words / size) * Math.ceil(size / (entries * lanes)) * entries * lanes;
      // A tile of rows has no padding, which would be rows of the next one.
      const legal = padded === words || !isRow(stage, lane.name);
      return legal && padded <= target.memoryWords / 2 && padded / lanes < words * latency
        ? [{ lane, block: entries * lanes, time: padded / lanes }]
        : [];
    });
    const [best] = found.sort((a, b) => a.time - b.time);
    return best ? { use: 'across', lane: best.lane, block: best.block } : { use: 'serial', lane: along, block: latency };
  };
  const blocks = new Map<string, number>();
  const shapes = stages.map((stage) => {
    const row = stage.out.find(({ name }) => isRow(stage, name));
    const latency = target.latency[OPS[accumulation(stage, 'stationary')?.op ?? 'mov'].latency];
    // A fold that depends on no index has its lanes along its own loops.
    let lane = stage.out[stage.out.length - 1] ?? stage.fold[stage.fold.length - 1];
    let use: LaneUse = 'map';
    let block = 0;
    if (stage.scan) ({ use, lane, block } = scanLanes(stage, stage.scan));
    else if (stage.out.length === 0) use = 'tree';
    else if (stage.combine) {
      use = 'stationary';
      if (row) lane = row;
      // The result is stored in the order of its indices: its lanes run along the last one.
      const turned = stage === stages.at(-1) && row !== undefined && row !== stage.out.at(-1);
      if (row && !turned && rows % (ring * lanes) === 0) block = ring * lanes;
      else if (row) [use, lane] = ['tree', stage.fold[stage.fold.length - 1]];
      else block = lanes * entriesFor(Math.ceil(lane.size / lanes), latency, ring);
    }
    const of = classes.loop(stage, lane.name);
    if (inBlocks(use)) blocks.set(of, Math.max(blocks.get(of) ?? 0, block));
    return { stage, use, lane, block };
  });
  for (const { stage, use, lane } of shapes) {
    const of = classes.loop(stage, lane.name);
    // All that go along a class in blocks do so in the same, so that they end at the same word.
    const unit = inBlocks(use) ? (blocks.get(of) ?? 1) : 1;
    if (use !== 'tree') extents.set(of, Math.max(extents.get(of) ?? 0, Math.ceil(sized(stage, lane) / unit) * unit));
  }
  const extent = (of: string, size: number) => Math.max(extents.get(of) ?? 0, of === classes.row.of ? rows : size);
  const reach = (stage: Stage, one: Dimension) =>
    hasScans && (stage !== stages.at(-1) || shape.state !== undefined) && !stage.fold.includes(one)
      ? extent(classes.loop(stage, one.name), one.size)
      : sized(stage, one);
  const plans = shapes.map(({ stage, use, lane, block: own }): StagePlan => {
    const block = inBlocks(use) ? (blocks.get(classes.loop(stage, lane.name)) ?? own) : own;
    const width = use === 'tree' ? sized(stage, lane) : extent(classes.loop(stage, lane.name), lane.size);
    const others = [...stage.out, ...stage.fold].filter((one) => one !== lane);
    // Behind a lane tree the entries of its ring are combined; integers have none.
    const latency = target.latency[OPS[stage.combine?.op ?? 'mov'].latency];
    const each = use === 'serial' ? width * block : Math.ceil(width / lanes) + (use === 'tree' && latency > 1 ? 2 * latency : 0);
    const work = others.reduce((n, one) => n * reach(stage, one), each);
    const free = stage.out.filter((one) => one !== lane && one !== stage.scan).map((one) => sized(stage, one));
    const loops = Math.max(1, ...free, inBlocks(use) ? width / block : 1);
    const alone = stage === stages.at(-1) && shape.state === undefined && ways === 1;
    const possible = alone ? loops : Math.min(loops, WRITERS);
    const copies = overRows(classes, stage) ? Math.min(possible, Math.ceil(work / most)) : 1;
    return { stage, use, lane, block, work, most: possible, copies };
  });
  return { classes, rows, tiles: Math.ceil(classes.row.size / rows), ways, resident: false, stages: plans, extent, reach };
}

/** Do the lanes of a stage go along their loop in blocks? */
export const inBlocks = (use: LaneUse): boolean => use === 'stationary' || use === 'across';

/** Do stages need all rows before they can go on with the first, so that there is a single tile? */
export function needsWhole({ stages }: StagedShape, classes: Classes): boolean {
  if (classes.isWhole) return true;
  const isRow = (stage: Stage, { name }: Dimension) => classes.loop(stage, name) === classes.row.of;
  const behind = new Set<string>();
  return stages.some((stage) => {
    const rows = [...stage.out, ...stage.fold].filter((one) => isRow(stage, one)).length;
    const late = nodesOf(stage.expr).some(({ node }) => node.kind === 'read' && behind.has(node.memory));
    if (late || stage.fold.some((one) => isRow(stage, one))) behind.add(stage.name);
    return rows > 1 || (rows > 0 && late) || (stage.scan !== undefined && isRow(stage, stage.scan) && stage.out.length > 1);
  });
}

/** Accumulators of a lane: enough for the operation's latency, and as little padding as there can be. */
export function entriesFor(vectors: number, latency: number, ring: number): number {
  let best = latency;
  const padded = (entries: number) => Math.ceil(vectors / entries) * entries;
  for (let entries = latency; entries <= ring; entries++) if (padded(entries) <= padded(best)) best = entries;
  return best;
}
