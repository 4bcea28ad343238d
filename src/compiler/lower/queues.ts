/**
 * FIFOs as the rest of the compiler sees them: memories that both ends walk in order, once a round.
 *
 *   nest (t) { load x[t] -> f;  leaf (i: 0..16 par 16) { ... dequeue f ... } }      =>      f[16], written at #0, read at i
 *
 * A round is an iteration of the nests around all ends; in each as many words come as are taken. Where the vectors of both ends are
 * the same the FIFO is a stream between units, and otherwise a memory unit that holds a round, several of them where it can, with a
 * place for each writer (`queue-writers.ts`).
 *
 * A predicate makes the rate of a writer depend on data. How many vectors come in a round is known all the same, from the reader:
 * whole lane loops pass or are dropped (`dropped`), or words are packed into whole vectors, the last of a round flushed (`packed`).
 */
import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { tripsOf } from '../../ir/affine.ts';
import { lineOf } from '../../ir/line-verify.ts';
import type { Leaf, LoopProgram, Memory, Transfer } from '../../ir/loops.ts';
import { type Access, type Site, sharedNests } from '../analysis/sites.ts';
import { laneLoop } from '../analysis/values.ts';
import { unsupported } from '../messages.ts';
import { type End, linear, vectorsIn, vectorsKey, type Walk, walkOf, wordsOf } from './queue-walks.ts';
import { planWriters } from './queue-writers.ts';

export interface Queue {
  /** A round of words. */
  readonly memory: Memory;
  readonly accesses: readonly Access[];
  /** Both ends send and take the same vectors. */
  readonly direct: boolean;
  /** A stream between units holds all vectors of a round. */
  readonly roomy: boolean;
  /** In program order. */
  readonly writers: readonly End[];
  /** What each writer adds in a round. */
  readonly walks: ReadonlyMap<End, Walk>;
  /** Nests around all ends. */
  readonly depth: number;
}

/** Plans every FIFO of a program, or throws `DiagnosticError` with what cannot be mapped. */
export function planQueues(arch: Arch, program: LoopProgram, sites: readonly Site[]): Map<string, Queue> {
  const queues = new Map<string, Queue>();
  for (const memory of program.memories) {
    if (memory.kind !== 'fifo') continue;
    const ends = sites.flatMap((site) => endsOf(site, memory.name));
    // What nothing uses any more is left out.
    if (ends.length > 0) queues.set(memory.name, planQueue(arch, memory, ends));
  }
  return queues;
}

export function endsOf(site: Site, name: string): End[] {
  const { statement } = site;
  if (statement.kind !== 'leaf') {
    const kind = statement.kind === 'load' ? 'write' : 'read';
    return statement.memory === name ? [{ site, kind, ordinal: -1, when: undefined }] : [];
  }
  const reads = statement.values.flatMap((value, ordinal): End[] =>
    value.kind === 'dequeue' && value.memory === name ? [{ site, kind: 'read', ordinal, when: value.args[0] }] : [],
  );
  const writes = statement.effects.flatMap((effect, ordinal): End[] =>
    effect.kind === 'enqueue' && effect.memory === name ? [{ site, kind: 'write', ordinal, when: effect.when }] : [],
  );
  return [...reads, ...writes];
}

function planQueue(arch: Arch, memory: Memory, ends: readonly End[]): Queue {
  const { lanes } = arch.pcu;
  const what = `FIFO \`${memory.name}\``;
  const fail = (why: string, help: string, end?: End): never => {
    throw new DiagnosticError(unsupported(what, why, help, end?.site.statement.source ?? memory.source));
  };
  const writers = ends.filter(({ kind }) => kind === 'write');
  const readers = ends.filter(({ kind }) => kind === 'read');
  const [writer] = writers;
  if (!writer || readers.length === 0)
    return fail(writer ? 'nothing reads it' : 'nothing writes it', 'remove it, or give a predicate that may hold');
  const early = readers.find((reader) => writers.some(({ site }) => reader.site.id < site.id));
  if (early) return fail('it is read before it is written', 'write all of it first', early);
  const depth = Math.min(...ends.map((end) => sharedNests(writer.site, end.site)));
  const round = writer.site.nests.slice(0, depth).flatMap((nest) => nest.loops);
  const walks = new Map(ends.map((end) => [end, walkOf(end, depth, lanes)]));
  const walk = (end: End) => walks.get(end) as Walk;
  const open = ends.find((end) => walk(end).loops.some(({ bound }) => bound));
  if (open && writers.length > 1)
    return fail('several statements write it, and how many words a loop has that ends at run time is not known', openHelp, open);
  if (open) return wordByWord(arch, memory, ends, depth, walks) ?? fail(openWhy, openHelp, open);
  const keys = new Map(ends.map((end) => [end, guardKey(end, depth)]));
  const alike = writers.length === 1 ? new Set(keys.values()).size === 1 : [...keys.values()].every((key) => key === '');
  for (const reader of readers) {
    if (reader.when !== undefined)
      fail(
        'data decides where it is read, in a leaf with a guard or in loops that end at run time',
        'let the predicate say what the guard says, and the loops end at constants',
        reader,
      );
    if (!alike && keys.get(reader) !== '')
      fail('a guard decides where it is read', 'let its only writer have the same guard in the same loops', reader);
  }
  const words = wordsOf(walk(readers[0]));
  const other = readers.find((reader) => wordsOf(walk(reader)) !== words);
  if (other) return fail(`readers take ${words} and ${wordsOf(walk(other))} words a round`, 'read all of it everywhere', other);
  const thinned = writers.filter((one) => one.when !== undefined || (!alike && keys.get(one) !== ''));
  const written = planWriters({ writers, thinned, walk, words, depth, lanes }, fail);
  const access = (end: End): Access => {
    const { loops, lanes: wide } = written.walks.get(end) ?? walk(end);
    const { filter } = written;
    return {
      site: end.site,
      kind: end.kind,
      ordinal: end.ordinal,
      index: [written.places.get(end) ?? linear(loops)],
      carried: false,
      context: { loops: [...round, ...loops], lanes: wide },
      ...(end === written.thinned && filter && { filter, flush: insideRound(end, depth) }),
    };
  };
  const sent = written.walks.get(writer) as Walk;
  const direct = writers.length === 1 && readers.every((reader) => vectorsKey(walk(reader)) === vectorsKey(sent));
  const roomy = vectorsIn(sent) <= arch.fifo.vector;
  const alone = readers.every(({ site }) => site.statement.kind !== 'leaf' || inputsOf(site.statement) === 1);
  const crowded = (readers.length > 1 || written.filter !== undefined) && !roomy && !alone;
  return {
    memory: { ...memory, kind: undefined, shape: [words] },
    accesses: ends.map(access),
    direct: direct && !crowded,
    roomy,
    writers,
    walks: written.walks,
    depth,
  };
}

const openWhy = 'a loop that ends at run time walks it in vectors, or deeper than the fabric queues words';
const openHelp = 'walk it with one lane on every end and a small depth, walk a constant number of words a round, or use a memory';

/**
 * Where data says how many words come, and every end takes or gives one an iteration: a stream of single words between compute units,
 * whose FIFOs hold the depth that is asked for. That both ends come as often in a run is the program's word.
 */
function wordByWord(arch: Arch, memory: Memory, ends: readonly End[], depth: number, walks: ReadonlyMap<End, Walk>): Queue | undefined {
  const single = ({ site: { statement }, when }: End) =>
    statement.kind === 'leaf' && laneLoop(statement).par === 1 && when === undefined && statement.guards.length === 0;
  if (memory.shape[0] > arch.fifo.output + arch.fifo.vector || !ends.every((end) => single(end) && walks.get(end)?.lanes)) return undefined;
  const accesses = ends.map((end): Access => {
    const round = end.site.nests.slice(0, depth).flatMap((nest) => nest.loops);
    const context = { loops: [...round, ...(walks.get(end) as Walk).loops], lanes: true };
    return { site: end.site, kind: end.kind, ordinal: end.ordinal, index: [], carried: false, context };
  });
  const writers = ends.filter(({ kind }) => kind === 'write');
  return { memory: { ...memory, kind: undefined }, accesses, direct: true, roomy: true, writers, walks, depth };
}

/** The guards of an end with loops by number, those of the round by name; empty without guards. */
function guardKey({ site }: End, depth: number): string {
  const { statement } = site;
  if (statement.kind !== 'leaf') return '';
  const own = [...site.nests.slice(depth).flatMap((nest) => nest.loops), ...statement.loops].filter(
    (loop) => loop.par > 1 || tripsOf(loop) > 1,
  );
  if (statement.guards.length === 0) return '';
  const nameOf = (name: string) => {
    const at = own.findIndex((loop) => loop.var === name);
    return at < 0 ? name : `#${at}`;
  };
  const loops = own.map(({ min, max, step, par }) => `${min} ${max} ${step} ${par}`);
  const guards = statement.guards.map(
    ({ index, limit }) => `${index.base} ${index.terms.map((term) => `${term.coef} ${nameOf(term.var)}`).sort()} ${limit}`,
  );
  return [...loops, ...guards].join('\n');
}

/** Variables of the loops of a round, at whose end what is packed goes out. */
const insideRound = ({ site }: End, depth: number): readonly string[] =>
  [...site.nests.slice(depth).flatMap((nest) => nest.loops), ...(site.statement as Leaf).loops].map((loop) => loop.var);

/** Streams and memories that a leaf reads. */
const inputsOf = (leaf: Leaf): number =>
  leaf.values.filter(({ kind }) => kind === 'read' || kind === 'dequeue').length +
  leaf.values.filter((value) => value.kind === 'reduce' && value.init.kind === 'carried').length;

/** The memory that a transfer fills or empties: of a FIFO one of its own extent, of a line buffer its newest line. */
export const transferMemory = (memory: Memory, transfer: Transfer): Memory =>
  memory.kind === 'fifo' ? { ...memory, shape: transfer.extent } : { ...memory, shape: lineOf(memory) };
