/**
 * The explicit level of programs: loops, memories and transfers, with every parallelisation
 * decided. Patterns lower to it, the suite is written in it, the evaluator runs it and the
 * compiler maps it. All sizes are concrete; all bounds are constants, or have a constant that they stay below.
 *
 * Arithmetic order is part of the meaning (see `Reduce`), so a program at this level has exactly
 * one result, bit for bit, on every fabric with the same operation latencies.
 */
import type { MacroName } from '../ops/macros.ts';
import type { Op } from '../ops/table.ts';
import type { Contraction } from './contraction.ts';

export type ElementType = 'i32' | 'f32';

/** Where a construct came from in the user's program. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** base + sum of coefficient x loop variable (loop variables hold index values, not trip counts). */
export interface AffineExpr {
  readonly base: number;
  readonly terms: readonly { readonly var: string; readonly coef: number }[];
}

export type DramRole = 'in' | 'out' | 'inout';

/** A DRAM array, row major, one 32-bit word an element. */
export interface DramArray {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** `inout`: given by the host, loaded and stored by the program, read by the host afterwards. */
  readonly role: DramRole;
  readonly source?: Source;
}

/** A scalar written by the host before the start, or read by it after done. */
export interface HostScalar {
  readonly name: string;
  readonly type: ElementType;
}

/**
 * An on-chip memory. Without `kind` it is random access; the compiler N-buffers it over the innermost loop
 * that holds all its accesses and may replace it by a stream where the orders agree.
 *
 * A `fifo` has one dimension, its depth: the words that it holds at least before a writer may have to wait. It has no
 * index; leaves enqueue and dequeue, a load enqueues all words of its box (zeros outside the array), a store dequeues
 * as many. The order of the words is that of the program: statement after statement, iteration after iteration, lanes ascending;
 * what a predicate or a guard keeps out takes no place, so words close up. Every statement that dequeues, and every store, sees
 * all words from the first on, whatever others took. In meaning a FIFO is never full: depth is no part of the answer.
 *
 * `lines` is a line buffer: the newest lines of something longer, shape [lines, ...line]. One statement writes it, a load of one line or
 * a leaf that writes all words of index [lines - 1, ...]; before each time it does, all lines move down by one index and line 0
 * is gone. Lines before the first are 0. It is read in leaves after that, in the same iteration of the loops around it.
 */
export interface Memory {
  readonly kind?: 'fifo' | 'lines';
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** A table: every word from the start on, row major, as signed 32-bit patterns. It is only read. */
  readonly words?: readonly number[];
  /** Memory units that it lies in at the least, a block of first indices each; nothing: as many as it takes. */
  readonly banks?: number;
  /**
   * A part of a larger memory (see `passes/parts`), whose first indices are, as seen from the part, `from` to below `to`: an index
   * outside the part reads 0 and writes nothing.
   */
  readonly part?: { readonly from: number; readonly to: number };
  /** Words from one first index to the next, if not as few as they take: with those outside its own a part meets no word. */
  readonly stride?: number;
  readonly source?: Source;
}

/**
 * One loop. Index values min, min + step, ... below max. `par` > 1: in the last loop of a leaf it
 * means lanes of a vector, elsewhere copies of the body in space (removed by the `unroll` pass).
 *
 * With `bound` it ends at run time: each time it begins it reads a word, and runs below that word or `max`, whichever is
 * less; not at all where the word is `min` or less. A loop without iterations gives reductions over it their start. Sizes and
 * ranges are those of `max`. (A fabric takes the word as it is: whoever writes it sees that it is `max` at most.)
 */
export interface Loop {
  readonly var: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly par: number;
  readonly bound?: Bound;
}

/** The word of a memory that a loop ends at, or that a transfer takes; the index may use the loops around, those before it in its statement included. */
export interface Bound {
  readonly memory: string;
  readonly index: readonly AffineExpr[];
}

export type Schedule = 'pipe' | 'seq' | 'parallel' | 'stream';

/** Loops around statements. `parallel` with no loops: the statements start together. */
export interface Nest {
  readonly kind: 'nest';
  readonly schedule: Schedule;
  readonly loops: readonly Loop[];
  readonly body: readonly Statement[];
  readonly label?: string;
  readonly source?: Source;
}

/**
 * Dense transfer of the box [offset, offset + extent) of a DRAM array into (`load`) or out of
 * (`store`) the whole of an on-chip memory of shape `extent` (leading extents of 1 may be dropped in
 * the memory's shape). Words outside the array are loaded as masked zeros and not stored; only loads may
 * begin before it.
 *
 * With `start` and `count` data decides, by words that are read just before the transfer: the box begins `start` words later in
 * the last dimension, and of every row only the first `count` words are moved (none where it is 0 or less, all where it is more
 * than there are); the others are loaded as zeros and not stored. (A fabric takes both as they are: whoever writes them sees that
 * `start` is not negative, and that what `count` says is moved lies in the array.)
 */
export interface Transfer {
  readonly kind: 'load' | 'store';
  readonly dram: string;
  readonly memory: string;
  readonly offset: readonly AffineExpr[];
  readonly extent: readonly number[];
  /** Only together with `count`. */
  readonly start?: Bound;
  readonly count?: Bound;
  readonly label?: string;
  readonly source?: Source;
}

/** The words that a transfer takes from memories. */
export const wordsOf = ({ start, count }: Transfer): readonly Bound[] => [...(start ? [start] : []), ...(count ? [count] : [])];

/** A value of a leaf, identified by its position in `Leaf.values`. */
export type Value =
  | { readonly kind: 'const'; readonly type: ElementType /** 32-bit pattern, 0..2^32-1 */; readonly bits: number }
  | { readonly kind: 'index'; readonly var: string }
  | { readonly kind: 'arg'; readonly name: string; readonly type: ElementType }
  | { readonly kind: 'read'; readonly memory: string; readonly index: readonly AffineExpr[]; readonly type: ElementType }
  | { readonly kind: 'op'; readonly op: Op; readonly args: readonly number[]; readonly type: ElementType }
  | Dequeue
  | MacroCall
  /** The same 32 bits read as the other type; no operation. */
  | { readonly kind: 'cast'; readonly args: readonly number[]; readonly type: ElementType }
  | Reduce;

/**
 * The next word of a FIFO for this leaf, one an iteration. `args` is empty or one predicate: where that is 0, and in iterations that
 * a guard keeps out, nothing is taken and the value is 0. A leaf has at most one value of this kind a FIFO.
 */
export interface Dequeue {
  readonly kind: 'dequeue';
  readonly memory: string;
  readonly args: readonly number[];
  readonly type: ElementType;
}

/** A function of several operations. `legalise` puts them in its place, for the evaluator and the compiler alike. */
export interface MacroCall {
  readonly kind: 'macro';
  readonly macro: MacroName;
  readonly args: readonly number[];
  /** Digits behind the point, for the macros that have a format. */
  readonly fraction?: number;
  readonly type: ElementType;
}

/** The values that a value is made from. */
export const argsOf = (value: Value): readonly number[] => ('args' in value ? value.args : []);

/**
 * A reduction over the loop variables `over`: a suffix of the nest around the leaf, its own loops
 * included, except that the lane loop (last loop of the leaf) may stay outside.
 *
 * With the lane loop inside `over` (tree): `args` is one value x, `op` one of TREE_OPS. Each vector
 * of lanes is combined neighbours first, level by level, masked lanes being skipped; vector number
 * n since the start joins entry n mod P, P = latency of `op` on the fabric; entry 0 starts from
 * `init` (none: from nothing), the others from nothing; at the end the entries are combined
 * pairwise (distance 1, then 2, then 4 ...).
 * With the lane loop outside `over` (stationary): every lane and every combination of the loops
 * inside `over`'s innermost one that are not in `over` has an accumulator of its own, combined in
 * order of iteration: acc = op(...args, acc), starting from `init`; op takes acc as its last operand
 * (`add`, `fadd`, `mac`, `fma`, `min`, ...).
 * `running` (a scan): the value comes in every iteration, as the accumulator is after it, and starts from a constant. Each lane
 * accumulates for itself: the lane loop is outside `over`, or has one lane.
 */
export interface Reduce {
  readonly kind: 'reduce';
  readonly op: Op;
  readonly args: readonly number[];
  readonly over: readonly string[];
  readonly init: ReduceInit;
  readonly running?: true;
  readonly type: ElementType;
}

/**
 * `carried`: the accumulator starts from `memory[index]` as the previous iteration of the loops `over`
 * (loops of the nest outside `Reduce.over`) left it, and from `first` in their first iteration (a memory-reduce); without
 * `first` from what the memory holds then too (a memory-fold). The leaf must also write the reduction to that place: this
 * is how both are fused into their bodies.
 */
export type ReduceInit =
  | { readonly kind: 'none' }
  | { readonly kind: 'const'; readonly bits: number }
  | {
      readonly kind: 'carried';
      readonly memory: string;
      readonly index: readonly AffineExpr[];
      readonly over: readonly string[];
      readonly first?: number;
    };

/**
 * What a leaf does with values: once an iteration, or once a finished reduction. `when` is a predicate of every iteration: where it
 * is 0 a write leaves the word as it is (before any write a word is 0), and nothing is enqueued.
 */
export type Effect =
  | {
      readonly kind: 'write';
      readonly memory: string;
      readonly index: readonly AffineExpr[];
      readonly value: number;
      readonly when?: number;
    }
  | { readonly kind: 'enqueue'; readonly memory: string; readonly value: number; readonly when?: number }
  | { readonly kind: 'result'; readonly name: string; readonly value: number };

/** The values that an effect needs. */
export const neededBy = (effect: Effect): readonly number[] =>
  'when' in effect && effect.when !== undefined ? [effect.value, effect.when] : [effect.value];

/** The effect with its values renumbered. */
export const renumbered = <E extends Effect>(effect: E, number: (id: number) => number): E => ({
  ...effect,
  value: number(effect.value),
  ...('when' in effect && effect.when !== undefined && { when: number(effect.when) }),
});

/**
 * An innermost loop nest with a pure expression graph. The last loop is the lane loop. `guards`: an
 * iteration in which some guard's index is at or above its limit does nothing (ragged edges).
 */
export interface Leaf {
  readonly kind: 'leaf';
  readonly loops: readonly Loop[];
  readonly values: readonly Value[];
  readonly effects: readonly Effect[];
  readonly guards: readonly { readonly index: AffineExpr; readonly limit: number }[];
  readonly label?: string;
  readonly source?: Source;
}

export type Statement = Nest | Transfer | Leaf;

/** A complete program at the explicit level. */
export interface LoopProgram {
  readonly name: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly dram: readonly DramArray[];
  readonly args: readonly HostScalar[];
  readonly results: readonly HostScalar[];
  readonly memories: readonly Memory[];
  /** What the loops compute, where a pattern said it: the compiler may map that instead of the loops. */
  readonly contraction?: Contraction;
  /** Which of several ways to write it a pattern program took (tiles and copies); absent where there was one. No part of its text. */
  readonly choice?: number;
  /** At most so many copies of each loop, where those asked for did not fit. No part of its text. */
  readonly copies?: number;
  readonly body: Nest;
}
