/**
 * What the writers of a FIFO add in a round, and where it lies: the words of one after those of another, in every iteration of the
 * nests around both, as in the program.
 *
 *   nest (t) { load x[t] -> f (8 words);  nest (p: 0..3) { leaf A { 4 words };  leaf B { 2 words } };  ... f ... }
 *   =>
 *   f[26]: the load at 0, A from 8 + 6*p on, B from 12 + 6*p on
 *
 * Copies of a loop do neighbouring iterations each, so they are writers in that order too. How many words one adds that a predicate or a
 * guard thins out is what the readers take beyond those of the others.
 */
import type { AffineExpr, Loop } from '../../ir/loops.ts';
import { type Filter, sharedNests } from '../analysis/sites.ts';
import { endsFull, filteredWalk, filterOf } from './queue-filters.ts';
import { type End, linear, type Walk, wordsOf } from './queue-walks.ts';

export interface Written {
  /** The writer that a predicate or a guard thins out, and how. */
  readonly thinned?: End;
  readonly filter?: Filter;
  readonly walks: ReadonlyMap<End, Walk>;
  /** Word of a round that each writer writes. */
  readonly places: ReadonlyMap<End, AffineExpr>;
}

/** What a round is, for its writers. */
export interface Round {
  readonly writers: readonly End[];
  /** Those that a predicate or a guard thins out. */
  readonly thinned: readonly End[];
  readonly walk: (end: End) => Walk;
  /** Words that are taken. */
  readonly words: number;
  /** Nests around all ends. */
  readonly depth: number;
  readonly lanes: number;
}

export function planWriters(round: Round, fail: (why: string, help: string, end: End) => never): Written {
  const { writers, walk, words, depth, lanes } = round;
  const [thinned, second] = round.thinned;
  if (second)
    fail(
      'data or guards decide how many words each of several writers adds, and with that where those of the next one lie',
      'let one writer at the most have a predicate or a guard, or give each a FIFO of its own',
      second,
    );
  const walks = new Map(writers.map((writer) => [writer, walk(writer)]));
  const known = writers.reduce((sum, writer) => (writer === thinned ? sum : sum + wordsOf(walk(writer))), 0);
  const own = words - known;
  if (thinned ? own < 1 : own !== 0)
    fail(`it gets ${known} words a round, and ${words} are taken`, 'walk as many elements on both ends', writers[0]);
  let filter: Filter | undefined;
  if (thinned) {
    filter = filterOf(thinned, walk(thinned), own, lanes);
    const left = filteredWalk(filter, walk(thinned), own, lanes);
    if (wordsOf(left) !== own)
      fail(`it gets ${known + wordsOf(left)} words a round, and ${words} are taken`, 'walk as many elements on both ends', thinned);
    if (filter === 'packed' && own % lanes === 0 && !endsFull(thinned, walk(thinned)))
      fail(
        `whether its last vector fills up just at the end of a round of ${own} words is up to data`,
        `take a number of words a round that ${lanes} does not divide, or let the predicate hold in the last iteration`,
        thinned,
      );
    walks.set(thinned, left);
  }
  for (const writer of writers) {
    const company = loopsInCompany(writer, writers, depth);
    if (writer === thinned && company.length > 0)
      fail(
        'a predicate or a guard of one writer decides where the words of another one lie, iteration by iteration of the loops around both',
        'let them add their words in nests of their own, or give each a FIFO of its own',
        writer,
      );
    if (company.some((loop) => !walk(writer).loops.some(({ var: name }) => name === loop.var)))
      fail(
        'a finished reduction comes after what other writers add in the loops that it is over',
        'let the other writers stand outside those loops, or give each a FIFO of its own',
        writer,
      );
  }
  const places = placesOf(writers, walks, depth, 0).index;
  return { walks, places, ...(thinned && filter && { thinned, filter }) };
}

/** The loops of those nests inside a round that a writer shares with others. */
function loopsInCompany({ site }: End, writers: readonly End[], depth: number): Loop[] {
  const shared = Math.max(depth, ...writers.map((other) => (other.site === site ? 0 : sharedNests(site, other.site))));
  return site.nests.slice(depth, shared).flatMap((nest) => nest.loops);
}

/** Writers in one nest at `depth`, of whose walks `gone` loops are those around it: their words one after the other. */
export function placesOf(
  writers: readonly End[],
  walks: ReadonlyMap<End, Walk>,
  depth: number,
  gone: number,
): { readonly words: number; readonly index: Map<End, AffineExpr> } {
  const index = new Map<End, AffineExpr>();
  let words = 0;
  for (const group of groupsIn(writers, depth)) {
    const [first] = group;
    const { loops } = walks.get(first) as Walk;
    if (group.length === 1) {
      index.set(first, { ...linear(loops.slice(gone)), base: words });
      words += wordsOf({ loops: loops.slice(gone) });
      continue;
    }
    const around = loops.slice(gone, gone + first.site.nests[depth].loops.length);
    const inside = placesOf(group, walks, depth + 1, gone + around.length);
    const { terms } = linear(around, inside.words);
    for (const [writer, { base, terms: own }] of inside.index) index.set(writer, { base: words + base, terms: [...terms, ...own] });
    words += inside.words * wordsOf({ loops: around });
  }
  return { words, index };
}

/** Writers by the statement of the nest that they stand in. */
export function groupsIn(writers: readonly End[], depth: number): End[][] {
  const groups: End[][] = [];
  for (const writer of writers) {
    const last = groups[groups.length - 1];
    const nest = writer.site.nests[depth];
    if (last && nest !== undefined && last[0].site.nests[depth] === nest) last.push(writer);
    else groups.push([writer]);
  }
  return groups;
}
