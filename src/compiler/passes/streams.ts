/**
 * streams: a memory written once and read once in the same order needs no memory.
 *
 *   load a -> tile; leaf (i: 0..n lanes L) { ... tile[i] ... }     =>     AG --> PCU
 *   leaf (i, j lanes L) { tile[i][j] = ... }; store tile -> c      =>     PCU --> AG
 *
 *   leaf { tile[i] = ... }; leaf (i: 0..n) { ... tile[i] ... }      =>     PCU --> PCU
 *
 * Both statements must stand in the same nest, so that they meet once an iteration, and the leaf must walk the
 * tile in row-major order, all lanes wide: then the vectors on both sides are the same.
 */
import { isSingle } from '../../ir/affine.ts';
import type { AffineExpr, Bound, Leaf, Loop, LoopProgram, Memory, Transfer } from '../../ir/loops.ts';
import { coefOf, sameAffine, variable } from '../affine.ts';
import { type Access, type Site, sharedNests } from '../analysis/sites.ts';
import { laneShape } from '../analysis/values.ts';
import { contextLoops } from '../lower/memory-plan.ts';
import type { Queue } from '../lower/queues.ts';

type Accesses = ReadonlyMap<string, readonly Access[]>;

/** Names of the memories that become streams. */
export function findStreams(
  program: LoopProgram,
  accesses: Accesses,
  lanes: number,
  queues: ReadonlyMap<string, Queue> = new Map(),
): Set<string> {
  const streams = new Set<string>();
  for (const memory of program.memories) {
    const list = accesses.get(memory.name) ?? [];
    const queue = queues.get(memory.name);
    if (
      queue
        ? queue.direct
        : memory.kind !== 'lines' && memory.banks === undefined && list.length === 2 && isStream(memory, list, lanes, accesses)
    )
      streams.add(memory.name);
  }
  // A stream that is dropped may have been the company that another one needs.
  for (let before = -1; before !== streams.size; ) {
    before = streams.size;
    for (const name of [...streams]) if (!queues.get(name)?.roomy && !keepsPace(name, accesses, streams)) streams.delete(name);
  }
  return streams;
}

/**
 * Between leaves a FIFO holds a few elements only: all else that the reader waits for must come as the elements do,
 * or the writer would stand still before the reader can begin. One word a round always finds room.
 */
function keepsPace(name: string, accesses: Accesses, streams: ReadonlySet<string>): boolean {
  const list = accesses.get(name) ?? [];
  const write = list.find(({ kind }) => kind === 'write') as Access;
  return list.filter(({ kind }) => kind === 'read').every((read) => readerKeepsPace(name, write, read, accesses, streams));
}

function readerKeepsPace(name: string, write: Access, read: Access, accesses: Accesses, streams: ReadonlySet<string>): boolean {
  if (read.site.bounds) return true;
  if (write.site.statement.kind !== 'leaf' || read.site.statement.kind !== 'leaf') return true;
  if (laneShape(write.site.statement, write).kind === 'scalar' && write.site.statement.loops.length === ownLoops(write)) return true;
  for (const [other, list] of accesses) {
    if (other === name || !list.some((access) => access.kind === 'read' && access.site === read.site)) continue;
    const writers = list.filter((access) => access.kind === 'write');
    const fine = writers.every(({ site }) => isSource(site) || (site === write.site && streams.has(other)));
    if (!fine) return false;
  }
  return true;
}

/** Does it wait for no other part of the program? */
const isSource = ({ statement }: Site): boolean =>
  statement.kind === 'load' ||
  (statement.kind === 'leaf' &&
    statement.effects.length === 1 &&
    statement.values.every(
      (value) => value.kind !== 'read' && value.kind !== 'dequeue' && !(value.kind === 'reduce' && value.init.kind === 'carried'),
    ));

/** Loops of a leaf that the write is finished after. */
function ownLoops(write: Access): number {
  const leaf = write.site.statement as Leaf;
  return leaf.loops.length - laneShape(leaf, write).loops.length;
}

function isStream(memory: Memory, list: readonly Access[], lanes: number, accesses: Accesses): boolean {
  const write = list.find((access) => access.kind === 'write');
  const read = list.find((access) => access.kind === 'read');
  // Where a predicate keeps a word out, the memory gives what it held before.
  if (write?.site.statement.kind === 'leaf' && 'when' in write.site.statement.effects[write.ordinal]) return false;
  if (!write || !read || read.carried || read.site.id < write.site.id) return false;
  if (write.site.statement.kind === 'leaf' && read.site.statement.kind === 'leaf') return meets(write, read, memory, lanes, accesses);
  const nests = write.site.nests;
  if (read.site.nests.length !== nests.length || nests.some((nest, i) => nest !== read.site.nests[i])) return false;
  const [leafAccess, transfer] = write.site.statement.kind === 'leaf' ? [write, read] : [read, write];
  if (leafAccess.site.statement.kind !== 'leaf' || transfer.site.statement.kind === 'leaf') return false;
  return walksInOrder(leafAccess, leafAccess.site.statement, memory, lanes) && isTail(transfer.site.statement, memory);
}

/** Two leaves with the same elements in the same order, both in vectors or both as single words (a finished reduction, say). */
function meets(write: Access, read: Access, memory: Memory, lanes: number, accesses: Accesses): boolean {
  if (write.site === read.site) return false;
  const leaf = write.site.statement as Leaf;
  if (leaf.guards.length > 0 && leaf.values[leaf.effects[write.ordinal].value].kind !== 'reduce') return false;
  const [from, to] = [write, read]
    .map((access) => contextLoops(access, memory, lanes))
    .map((one) => (read.site.bounds ? asWords(one) : one));
  if (from.lanes !== to.lanes || from.loops.length !== to.loops.length) return false;
  const renamed = new Map(from.loops.map((loop, i) => [loop.var, to.loops[i].var]));
  const sameLoops = from.loops.every((loop, i) => {
    const other = to.loops[i];
    if (loop === other) return true;
    if (!sameBound(loop.bound, other.bound, renamed, [write, read], accesses)) return false;
    return loop.min === other.min && loop.max === other.max && loop.step === other.step && loop.par === other.par;
  });
  const rename = (expr: AffineExpr): AffineExpr => renameTerms(expr, renamed);
  // Beyond the loops that both stand in, every iteration has a word of its own.
  const shared = new Set(write.site.nests.slice(0, sharedNests(write.site, read.site)).flatMap((nest) => nest.loops.map((l) => l.var)));
  const own = from.loops.filter((loop) => !shared.has(loop.var));
  const apart = own.every((loop) =>
    write.index.some((expr) => coefOf(expr, loop.var) !== 0 && own.every((other) => other === loop || coefOf(expr, other.var) === 0)),
  );
  return sameLoops && apart && write.index.every((expr, d) => sameAffine(rename(expr), read.index[d]));
}

/** One lane a vector is one word: a writer of a bound sends it as such. */
function asWords({ loops, lanes }: { readonly loops: readonly Loop[]; readonly lanes: boolean }) {
  const words = lanes && loops.at(-1)?.par === 1;
  return { loops: loops.filter((loop) => !isSingle(loop)), lanes: lanes && !words };
}

const renameTerms = (expr: AffineExpr, renamed: ReadonlyMap<string, string>): AffineExpr => ({
  ...expr,
  terms: expr.terms.map((term) => ({ ...term, var: renamed.get(term.var) ?? '' })),
});

/** Do two loops end alike? Both at the same word, which is written once, before both. */
function sameBound(
  a: Bound | undefined,
  b: Bound | undefined,
  renamed: ReadonlyMap<string, string>,
  pair: readonly Access[],
  accesses: Accesses,
): boolean {
  if (!a || !b) return a === b;
  const writers = (accesses.get(a.memory) ?? []).filter(({ kind }) => kind === 'write');
  const before = writers.length === 1 && pair.every(({ site }) => site.id > writers[0].site.id);
  return before && a.memory === b.memory && a.index.every((expr, d) => sameAffine(renameTerms(expr, renamed), b.index[d]));
}

/** The leaf's loops that the access depends on are all its loops, in order, over the memory's full shape. */
function walksInOrder(access: Access, leaf: Leaf, memory: Memory, lanes: number): boolean {
  const shape = laneShape(leaf, access);
  if (shape.kind !== 'vector' || shape.loops.at(-1)?.par !== lanes) return false;
  if (shape.loops.length !== memory.shape.length) return false;
  return shape.loops.every(
    (loop, d) =>
      !loop.bound &&
      loop.min === 0 &&
      loop.step === 1 &&
      loop.max === memory.shape[d] &&
      sameAffine(access.index[d] as AffineExpr, variable(loop.var)),
  );
}

/** Runs of the transfer are the rows of the memory. */
const isTail = (transfer: Transfer, memory: Memory): boolean => transfer.extent.at(-1) === memory.shape.at(-1);
