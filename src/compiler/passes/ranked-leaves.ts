/** The leaves that words of FIFOs are ranked and looked for with (`ranked-dequeues.ts`). */
import { tripsOf } from '../../ir/affine.ts';
import { type AffineExpr, type Dequeue, type Effect, type Leaf, type Loop, type Memory, renumbered, type Value } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { variable } from '../affine.ts';

/** First word of a round by the loops around. */
export function placeOf(around: readonly Loop[], row: number): AffineExpr {
  let [base, trip] = [0, row];
  const terms = [...around].reverse().map(({ var: name, min, max, step, ...rest }) => {
    const coef = trip / step;
    base -= coef * min;
    trip *= tripsOf({ var: name, min, max, step, ...rest });
    return { var: name, coef };
  });
  return { base, terms: terms.reverse() };
}

/** Indices of an iteration of the leaf's own loops. */
export const iterationIn = (leaf: Leaf): AffineExpr[] => leaf.loops.map(({ var: name, min }) => ({ ...variable(name), base: -min }));

const named = ({ source }: Leaf, label: string) => ({ label, ...(source && { source }) });

/** What goes from a FIFO to a memory. */
export interface Copy {
  readonly from: Pick<Memory, 'name' | 'type'>;
  readonly to: string;
}

/** The words of a round, from FIFOs to where they are looked for. */
export function copyOf(copies: readonly Copy[], words: number, par: number, place: AffineExpr, source: Leaf): Leaf {
  const at: Loop = { var: `w$${copies[0].to}`, min: 0, max: words, step: 1, par: Math.min(par, words) };
  const index = [{ ...place, terms: [...place.terms, ...variable(at.var).terms] }];
  return {
    kind: 'leaf',
    loops: [at],
    values: copies.map(({ from }) => ({ kind: 'dequeue', memory: from.name, args: [], type: from.type })),
    effects: copies.map(({ to }, value) => ({ kind: 'write', memory: to, index, value })),
    guards: [],
    ...named(source, copies[0].to),
  };
}

/** Which word each iteration takes or adds, counted over loops, or `none`; what is done with that is up to `effect`. */
export function rankOf(
  leaf: Leaf,
  when: number,
  none: number,
  over: readonly Loop[],
  effect: (value: number) => Effect,
  label: string,
): Leaf {
  const table = new ValueTable();
  const op = (name: 'ne' | 'sub' | 'sel', ...args: number[]) => table.add({ kind: 'op', op: name, args, type: 'i32' });
  const constant = (bits: number) => table.add({ kind: 'const', type: 'i32', bits: bits >>> 0 });
  const taken = op('ne', valuesInto(table, leaf, (value) => value)(when), constant(0));
  const count = table.add({
    kind: 'reduce',
    op: 'add',
    args: [taken],
    over: over.map((loop) => loop.var),
    init: { kind: 'const', bits: 0 },
    running: true,
    type: 'i32',
  });
  const value = op('sel', taken, op('sub', count, constant(1)), constant(none));
  return {
    kind: 'leaf',
    loops: leaf.loops.map((loop) => ({ ...loop, par: 1 })),
    values: table.values,
    effects: [effect(value)],
    guards: [],
    ...named(leaf, label),
  };
}

/** What is searched for each iteration of a leaf: `words` of each of `rounds`, which begin `row` apart. */
export interface Search {
  readonly leaf: Leaf;
  readonly type: Dequeue['type'];
  readonly words: number;
  readonly rounds: number;
  readonly row: number;
  /** Memories of the words, of their numbers where they are not in order, of the numbers that are searched; the FIFO of what is found. */
  readonly held: string;
  readonly numbers: string | undefined;
  readonly rank: string;
  readonly got: string;
}

/** The word of each iteration: of all that are held the one with its number. */
export function searchOf({ leaf, type, words, rounds, row, held, numbers, rank, got }: Search, lanes: number): Leaf {
  const table = new ValueTable();
  const op = (name: 'add' | 'mul' | 'eq' | 'sel', args: readonly number[], of: Dequeue['type'] = 'i32') =>
    table.add({ kind: 'op', op: name, args, type: of });
  const loop = (kind: string, max: number, par: number): Loop => ({ var: `${kind}$${got}`, min: 0, max, step: 1, par });
  // Words without gaps between rounds are counted by one loop.
  const apart = row !== words;
  const all = apart ? words : rounds * words;
  const search = [...(apart ? [loop('r', rounds, 1)] : []), loop('k', all, Math.min(lanes, all))];
  const place = { base: 0, terms: search.map(({ var: name }, i) => ({ var: name, coef: i === search.length - 1 ? 1 : row })) };
  const inOrder = (): number => {
    const [outer, inner] = [search[0], search[search.length - 1]].map((one) => table.add({ kind: 'index', var: one.var }));
    return apart ? op('add', [op('mul', [outer, table.add({ kind: 'const', type: 'i32', bits: words })]), inner]) : inner;
  };
  const number = numbers === undefined ? inOrder() : table.add({ kind: 'read', memory: numbers, index: [place], type: 'i32' });
  const own = table.add({ kind: 'read', memory: rank, index: iterationIn(leaf), type: 'i32' });
  const word = table.add({ kind: 'read', memory: held, index: [place], type });
  const one = op('sel', [op('eq', [own, number]), word, table.add({ kind: 'const', type, bits: 0 })], type);
  const over = search.map(({ var: name }) => name);
  const value: Value = { kind: 'reduce', op: 'or', args: [one], over, init: { kind: 'none' }, type };
  return {
    kind: 'leaf',
    loops: [...leaf.loops.map((each) => ({ ...each, par: 1 })), ...search],
    values: table.values,
    effects: [{ kind: 'enqueue', memory: got, value: table.add(value) }],
    guards: [],
    ...named(leaf, got),
  };
}

export type Enqueue = Effect & { readonly kind: 'enqueue' };

/** The leaf with all words of an effect in another FIFO, and those that its predicate picks in its own where others read that. */
export function withAll(leaf: Leaf, effect: Enqueue, every: string, shared: boolean): Leaf {
  const table = new ValueTable();
  const numberOf = valuesInto(table, leaf, (value) => value);
  const all: Effect = { kind: 'enqueue', memory: every, value: effect.value };
  const effects = leaf.effects.flatMap((one) => (one !== effect ? [one] : shared ? [one, all] : [all]));
  return { ...leaf, effects: effects.map((one) => renumbered(one, numberOf)), values: table.values };
}

/** The leaf with a word of another FIFO, which has one for every iteration. */
export function withoutPredicate(leaf: Leaf, dequeue: Dequeue, got: string): Leaf {
  const table = new ValueTable();
  const numberOf = valuesInto(table, leaf, (value) => (value === dequeue ? { ...dequeue, memory: got, args: [] } : value));
  const effects = leaf.effects.map((effect) => renumbered(effect, numberOf));
  return { ...leaf, values: table.values, effects };
}

/** Puts values of a leaf, each with what it is made from, into a table. */
function valuesInto(table: ValueTable, leaf: Leaf, instead: (value: Value) => Value): (id: number) => number {
  const numbers: number[] = [];
  const numberOf = (id: number): number => {
    if (numbers[id] === undefined) {
      const value = instead(leaf.values[id]);
      numbers[id] = table.add('args' in value ? { ...value, args: value.args.map(numberOf) } : value);
    }
    return numbers[id];
  };
  return numberOf;
}
