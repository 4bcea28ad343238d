/** What explicit programs are written with. */
import type { ElementType, Schedule } from '../../ir/loops.ts';
import type { Condition, Count, Indices, Loops, Register } from './counts.ts';
import type { Combiner, Expr, Operand } from './expr.ts';
import type { Fifo, Fifos } from './fifos.ts';
import type { Dram, IndicesOf, Memory, Result, Shape, Table, TableWords } from './handles.ts';
import type { IndexLike } from './index-expr.ts';
import type { LineBuffer } from './line-buffers.ts';
import type { NestOptions, TransferOptions } from './transfers.ts';

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
  /**
   * A memory. It lies in as many units as its words, and its writers at once, need; with `banks` in so many, or more where it still needs
   * them: blocks of neighbouring first indices, of another index where only that keeps its writers apart.
   */
  sram<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S, options?: { readonly banks?: number }): Memory<T, S>;
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
