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
import {
  argMin,
  type Collection,
  domainOf,
  type Folded,
  foldOver,
  type Iterated,
  iterate,
  outer,
  type RankOf,
  tabulate,
} from './collection.ts';
import { fold, groupBy, map, scan } from './combine.ts';
import { lowerFiltered } from './compact.ts';
import { explicit } from './explicit.ts';
import type { Expr } from './expr.ts';
import { type Filtered, filter, flatMap } from './filtered.ts';
import { type Dram, type IndicesOf, readAt, type Shape } from './handles.ts';
import { Index } from './index-expr.ts';
import { lower, type ScheduleHints } from './lower.ts';

/** The vocabulary of patterns. */
export interface Patterns {
  /** An array that the host gives; a sum of products reads 0 outside it. */
  input<T extends ElementType, const S extends Shape>(name: string, type: T, shape: S): Collection<T, RankOf<S>>;
  /** A scalar that the host gives. */
  argIn<T extends ElementType>(name: string, type: T): Expr<T>;
  /**
   * Stores a collection, or what iterations end with, for the host. Filtered elements lie close together in an array that has room
   * for all of them, zeros behind them, and the result `NAME_count` says how many they are; of hints only `lanes` concerns them.
   */
  output(name: string, collection: Collection | Iterated | Filtered, hints?: ScheduleHints): void;
  /** Hands a folded value to the host. */
  result(name: string, value: Folded, hints?: ScheduleHints): void;
  readonly map: typeof map;
  readonly outer: typeof outer;
  readonly tabulate: typeof tabulate;
  readonly filter: typeof filter;
  readonly flatMap: typeof flatMap;
  readonly scan: typeof scan;
  readonly fold: typeof fold;
  readonly foldOver: typeof foldOver;
  readonly argMin: typeof argMin;
  readonly groupBy: typeof groupBy;
  readonly iterate: typeof iterate;
}

/**
 * Builds a program from patterns for a target. Tiles and copies that nobody asked for are chosen: of programs with more and
 * more copies the one that is predicted to take the fewest cycles, and of equally fast ones that with the fewest units.
 */
export function patterns(target: Target, build: (vocabulary: Patterns) => void): LoopProgram {
  const { predict, retreat = 0, choice = 0 } = target;
  const first = written(target, build, choice);
  if (!predict || first.levels === 1 || target.choice !== undefined) return first.program;
  const found: { program: LoopProgram; cycles: number; units: number }[] = [];
  for (const [s, start] of first.starts.entries()) {
    let missed = 0;
    let best = Number.POSITIVE_INFINITY;
    for (let level = start; level < (first.starts[s + 1] ?? first.levels) && missed < 2; level++) {
      const { program, cycles } = level === 0 ? first : written(target, build, level);
      const bound = predict(program);
      const prediction = bound && { ...bound, cycles: Math.max(bound.cycles, cycles) };
      // More copies of what does not fit fit even less, and of what is not faster are not faster.
      if (!prediction || prediction.cycles > (1 - WORTH) * best) missed++;
      else missed = 0;
      if (!prediction) continue;
      found.push({ program, ...prediction });
      best = Math.min(best, prediction.cycles);
    }
  }
  const fastest = Math.min(...found.map(({ cycles }) => cycles));
  const near = ({ cycles }: { cycles: number }) => cycles <= fastest / (1 - WORTH);
  const order = [
    ...found.filter(near).sort((a, b) => a.units - b.units),
    ...found.filter((one) => !near(one)).sort((a, b) => a.cycles - b.cycles),
  ];
  return order[Math.min(retreat, order.length - 1)]?.program ?? first.program;
}

/** Share of the cycles that more units must save. */
const WORTH = 0.02;

/** The program at a level of parallelism, how many levels there are, and where a new way to run begins. */
function written(
  target: Target,
  build: (vocabulary: Patterns) => void,
  level: number,
): { program: LoopProgram; levels: number; cycles: number; starts: readonly number[] } {
  let levels = 1;
  let cycles = 0;
  const starts = new Set([0]);
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
    const levelsOf = (count: number, estimate = 0, begins: readonly number[] = []) => {
      for (const start of begins) starts.add(start);
      levels = Math.max(levels, count);
      cycles = Math.max(cycles, estimate);
    };
    const choice = { level, levels: levelsOf };
    const job = { v, target, arrays, fresh, choice, contracted: (contraction: Contraction) => void (told = contraction) };
    const done = () => {
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
        if ('mask' in collection) {
          lowerFiltered({ ...job, name, of: collection, hints });
          done();
          return;
        }
        const array = v.dramOut(name, collection.type, [...collection.shape]) as Dram<ElementType, readonly number[], 'out'>;
        const out = domainOf(collection.shape);
        const iterated = 'next' in collection ? collection : undefined;
        const expr = (iterated?.next ?? (collection as Collection)).at(...out.map((dimension) => Index.variable(dimension.name)));
        lower({ ...job, name, type: collection.type, out, expr, hints, to: { array }, ...(iterated ? { iterated } : {}) });
        done();
      },
      result: (name, value, hints = {}) => {
        used.add(name);
        lower({ ...job, name, type: value.type, out: [], expr: value.expr, hints, to: { result: v.result(name, value.type) } });
        done();
      },
      map,
      outer,
      tabulate,
      filter,
      flatMap,
      scan,
      fold,
      foldOver,
      argMin,
      groupBy,
      iterate,
    });
  });
  // Where there are choices, the one that was made belongs to the program: the order of its sums depends on it.
  const chosen = levels > 1 ? { ...built, choice: level } : built;
  // A program that is one contraction and nothing else may be mapped as a whole.
  const [contraction] = contractions;
  const program = contractions.length === 1 && contraction ? { ...chosen, contraction } : chosen;
  return { program, levels, cycles, starts: [...starts].sort((a, b) => a - b) };
}
