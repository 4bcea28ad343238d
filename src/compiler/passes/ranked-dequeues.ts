/**
 * ranked-dequeues: where data decides whether a word is taken, a leaf counts which one it is, and another one looks for it.
 *
 *   ... -> f (W words);  leaf (n par 8) { ... dequeue f when p(n) ... }
 *   =>
 *   leaf (w: 0..W par 8) { words[w] = dequeue f }
 *   leaf (n) { rank[n] = p(n) ? how many p held before n : -1 }
 *   leaf (n, k: 0..W par 8) { enqueue got = or over k of (k == rank[n] ? words[k] : 0) }
 *   leaf (n par 8) { ... dequeue got ... }
 *
 * Memory units have no addresses from data, so every word is looked at for every iteration. Words that one round leaves are taken in a
 * later one: unless loops alone say that each round takes all it gets, `words` holds those of all rounds, 0 before they come, and the count
 * goes on from round to round. A word that is not there is 0.
 */
import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { tripsOf } from '../../ir/affine.ts';
import type { AffineExpr, Dequeue, Leaf, Loop, LoopProgram, Memory, Nest, Statement, Value } from '../../ir/loops.ts';
import { renumbered } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { variable } from '../affine.ts';
import { valueAt } from '../analysis/known.ts';
import { type Site, sharedNests, sitesOf } from '../analysis/sites.ts';
import { laneLoop } from '../analysis/values.ts';
import { type End, walkOf, wordsOf } from '../lower/queue-walks.ts';
import { placesOf } from '../lower/queue-writers.ts';
import { endsOf } from '../lower/queues.ts';
import { unsupported } from '../messages.ts';
import { simplifySingle } from './single.ts';
import { filledFirst } from './zeros.ts';

/** Iterations that are looked at to see that each round takes all it gets. */
const LOOKED_AT = 1 << 16;

export function rankDequeues(arch: Arch, program: LoopProgram): LoopProgram {
  for (let now = program; ; ) {
    const found = predicatedRead(arch, now);
    if (!found) return now === program ? program : simplifySingle(now);
    now = ranked(now, found, arch.pcu.lanes);
  }
}

/** A dequeue with a predicate, and the rounds of what it takes from: iterations of the nests around it and all writers. */
interface Read {
  readonly memory: Memory;
  readonly site: Site;
  readonly leaf: Leaf;
  readonly dequeue: Dequeue;
  readonly depth: number;
  /** Words of a round. */
  readonly words: number;
  /** How many rounds share a count and a memory. */
  readonly rounds: number;
  /** The statement of the nest of the rounds behind which all words of one are there. */
  readonly last: Statement;
  /** In how many lanes they come. */
  readonly par: number;
}

/** The first dequeue with a predicate that may be ranked, or `DiagnosticError`. */
function predicatedRead(arch: Arch, program: LoopProgram): Read | undefined {
  const sites = sitesOf(program);
  for (const memory of program.memories) {
    if (memory.kind !== 'fifo') continue;
    const ends = sites.flatMap((site) => endsOf(site, memory.name));
    for (const end of ends) {
      const found = end.kind === 'read' && end.when !== undefined ? readOf(arch, memory, ends, end) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function readOf(arch: Arch, memory: Memory, ends: readonly End[], { site, ordinal }: End): Read | undefined {
  const leaf = site.statement as Leaf;
  const writers = ends.filter(({ kind }) => kind === 'write');
  const open = [site, ...writers.map((writer) => writer.site)].some((one) =>
    [...one.outer, ...(one.statement.kind === 'leaf' ? one.statement.loops : [])].some(({ bound }) => bound),
  );
  if (open || leaf.guards.length > 0 || writers.length === 0 || writers.some((writer) => writer.site.id > site.id)) return undefined;
  const depth = Math.min(...writers.map((writer) => sharedNests(writer.site, site)));
  const { lanes } = arch.pcu;
  const fail = (why: string, help: string, words?: number): never => {
    const rows = words === undefined ? undefined : Math.ceil(words / lanes);
    throw new DiagnosticError(unsupported(`FIFO \`${memory.name}\``, why, help, leaf.source, 'pmu.bankWords', rows));
  };
  const words =
    wordsOfRound(ends, writers, depth, lanes) ??
    fail(
      'data decides where it is read, and how many words there are',
      'let its writer have the same predicate in the same loops, or one of both ends have none',
    );
  const dequeue = leaf.values[ordinal] as Dequeue;
  const all = roundsOf(site, depth);
  const rounds = all === 1 || takesAll(site, leaf, dequeue, depth, words) ? 1 : all;
  const held = rounds * rowOf(site, depth, words, rounds);
  const capacity = lanes * arch.pmu.bankWords;
  if (held > capacity)
    fail(
      rounds === 1
        ? `data decides where it is read, and its ${words} words do not fit in a memory unit, which holds ${capacity}`
        : `data decides where it is read, and in which round: the words of all ${rounds} rounds need ${held}, a memory unit holds ${capacity}`,
      'let fewer words wait, or read all of them',
      held,
    );
  const { site: writer } = writers[writers.length - 1];
  if (writer.nests[depth] !== undefined && writer.nests[depth] === site.nests[depth])
    fail(
      'data decides where it is read, and words of one writer come before the loops around the reader, those of another one in them',
      'write all of it before those loops, or all of it in them',
    );
  const par = writers.length === 1 && writer.statement.kind === 'leaf' ? laneLoop(writer.statement).par : lanes;
  return { memory, site, leaf, dequeue, depth, words, rounds, last: writer.nests[depth] ?? writer.statement, par };
}

const roundsOf = ({ nests }: Site, depth: number): number => product(nests.slice(0, depth).flatMap(({ loops }) => loops.map(tripsOf)));

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

/** What the writers add in a round, or other readers take in one; nothing where predicates decide both. */
function wordsOfRound(ends: readonly End[], writers: readonly End[], depth: number, lanes: number): number | undefined {
  const free = ({ site: { statement }, when }: End) => when === undefined && (statement.kind !== 'leaf' || statement.guards.length === 0);
  if (writers.every(free)) {
    const walks = new Map(writers.map((writer) => [writer, walkOf(writer, depth, lanes)]));
    return placesOf(writers, walks, depth, 0).words;
  }
  const reader = ends.find((end) => end.kind === 'read' && free(end) && sharedNests(end.site, writers[0].site) >= depth);
  return reader && wordsOf(walkOf(reader, depth, lanes));
}

/** Do loops alone say that every round takes as many words as there are? */
function takesAll(site: Site, leaf: Leaf, { args: [when] }: Dequeue, depth: number, words: number): boolean {
  const around = site.nests.slice(0, depth).flatMap((nest) => nest.loops);
  const inside = [...site.nests.slice(depth).flatMap((nest) => nest.loops), ...leaf.loops];
  if (product([...around, ...inside].map(tripsOf)) > LOOKED_AT) return false;
  const taken = (at: ReadonlyMap<string, number>) => {
    const values = iterationsOf(inside, at).map((one) => valueAt(leaf, when, (name) => one.get(name)));
    return values.includes(undefined) ? undefined : values.filter((value) => value !== 0).length;
  };
  return iterationsOf(around, new Map()).every((at) => taken(at) === words);
}

const iterationsOf = (loops: readonly Loop[], at: ReadonlyMap<string, number>): ReadonlyMap<string, number>[] =>
  loops.reduce<ReadonlyMap<string, number>[]>(
    (list, loop) =>
      list.flatMap((one) => Array.from({ length: tripsOf(loop) }, (_, i) => new Map(one).set(loop.var, loop.min + i * loop.step))),
    [at],
  );

/** Words from one round to the next: so many that the place of a round is a sum of multiples of loop variables. */
function rowOf({ nests }: Site, depth: number, words: number, rounds: number): number {
  if (rounds === 1) return words;
  const unit = nests.slice(0, depth).reduce((least, { loops }) => loops.reduce((a, { step }) => common(a, step), least), 1);
  return Math.ceil(words / unit) * unit;
}

/** The least common multiple. */
function common(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

function ranked(program: LoopProgram, read: Read, lanes: number): LoopProgram {
  const { memory, site, leaf, depth, words, rounds, last } = read;
  const { name } = memory;
  const names = new Set(program.memories.map((one) => one.name));
  const fresh = (kind: string): string => {
    let n = 0;
    while (names.has(`${name}$${kind}${n}`)) n++;
    return `${name}$${kind}${n}`;
  };
  const [held, rank, got] = ['words', 'rank', 'got'].map(fresh);
  const row = rowOf(site, depth, words, rounds);
  const made: Memory[] = [
    { ...memory, kind: undefined, name: held, shape: [rounds * row] },
    { ...memory, kind: undefined, name: rank, type: 'i32', shape: leaf.loops.map((loop) => (tripsOf(loop) - 1) * loop.step + 1) },
    { ...memory, name: got },
  ];
  const around = site.nests.slice(0, depth).flatMap((nest) => nest.loops);
  const place = rounds === 1 ? { base: 0, terms: [] } : placeOf(around, row);
  const over = [...(rounds === 1 ? site.nests.slice(depth).flatMap((nest) => nest.loops) : site.outer), ...leaf.loops];
  const copying = copyOf(read, held, place);
  const before = [rankOf(read, rank, over), searchOf(read, { held, rank, got }, row, lanes)];
  const [inside] = site.nests.slice(-1);
  const round = site.nests[depth - 1];
  const visit = (statement: Statement): Statement => {
    if (statement === leaf) return withoutPredicate(leaf, read.dequeue, got);
    if (statement.kind !== 'nest') return statement;
    const body = statement.body.flatMap((child) => [
      ...(statement === inside && child === leaf ? before : []),
      visit(child),
      ...(statement === round && child === last ? [copying] : []),
    ]);
    return { ...statement, body };
  };
  const now = { ...program, memories: [...program.memories, ...made], body: visit(program.body) as Nest };
  return rounds === 1 ? now : filledFirst(now, [made[0]], lanes);
}

/** First word of a round by the loops around. */
function placeOf(around: readonly Loop[], row: number): AffineExpr {
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
const iterationIn = (leaf: Leaf): AffineExpr[] => leaf.loops.map(({ var: name, min }) => ({ ...variable(name), base: -min }));

const named = ({ source }: Leaf, label: string) => ({ label, ...(source && { source }) });

/** The words of a round, from the FIFO to where they are looked for. */
function copyOf({ memory, leaf, words, par }: Read, held: string, place: AffineExpr): Leaf {
  const at: Loop = { var: `w$${held}`, min: 0, max: words, step: 1, par: Math.min(par, words) };
  return {
    kind: 'leaf',
    loops: [at],
    values: [{ kind: 'dequeue', memory: memory.name, args: [], type: memory.type }],
    effects: [{ kind: 'write', memory: held, index: [{ ...place, terms: [...place.terms, ...variable(at.var).terms] }], value: 0 }],
    guards: [],
    ...named(leaf, held),
  };
}

/** Which word each iteration takes, counted over loops; -1 for none. */
function rankOf({ leaf, dequeue }: Read, rank: string, over: readonly Loop[]): Leaf {
  const table = new ValueTable();
  const op = (name: 'ne' | 'sub' | 'sel', ...args: number[]) => table.add({ kind: 'op', op: name, args, type: 'i32' });
  const constant = (bits: number) => table.add({ kind: 'const', type: 'i32', bits: bits >>> 0 });
  const numberOf = valuesInto(table, leaf, (value) => value);
  const taken = op('ne', numberOf(dequeue.args[0]), constant(0));
  const init = { kind: 'const', bits: 0 } as const;
  const count = table.add({
    kind: 'reduce',
    op: 'add',
    args: [taken],
    over: over.map((loop) => loop.var),
    init,
    running: true,
    type: 'i32',
  });
  const value = op('sel', taken, op('sub', count, constant(1)), constant(-1));
  return {
    kind: 'leaf',
    loops: leaf.loops.map((loop) => ({ ...loop, par: 1 })),
    values: table.values,
    effects: [{ kind: 'write', memory: rank, index: iterationIn(leaf), value }],
    guards: [],
    ...named(leaf, rank),
  };
}

/** The word of each iteration: of all that are held the one with its number. */
function searchOf(
  { leaf, memory: { type }, words, rounds }: Read,
  { held, rank, got }: { readonly held: string; readonly rank: string; readonly got: string },
  row: number,
  lanes: number,
): Leaf {
  const table = new ValueTable();
  const op = (name: 'add' | 'mul' | 'eq' | 'sel', args: readonly number[], of: Dequeue['type'] = 'i32') =>
    table.add({ kind: 'op', op: name, args, type: of });
  const loop = (kind: string, max: number, par: number): Loop => ({ var: `${kind}$${got}`, min: 0, max, step: 1, par });
  // Words without gaps between rounds are counted by one loop.
  const apart = row !== words;
  const all = apart ? words : rounds * words;
  const search = [...(apart ? [loop('r', rounds, 1)] : []), loop('k', all, Math.min(lanes, all))];
  const [outer, inner] = [search[0], search[search.length - 1]].map((one) => table.add({ kind: 'index', var: one.var }));
  const number = apart ? op('add', [op('mul', [outer, table.add({ kind: 'const', type: 'i32', bits: words })]), inner]) : inner;
  const place = { base: 0, terms: search.map(({ var: name }, i) => ({ var: name, coef: i === search.length - 1 ? 1 : row })) };
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

/** The leaf with a word of another FIFO, which has one for every iteration. */
function withoutPredicate(leaf: Leaf, dequeue: Dequeue, got: string): Leaf {
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
