/**
 * streams: a memory written once and read once in the same order needs no memory.
 *
 *   load a -> tile; leaf (i: 0..n lanes L) { ... tile[i] ... }     =>     AG --> PCU
 *   leaf (i, j lanes L) { tile[i][j] = ... }; store tile -> c      =>     PCU --> AG
 *
 * Both statements must stand in the same nest, so that they meet once an iteration, and the leaf must walk the
 * tile in row-major order, all lanes wide: then the vectors on both sides are the same.
 */
import type { AffineExpr, Leaf, LoopProgram, Memory, Transfer } from '../../ir/loops.ts';
import { sameAffine, variable } from '../affine.ts';
import type { Access } from '../analysis/sites.ts';
import { laneShape } from '../analysis/values.ts';

/** Names of the memories that become streams. */
export function findStreams(program: LoopProgram, accesses: ReadonlyMap<string, readonly Access[]>, lanes: number): Set<string> {
  const streams = new Set<string>();
  for (const memory of program.memories) {
    const list = accesses.get(memory.name) ?? [];
    if (list.length === 2 && isStream(memory, list, lanes)) streams.add(memory.name);
  }
  return streams;
}

function isStream(memory: Memory, list: readonly Access[], lanes: number): boolean {
  const write = list.find((access) => access.kind === 'write');
  const read = list.find((access) => access.kind === 'read');
  if (!write || !read || read.carried) return false;
  const nests = write.site.nests;
  if (read.site.nests.length !== nests.length || nests.some((nest, i) => nest !== read.site.nests[i])) return false;
  const [leafAccess, transfer] = write.site.statement.kind === 'leaf' ? [write, read] : [read, write];
  if (leafAccess.site.statement.kind !== 'leaf' || transfer.site.statement.kind === 'leaf') return false;
  return walksInOrder(leafAccess, leafAccess.site.statement, memory, lanes) && isTail(transfer.site.statement, memory);
}

/** The leaf's loops that the access depends on are all its loops, in order, over the memory's full shape. */
function walksInOrder(access: Access, leaf: Leaf, memory: Memory, lanes: number): boolean {
  const shape = laneShape(leaf, access);
  if (shape.kind !== 'vector' || shape.loops.at(-1)?.par !== lanes) return false;
  if (shape.loops.length !== memory.shape.length) return false;
  return shape.loops.every(
    (loop, d) =>
      loop.min === 0 && loop.step === 1 && loop.max === memory.shape[d] && sameAffine(access.index[d] as AffineExpr, variable(loop.var)),
  );
}

/** Runs of the transfer are the rows of the memory. */
const isTail = (transfer: Transfer, memory: Memory): boolean => transfer.extent.at(-1) === memory.shape.at(-1);
