/**
 * Random stencils as patterns: maps, windows and iterated states over arrays that are read beside their index, selected at the edges.
 * A list of terms is the program; from it come the pattern and the reference in plain arithmetic, which share nothing else.
 */
import type { Rng } from '../../src/base/rng.ts';
import { type Expr, type Index, type Program, patterns, program } from '../../src/index.ts';

/** A word beside the index, where it is inside and the parity is right; else a number. */
interface Term {
  /** Of the state, of the array of its shape, or of the one along its last dimension. */
  readonly of: 'now' | 'grid' | 'row';
  readonly offset: readonly number[];
  readonly odd: boolean;
  readonly other: number;
}

const OPERATIONS = ['add', 'sub', 'max', 'xor'] as const;

export interface Stencil {
  readonly program: Program;
  /** In words, for a report of what failed. */
  readonly text: string;
}

export function randomStencil(rng: Rng): Stencil {
  const columns = [rng.int(1, 6), rng.int(7, 40), 16][rng.int(0, 2)];
  const shape = rng.int(0, 1) === 0 ? [columns] : [rng.int(1, 9), columns];
  const steps = rng.int(0, 1) === 0 ? 0 : rng.int(1, 3);
  const window = steps === 0 && rng.int(0, 2) === 0 ? rng.int(2, 5) : 0;
  const startsEmpty = rng.int(0, 1) === 0;
  const sources: readonly Term['of'][] = steps > 0 ? ['now', 'now', 'grid', 'row'] : ['grid', 'row'];
  const terms = Array.from({ length: rng.int(1, 3) }, (_, t): Term => {
    const of = t === 0 ? sources[0] : sources[rng.int(0, sources.length - 1)];
    const rank = of === 'row' ? 1 : shape.length;
    const still = rng.int(0, 3) === 0;
    return {
      of,
      offset: Array.from({ length: rank }, () => (still ? 0 : rng.int(-2, 2))),
      odd: rng.int(0, 3) === 0,
      other: rng.int(-9, 9),
    };
  });
  const combine = terms.slice(1).map(() => OPERATIONS[rng.int(0, OPERATIONS.length - 1)]);
  const shapeOf = ({ of }: Term) => (of === 'row' ? shape.slice(-1) : shape);
  /** The term in a window moves along the last dimension. */
  const moved = (offset: readonly number[], k: number) => offset.map((by, d) => (d === offset.length - 1 ? by + k : by));

  const made = program({
    name: 'random_stencil',
    params: {},
    build: (_, target) =>
      patterns(target, ({ input, output, tabulate, foldOver, iterate }) => {
        const [grid, row] = [input('grid', 'i32', shape), input('row', 'i32', shape.slice(-1))];
        type At = { readonly at: (...index: Index[]) => Expr<'i32'> };
        const word = (now: At, term: Term, index: readonly Index[], k?: Index): Expr<'i32'> => {
          const size = shapeOf(term);
          const own = index.slice(-size.length).map((i, d) => {
            const by = i.add(term.offset[d]);
            return k && d === size.length - 1 ? by.add(k) : by;
          });
          const ends = own.flatMap((i, d) => (k || term.offset[d] !== 0 ? [i.value.ge(0), i.value.lt(size[d])] : []));
          if (term.odd) ends.push(index[index.length - 1].value.and(1));
          const array = { now, grid: grid as never as At, row: row as never as At }[term.of];
          const read = array.at(...own);
          return ends.length > 0 ? ends.reduce((a, b) => a.and(b)).select(read, term.other) : read;
        };
        const element = (now: At, index: readonly Index[], k?: Index) =>
          terms
            .map((term) => word(now, term, index, k))
            .reduce((a, b, t) =>
              ({ add: () => a.add(b), sub: () => a.sub(b), max: () => a.max(b), xor: () => a.xor(b) })[combine[t - 1]](),
            );
        const none = grid as never as At;
        if (steps > 0) {
          const start = startsEmpty ? tabulate(shape, (...index) => index[0].value.mul(0)) : grid;
          output(
            'y',
            iterate([steps], start as never, (now) => tabulate(shape, (...index) => element(now as never as At, index)) as never) as never,
          );
        } else if (window > 0)
          output(
            'y',
            tabulate(shape, (...index) => foldOver('max', [window], (k) => element(none, index, k))),
          );
        else
          output(
            'y',
            tabulate(shape, (...index) => element(none, index)),
          );
      }),
    data: (_, data) => {
      const words = (n: number) => Int32Array.from({ length: n }, () => data.int(-50, 50));
      return { arrays: { grid: words(shape.reduce((a, b) => a * b)), row: words(columns) } };
    },
    reference: (_, { arrays: { grid, row } }) => {
      const at = (words: ArrayLike<number>, size: readonly number[], index: readonly number[]): number | undefined =>
        index.every((i, d) => i >= 0 && i < size[d]) ? words[index.reduce((place, i, d) => place * size[d] + i, 0)] : undefined;
      const word = (now: ArrayLike<number>, term: Term, index: readonly number[], k: number): number => {
        const size = shapeOf(term);
        const own = moved(term.offset, k).map((by, d) => index[index.length - size.length + d] + by);
        const read = at({ now, grid, row }[term.of], size, own);
        return read === undefined || (term.odd && index[index.length - 1] % 2 === 0) ? term.other : read;
      };
      const element = (now: ArrayLike<number>, index: readonly number[], k = 0) =>
        terms
          .map((term) => word(now, term, index, k))
          .reduce((a, b, t) => ({ add: (a + b) | 0, sub: (a - b) | 0, max: Math.max(a, b), xor: a ^ b })[combine[t - 1]]);
      const places = Array.from(grid, (_word, n) => (shape.length === 1 ? [n] : [Math.floor(n / columns), n % columns]));
      if (steps > 0) {
        let now = startsEmpty ? new Int32Array(grid.length) : Int32Array.from(grid);
        for (let step = 0; step < steps; step++) now = Int32Array.from(places, (index) => element(now, index));
        return { outputs: { y: now } };
      }
      if (window === 0) return { outputs: { y: Int32Array.from(places, (index) => element(grid, index)) } };
      const windows = (index: readonly number[]) => Math.max(...Array.from({ length: window }, (_value, k) => element(grid, index, k)));
      return { outputs: { y: Int32Array.from(places, windows) } };
    },
  });
  const text = JSON.stringify({ shape, steps, window, startsEmpty, terms, combine });
  return { program: made, text };
}
