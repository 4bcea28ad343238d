/** FIFOs by handle, alone and as arrays of which an index selects one. */
import type { ElementType } from '../../ir/loops.ts';
import { Expr, type Operand } from './expr.ts';
import { cast } from './nodes.ts';

export interface PredicateOptions {
  /** Only where this is not 0. */
  readonly when?: Operand<'i32'>;
}

/** A FIFO: words in the order of the program, lanes ascending. Every statement that dequeues sees all of them. */
export interface Fifo<T extends ElementType = ElementType> {
  readonly name: string;
  readonly type: T;
  readonly depth: number;
  /** Adds a word: every iteration, or a finished reduction. Where a predicate is 0 nothing is added, and words close up. */
  enqueue(value: Operand<T>, options?: PredicateOptions): void;
  /** The next word, one an iteration (the same one where this is called again); 0, and nothing taken, where the predicate is 0. */
  dequeue(options?: PredicateOptions): Expr<T>;
}

/** Several FIFOs; `which` says, iteration by iteration, of which of them. */
export interface Fifos<T extends ElementType = ElementType> {
  readonly all: readonly Fifo<T>[];
  enqueue(which: Operand<'i32'>, value: Operand<T>, options?: PredicateOptions): void;
  dequeue(which: Operand<'i32'>, options?: PredicateOptions): Expr<T>;
}

/** The word of a FIFO as an expression. */
export const dequeued = <T extends ElementType>(memory: string, type: T, { when }: PredicateOptions = {}): Expr<T> =>
  new Expr(type, { kind: 'dequeue', memory, args: when === undefined ? [] : [i32(when)] });

/** FIFOs as one: each keeps what is meant for it. */
export function fifosOf<T extends ElementType>(all: readonly Fifo<T>[]): Fifos<T> {
  const selects = (which: Operand<'i32'>, k: number, when: Operand<'i32'> | undefined): Expr<'i32'> => {
    const here = i32(which).eq(k);
    return when === undefined ? here : here.and(i32(when).ne(0));
  };
  return {
    all,
    enqueue: (which, value, { when } = {}) => {
      for (const [k, fifo] of all.entries()) fifo.enqueue(value, { when: selects(which, k, when) });
    },
    // Those that are not selected give 0.
    dequeue: (which, { when } = {}) => {
      const words = all.map((fifo, k) => bits(fifo.dequeue({ when: selects(which, k, when) })));
      const word = words.reduce((a, b) => a.or(b));
      return (all[0].type === 'f32' ? word.asFloat() : word) as Expr<T>;
    },
  };
}

const i32 = (value: Operand<'i32'>): Expr<'i32'> => (value instanceof Expr ? value : Expr.constant('i32', value));

const bits = (word: Expr): Expr<'i32'> => (word.type === 'f32' ? cast('asInt', 'f32', 'i32', word) : (word as Expr<'i32'>));
