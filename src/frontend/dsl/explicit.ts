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
import { type Condition, type Count, greatestOf, type Indices, type LoopSpec, type Loops, loopsOf, type Register } from './counts.ts';
import { type Combiner, Expr, neutralValue, type Operand } from './expr.ts';
import { dequeued, type Fifo, type Fifos, fifosOf } from './fifos.ts';
import { ExpressionTable } from './flatten.ts';
import {
  carried,
  type Dram,
  folded,
  type IndicesOf,
  indicesOf,
  type Memory,
  type Result,
  readAt,
  reduce,
  type Shape,
  type Table,
  type TableWords,
} from './handles.ts';
import { affineOf, Index, type IndexLike } from './index-expr.ts';
import { type LineBuffer, lineBufferOf } from './line-buffers.ts';
import { gathering, problem } from './problems.ts';
import { tableWords } from './tables.ts';
import { type NestOptions, placeOf, type TransferOptions } from './transfers.ts';

export type { Count, LoopSpec } from './counts.ts';
export type { NestOptions, TransferOptions } from './transfers.ts';

export interface AccumulateOptions extends NestOptions {
  /** How words are combined; `add` if not said. */
  readonly combiner?: Combiner;
  /** Lanes over the words of a row. */
  readonly par?: number;
}

/** The vocabulary of explicit programs. */
export interface Explicit {
  dramIn<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): Dram<T, S, 'in'>;
  dramOut<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): Dram<T, S, 'out'>;
  /** An array that the host gives, the program loads and stores, and the host reads: transfers keep the order of the program. */
  dramInOut<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): Dram<T, S, 'inout'>;
  /** A scalar that the host gives before the run, as data. */
  argIn<T extends ElementType>(name: string, type: T): Expr<T>;
  result<T extends ElementType>(name: string, type: T): Result<T>;
  sram<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): Memory<T, S>;
  /** A memory whose words come with the bitstream: constants, in no need of a writer. */
  table<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S, words: TableWords<S>): Table<T, S>;
  /** The newest `shape[0]` lines of something longer. */
  lineBuffer<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): LineBuffer<T, S>;
  /** A FIFO of at least `depth` words; writers wait where it is full. */
  fifo<T extends ElementType>(name: string, type: T, depth: number): Fifo<T>;
  /** `count` FIFOs, of which an index selects one. */
  fifos<T extends ElementType>(name: string, type: T, depth: number, count: number): Fifos<T>;
  /** One word: `value` is what was set last. */
  reg<T extends ElementType>(name: string, type: T): Register<Expr<T>, Operand<T>>;
  /**
   * A number of iterations that data decides, for `max` of the loops below: `value` as it is here, of loops around and memories, but
   * `atMost` if it is more. Loops that end at one count run alike, so a memory between them can be doubled.
   */
  count(value: Expr<'i32'>, options: { readonly atMost: number }): Count;
  /** Does the statements of the first function if the condition, as it is here, is not 0, else those of the second. */
  when(condition: Condition, yes: () => void, no?: () => void, options?: NestOptions): void;
  nest<const L extends Loops>(schedule: Schedule, loops: L, body: (indices: Indices<L>) => void, options?: NestOptions): void;
  /** A nest whose statements overlap across iterations. */
  pipe<const L extends Loops>(loops: L, body: (indices: Indices<L>) => void, options?: NestOptions): void;
  /** A nest that does one iteration at a time. */
  seq<const L extends Loops>(loops: L, body: (indices: Indices<L>) => void, options?: NestOptions): void;
  /** Statements that start together. */
  parallel(body: () => void, options?: NestOptions): void;
  /**
   * Accumulates the memory that the body gives, word by word, in `into`: overwritten in the first iteration, combined with
   * what is there in the others. It is fused with what makes the memory where that walks all of it.
   */
  memreduce<T extends ElementType, const S extends Shape, const L extends Loops>(
    into: Memory<T, S>,
    loops: L,
    body: (indices: Indices<L>) => Memory<NoInfer<T>>,
    options?: AccumulateOptions,
  ): void;
  /** The same on top of what `into` holds before. */
  memfold<T extends ElementType, const S extends Shape, const L extends Loops>(
    into: Memory<T, S>,
    loops: L,
    body: (indices: Indices<L>) => Memory<NoInfer<T>>,
    options?: AccumulateOptions,
  ): void;
  /**
   * Fills a memory with the box of an array that starts at `offset`; the memory may drop leading dimensions of extent 1. Into a FIFO
   * goes a box of `extent` words, row after row: as many as it is deep if not said. `at` and `count` say at run time where it starts
   * and how many words of it there are: the list of a vertex, say, that starts anywhere and is as long as it is. A line
   * buffer gets its next line.
   */
  load<T extends ElementType, S extends Shape>(
    array: Dram<T, S, 'in' | 'inout'>,
    offset: IndicesOf<S>,
    into: Memory<NoInfer<T>> | Fifo<NoInfer<T>> | LineBuffer<NoInfer<T>>,
    options?: TransferOptions,
  ): void;
  store<T extends ElementType, S extends Shape>(
    array: Dram<T, S, 'out' | 'inout'>,
    offset: IndicesOf<S>,
    from: Memory<NoInfer<T>> | Fifo<NoInfer<T>>,
    options?: TransferOptions,
  ): void;
  /** Innermost loops around arithmetic; the last loop runs in lanes. */
  leaf<const L extends Loops>(loops: L, body: (indices: Indices<L>) => void, options?: NestOptions): void;
  /** In a leaf: iterations in which the index is at or above the limit do nothing. */
  guard(index: IndexLike, limit: number): void;
}

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
      sram: (name, type, shape) => this.#memory(name, type, shape),
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

  #memory<T extends ElementType, S extends Shape>(name: string, type: T, shape: S): Memory<T, S> {
    this.#memories.push({ name, type, shape: [...shape], ...place(callerSource()) });
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
