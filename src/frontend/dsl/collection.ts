/** Collections: what patterns are written over. Nothing is stored; a collection knows the element at an index. */
import type { ElementType } from '../../ir/loops.ts';
import { patternProblem } from '../messages.ts';
import { callerSource } from './caller.ts';
import { type Combiner, Expr, neutralValue } from './expr.ts';
import { type IndicesOf, readAt, type Shape } from './handles.ts';
import { type Index, Index as IndexClass, type IndexLike } from './index-expr.ts';
import { typedOp } from './nodes.ts';
import { problem } from './problems.ts';

/** The rank of a shape: sizes are known when a program is built, ranks in the editor. */
export type RankOf<S extends Shape> = { readonly [D in keyof S]: number };

/** Elements of one type over a rectangular domain. */
export interface Collection<T extends ElementType = ElementType, S extends Shape = Shape> {
  readonly type: T;
  readonly shape: S;
  at(...index: IndicesOf<S>): Expr<T>;
}

/** A whole collection combined into one value; to be a `result`. */
export interface Folded<T extends ElementType = ElementType> {
  readonly type: T;
  readonly expr: Expr<T>;
  /** The variables folded over, outermost first, with their sizes. */
  readonly over: readonly Dimension[];
}

/** A variable of a domain. */
export interface Dimension {
  readonly name: string;
  readonly size: number;
}

/** Element types of a list of collections, as expressions. */
export type ElementsOf<C extends readonly Collection[]> = {
  readonly [K in keyof C]: C[K] extends { readonly type: infer T extends ElementType } ? Expr<T> : never;
};

/** Every pair of an element of `x` and an element of `y`. */
export function outer<T extends ElementType, U extends ElementType, V extends ElementType>(
  x: Collection<T, readonly [number]>,
  y: Collection<U, readonly [number]>,
  element: (a: Expr<T>, b: Expr<U>) => Expr<V>,
): Collection<V, readonly [number, number]> {
  const [a, b] = [dense(x, '`outer`'), dense(y, '`outer`')];
  return tabulate([a.shape[0], b.shape[0]], (i, j) => element(a.at(i), b.at(j)));
}

/** The collection; told of elements that a filter left, where all of them are asked for. */
export function dense<C extends Collection>(of: C, what: string): C {
  if (!('mask' in of && 'values' in of)) return of;
  const help = 'filter what is made of all of them, or `fold` or `groupBy` what is left';
  problem(patternProblem(`${what} needs all elements of a collection, and a filter has left some`, help, callerSource()));
  return of.values as C;
}

/** The element at each index as an expression of the index. */
export function tabulate<T extends ElementType, const S extends Shape>(
  shape: S,
  element: (...index: { readonly [D in keyof S]: Index }) => Expr<T>,
): Collection<T, RankOf<S>> {
  const at = (...index: readonly unknown[]) => element(...(index as unknown as { readonly [D in keyof S]: Index }));
  // The type of an element is that of any element.
  const { type } = at(...shape.map((_, d) => IndexClass.variable(`?${d}`)));
  return { type, shape: shape as unknown as RankOf<S>, at };
}

/** Inside `tabulate`: combines an expression over indices of its own, `foldOver('add', [n], (k) => a.at(i, k).mul(b.at(k, j)))`. */
export function foldOver<T extends ElementType, const S extends Shape>(
  combiner: Combiner,
  shape: S,
  element: (...index: { readonly [D in keyof S]: Index }) => Expr<T>,
): Expr<T> {
  const over = variablesFor(shape);
  const index = over.map(({ name }) => IndexClass.variable(name)) as unknown as { readonly [D in keyof S]: Index };
  return folded(
    combiner,
    within(over, () => element(...index)),
    over,
  );
}

/** Inside `tabulate`: the index below `size` whose element is the least; the first of equal ones. */
export function argMin<T extends ElementType>(size: number, element: (index: Index) => Expr<T>): Expr<'i32'> {
  const least = foldOver('min', [size], element);
  return foldOver('min', [size], (k) =>
    element(k)
      .eq(least)
      .select(k.value, Expr.constant('i32', 2 ** 31 - 1)),
  );
}

/** A collection that is made again and again, each time from the one before. */
export interface Iterated<T extends ElementType = ElementType, S extends Shape = Shape> {
  readonly type: T;
  readonly shape: S;
  /** Variables of the iterations, outermost first. */
  readonly times: readonly Dimension[];
  readonly start: Collection<T, S>;
  /** The element at an index after an iteration; reads of `stateName` are of the collection before it. */
  readonly next: Collection<T, S>;
}

/** What a state is called in expressions. */
export const stateName = '?state';

/** Begins with `start` and takes a step for every tuple of indices below `times`: `step(now, index...)` is the collection after it. */
export function iterate<T extends ElementType, const S extends Shape, const I extends Shape>(
  times: I,
  start: Collection<T, S>,
  step: (now: Collection<T, S>, ...index: { readonly [D in keyof I]: Index }) => Collection<T, S>,
): Iterated<T, S> {
  const around = times.map((size, d) => ({ name: `step${d}`, size }));
  const first = dense(start, '`iterate`');
  const { type, shape } = first;
  const now: Collection<T, S> = { type, shape, at: (...index) => readAt(stateName, type, shape, index) };
  const index = around.map(({ name }) => IndexClass.variable(name)) as unknown as { readonly [D in keyof I]: Index };
  const next = dense(step(now, ...index), '`iterate`');
  if (next.shape.join() !== shape.join() || next.type !== type)
    problem(
      patternProblem(
        `a step makes ${next.type} [${next.shape.join(', ')}] of ${type} [${shape.join(', ')}]`,
        'a step gives a collection of the type and shape that it was given',
        callerSource(),
      ),
    );
  return { type, shape, times: around, start: first, next };
}

/** Folds that the expression under construction stands in: their variables are taken. */
let depth = 0;

export const variablesFor = (shape: Shape): Dimension[] =>
  shape.map((size, d) => ({ name: foldNames[depth + d] ?? `k${depth + d}`, size }));

/** Runs `build` with the variables of a fold taken. */
export function within<T>(over: readonly Dimension[], build: () => T): T {
  depth += over.length;
  try {
    return build();
  } finally {
    depth -= over.length;
  }
}

/** Variables of folds, and of the domains of outputs. */
export const foldNames = ['k', 'l', 'm', 'n'];
const domainNames = ['i', 'j', 'g', 'h'];
export const domainOf = (shape: Shape): Dimension[] => shape.map((size, d) => ({ name: domainNames[d] ?? `i${d}`, size }));

/** Sizes of a fold's variables travel with its expression. */
const sizes = new WeakMap<Expr, readonly Dimension[]>();

export const foldedOver = (expr: Expr): readonly Dimension[] | undefined => sizes.get(expr);

export function folded<T extends ElementType>(combiner: Combiner, value: Expr<T>, over: readonly Dimension[]): Expr<T> {
  const node = {
    kind: 'reduce' as const,
    op: typedOp(combiner, value.type),
    args: [value],
    over: over.map(({ name }) => name),
    init: { kind: 'const' as const, bits: bitsOfConstant(neutralOf(combiner, value.type)) },
  };
  const expr = new Expr(value.type, node);
  sizes.set(expr, over);
  return expr;
}

/** The element that changes nothing. */
/** The combination of a value with those at all places before it along the loop of an index. */
export function running<T extends ElementType>(combiner: Combiner, value: Expr<T>, along: IndexLike | undefined): Expr<T> {
  const name = along instanceof IndexClass ? along.variableName : undefined;
  if (name === undefined) {
    const help = 'read it at a loop variable; the last element is the `fold`';
    problem(patternProblem('a scan is read at something else than a variable of its last axis', help, callerSource()));
    return Expr.constant(value.type, 0);
  }
  const init = { kind: 'const' as const, bits: bitsOfConstant(neutralOf(combiner, value.type)) };
  return new Expr(value.type, { kind: 'reduce', op: typedOp(combiner, value.type), args: [value], over: [name], init, running: true });
}

export const neutralOf = <T extends ElementType>(combiner: Combiner, type: T): Expr<T> => Expr.constant(type, neutralValue(combiner, type));

const bitsOfConstant = ({ node }: Expr): number => (node.kind === 'const' ? node.bits : 0);
