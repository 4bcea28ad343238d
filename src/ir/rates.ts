/** How often the values of a leaf come: once an iteration, or once a finished reduction. */
import type { ElementType, Leaf, Loop, Reduce, Value } from './loops.ts';

/** Loop variables that a value has been reduced over; undefined: it comes once an iteration. Mixed: it combines different ones. */
export type Rate = readonly string[] | 'mixed' | undefined;

/** The rate of every value. Values that depend on no reduction come once an iteration. */
export function ratesOf(leaf: Leaf): Rate[] {
  const rates: Rate[] = [];
  for (const value of leaf.values) {
    if (value.kind === 'reduce') rates.push(value.over);
    else if (value.kind === 'op') rates.push(value.args.map((arg) => rates[arg]).reduce(joinRates, undefined));
    else rates.push(undefined);
  }
  return rates;
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
export const isTreeReduce = (leaf: Leaf, reduce: Reduce): boolean => reduce.over.includes(laneLoopOf(leaf)?.var ?? '');

/** The last loop. */
export const laneLoopOf = (leaf: Leaf): Loop | undefined => leaf.loops.at(-1);

/** Element type of a value. */
export const typeOf = (value: Value): ElementType => (value.kind === 'index' ? 'i32' : value.type);

/** Values that a value needs at its own rate: reductions end the walk. */
export function operandsOf(value: Value): readonly number[] {
  return value.kind === 'op' ? value.args : [];
}
