/** How often the values of a leaf come: once an iteration, or once a finished reduction. */
import { argsOf, type ElementType, type Leaf, type Loop, type Reduce, type Value } from './loops.ts';

/** Loop variables that a value has been reduced over; undefined: it comes once an iteration. Mixed: it combines different ones. */
export type Rate = readonly string[] | 'mixed' | undefined;

/**
 * The rate of every value. Values that depend on no reduction come once an iteration. (Passes may leave operands
 * behind what uses them, so this asks for them instead of going down the list.)
 */
export function ratesOf(leaf: Leaf): Rate[] {
  const rates: { rate: Rate }[] = [];
  const rateOf = (id: number): Rate => {
    rates[id] ??= { rate: find(leaf.values[id]) };
    return rates[id].rate;
  };
  const find = (value: Value): Rate => {
    if (value.kind === 'reduce') return value.running ? undefined : value.over;
    return argsOf(value).map(rateOf).reduce(joinRates, undefined);
  };
  return leaf.values.map((_, id) => rateOf(id));
}

function joinRates(a: Rate, b: Rate): Rate {
  if (a === undefined || b === undefined) return a ?? b;
  if (a === 'mixed' || b === 'mixed') return 'mixed';
  return sameSet(a, b) ? a : 'mixed';
}

/** The same members, in any order. */
export const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

/** A lane tree (true), or one accumulator a lane? */
export const isTreeReduce = (leaf: Leaf, reduce: Reduce): boolean => !reduce.running && reduce.over.includes(laneLoopOf(leaf)?.var ?? '');

/** The loops at whose end the value comes: none for one that comes in every iteration. */
export const finishedBy = (reduce: Reduce): readonly string[] => (reduce.running ? [] : reduce.over);

/** The last loop. */
export const laneLoopOf = (leaf: Leaf): Loop | undefined => leaf.loops.at(-1);

/** Element type of a value. */
export const typeOf = (value: Value): ElementType => (value.kind === 'index' ? 'i32' : value.type);
