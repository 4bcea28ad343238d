/**
 * The work of a leaf: its operations in an order that keeps few values alive, each one stage of a PCU.
 *
 * Values that only move (a read that is written elsewhere unchanged) and constants that an operand cannot hold become `mov`.
 */

import { isSingle } from '../../ir/affine.ts';
import type { Effect, Leaf, Reduce, Value } from '../../ir/loops.ts';
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
  /** Sent once, in the last iteration of all loops: a result of the program that is no reduction. */
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
  const sends = (effect: Effect): number => {
    if ('when' in effect && effect.when !== undefined) {
      const sent = again(effect.value);
      const predicate = again(effect.when);
      items.push({ ...predicate, predicate: true }, { ...sent, when: true });
      done.add(predicate.id).add(sent.id);
      return sent.id;
    }
    visit(effect.value);
    return done.has(effect.value) ? effect.value : move(effect.value);
  };
  // A result may end the run, and what comes behind it in the compute unit would be left there: results come last.
  const others = leaf.effects.filter((effect) => !isEnd(leaf, effect));
  const values = new Map(others.map((effect) => [effect, sends(effect)]));
  for (const effect of leaf.effects) {
    if (values.has(effect)) continue;
    visit(effect.value);
    const at = items.findIndex((item) => item.id === effect.value);
    if (others.length === 0 && at >= 0 && leaf.values[effect.value].kind === 'op' && usesOf(leaf, effect.value) === 1) {
      items[at] = { ...items[at], last: true };
      values.set(effect, effect.value);
    } else {
      items.push({ id: next, op: 'mov', args: [effect.value], kind: 'op', last: true });
      done.add(next);
      values.set(effect, next++);
    }
  }
  const effectValues = leaf.effects.map((effect) => values.get(effect) as number);
  return { packed: new Set(effectValues.filter((_, i) => packs(i))), items, constants, effectValues, carried };
}

/** A result of the program that is no lane tree: lane 0 of a value, once all loops are over. */
const isEnd = (leaf: Leaf, { kind, value: id }: Effect): boolean => {
  const value = leaf.values[id];
  return kind === 'result' && !(value.kind === 'reduce' && isTree(leaf, value));
};

/** How often values and effects of a leaf use a value. */
const usesOf = (leaf: Leaf, id: number): number =>
  leaf.effects.filter(({ value }) => value === id).length +
  leaf.values.filter((value) => (value.kind === 'op' || value.kind === 'reduce') && value.args.includes(id)).length;

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
