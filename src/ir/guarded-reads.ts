/**
 * Reads that may look outside their memory: where they do, nothing may use what they give.
 *
 *   %3 = lt 0 i;  %4 = read a[i + -1];  %5 = sel %3 %4 %1;  write b[i] = %5          never uses a[-1]
 *
 * What decides are the conditions on the way from the read to an effect: arms of `sel`, operands of `and` and `or` beside another one
 * that settles the result, predicates of effects, guards. Parts of a condition that depend on data are taken as if they always let the
 * read through. Two proofs: by the ranges of loop variables that a condition leaves, for loops of any length; and by
 * going through all iterations, of loops that are not too many.
 */
import { EVAL } from '../ops/eval.ts';
import { evaluateMacro, expandMacro } from '../ops/macros.ts';
import { OPS } from '../ops/table.ts';
import { lastIndex, tripsOf, variablesIn } from './affine.ts';
import { type Boxes, Conditions, emptyBoxes, spanIn } from './guard-boxes.ts';
import { type AffineExpr, argsOf, type Leaf, type Loop, neededBy, type Value } from './loops.ts';
import { formatOf } from './op-types.ts';
import { type Rate, ratesOf } from './rates.ts';

/** Iterations that are gone through at most. */
const MOST = 65_536;

/** A read, and one dimension in which its index leaves the memory. */
export interface Stray {
  /** Value number. */
  readonly id: number;
  readonly index: AffineExpr;
  readonly size: number;
}

/** Values of loop variables with which an index outside the memory is used, as far as is known. */
export type Iteration = ReadonlyMap<string, number>;

/** Of reads that leave their memories those that may be used where they do, each with an iteration where that was found. */
export function usedOutside(leaf: Leaf, strays: readonly Stray[], loops: ReadonlyMap<string, Loop>): Map<Stray, Iteration | undefined> {
  if (strays.length === 0) return new Map();
  const conditions = new Conditions(leaf.values, loops);
  const boxes = demandedBoxes(leaf, conditions);
  const open = strays.filter(({ id, index, size }) =>
    boxes[id].some((box) => {
      const { low, high } = spanIn(index, box);
      return low < 0 || high >= size;
    }),
  );
  const found = new Map<Stray, Iteration | undefined>();
  for (const [names, group] of byVariables(leaf, open, loops)) {
    const used =
      names === undefined
        ? new Map<Stray, Iteration | undefined>(group.map((one) => [one, undefined]))
        : goThrough(leaf, group, names, conditions);
    for (const [stray, at] of used) found.set(stray, at);
  }
  return found;
}

/** Reductions whose accumulators keep what an iteration gave: a condition behind them speaks of another iteration. */
const keeps = (value: Value): boolean => value.kind === 'reduce' && (value.running === true || value.init.kind === 'carried');

// ---- By ranges

/** The boxes of iterations in which each value may be used. */
function demandedBoxes(leaf: Leaf, conditions: Conditions): Boxes[] {
  const { values, effects, guards } = leaf;
  const rates = ratesOf(leaf);
  const all = conditions.guarded(guards, conditions.all);
  const wanted: Boxes[] = values.map(emptyBoxes);
  const ask = (id: number, boxes: Boxes): void => {
    wanted[id] = wanted[id].plus(boxes);
  };
  for (const effect of effects) {
    const [value, when] = neededBy(effect);
    // No guard keeps the end of a reduction out.
    const own = rates[value] === undefined ? all : conditions.all;
    ask(value, when === undefined ? own : conditions.where(when, true, own));
    if (when !== undefined) ask(when, own);
  }
  for (const value of values) if (value.kind === 'dequeue') for (const arg of value.args) ask(arg, all);
  // Operands come before what uses them.
  for (let id = values.length - 1; id >= 0; id--) {
    const value = values[id];
    if (wanted[id].isEmpty) continue;
    const own = value.kind !== 'reduce' ? wanted[id] : keeps(value) ? all : conditions.guarded(guards, wanted[id]);
    const [a, b, c] = argsOf(value);
    if (value.kind === 'op' && value.op === 'sel') {
      ask(a, own);
      ask(b, conditions.where(a, true, own));
      ask(c, conditions.where(a, false, own));
    } else if (value.kind === 'op' && (value.op === 'and' || (value.op === 'or' && value.args.every((arg) => conditions.isTruth(arg))))) {
      // Beside a 0 the other operand of `and` changes nothing, beside a 1 that of `or`.
      ask(a, conditions.where(b, value.op === 'and', own));
      ask(b, conditions.where(a, value.op === 'and', own));
    } else for (const arg of argsOf(value)) ask(arg, own);
  }
  return wanted;
}

// ---- By going through the iterations

/** The reads by the loop variables that are gone through for them; undefined: those of their index alone are too many. */
function byVariables(leaf: Leaf, strays: readonly Stray[], loops: ReadonlyMap<string, Loop>): [readonly string[] | undefined, Stray[]][] {
  const asked = leaf.values.flatMap((value) => (value.kind === 'index' ? [value.var] : []));
  const known = [...new Set([...asked, ...variablesIn(leaf.guards.map(({ index }) => index))])].filter((name) => loops.has(name));
  const trips = (name: string) => tripsOf(loops.get(name) as Loop);
  const groups = new Map<string, [readonly string[] | undefined, Stray[]]>();
  for (const stray of strays) {
    const own = [...variablesIn([stray.index])];
    const names = [...own];
    let count = own.reduce((product, name) => product * trips(name), 1);
    const fits = count <= MOST;
    for (const name of known.filter((one) => !own.includes(one)).sort((a, b) => trips(a) - trips(b))) {
      if (count * trips(name) > MOST) break;
      count *= trips(name);
      names.push(name);
    }
    const key = fits ? names.sort().join() : '';
    const group = groups.get(key) ?? [fits ? names : undefined, []];
    group[1].push(stray);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function goThrough(leaf: Leaf, strays: readonly Stray[], names: readonly string[], conditions: Conditions): Map<Stray, Iteration> {
  const { loops } = conditions;
  const found = new Map<Stray, Iteration>();
  const at = new Map(names.map((name) => [name, (loops.get(name) as Loop).min]));
  const open = new Set(strays);
  const look = new Look(leaf, conditions);
  for (let more = true; more && open.size > 0; more = next(at, names, loops)) {
    const outside = [...open].filter(({ index, size }) => {
      const word = valueAt(index, at) as number;
      return word < 0 || word >= size;
    });
    if (outside.length === 0) continue;
    const used = look.used(at);
    for (const stray of outside)
      if (used[stray.id]) {
        found.set(stray, new Map(at));
        open.delete(stray);
      }
  }
  return found;
}

/** An expression in an iteration, if all its variables are known there. */
function valueAt({ base, terms }: AffineExpr, at: Iteration): number | undefined {
  let sum = base;
  for (const { var: name, coef } of terms) {
    const index = at.get(name);
    if (index === undefined) return undefined;
    sum += coef * index;
  }
  return sum;
}

/** The next iteration, the last loop running fastest; false at the end. */
function next(at: Map<string, number>, names: readonly string[], loops: ReadonlyMap<string, Loop>): boolean {
  for (const name of [...names].reverse()) {
    const loop = loops.get(name) as Loop;
    const index = (at.get(name) as number) + loop.step;
    if (index <= lastIndex(loop)) {
      at.set(name, index);
      return true;
    }
    at.set(name, loop.min);
  }
  return false;
}

/** What of a leaf is used in an iteration, as far as the loop variables decide it. */
class Look {
  readonly #macros: ReadonlyMap<number, (...args: number[]) => number>;
  readonly #rates: readonly Rate[];
  /** Reductions that keep what an iteration gave them: that is used, whatever is asked of them in it. */
  readonly #kept: readonly number[];

  constructor(
    readonly leaf: Leaf,
    readonly conditions: Conditions,
  ) {
    const { values } = leaf;
    this.#rates = ratesOf(leaf);
    this.#kept = reachable(leaf).filter((id) => keeps(values[id]));
    this.#macros = new Map(
      values.flatMap((value, id) =>
        value.kind === 'macro' && formatOf(value.macro, value.fraction)
          ? [[id, evaluateMacro(expandMacro(value.macro, { fraction: value.fraction }))] as const]
          : [],
      ),
    );
  }

  /** By value number. */
  used(at: Iteration): boolean[] {
    const { values, effects, guards } = this.leaf;
    const words = this.#words(at);
    const used = values.map(() => false);
    const keptOut = guards.some(({ index, limit }) => (valueAt(index, at) ?? limit - 1) >= limit);
    for (const effect of effects) {
      const [value, when] = neededBy(effect);
      if (keptOut && this.#rates[value] === undefined) continue;
      if (when !== undefined) used[when] = true;
      if (when === undefined || words[when] !== 0) used[value] = true;
    }
    if (!keptOut) {
      for (const value of values) if (value.kind === 'dequeue') for (const arg of value.args) used[arg] = true;
      for (const id of this.#kept) used[id] = true;
    }
    for (let id = values.length - 1; id >= 0; id--) {
      // A word that is known depends on no memory.
      if (!used[id] || words[id] !== undefined) continue;
      const value = values[id];
      if (keptOut && value.kind === 'reduce') continue;
      const args = argsOf(value);
      const condition = value.kind === 'op' && value.op === 'sel' ? words[args[0]] : undefined;
      for (const arg of condition === undefined ? args : [args[condition !== 0 ? 1 : 2]]) used[arg] = true;
    }
    return used;
  }

  /** Every value, where nothing but loop variables decides it. */
  #words(at: Iteration): (number | undefined)[] {
    const words: (number | undefined)[] = [];
    for (const [id, value] of this.leaf.values.entries()) words.push(this.#word(value, id, at, words));
    return words;
  }

  #word(value: Value, id: number, at: Iteration, words: readonly (number | undefined)[]): number | undefined {
    if (value.kind === 'const') return value.bits | 0;
    if (value.kind === 'index') return at.get(value.var);
    if (value.kind === 'cast') return words[value.args[0]];
    if (value.kind !== 'op' && value.kind !== 'macro') return undefined;
    const args = value.args.map((arg) => words[arg]);
    const [a, b, c] = args;
    if (value.kind === 'op' && args.includes(undefined)) {
      if (value.op === 'sel') return a === undefined ? undefined : a !== 0 ? b : c;
      if (value.op === 'and' && args.includes(0)) return 0;
      if (value.op === 'or' && args.includes(1) && value.args.every((arg) => this.conditions.isTruth(arg))) return 1;
    }
    if (args.includes(undefined)) return undefined;
    if (value.kind === 'macro') return this.#macros.get(id)?.(a ?? 0, b ?? 0);
    return value.args.length === OPS[value.op].arity ? EVAL[value.op](a ?? 0, b ?? 0, c ?? 0) | 0 : undefined;
  }
}

/** Values that effects are made from. */
function reachable({ values, effects }: Leaf): number[] {
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (seen.has(id)) return;
    seen.add(id);
    argsOf(values[id]).forEach(visit);
  };
  for (const effect of effects) neededBy(effect).forEach(visit);
  return [...seen];
}
