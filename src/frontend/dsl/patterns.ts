/**
 * `patterns`: a program as parallel patterns, with no hardware word in it; tiles, lanes and memories are chosen.
 *
 *     patterns(target, ({ input, map, fold, result }) => {
 *       const x = input('x', 'f32', [n]);
 *       const y = input('y', 'f32', [n]);
 *       result('dot', fold('add', map([x, y], (a, b) => a.mul(b))));
 *     })
 */
import type { Contraction } from '../../ir/contraction.ts';
import type { ElementType, LoopProgram } from '../../ir/loops.ts';
import type { Target } from '../program.ts';
import { type Collection, domainNames, type Folded, filter, fold, foldOver, map, outer, type RankOf, tabulate } from './collection.ts';
import { explicit } from './explicit.ts';
import type { Expr } from './expr.ts';
import { type Dram, type IndicesOf, readAt, type Shape } from './handles.ts';
import { Index } from './index-expr.ts';
import { lower, type ScheduleHints } from './lower.ts';

/** The vocabulary of patterns. */
export interface Patterns {
  /** An array that the host gives; a sum of products reads 0 outside it. */
  input<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): Collection<T, RankOf<S>>;
  /** A scalar that the host gives. */
  argIn<T extends ElementType>(name: string, type: T): Expr<T>;
  /** Stores a collection for the host. */
  output(name: string, collection: Collection, hints?: ScheduleHints): void;
  /** Hands a folded value to the host. */
  result(name: string, value: Folded, hints?: ScheduleHints): void;
  readonly map: typeof map;
  readonly outer: typeof outer;
  readonly tabulate: typeof tabulate;
  readonly filter: typeof filter;
  readonly fold: typeof fold;
  readonly foldOver: typeof foldOver;
}

/** Builds a program from patterns for a target. */
export function patterns(target: Target, build: (vocabulary: Patterns) => void): LoopProgram {
  const contractions: (Contraction | undefined)[] = [];
  const built = explicit((v) => {
    const arrays = new Map<string, Dram<ElementType, readonly number[], 'in'>>();
    const used = new Set<string>();
    const fresh = (name: string): string => {
      let free = name;
      for (let i = 1; used.has(free); i++) free = `${name}${i}`;
      used.add(free);
      return free;
    };
    let told: Contraction | undefined;
    const job = { v, target, arrays, fresh, contracted: (contraction: Contraction) => void (told = contraction) };
    const written = () => {
      contractions.push(told);
      told = undefined;
    };
    build({
      input: <T extends ElementType, const S extends Shape>(name: string, type: T, shape: S) => {
        arrays.set(name, v.dramIn(name, type, [...shape]) as Dram<ElementType, readonly number[], 'in'>);
        used.add(name);
        const rank = shape as unknown as RankOf<S>;
        return { type, shape: rank, at: (...index: IndicesOf<RankOf<S>>) => readAt(name, type, shape, index) };
      },
      argIn: (name, type) => v.argIn(name, type),
      output: (name, collection, hints = {}) => {
        used.add(name);
        const array = v.dramOut(name, collection.type, [...collection.shape]) as Dram<ElementType, readonly number[], 'out'>;
        const out = collection.shape.map((size, d) => ({ name: domainNames[d], size }));
        const expr = collection.at(...out.map((dimension) => Index.variable(dimension.name)));
        lower({ ...job, name, type: collection.type, out, expr, hints, to: { array } });
        written();
      },
      result: (name, value, hints = {}) => {
        used.add(name);
        lower({ ...job, name, type: value.type, out: [], expr: value.expr, hints, to: { result: v.result(name, value.type) } });
        written();
      },
      map,
      outer,
      tabulate,
      filter,
      fold,
      foldOver,
    });
  });
  // A program that is one contraction and nothing else may be mapped as a whole.
  const [contraction] = contractions;
  return contractions.length === 1 && contraction ? { ...built, contraction } : built;
}
