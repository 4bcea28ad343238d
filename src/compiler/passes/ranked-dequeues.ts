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
 * goes on from round to round. A word that is not there is 0. Where data also picks which words the writer adds, all of them are held,
 * with numbers that a leaf behind the writer counts in the same way.
 */
import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { tripsOf } from '../../ir/affine.ts';
import type { Dequeue, Leaf, Loop, LoopProgram, Memory, Nest, Statement } from '../../ir/loops.ts';
import { valueAt } from '../analysis/known.ts';
import { type Site, sharedNests, sitesOf } from '../analysis/sites.ts';
import { laneLoop } from '../analysis/values.ts';
import { type End, walkOf } from '../lower/queue-walks.ts';
import { placesOf } from '../lower/queue-writers.ts';
import { endsOf } from '../lower/queues.ts';
import { unsupported } from '../messages.ts';
import { copyOf, type Enqueue, iterationIn, placeOf, rankOf, searchOf, withAll, withoutPredicate } from './ranked-leaves.ts';
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
  /** The only writer, where data picks what it adds: `words` are those of all its iterations. */
  readonly picking?: { readonly leaf: Leaf; readonly site: Site; readonly effect: Enqueue; readonly when: number };
  /** Others read the FIFO too. */
  readonly shared: boolean;
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
  const walks = new Map(writers.map((writer) => [writer, walkOf(writer, depth, lanes)]));
  const { words } = placesOf(writers, walks, depth, 0);
  const [first] = writers;
  const thinned = writers.some(
    (writer) => writer.when !== undefined || (writer.site.statement.kind === 'leaf' && writer.site.statement.guards.length > 0),
  );
  const alone = first.site.statement;
  if (thinned && (writers.length > 1 || alone.kind !== 'leaf' || alone.guards.length > 0 || first.when === undefined))
    fail(
      'data decides where it is read, and what it gets is up to a guard, or to the predicate of one of several writers',
      'let one writer add all words, with a predicate instead of a guard',
    );
  const picking =
    thinned && alone.kind === 'leaf' && first.when !== undefined
      ? { leaf: alone, site: first.site, effect: alone.effects[first.ordinal] as Enqueue, when: first.when }
      : undefined;
  const dequeue = leaf.values[ordinal] as Dequeue;
  const all = roundsOf(site, depth);
  const rounds = all === 1 || (!picking && takesAll(site, leaf, dequeue, depth, words)) ? 1 : all;
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
  const shared = ends.some((end) => end.kind === 'read' && end.site !== site);
  const last = writer.nests[depth] ?? writer.statement;
  return { memory, site, leaf, dequeue, depth, words, rounds, last, par, shared, ...(picking && { picking }) };
}

const roundsOf = ({ nests }: Site, depth: number): number => product(nests.slice(0, depth).flatMap(({ loops }) => loops.map(tripsOf)));

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

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
  const { memory, site, leaf, dequeue, depth, words, rounds, last, picking, par } = read;
  const { name, type } = memory;
  const names = new Set(program.memories.map((one) => one.name));
  const fresh = (kind: string): string => {
    let n = 0;
    while (names.has(`${name}$${kind}${n}`)) n++;
    return `${name}$${kind}${n}`;
  };
  const row = rowOf(site, depth, words, rounds);
  const held: Memory = { ...memory, kind: undefined, name: fresh('words'), shape: [rounds * row] };
  const rank = { ...held, name: fresh('rank'), type: 'i32', shape: leaf.loops.map((loop) => (tripsOf(loop) - 1) * loop.step + 1) } as const;
  const got: Memory = { ...memory, name: fresh('got') };
  const numbers: Memory = { ...held, name: fresh('numbers'), type: 'i32' };
  const [every, order]: Memory[] = [
    { ...memory, name: fresh('all') },
    { ...memory, name: fresh('order'), type: 'i32' },
  ];
  const around = site.nests.slice(0, depth).flatMap((nest) => nest.loops);
  const place = rounds === 1 ? { base: 0, terms: [] } : placeOf(around, row);
  const counted = (one: Site, own: readonly Loop[]) => [
    ...(rounds === 1 ? one.nests.slice(depth).flatMap((nest) => nest.loops) : one.outer),
    ...own,
  ];
  const before = [
    rankOf(
      leaf,
      dequeue.args[0],
      -1,
      counted(site, leaf.loops),
      (value) => ({ kind: 'write', memory: rank.name, index: iterationIn(leaf), value }),
      rank.name,
    ),
    searchOf({ leaf, type, words, rounds, row, held: held.name, rank: rank.name, got: got.name, numbers: picking && numbers.name }, lanes),
  ];
  const behind = picking && [
    rankOf(
      picking.leaf,
      picking.when,
      -2,
      counted(picking.site, picking.leaf.loops),
      (value) => ({ kind: 'enqueue', memory: order.name, value }),
      order.name,
    ),
  ];
  const copies = picking
    ? [
        { from: every, to: held.name },
        { from: order, to: numbers.name },
      ]
    : [{ from: memory, to: held.name }];
  const copying = copyOf(copies, words, par, place, leaf);
  const round = site.nests[depth - 1];
  const visit = (statement: Statement): Statement => {
    if (statement === leaf) return withoutPredicate(leaf, dequeue, got.name);
    if (statement === picking?.leaf) return withAll(picking.leaf, picking.effect, every.name, read.shared);
    if (statement.kind !== 'nest') return statement;
    const body = statement.body.flatMap((child) => [
      ...(child === leaf ? before : []),
      visit(child),
      ...(child === picking?.leaf && behind ? behind : []),
      ...(statement === round && child === last ? [copying] : []),
    ]);
    return { ...statement, body };
  };
  const made = [held, rank, got, ...(picking ? [numbers, every, order] : [])];
  const now = { ...program, memories: [...program.memories, ...made], body: visit(program.body) as Nest };
  return rounds === 1 ? now : filledFirst(now, picking ? [held, numbers] : [held], lanes);
}
