/**
 * The work of a leaf: its operations in an order that keeps few values alive, each one stage of a PCU.
 *
 * Values that only move (a read that is written elsewhere unchanged) and constants that an operand cannot hold become `mov`.
 */

import { isSingle } from '../../ir/affine.ts';
import type { Leaf, Reduce, Value } from '../../ir/loops.ts';
import type { Op } from '../../ops/table.ts';
import { OPS } from '../../ops/table.ts';
import { isTree } from '../analysis/values.ts';

export interface Work {
  /** Number of the value it computes (numbers beyond the leaf's values are moves made here). */
  readonly id: number;
  readonly op: Op;
  /** Values it reads; constants are resolved by `constants`. */
  readonly args: readonly number[];
  readonly kind: 'op' | 'tree' | 'stationary';
  readonly reduce?: Reduce;
  /**
   * In the last stage, so that the compute unit is empty once the value is out: a result may end the run, and what
   * it leaves behind would be in the fabric then.
   */
  readonly last?: boolean;
  /** Its lanes that are not 0 are those that the item after it sends. */
  readonly predicate?: boolean;
  /** Sent only where the predicate before it holds. */
  readonly when?: boolean;
}

export interface WorkList {
  /** What is sent in packed vectors: one a compute unit. */
  readonly packed: ReadonlySet<number>;
  /** In an order in which arguments come first. */
  readonly items: readonly Work[];
  /** Bits of constant values. */
  readonly constants: ReadonlyMap<number, number>;
  /** The value that effect i sends (a move's number where the value itself is no operation). */
  readonly effectValues: readonly number[];
  /** Inputs made here: what a reduction of single elements finds in memory, by the number of the reduction. */
  readonly carried: ReadonlyMap<number, number>;
}

/** Operations reachable from the effects, in depth-first order; `packs` says which effects send packed vectors. */
export function workOf(leaf: Leaf, packs: (effect: number) => boolean = () => false): WorkList {
  const constants = new Map<number, number>();
  leaf.values.forEach((value, id) => {
    if (value.kind === 'const') constants.set(id, value.bits);
  });
  const depth = depthsOf(leaf);
  const items: Work[] = [];
  const done = new Set<number>();
  let next = leaf.values.length;
  const carried = new Map<number, number>();
  const move = (of: number): number => {
    items.push({ id: next, op: 'mov', args: [of], kind: 'op' });
    done.add(next);
    return next++;
  };
  const visit = (id: number): void => {
    const value: Value = leaf.values[id];
    if (done.has(id) || (value.kind !== 'op' && value.kind !== 'reduce')) return;
    done.add(id);
    const order = [...value.args].sort((a, b) => depth(b) - depth(a) || a - b);
    for (const arg of order) visit(arg);
    if (value.kind === 'op') {
      items.push({ id, op: value.op, args: holdConstants(value.args.slice(0, OPS[value.op].arity), constants, move), kind: 'op' });
    } else if (isTree(leaf, value)) {
      const x = value.args[0];
      // The tree reads the result of a stage, so a bare input needs one.
      const arg = items.some((item) => item.id === x) ? x : move(x);
      items.push({ id, op: value.op, args: [arg], kind: 'tree', reduce: value });
    } else if (value.init.kind === 'carried' && leaf.loops.every((loop) => !value.over.includes(loop.var) || isSingle(loop))) {
      // Nothing is accumulated here: each element is combined with what memory holds.
      const args = holdConstants(value.args, constants, move);
      carried.set(next, id);
      items.push({ id, op: value.op, args: [...args, next++], kind: 'op' });
    } else {
      // An initial constant takes the stage's immediate, so constant operands are moved into a register.
      const args = value.args.map((arg) => (constants.has(arg) && value.init.kind === 'const' ? move(arg) : arg));
      items.push({ id, op: value.op, args: holdConstants(args, constants, move), kind: 'stationary', reduce: value });
    }
  };
  /** A value made once more under a number of its own: an operation by itself, everything else by a move. */
  const again = (id: number): Work => {
    const value = leaf.values[id];
    if (value.kind !== 'op' || done.has(id)) {
      visit(id);
      return { id: next++, op: 'mov', args: [id], kind: 'op' };
    }
    for (const arg of [...value.args].sort((a, b) => depth(b) - depth(a) || a - b)) visit(arg);
    return { id: next++, op: value.op, args: holdConstants(value.args.slice(0, OPS[value.op].arity), constants, move), kind: 'op' };
  };
  const effectValues = leaf.effects.map((effect) => {
    if ('when' in effect && effect.when !== undefined) {
      const sent = again(effect.value);
      const predicate = again(effect.when);
      items.push({ ...predicate, predicate: true }, { ...sent, when: true });
      done.add(predicate.id).add(sent.id);
      return sent.id;
    }
    visit(effect.value);
    const value = leaf.values[effect.value];
    if (effect.kind === 'result' && !(value.kind === 'reduce' && isTree(leaf, value))) {
      items.push({ id: next, op: 'mov', args: [effect.value], kind: 'op', last: true });
      done.add(next);
      return next++;
    }
    return done.has(effect.value) ? effect.value : move(effect.value);
  });
  return { packed: new Set(effectValues.filter((_, i) => packs(i))), items, constants, effectValues, carried };
}

/** A stage has one immediate: further different constants come from a register. */
function holdConstants(args: readonly number[], constants: ReadonlyMap<number, number>, move: (of: number) => number): number[] {
  let held: number | undefined;
  return args.map((arg) => {
    const bits = constants.get(arg);
    if (bits === undefined || bits === 0) return arg;
    if (held === undefined || held === bits) {
      held = bits;
      return arg;
    }
    return move(arg);
  });
}

/** Operations below a value: deeper arguments first keeps fewer values waiting. */
function depthsOf(leaf: Leaf): (id: number) => number {
  const known: number[] = [];
  const depth = (id: number): number => {
    const value = leaf.values[id];
    known[id] ??= value.kind !== 'op' && value.kind !== 'reduce' ? 0 : 1 + Math.max(0, ...value.args.map(depth));
    return known[id];
  };
  return depth;
}
