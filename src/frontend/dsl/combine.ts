/** Patterns over whole collections and over what filters left of them: map, fold, scan, groupBy. */
import type { ElementType } from '../../ir/loops.ts';
import { patternProblem } from '../messages.ts';
import { callerSource } from './caller.ts';
import {
  type Collection,
  type ElementsOf,
  type Folded,
  folded,
  foldOver,
  neutralOf,
  running,
  tabulate,
  variablesFor,
  within,
} from './collection.ts';
import type { Combiner, Expr } from './expr.ts';
import { combinedAt, type Filtered, filtered, foldedShape, joined, partsOf, shaped } from './filtered.ts';
import type { IndicesOf, Shape } from './handles.ts';
import { type Index, Index as IndexClass } from './index-expr.ts';
import { problem } from './problems.ts';

/** One result element for every element, or for every group of elements at the same place; of filtered elements, those that are left. */
export function map<const C extends readonly [Collection, ...Collection<ElementType, C[0]['shape']>[]], U extends ElementType>(
  collections: C,
  element: (...elements: ElementsOf<C>) => Expr<U>,
): Collection<U, C[0]['shape']>;
export function map<const C extends readonly [Filtered, ...Filtered<ElementType, C[0]['values']['shape']>[]], U extends ElementType>(
  collections: C,
  element: (...elements: KeptOf<C>) => Expr<U>,
): Filtered<U, C[0]['values']['shape']>;
export function map(collections: readonly (Collection | Filtered)[], element: (...elements: never[]) => Expr): Collection | Filtered {
  const { values, shape, mask, listed } = joined(collections);
  const made = tabulate(shape, (...index: readonly Index[]) => element(...(values.map((one) => one.at(...index)) as never[])));
  return mask ? filtered(made, mask, listed) : made;
}

/** Element types of a list of filtered collections, as expressions. */
export type KeptOf<C extends readonly Filtered[]> = {
  readonly [K in keyof C]: C[K] extends { readonly values: { readonly type: infer T extends ElementType } } ? Expr<T> : never;
};

/** Combines all elements of a collection; of none the result is the combiner's neutral element (of a full domain it always has one). */
export function fold<T extends ElementType, S extends Shape>(combiner: Combiner, of: Collection<T, S> | Filtered<T, S>): Folded<T> {
  const parts = partsOf(of);
  const over = variablesFor(foldedShape(parts));
  const index = over.map(({ name }) => IndexClass.variable(name));
  const kept = within(over, () => combinedAt(combiner, of as Collection<T> | Filtered<T>, index));
  return { type: parts.values.type, expr: folded(combiner, kept, over), over };
}

/**
 * The running combination along the last axis, each element's own value included. Of filtered elements in one dimension it goes over
 * those that are left.
 */
export function scan<T extends ElementType, S extends Shape>(combiner: Combiner, of: Collection<T, S>): Collection<T, S>;
export function scan<T extends ElementType>(combiner: Combiner, of: Filtered<T, readonly [number]>): Filtered<T, readonly [number]>;
export function scan(combiner: Combiner, of: Collection | Filtered): Collection | Filtered {
  const { values, mask, listed } = partsOf(of);
  if (mask && values.shape.length !== 1)
    problem(
      patternProblem(
        `a scan of elements filtered from [${values.shape.join(', ')}]`,
        'filter one dimension, or scan first',
        callerSource(),
      ),
    );
  const neutral = neutralOf(combiner, values.type);
  const { type, shape } = values;
  const at = (...index: IndicesOf<Shape>): Expr => {
    const value = values.at(...index);
    return running(combiner, mask ? mask.at(...index).select(value, neutral) : value, index[index.length - 1]);
  };
  const made: Collection = { type, shape, at };
  return mask ? filtered(made, mask, listed) : made;
}

/**
 * Combines elements by key: group g of the result holds those at the places where `keys` is g. Keys from 0 to `groups` - 1;
 * elements with others are in no group. Rows of a matrix are combined element by element. Filtered elements have keys at the
 * same places: of all of them, or a `map` of what is left.
 */
export function groupBy<T extends ElementType>(
  combiner: Combiner,
  groups: number,
  keys: Collection<'i32', readonly [number]>,
  values: Collection<T, readonly [number]>,
): Collection<T, readonly [number]>;
export function groupBy<T extends ElementType>(
  combiner: Combiner,
  groups: number,
  keys: Collection<'i32', readonly [number]>,
  values: Collection<T, readonly [number, number]>,
): Collection<T, readonly [number, number]>;
export function groupBy<T extends ElementType, S extends Shape>(
  combiner: Combiner,
  groups: number,
  keys: Collection<'i32', NoInfer<S>> | Filtered<'i32', NoInfer<S>>,
  values: Filtered<T, S>,
): Collection<T, readonly [number]>;
export function groupBy(
  combiner: Combiner,
  groups: number,
  keys: Collection<'i32'> | Filtered<'i32'>,
  values: Collection | Filtered,
): Collection {
  if ('mask' in values || 'mask' in keys) return keptGroups(combiner, groups, keys, values);
  const [count, ...rest] = values.shape;
  if (count !== keys.shape[0])
    problem(patternProblem(`${keys.shape[0]} keys group ${count} elements`, 'give every element one key', callerSource()));
  return tabulate([groups, ...rest], (group: Index, ...place: readonly Index[]) =>
    foldOver(combiner, [count], (k) =>
      keys
        .at(k)
        .eq(group.value)
        .select(values.at(k, ...place), neutralOf(combiner, values.type)),
    ),
  ) as Collection;
}

/** Groups of filtered elements of any number of dimensions. */
function keptGroups(
  combiner: Combiner,
  groups: number,
  keys: Collection<'i32'> | Filtered<'i32'>,
  values: Collection | Filtered,
): Collection {
  const key = partsOf(keys);
  // Lists beside words of an array are walked by an index.
  const left = key.mask || !('mask' in values) ? values : filtered(values.values, values.mask);
  const of = partsOf(left);
  const keysOf = shaped(key.values, of.values.shape);
  if (key.mask && key.mask !== of.mask)
    problem(
      patternProblem(
        'keys and values come from different filters',
        'derive the keys with `map` from the values that are left',
        callerSource(),
      ),
    );
  return tabulate([groups], (group) =>
    foldOver(combiner, foldedShape(of), (...index: readonly Index[]) =>
      combinedAt(combiner, left, index, (place) => keysOf.at(...(place as IndicesOf<Shape>)).eq(group.value)),
    ),
  );
}
