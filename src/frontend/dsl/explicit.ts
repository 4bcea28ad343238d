/**
 * `explicit`: a program as loops, memories and transfers, with every parallelisation decided.
 *
 *     explicit(({ dramIn, result, sram, pipe, load, leaf }) => {
 *       const x = dramIn('x', 'f32', [n]);
 *       const sum = result('sum', 'f32');
 *       pipe({ t: { max: n, step: 64 } }, ({ t }) => {
 *         const tile = sram('tile', 'f32', [64]);
 *         load(x, [t], tile);
 *         leaf({ i: { max: 64, par: 16 } }, ({ i }) => sum.set(reduce('add', tile.at(i), [t, i])));
 *       });
 *     })
 *
 * All problems of a program are found in one go and thrown together, each with its line.
 */
import type {
  AffineExpr,
  Bound,
  DramArray,
  DramRole,
  Effect,
  ElementType,
  HostScalar,
  Leaf,
  Loop,
  LoopProgram,
  Memory as MemoryIr,
  Schedule,
  Source,
  Statement,
  Transfer,
} from '../../ir/loops.ts';
import { verifyLoops } from '../../ir/loops-verify.ts';
import { extentOfMemory, mixedTypes, outsideLeaf, outsideProgram, shapesDiffer, wrongRank } from '../messages.ts';
import { callerSource } from './caller.ts';
import { type Condition, type Count, greatestOf, type Indices, type LoopSpec, type Loops, loopsOf } from './counts.ts';
import { Expr, neutralValue, type Operand } from './expr.ts';
import { dequeued, type Fifo, fifosOf } from './fifos.ts';
import { ExpressionTable } from './flatten.ts';
import { carried, type Dram, folded, indicesOf, type Memory, readAt, reduce, type Shape, type Table, type TableWords } from './handles.ts';
import { affineOf, Index, type IndexLike } from './index-expr.ts';
import { type LineBuffer, lineBufferOf } from './line-buffers.ts';
import { gathering, problem } from './problems.ts';
import { tableWords } from './tables.ts';
import { type NestOptions, placeOf, type TransferOptions } from './transfers.ts';
import type { AccumulateOptions, Explicit } from './vocabulary.ts';

export type { Count, LoopSpec } from './counts.ts';
export type { NestOptions, TransferOptions } from './transfers.ts';
export type { AccumulateOptions, Explicit } from './vocabulary.ts';

/** Builds and verifies a program; throws `DiagnosticError` with all its problems. */
export function explicit(build: (vocabulary: Explicit) => void, name = 'program'): LoopProgram {
  const source = callerSource();
  const { value, problems } = gathering(() => {
    const builder = new Builder(source);
    build(builder.vocabulary());
    return builder.finish(name);
  });
  problems.add(...verifyLoops(value));
  problems.throwIfErrors();
  return value;
}

interface OpenLeaf {
  readonly values: ExpressionTable;
  readonly effects: Effect[];
  readonly guards: { index: ReturnType<typeof affineOf>; limit: number }[];
}

class Builder {
  readonly #dram: DramArray[] = [];
  readonly #args: HostScalar[] = [];
  readonly #results: HostScalar[] = [];
  readonly #memories: MemoryIr[] = [];
  readonly #source: Source | undefined;
  /** Statements of the open nests, innermost last; empty when the program is finished. */
  #open: Statement[][] = [[]];
  #leaf: OpenLeaf | undefined;
  #accumulations = 0;
  #counts = 0;
  /** Loops around the open statement. */
  #around: readonly Loop[] = [];

  constructor(source: Source | undefined) {
    this.#source = source;
  }

  vocabulary(): Explicit {
    return {
      dramIn: (name, type, shape) => this.#array(name, type, shape, 'in'),
      dramOut: (name, type, shape) => this.#array(name, type, shape, 'out'),
      dramInOut: (name, type, shape) => this.#array(name, type, shape, 'inout'),
      argIn: (name, type) => {
        this.#args.push({ name, type });
        return new Expr(type, { kind: 'arg', name });
      },
      result: (name, type) => {
        this.#results.push({ name, type });
        return { name, type, set: (value) => this.#effect(type, value, (id) => ({ kind: 'result', name, value: id })) };
      },
      sram: (name, type, shape, options) => this.#memory(name, type, shape, options?.banks),
      table: (name, type, shape, words) => this.#table(name, type, shape, words as TableWords),
      lineBuffer: (name, type, shape) => this.#lineBuffer(name, type, shape),
      fifo: (name, type, depth) => this.#fifo(name, type, depth),
      fifos: (name, type, depth, count) => fifosOf(Array.from({ length: count }, (_, k) => this.#fifo(`${name}_${k}`, type, depth))),
      reg: (name, type) => {
        const word = this.#memory(name, type, [1]);
        return { value: word.at(0), set: (value) => word.set([0], value) };
      },
      count: (value, { atMost }) => this.#count(value.min(atMost), atMost),
      when: (condition, yes, no, options) => this.#when(condition, yes, no, options),
      nest: (schedule, loops, body, options) => this.#nest(schedule, loops, body as (indices: Indices<Loops>) => void, options),
      pipe: (loops, body, options) => this.#nest('pipe', loops, body as (indices: Indices<Loops>) => void, options),
      seq: (loops, body, options) => this.#nest('seq', loops, body as (indices: Indices<Loops>) => void, options),
      parallel: (body, options) => this.#nest('parallel', {}, body, options),
      memreduce: (into, loops, body, options) =>
        this.#accumulate(false, into as unknown as Memory, loops, body as (indices: Indices<Loops>) => Memory, options),
      memfold: (into, loops, body, options) =>
        this.#accumulate(true, into as unknown as Memory, loops, body as (indices: Indices<Loops>) => Memory, options),
      load: (array, offset, into, options) => this.#transfer('load', array, offset, into, options),
      store: (array, offset, from, options) => this.#transfer('store', array, offset, from, options),
      leaf: (loops, body, options) => this.#leafOf(loops, body as (indices: Indices<Loops>) => void, options),
      guard: (index, limit) => {
        if (this.#leaf) this.#leaf.guards.push({ index: affineOf(index), limit });
        else problem(outsideLeaf('`guard`', callerSource()));
      },
    };
  }

  finish(name: string): LoopProgram {
    const [body] = this.#open;
    this.#open = [];
    const [only] = body;
    const root =
      body.length === 1 && only.kind === 'nest'
        ? only
        : { kind: 'nest' as const, schedule: 'pipe' as const, loops: [], body, ...place(this.#source) };
    return { name, params: {}, dram: this.#dram, args: this.#args, results: this.#results, memories: this.#memories, body: root };
  }

  #array<T extends ElementType, S extends Shape, R extends DramRole>(name: string, type: T, shape: S, role: R): Dram<T, S, R> {
    this.#dram.push({ name, type, shape: [...shape], role, ...place(callerSource()) });
    return { name, type, shape, role };
  }

  #memory<T extends ElementType, S extends Shape>(name: string, type: T, shape: S, banks?: number): Memory<T, S> {
    this.#memories.push({ name, type, shape: [...shape], ...(banks !== undefined && { banks }), ...place(callerSource()) });
    return {
      name,
      type,
      shape,
      at: (...index) => readAt(name, type, shape, index),
      set: (index, value, { when } = {}) => {
        const affine = indicesOf(name, shape, index);
        if (affine) this.#effect(type, value, (id) => ({ kind: 'write', memory: name, index: affine, value: id }), when);
      },
    };
  }

  #table<T extends ElementType, S extends Shape>(name: string, type: T, shape: S, given: TableWords): Table<T, S> {
    const source = callerSource();
    const words = tableWords(name, type, shape, given, source);
    this.#memories.push({ name, type, shape: [...shape], words, ...place(source) });
    return { name, type, shape, at: (...index) => readAt(name, type, shape, index) };
  }

  #lineBuffer<T extends ElementType, S extends Shape>(name: string, type: T, shape: S): LineBuffer<T, S> {
    this.#memories.push({ kind: 'lines', name, type, shape: [...shape], ...place(callerSource()) });
    return lineBufferOf(name, type, shape, (value, make) => this.#effect(type, value, make));
  }

  #fifo<T extends ElementType>(name: string, type: T, depth: number): Fifo<T> {
    this.#memories.push({ kind: 'fifo', name, type, shape: [depth], ...place(callerSource()) });
    return {
      name,
      type,
      depth,
      enqueue: (value, { when } = {}) => this.#effect(type, value, (id) => ({ kind: 'enqueue', memory: name, value: id }), when),
      dequeue: (options) => dequeued(name, type, options),
    };
  }

  #nest(schedule: Schedule, loops: Loops, body: (indices: Indices<Loops>) => void, options: NestOptions = {}): void {
    const source = callerSource();
    const statements: Statement[] = [];
    const own = this.#loops(loops);
    if (!this.#statement({ kind: 'nest', schedule, loops: own, body: statements, ...options, ...place(source) }, source)) return;
    const around = this.#around;
    this.#around = [...around, ...own];
    this.#open.push(statements);
    body(indicesFor(loops));
    this.#open.pop();
    this.#around = around;
  }

  #loops(loops: Loops): Loop[] {
    return loopsOf(loops, (index) => this.#count(index.value, greatestOf(index.affine, this.#around)));
  }

  /** A leaf that writes the value, at most `atMost`, to a word. */
  #count(value: Expr<'i32'>, atMost: number): Count {
    const n = this.#counts++;
    const word = this.#memory(`count$${n}`, 'i32', [1]);
    this.#leafOf({ [`c$${n}`]: 1 }, () => word.set([0], value), { label: word.name });
    return { atMost, bound: { memory: word.name, index: [affineOf(0)] } };
  }

  #when(condition: Condition, yes: () => void, no: (() => void) | undefined, options: NestOptions = {}): void {
    const value = condition instanceof Expr ? condition : Expr.constant('i32', condition);
    const branch = (taken: Expr<'i32'>, body: () => void) =>
      this.#nest('pipe', { [`b$${this.#counts}`]: this.#count(taken, 1) }, body, options);
    branch(value.ne(0), yes);
    if (no) branch(value.eq(0), no);
  }

  #transfer(
    kind: 'load' | 'store',
    array: Dram,
    offset: readonly IndexLike[],
    memory: Memory | Fifo | LineBuffer,
    { extent: given, at: start, count, ...options }: TransferOptions = {},
  ): void {
    const source = callerSource();
    const at = indicesOf(array.name, array.shape, offset);
    if (!at) return;
    const sizes = 'depth' in memory ? (given ?? [memory.depth]) : 'line' in memory ? memory.line : memory.shape;
    if (given && !('depth' in memory)) problem(extentOfMemory(memory.name, source));
    if (sizes.length > array.shape.length) problem(wrongRank(array.name, array.shape.length, sizes.length, source));
    if (memory.type !== array.type) problem(mixedTypes(kind, [array.type, memory.type], source));
    const extent = [...new Array(Math.max(0, array.shape.length - sizes.length)).fill(1), ...sizes];
    const words = this.#transferWords(array.shape.at(-1) as number, at.at(-1) as AffineExpr, extent.at(-1) as number, start, count);
    this.#statement({ kind, dram: array.name, memory: memory.name, offset: at, extent, ...words, ...options, ...place(source) }, source);
  }

  /** Words that say where the rows of a transfer start and how many words of them are moved, none beyond the `size` of the array. */
  #transferWords(
    size: number,
    offset: AffineExpr,
    extent: number,
    start: Expr<'i32'> | undefined,
    count: Expr<'i32'> | Count | undefined,
  ): Pick<Transfer, 'start' | 'count'> {
    if (!start && count === undefined) return {};
    const inside = !start && greatestOf(offset, this.#around) + extent <= size;
    // Bounds of a transfer are its own: each stands for one read.
    if (inside && count && !(count instanceof Expr)) return { count: { ...count.bound } };
    const n = this.#counts++;
    const word = (name: string) => this.#memory(`${name}$${n}`, 'i32', [1]);
    const bound = (memory: Memory): Bound => ({ memory: memory.name, index: [affineOf(0)] });
    const [at, most] = [start && word('at'), word('words')];
    this.#leafOf(
      { [`c$${n}`]: 1 },
      () => {
        const { begin, room } = placeOf(size, offset, start);
        if (at && begin) at.set([0], begin);
        const asked = count && !(count instanceof Expr) ? readAt(count.bound.memory, 'i32', [1], [0]) : count;
        most.set([0], inside && asked ? asked : asked ? room.min(asked) : room);
      },
      { label: most.name },
    );
    return { ...(at && { start: bound(at) }), count: bound(most) };
  }

  #leafOf(loops: Loops, body: (indices: Indices<Loops>) => void, options: NestOptions = {}): void {
    const source = callerSource();
    const open: OpenLeaf = { values: new ExpressionTable(), effects: [], guards: [] };
    const leaf: Leaf = {
      kind: 'leaf',
      loops: this.#loops(loops),
      values: open.values.values,
      effects: open.effects,
      guards: open.guards,
      ...options,
      ...place(source),
    };
    if (!this.#statement(leaf, source)) return;
    this.#leaf = open;
    body(indicesFor(loops));
    this.#leaf = undefined;
  }

  #accumulate(
    fold: boolean,
    into: Memory,
    loops: Loops,
    body: (indices: Indices<Loops>) => Memory,
    { combiner = 'add', par = 1, ...options }: AccumulateOptions = {},
  ): void {
    const n = this.#accumulations++;
    const source = callerSource();
    const accumulate = (indices: Indices<Loops>): void => {
      const part = body(indices);
      if (part.shape.join() !== into.shape.join()) {
        problem(shapesDiffer(into.name, into.shape, part.name, part.shape, source));
        return;
      }
      const words = part.shape.map((max, d) => [`e${n}_${d}`, { max, par: d === part.shape.length - 1 ? par : 1 }] as const);
      const [last] = words.slice(-1);
      const own = Object.fromEntries<LoopSpec>([...words.slice(0, -1), [`u${n}`, 1], last]);
      this.#leafOf(own, (element) => {
        const at = words.map(([name]) => element[name]);
        const [place, over] = [into.at(...at), Object.values(indices)];
        const start = fold ? folded(place, over) : carried(place, over, neutralValue(combiner, into.type));
        into.set(at, reduce(combiner, part.at(...at), [element[`u${n}`]], start));
      });
    };
    this.#nest('pipe', loops, accumulate, options);
  }

  #effect(type: ElementType, value: Expr | number, make: (id: number) => Effect, when?: Operand<'i32'>): void {
    const source = callerSource();
    if (!this.#leaf) {
      problem(outsideLeaf('`set`', source));
      return;
    }
    const expr = value instanceof Expr ? value : Expr.constant(type, value);
    if (expr.type !== type) problem(mixedTypes('set', [expr.type, `a place of type ${type}`], source));
    else {
      const { values, effects } = this.#leaf;
      const predicate = when === undefined ? {} : { when: values.add(when instanceof Expr ? when : Expr.constant('i32', when)) };
      effects.push({ ...make(values.add(expr)), ...predicate } as Effect);
    }
  }

  #statement(statement: Statement, source: Source | undefined): boolean {
    const into = this.#leaf ? undefined : this.#open.at(-1);
    if (!into) problem(outsideProgram(`\`${statement.kind}\``, source));
    into?.push(statement);
    return into !== undefined;
  }
}

const place = (source: Source | undefined): { source?: Source } => (source ? { source } : {});

const indicesFor = (loops: Loops): Indices<Loops> => Object.fromEntries(Object.keys(loops).map((name) => [name, Index.variable(name)]));
