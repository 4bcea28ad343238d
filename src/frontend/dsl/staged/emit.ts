/**
 * Stages -> explicit loops:
 *
 *     pipe {
 *       load what does not stream; state = start
 *       pipe (times) {
 *         leaves of what needs no row
 *         pipe (tiles of rows) { loads of the tile; leaves over its rows, sums carried from tile to tile }
 *         leaves of what needs all rows; state = last leaf
 *       }
 *       store
 *     }
 */
import type { ElementType, ReduceInit } from '../../../ir/loops.ts';
import { type Collection, type Dimension, stateName } from '../collection.ts';
import type { Explicit } from '../explicit.ts';
import { Expr } from '../expr.ts';
import type { Dram, Memory, Result } from '../handles.ts';
import { Index, type IndexLike } from '../index-expr.ts';
import { nodesOf, type Stage } from './extract.ts';
import { inMemories } from './in-memories.ts';
import { keepArrays } from './kept.ts';
import { accumulation, inBlocks, overRows, type StagedPlan, type StagePlan, tilesOfWay } from './plan.ts';
import { loopsOf, type Spot, type Walk, wordAt } from './spots.ts';

export interface StagedOutput {
  readonly v: Explicit;
  readonly lanes: number;
  readonly arrays: ReadonlyMap<string, Dram<ElementType, readonly number[], 'in'>>;
  readonly fresh: (name: string) => string;
  readonly name: string;
  /** An array, a scalar of the host, or whoever goes on with the word at an index. */
  readonly to:
    | { readonly array: Dram<ElementType, readonly number[], 'out'> }
    | { readonly result: Result }
    | { readonly kept: (word: (index: readonly IndexLike[]) => Expr) => void };
  readonly times: readonly Dimension[];
  /** What the state is before the first step. */
  readonly start?: Collection;
}

type Indices = Readonly<Record<string, Index>>;

export function emitStages(output: StagedOutput, plan: StagedPlan): void {
  new Emitter(output, plan).run();
}

class Emitter {
  /** Where arrays, the state and results of stages are, with the order of their indices. */
  readonly #places = new Map<string, Spot>();
  /** Arrays that stay on chip for all steps, by the loop over tiles that reads them, with their first row there. */
  #kept: readonly ReadonlyMap<string, Spot>[] = [];
  /** All rows of the last stage, where they stay on chip. */
  #whole: Memory | undefined;

  constructor(
    readonly output: StagedOutput,
    readonly plan: StagedPlan,
  ) {}

  run(): void {
    const { v, times, start } = this.output;
    const { classes, stages } = this.plan;
    const last = stages[stages.length - 1];
    const inRows = stages.filter(({ stage }) => overRows(classes, stage));
    const names = new Set(inRows.map(({ stage }) => stage.name));
    // What comes from rows comes behind them, and what is made of that.
    const behind = new Set<string>();
    for (const { stage } of stages) {
      const reads = nodesOf(stage.expr).flatMap(({ node }) => (node.kind === 'read' ? [node.memory] : []));
      if (!names.has(stage.name) && reads.some((one) => names.has(one) || behind.has(one))) behind.add(stage.name);
    }
    const before = stages.filter(({ stage }) => !names.has(stage.name) && !behind.has(stage.name));
    const after = stages.filter(({ stage }) => behind.has(stage.name));
    const whole = [...this.#arraysRead()].filter(([array]) => !this.#streams(array));
    const isOuter = (array: string) => this.#shapeOf(array).some((_, d) => classes.dimension(array, d) === undefined);
    const { to, fresh } = this.output;
    v.pipe({}, () => {
      if ('kept' in to) {
        const isRow = (name: string) => classes.loop(last.stage, name) === classes.row.of;
        const { rows, tiles } = this.plan;
        const shape = last.stage.out.map(({ name, size }) => (isRow(name) ? rows * tiles : size));
        this.#whole = v.sram(fresh(`${last.stage.name}_all`), last.stage.type, shape) as Memory;
      }
      for (const [array] of whole) if (!isOuter(array)) this.#load(array, {});
      if (this.plan.resident && inRows.length > 0) {
        const streaming = new Map([...this.#arraysRead()].filter(([array]) => this.#streams(array)));
        this.#kept = keepArrays(v, fresh, this.plan, streaming);
      }
      if (start) this.#start(start, last.stage);
      const body = (around: Indices) => {
        for (const [array] of whole) if (isOuter(array)) this.#load(array, around);
        for (const one of before) this.#leaf(one, around);
        if (inRows.length > 0) this.#overTiles(inRows, around);
        for (const one of after) this.#leaf(one, around);
        if (start) this.#keep(last);
      };
      if (times.length > 0) v.pipe(Object.fromEntries(times.map(({ name: step, size }) => [step, size])), (indices) => body(indices));
      else body({});
      if (!this.#makesRows(last.stage) || start) this.#store({});
    });
    const all = this.#whole;
    if ('kept' in to && all) to.kept((index) => all.at(...index));
  }

  /** The loops over tiles, each with memories of its own, and the sums of what they carried. */
  #overTiles(inRows: readonly StagePlan[], around: Indices): void {
    const { v } = this.output;
    const { tiles, rows, ways, stages } = this.plan;
    const last = stages[stages.length - 1];
    const sums = inRows.filter(({ stage }) => !this.#makesRows(stage));
    const parts = new Map<string, Memory[]>();
    const tile = (at: Indices) => {
      if (!this.plan.resident) for (const [array] of this.#arraysRead()) if (this.#streams(array)) this.#load(array, at);
      for (const one of inRows) this.#leaf(one, at);
      // The state is stored once, behind all steps.
      if (this.#makesRows(last.stage) && !this.output.start) this.#store(at);
    };
    const way = (c: number) => {
      for (const one of sums) parts.set(one.stage.name, [...(parts.get(one.stage.name) ?? []), this.#declare(one)]);
      const [first, end] = tilesOfWay(this.plan, c);
      for (const [array, spot] of this.#kept[c] ?? []) this.#places.set(array, spot);
      const t = ways === 1 ? 't' : `t${c}`;
      if (tiles === 1) tile(around);
      else v.pipe({ [t]: { min: first * rows, max: end * rows, step: rows } }, (indices) => tile({ ...around, t: indices[t] }));
    };
    if (ways === 1) {
      way(0);
      return;
    }
    v.parallel(() => {
      for (let c = 0; c < ways; c++) way(c);
    });
    for (const one of sums) this.#sum(one, parts.get(one.stage.name) ?? []);
  }

  /** The elements along a dimension of a stage that its leaf writes: whole vectors of lanes, elsewhere no padding. */
  #written({ stage, lane, use }: StagePlan, d: number): number {
    const { classes, extent, reach } = this.plan;
    const one = stage.out[d];
    return use !== 'tree' && one === lane ? extent(classes.loop(stage, one.name), one.size) : reach(stage, one);
  }

  /** What the loops over tiles have each carried, as one. */
  #sum(one: StagePlan, parts: readonly Memory[]): void {
    const { v, lanes } = this.output;
    const { op } = one.stage.combine ?? { op: 'add' };
    const total = this.#declare(one);
    const order = this.#places.get(one.stage.name)?.order ?? [];
    const sizes = order.length > 0 ? order.map((d): [string, number] => [`w${d}`, this.#written(one, d)]) : [['w', 1] as [string, number]];
    v.leaf(loopsOf(sizes, lanes), (indices) => {
      const at = sizes.map(([name]) => indices[name]);
      let terms = parts.map((part) => part.at(...at));
      // Pairs of pairs: few additions in a row.
      while (terms.length > 1) {
        const [left, right] = [0, 1].map((half) => terms.filter((_, i) => i % 2 === half));
        terms = left.map((term, i) => (right[i] ? new Expr(term.type, { kind: 'op', op, args: [term, right[i]] }) : term));
      }
      total.set(at, terms[0]);
    });
  }

  // ---- Memories

  #arraysRead(): Map<string, Dram<ElementType, readonly number[], 'in'>> {
    const read = new Set(
      this.plan.stages.flatMap(({ stage }) => nodesOf(stage.expr).flatMap(({ node }) => (node.kind === 'read' ? [node.memory] : []))),
    );
    return new Map([...this.output.arrays].filter(([name]) => read.has(name)));
  }

  #shapeOf(array: string): readonly number[] {
    return this.output.arrays.get(array)?.shape ?? [];
  }

  #streams(array: string): boolean {
    const { classes } = this.plan;
    return this.#shapeOf(array).some((_, d) => classes.dimension(array, d) === classes.row.of);
  }

  #makesRows(stage: Stage): boolean {
    const { classes } = this.plan;
    return stage.out.some(({ name }) => classes.loop(stage, name) === classes.row.of);
  }

  /** Loads an array, or of an array of rows a tile. */
  #load(array: string, around: Indices): void {
    const { v, arrays, fresh } = this.output;
    const { classes, extent } = this.plan;
    const dram = arrays.get(array);
    if (!dram) return;
    const offset: IndexLike[] = [];
    const shape: number[] = [];
    const index = this.#indexOf(array);
    for (const [d, size] of dram.shape.entries()) {
      const of = classes.dimension(array, d);
      offset.push(of === undefined ? around[index[d]] : of === classes.row.of ? (around.t ?? 0) : 0);
      shape.push(of === undefined ? 1 : extent(of, size));
    }
    const memory = v.sram(fresh(`${array}_tile`), dram.type, shape) as Memory;
    v.load(dram, offset, memory);
    this.#places.set(array, { memory, order: shape.map((_, d) => d) });
  }

  /** The variables that an array is read at somewhere. */
  #indexOf(array: string): readonly string[] {
    for (const { stage } of this.plan.stages)
      for (const { node } of nodesOf(stage.expr))
        if (node.kind === 'read' && node.memory === array) return node.index.map(({ terms }) => terms[0].var);
    return [];
  }

  /** The memory of a stage: its lanes last. */
  #declare({ stage, lane, use }: StagePlan): Memory {
    const { v, fresh } = this.output;
    const { classes, extent } = this.plan;
    const at = use === 'tree' ? stage.out.length - 1 : stage.out.indexOf(lane);
    const natural = [...stage.out.keys()];
    // Lanes of a scan may run along any dimension of the memory; others along the last one.
    const order = stage.scan || at < 0 ? natural : [...natural.filter((d) => d !== at), at];
    // Nobody runs lanes along the other dimensions of what is only stored.
    const stored = stage === this.plan.stages.at(-1)?.stage && !this.output.start;
    const isRow = (d: number) => classes.loop(stage, stage.out[d].name) === classes.row.of;
    const shape = order.map((d) =>
      stored && (use === 'tree' || d !== at) && !isRow(d)
        ? stage.out[d].size
        : extent(classes.loop(stage, stage.out[d].name), stage.out[d].size),
    );
    const memory = v.sram(fresh(stage.name), stage.type, shape.length > 0 ? shape : [1]) as Memory;
    this.#places.set(stage.name, { memory, order });
    return memory;
  }

  #start(start: Collection, last: Stage): void {
    const { v, fresh, lanes, arrays } = this.output;
    const { classes, extent } = this.plan;
    const shape = last.out.map(({ name, size }) => extent(classes.loop(last, name), size));
    const memory = v.sram(fresh('state'), last.type, shape) as Memory;
    this.#places.set(stateName, { memory, order: shape.map((_, d) => d) });
    const index = last.out.map(({ name }) => Index.variable(name));
    const first = start.at(...index);
    const { node } = first;
    const array = node.kind === 'read' ? arrays.get(node.memory) : undefined;
    const inOrder =
      node.kind === 'read' &&
      node.index.every(({ base, terms }, d) => base === 0 && terms.length === 1 && terms[0].var === last.out[d]?.name);
    if (array && inOrder && array.shape.length === shape.length) {
      v.load(
        array,
        shape.map(() => 0),
        memory,
      );
      return;
    }
    // Anything else is made on chip; arrays it reads come whole.
    for (const one of nodesOf(first)) if (one.node.kind === 'read' && !this.#places.has(one.node.memory)) this.#load(one.node.memory, {});
    v.leaf(
      loopsOf(
        last.out.map(({ name }, d) => [name, shape[d]]),
        lanes,
      ),
      (indices) =>
        memory.set(
          last.out.map(({ name }) => indices[name]),
          this.#rewrite(first, indices, {}),
        ),
    );
  }

  /** What the last stage made is the state of the next step. */
  #keep(last: StagePlan): void {
    const { v, lanes } = this.output;
    const state = this.#places.get(stateName)?.memory;
    const { out, name: own } = last.stage;
    const made = this.#places.get(own);
    if (!state || !made) return;
    v.leaf(
      loopsOf(
        out.map(({ name }, d) => [name, Math.min(state.shape[d], this.#written(last, d))]),
        lanes,
      ),
      (indices) => {
        const index = out.map(({ name }) => indices[name]);
        state.set(index, made.memory.at(...made.order.map((d) => index[d])));
      },
    );
  }

  #store(around: Indices): void {
    const { v, to, start } = this.output;
    const { classes, stages } = this.plan;
    const last = stages[stages.length - 1].stage;
    const from = this.#places.get(start ? stateName : last.name);
    if (!from) return;
    const word = (index: readonly IndexLike[]) => wordAt(from, index);
    if ('result' in to) v.leaf({ u: 1 }, () => to.result.set(word([])));
    else if ('kept' in to) this.#copyTile(last, word, around);
    else {
      const offset = last.out.map(({ name }) => (classes.loop(last, name) === classes.row.of && around.t ? around.t : 0));
      v.store(to.array, offset, from.memory);
    }
  }

  /** Tiles of rows next to each other on chip. */
  #copyTile({ out }: Stage, word: (index: readonly Index[]) => Expr, around: Indices): void {
    const { v, lanes } = this.output;
    const { classes, stages, rows } = this.plan;
    const { stage } = stages[stages.length - 1];
    const isRow = (name: string) => classes.loop(stage, name) === classes.row.of;
    const sizes = out.map(({ name, size }): [string, number] => [name, isRow(name) ? rows : size]);
    v.leaf(loopsOf(sizes, lanes), (indices) => {
      const index = out.map(({ name }) => indices[name]);
      const whole = out.map(({ name }) => (isRow(name) && around.t ? indices[name].add(around.t) : indices[name]));
      this.#whole?.set(whole, word(index));
    });
  }

  // ---- Leaves

  #leaf(one: StagePlan, around: Indices): void {
    const { v, lanes } = this.output;
    const { classes, rows, tiles, extent, reach } = this.plan;
    const { stage, use, lane, block, copies } = one;
    const { scan } = stage;
    const carries = overRows(classes, stage) && !this.#makesRows(stage);
    const memory = this.#places.get(stage.name)?.memory;
    const place = carries && memory ? memory : this.#declare(one);
    const isRow = (name: string) => classes.loop(stage, name) === classes.row.of;
    const sized = ({ name, size }: Dimension) => (isRow(name) ? rows : size);
    const width = use === 'tree' ? sized(lane) : extent(classes.loop(stage, lane.name), lane.size);
    const walked = (each: Dimension) => reach(stage, each);
    const others = stage.out.filter((each) => each !== lane && each !== scan);
    const blockName = `${lane.name}_block`;
    const loops: [string, Walk][] = others.map((each) => [each.name, { max: walked(each) }]);
    if (inBlocks(use) && width > block) loops.push([blockName, { max: width, step: block }]);
    // Copies of the loop with the most iterations.
    const trips = ([, { max, step = 1 }]: [string, Walk]) => max / step;
    const widest = [...loops].sort((a, b) => trips(b) - trips(a))[0];
    if (copies > 1 && widest) {
      const at = loops.indexOf(widest);
      loops[at] = [widest[0], { ...widest[1], par: copies }];
    }
    loops.push(...stage.fold.filter((each) => each !== lane).map((each): [string, Walk] => [each.name, { max: sized(each) }]));
    if (use === 'across' && scan) loops.push([scan.name, { max: walked(scan) }]);
    loops.push([lane.name, { max: inBlocks(use) ? Math.min(block, width) : width, par: use === 'serial' ? 1 : lanes }]);
    // One scan takes turns with nobody: each of its elements takes as long as the operation.
    if (use === 'serial' && block > 1) loops.push([`${lane.name}_turn`, { max: block }]);
    v.leaf(Object.fromEntries(loops), (indices) => {
      const index: Record<string, Index> = { ...indices };
      if (indices[blockName]) index[lane.name] = indices[blockName].add(indices[lane.name]);
      const order = this.#places.get(stage.name)?.order ?? [];
      const at = order.length > 0 ? order.map((d) => index[stage.out[d].name]) : [0];
      const combined = accumulation(stage, use);
      if (!combined || !stage.combine) {
        place.set(at, this.#rewrite(stage.expr, index, around, stage));
        return;
      }
      const { neutral } = stage.combine;
      if (scan) {
        const over = isRow(scan.name) && around.t ? [around.t.variableName ?? 't', scan.name] : [scan.name];
        const args = [this.#rewrite(stage.expr, index, around, stage)];
        place.set(
          at,
          new Expr(stage.type, { kind: 'reduce', op: stage.combine.op, args, over, init: { kind: 'const', bits: neutral }, running: true }),
        );
        return;
      }
      const row = stage.fold.find(({ name }) => isRow(name));
      const ragged = row !== undefined && rows * tiles !== classes.row.size;
      const args = ragged ? [stage.expr] : combined.args;
      const made = args.map((arg) => this.#rewrite(arg, index, around, stage));
      if (ragged && row) {
        // Rows beyond the end count for nothing.
        const nth = (around.t ? index[row.name].add(around.t) : index[row.name]).value;
        made[0] = nth.lt(classes.row.size).select(made[0], new Expr(stage.type, { kind: 'const', bits: neutral }));
      }
      const { node } = place.at(...at);
      // A single word is combined over the tiles as well, and others are carried from tile to tile.
      const alone = carries && tiles > 1 && stage.out.length === 0;
      const carried = carries && tiles > 1 && !alone && node.kind === 'read';
      const init: ReduceInit = carried
        ? { kind: 'carried', memory: node.memory, index: node.index, over: [around.t?.variableName ?? 't'], first: neutral }
        : use === 'tree'
          ? { kind: 'none' }
          : { kind: 'const', bits: neutral };
      const op = ragged ? stage.combine.op : combined.op;
      const over = [...(alone ? [around.t?.variableName ?? 't'] : []), ...stage.fold.map(({ name }) => name)];
      place.set(at, new Expr(stage.type, { kind: 'reduce', op, args: made, over, init }));
    });
  }

  /** The expression in indices of the loops, where it stands in a stage, or not. */
  #rewrite(expr: Expr, index: Indices, around: Indices, stage?: Stage): Expr {
    return inMemories(expr, { classes: this.plan.classes, places: this.#places, index, around, ...(stage && { stage }) });
  }
}
