/** Elements that a predicate picks: how many there are, data decides. They are folded, grouped, scanned, or stored close together. */
import type { ElementType } from '../../ir/loops.ts';
import { patternProblem } from '../messages.ts';
import { callerSource } from './caller.ts';
import { type Collection, type ElementsOf, neutralOf, tabulate } from './collection.ts';
import { type Combiner, Expr } from './expr.ts';
import type { IndicesOf, Shape } from './handles.ts';
import { type Index, Index as IndexClass, type IndexLike } from './index-expr.ts';
import { operation } from './nodes.ts';
import { problem } from './problems.ts';

/** The elements of a collection where a mask is not 0, in the order of their indices, the last one fastest. */
export interface Filtered<T extends ElementType = ElementType, S extends Shape = Shape> {
  readonly values: Collection<T, S>;
  readonly mask: Collection<'i32', S>;
  /** The last axis is what `flatMap` makes of one element: so many, each told by its number. */
  readonly listed?: number;
}

/** An element that `flatMap` yields where `when` is not 0. */
export interface Yielded<T extends ElementType = ElementType> {
  readonly value: Expr<T>;
  readonly when: Expr<'i32'>;
}

/** Whole numbers and loop variables, one a dimension, as they are handed on. */
type Place = readonly IndexLike[];

const at = <T extends ElementType>(of: Collection<T>, index: Place): Expr<T> => of.at(...(index as IndicesOf<Shape>));

/** The elements where the mask, or what the predicate makes of the element, is not 0. */
export function filter<T extends ElementType, S extends Shape>(
  of: Collection<T, S> | Filtered<T, S>,
  keep: Collection<'i32', NoInfer<S>> | ((element: Expr<T>) => Expr<'i32'>),
): Filtered<T, S> {
  const { values, mask, listed } = partsOf(of);
  const own = typeof keep === 'function' ? undefined : shaped(keep, values.shape);
  const kept = (index: Place) => (own ? at(own, index) : typeof keep === 'function' ? keep(at(values, index)) : Expr.constant('i32', 1));
  const both = (index: Place) => (mask ? at(mask, index).select(kept(index), 0) : kept(index));
  // Elements of a list that stand beside words of an array are told apart by an index.
  return filtered(values, both, own ? undefined : listed);
}

/**
 * What each element, or each group of elements at the same place, yields, one after the other: a list of expressions, of
 * which those with `when` are there only where that is not 0. All elements yield lists of one length.
 */
export function flatMap<const C extends readonly [Collection, ...Collection<ElementType, C[0]['shape']>[]], U extends ElementType>(
  collections: C,
  element: (...elements: ElementsOf<C>) => readonly (Expr<U> | Yielded<U>)[],
): Filtered<U, readonly [...C[0]['shape'], number]>;
export function flatMap<T extends ElementType, S extends Shape, U extends ElementType>(
  collections: readonly [Filtered<T, S>],
  element: (value: Expr<T>) => readonly (Expr<U> | Yielded<U>)[],
): Filtered<U, readonly [...S, number]>;
export function flatMap(
  collections: readonly (Collection | Filtered)[],
  element: (...elements: never[]) => readonly (Expr | Yielded)[],
): Filtered {
  const base = joined(collections);
  const list = (index: Place) => element(...(base.values.map((one) => at(one, index)) as never[]));
  const count = list(base.shape.map((_, d) => IndexClass.variable(`?${d}`))).length;
  if (count === 0) {
    const help = 'yield at least one expression, with a `when` that is 0 where there is no element';
    problem(patternProblem('`flatMap` yields an empty list', help, callerSource()));
    return { values: base.values[0], mask: base.mask ?? tabulate(base.shape, () => Expr.constant('i32', 0)) };
  }
  const pick = <T extends ElementType>(index: Place, of: (one: Expr | Yielded) => Expr<T>): Expr<T> => {
    const all = list(index.slice(0, -1)).map(of);
    const number = index[index.length - 1];
    if (typeof number === 'number') return all[number];
    return all.slice(0, -1).reduceRight((rest, one, n) => number.value.eq(n).select(one, rest as Expr<NoInfer<T>>), all[count - 1]);
  };
  const shape = [...base.shape, count];
  const values = tabulate(shape, (...index: readonly Index[]) => pick(index, (one) => ('when' in one ? one.value : one)));
  const kept = (index: Place) => {
    const own = pick(index, (one) => ('when' in one ? one.when : Expr.constant('i32', 1)));
    return base.mask ? at(base.mask, index.slice(0, -1)).select(own, 0) : own;
  };
  return filtered(values, kept, count);
}

/** The same places of collections, or of what one filter left of them. */
export function joined(of: readonly (Collection | Filtered)[]): {
  readonly values: readonly Collection[];
  readonly shape: Shape;
  readonly mask?: Collection<'i32'>;
  readonly listed?: number;
} {
  const parts = of.map(partsOf);
  const [{ values, mask, listed }] = parts;
  if (parts.some((other) => other.mask !== mask)) {
    const help = 'combine them before they are filtered, or derive all of them from one filter with `map`';
    problem(patternProblem('elements that different filters left are combined', help, callerSource()));
  }
  return {
    values: parts.map((one) => shaped(one.values, values.shape)),
    shape: values.shape,
    ...(mask && { mask }),
    ...(listed !== undefined && { listed }),
  };
}

/** Filtered elements at the places where `mask` says, which is asked for again and again. */
export function filtered<T extends ElementType, S extends Shape>(
  values: Collection<T, S>,
  mask: Collection<'i32', S> | ((index: Place) => Expr<'i32'>),
  listed?: number,
): Filtered<T, S> {
  const made =
    typeof mask === 'function' ? (tabulate(values.shape, (...index) => mask(index as Place)) as unknown as Collection<'i32', S>) : mask;
  return { values, mask: made, ...(listed !== undefined && { listed }) };
}

export function partsOf<T extends ElementType, S extends Shape>(of: Collection<T, S> | Filtered<T, S>) {
  return 'mask' in of ? of : { values: of, mask: undefined, listed: undefined };
}

/** The dimensions of what is combined one after the other: lists of `flatMap` are combined at their place. */
export const foldedShape = ({ values, listed }: ReturnType<typeof partsOf>): Shape =>
  listed === undefined ? values.shape : values.shape.slice(0, -1);

/** What a combiner sees at a place: the element, or where there is none what changes nothing; of a list all of it combined. */
export function combinedAt<T extends ElementType>(
  combiner: Combiner,
  of: Collection<T> | Filtered<T>,
  index: readonly Index[],
  also?: (index: Place) => Expr<'i32'>,
): Expr<T> {
  const { values, mask, listed } = partsOf(of);
  const neutral = neutralOf(combiner, values.type) as Expr<NoInfer<T>>;
  const one = (place: Place): Expr<T> => {
    const conditions = [...(mask ? [at(mask, place)] : []), ...(also ? [also(place)] : [])];
    if (conditions.length === 0) return at(values, place);
    return conditions.reduce((a, b) => a.select(b, 0)).select(at(values, place), neutral);
  };
  if (listed === undefined) return one(index);
  const all = Array.from({ length: listed }, (_, n) => one([...index, n]));
  return all.reduce((a, b) => operation(combiner, values.type, values.type, [a, b]));
}

/** The collection, if it has a shape; else zeros of that shape, and the problem is told. */
export function shaped<C extends Collection>(of: C, shape: Shape): C {
  if (of.shape.length === shape.length && of.shape.every((size, d) => size === shape[d])) return of;
  const shapes = `[${shape.join(', ')}] and [${of.shape.join(', ')}]`;
  problem(patternProblem(`collections of shapes ${shapes} are combined element by element`, 'give them one shape', callerSource()));
  return tabulate(shape, () => Expr.constant(of.type, 0)) as Collection as C;
}
