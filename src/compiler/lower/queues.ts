/**
 * FIFOs as the rest of the compiler sees them: memories that both ends walk in order, once a round.
 *
 *   nest (t) { load x[t] -> f;  leaf (i: 0..16 par 16) { ... dequeue f ... } }      =>      f[16], written at #0, read at i
 *
 * A round is an iteration of the nests around all ends; in each as many words come as are taken. Where the vectors of both ends are
 * the same the FIFO is a stream between units, and otherwise a memory unit that holds a round, several of them where it can.
 *
 * A predicate makes the rate of a writer depend on data. How many vectors come in a round is known all the same, from the reader:
 * whole lane loops pass or are dropped (`dropped`), or words are packed into whole vectors, the last of a round flushed (`packed`).
 */
import type { Arch } from '../../arch/schema.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { lastIndex, tripsOf } from '../../ir/affine.ts';
import { lineOf } from '../../ir/line-verify.ts';
import { argsOf, type Leaf, type Loop, type LoopProgram, type Memory, type Transfer } from '../../ir/loops.ts';
import { EVAL } from '../../ops/eval.ts';
import { type Access, type Filter, type Site, sharedNests, transferLoops } from '../analysis/sites.ts';
import { effectShape, laneLoop } from '../analysis/values.ts';
import { unsupported } from '../messages.ts';

export interface Queue {
  /** A round of words. */
  readonly memory: Memory;
  readonly accesses: readonly Access[];
  /** Both ends send and take the same vectors. */
  readonly direct: boolean;
  /** A stream between units holds all vectors of a round. */
  readonly roomy: boolean;
}

/** Who does what with a FIFO, in a statement. */
interface End {
  readonly site: Site;
  readonly kind: 'read' | 'write';
  /** Value number (dequeue), effect number (enqueue) or -1 (transfer). */
  readonly ordinal: number;
  readonly when: number | undefined;
}

/** Loops of one round of an end, and how words come in them. */
interface Walk {
  /** Outermost first, each from 0 by 1. */
  readonly loops: readonly Loop[];
  /** The last loop runs in lanes. */
  readonly lanes: boolean;
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

function endsOf(site: Site, name: string): End[] {
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
  if (writers.length > 1)
    return fail('several statements write it, at the same time', 'give each writer, or each copy of it, a FIFO of its own', writers[1]);
  const early = readers.find((reader) => reader.site.id < writer.site.id);
  if (early) return fail('it is read before it is written', 'write it first', early);
  const depth = Math.min(...readers.map((reader) => sharedNests(writer.site, reader.site)));
  const round = writer.site.nests.slice(0, depth).flatMap((nest) => nest.loops);
  const walks = new Map(ends.map((end) => [end, walkOf(end, depth, lanes)]));
  const walk = (end: End) => walks.get(end) as Walk;
  const open = ends.find((end) => walk(end).loops.some(({ bound }) => bound));
  if (open) return wordByWord(arch, memory, ends, round, walk) ?? fail(openWhy, openHelp, open);
  const guards = new Set(ends.map((end) => guardKey(end, depth)));
  const alike = guards.size === 1;
  for (const reader of readers) {
    if (reader.when !== undefined)
      fail('data decides where it is read', 'let its writer have the same predicate in the same loops, or read all of it', reader);
    if (!alike && guardKey(reader, depth) !== '')
      fail('a guard decides where it is read', 'let its writer have the same guard in the same loops', reader);
  }
  const words = wordsOf(walk(readers[0]));
  const other = readers.find((reader) => wordsOf(walk(reader)) !== words);
  if (other) return fail(`readers take ${words} and ${wordsOf(walk(other))} words a round`, 'read all of it everywhere', other);
  const filter = filterOf(writer, walk(writer), words, alike, lanes);
  const written = filter === undefined ? walk(writer) : filteredWalk(filter, walk(writer), words, lanes);
  if (wordsOf(written) !== words)
    return fail(`it gets ${wordsOf(written)} words a round, and ${words} are taken`, 'walk as many elements on both ends', writer);
  if (filter === 'packed' && words % lanes === 0 && !endsFull(writer, walk(writer)))
    fail(
      `whether its last vector fills up just at the end of a round of ${words} words is up to data`,
      `take a number of words a round that ${lanes} does not divide, or let the predicate hold in the last iteration`,
      writer,
    );
  const access = (end: End): Access => {
    const { loops, lanes: wide } = end === writer ? written : walk(end);
    return {
      site: end.site,
      kind: end.kind,
      ordinal: end.ordinal,
      index: [linear(loops)],
      carried: false,
      context: { loops: [...round, ...loops], lanes: wide },
      ...(end === writer && filter !== undefined && { filter, flush: insideRound(end, depth) }),
    };
  };
  const direct = readers.every((reader) => vectorsKey(walk(reader)) === vectorsKey(written));
  const roomy = vectorsIn(written) <= arch.fifo.vector;
  const alone = readers.every(({ site }) => site.statement.kind !== 'leaf' || inputsOf(site.statement) === 1);
  const crowded = (readers.length > 1 || filter !== undefined) && !roomy && !alone;
  return {
    memory: { ...memory, kind: undefined, shape: [words] },
    accesses: ends.map(access),
    direct: direct && !crowded,
    roomy,
  };
}

const openWhy = 'a loop that ends at run time walks it in vectors, or deeper than the fabric queues words';
const openHelp = 'walk it with one lane on every end and a small depth, walk a constant number of words a round, or use a memory';

/**
 * Where data says how many words come, and every end takes or gives one an iteration: a stream of single words between compute units,
 * whose FIFOs hold the depth that is asked for. That both ends come as often in a run is the program's word.
 */
function wordByWord(arch: Arch, memory: Memory, ends: readonly End[], round: readonly Loop[], walk: (end: End) => Walk): Queue | undefined {
  const single = ({ site: { statement }, when }: End) =>
    statement.kind === 'leaf' && laneLoop(statement).par === 1 && when === undefined && statement.guards.length === 0;
  if (memory.shape[0] > arch.fifo.output + arch.fifo.vector || !ends.every((end) => single(end) && walk(end).lanes)) return undefined;
  const accesses = ends.map((end): Access => {
    const context = { loops: [...round, ...walk(end).loops], lanes: true };
    return { site: end.site, kind: end.kind, ordinal: end.ordinal, index: [], carried: false, context };
  });
  return { memory: { ...memory, kind: undefined }, accesses, direct: true, roomy: true };
}

/** The loops of an end inside a round. */
function walkOf({ site, kind, ordinal }: End, depth: number, lanes: number): Walk {
  const { statement } = site;
  const inner = site.nests.slice(depth).flatMap((nest) => nest.loops);
  const flat = (loops: readonly Loop[]) => loops.map((loop): Loop => ({ ...loop, min: 0, max: tripsOf(loop), step: 1 }));
  if (statement.kind !== 'leaf') return { loops: flat([...inner, ...transferLoops(statement.extent, lanes)]), lanes: true };
  if (kind === 'read') return { loops: flat([...inner, ...statement.loops]), lanes: true };
  const value = statement.values[statement.effects[ordinal].value];
  const over = value.kind === 'reduce' && !value.running ? value.over : [];
  const shape = effectShape(statement, statement.effects[ordinal].value);
  return { loops: flat([...inner.filter((loop) => !over.includes(loop.var)), ...shape.loops]), lanes: shape.kind === 'vector' };
}

const wordsOf = ({ loops }: Walk): number => loops.reduce((product, loop) => product * loop.max, 1);

/** Word of a round by the loops of a walk. */
function linear(loops: readonly Loop[]) {
  let coef = 1;
  const terms = [...loops].reverse().map((loop) => {
    const term = { var: loop.var, coef };
    coef *= loop.max;
    return term;
  });
  return { base: 0, terms: terms.reverse() };
}

/** Equal for walks whose vectors hold the same numbers of words. */
function vectorsKey({ loops, lanes }: Walk): string {
  const words = wordsOf({ loops, lanes });
  if (!lanes) return `words ${words}`;
  const { max, par } = loops[loops.length - 1];
  if (words <= par && words === max) return `vector ${words}`;
  return max % par === 0 || words === max ? `${words} by ${par}` : `${words} by ${max} by ${par}`;
}

function vectorsIn({ loops, lanes }: Walk): number {
  return loops.reduce((product, { max, par }, i) => product * (lanes && i === loops.length - 1 ? Math.ceil(max / par) : max), 1);
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

/** How a predicate or a guard thins out what an end writes. `alike`: readers have the same guard, or none has. */
function filterOf({ site, when }: End, { loops }: Walk, words: number, alike: boolean, lanes: number): Filter | undefined {
  const { statement } = site;
  if (statement.kind !== 'leaf' || (when === undefined && alike)) return undefined;
  // Vectors of one lane are there or not.
  if (lanes === 1) return 'dropped';
  const whole = words % loops[loops.length - 1].max === 0;
  return when !== undefined && statement.guards.length === 0 && whole && isUniform(statement, when) ? 'dropped' : 'packed';
}

/** Is a value the same in all iterations of the lane loop? */
function isUniform(leaf: Leaf, id: number): boolean {
  const lane = laneLoop(leaf).var;
  return everyBelow(leaf, id, (value) =>
    value.kind === 'index'
      ? value.var !== lane
      : value.kind === 'read'
        ? value.index.every((expr) => expr.terms.every((term) => term.var !== lane))
        : value.kind !== 'dequeue' && value.kind !== 'reduce',
  );
}

function everyBelow(leaf: Leaf, root: number, holds: (value: Leaf['values'][number]) => boolean): boolean {
  const seen = new Set<number>();
  const visit = (id: number): boolean => {
    if (seen.has(id)) return true;
    seen.add(id);
    return holds(leaf.values[id]) && argsOf(leaf.values[id]).every(visit);
  };
  return visit(root);
}

function filteredWalk(filter: Filter, { loops }: Walk, words: number, lanes: number): Walk {
  const lane = loops[loops.length - 1];
  const one = (name: string, max: number, par: number): Loop => ({ var: name, min: 0, max, step: 1, par });
  if (filter === 'packed' || lanes === 1) return { loops: [one('#0', words, lanes)], lanes: true };
  return { loops: [one('#0', words / lane.max, 1), one('#1', lane.max, lane.par)], lanes: true };
}

/** Does a predicate of loops alone certainly hold in some lane of the last vector of a round? */
function endsFull({ site, when }: End, walk: Walk): boolean {
  const leaf = site.statement as Leaf;
  if (when === undefined || leaf.guards.length > 0) return false;
  const own = new Map(
    [...site.outer, ...leaf.loops].filter((loop) => walk.loops.some(({ var: name }) => name === loop.var)).map((l) => [l.var, l]),
  );
  const known = everyBelow(leaf, when, (value) =>
    value.kind === 'index' ? own.has(value.var) : value.kind === 'op' || value.kind === 'const',
  );
  if (!known) return false;
  const lane = laneLoop(leaf);
  const last = (tripsOf(lane) - 1) % lane.par;
  return Array.from({ length: last + 1 }, (_, l) => lastIndex(lane) - l * lane.step).some((at) => {
    const values: number[] = [];
    const of = (id: number): number => {
      values[id] ??= compute(id);
      return values[id];
    };
    const compute = (id: number): number => {
      const value = leaf.values[id];
      if (value.kind === 'const') return value.bits | 0;
      if (value.kind === 'index') return value.var === lane.var ? at : lastIndex(own.get(value.var) as Loop);
      const [a = 0, b = 0, c = 0] = argsOf(value).map(of);
      return value.kind === 'op' ? EVAL[value.op](a, b, c) : 0;
    };
    return of(when) !== 0;
  });
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
