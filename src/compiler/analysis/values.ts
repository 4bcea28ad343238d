/** Rates and shapes of the values of a leaf. */
import type { Leaf, Loop, Reduce, Value } from '../../ir/loops.ts';
import { variablesOf } from '../affine.ts';
import type { Access } from './sites.ts';

/** Does the reduction combine lanes (a tree), or does every lane keep its own accumulator? */
export const isTree = (leaf: Leaf, reduce: Reduce): boolean => !reduce.running && reduce.over.includes(laneLoop(leaf).var);

/** The last loop of a leaf. */
export const laneLoop = (leaf: Leaf): Loop => leaf.loops[leaf.loops.length - 1];

/** How a value travels: once an issue as a vector of lanes, or one word for all lanes. */
export interface LaneShape {
  readonly kind: 'vector' | 'scalar';
  /** The leaf's loops that it is repeated for, outermost first (the lane loop last for a vector). */
  readonly loops: readonly Loop[];
}

/**
 * Shape of a memory access of a leaf. A read whose place depends neither on the lane loop nor on loops just
 * outside it is one word, kept for those loops. A write of a reduction happens once a reduction.
 */
export function laneShape(leaf: Leaf, access: Access): LaneShape {
  if (access.kind === 'write') return effectShape(leaf, leaf.effects[access.ordinal].value);
  const value = leaf.values[access.ordinal];
  if (value.kind === 'reduce') {
    const outside = leaf.loops.filter((loop) => !value.over.includes(loop.var));
    return { kind: 'vector', loops: outside };
  }
  // Each time the loop begins, one word.
  if (access.site.bounds) return { kind: 'scalar', loops: leaf.loops.slice(0, -1) };
  const used = new Set(access.index.flatMap((expr) => [...variablesOf(expr)]));
  if (used.has(laneLoop(leaf).var)) return { kind: 'vector', loops: leaf.loops };
  let keep = leaf.loops.length;
  while (keep > 0 && !used.has(leaf.loops[keep - 1].var)) keep--;
  return { kind: 'scalar', loops: leaf.loops.slice(0, keep) };
}

/** Shape in which a value leaves its leaf. */
export function effectShape(leaf: Leaf, id: number): LaneShape {
  const value: Value = leaf.values[id];
  if (value.kind !== 'reduce' || value.running) return { kind: 'vector', loops: leaf.loops };
  const loops = leaf.loops.filter((loop) => !value.over.includes(loop.var));
  return { kind: isTree(leaf, value) ? 'scalar' : 'vector', loops };
}
