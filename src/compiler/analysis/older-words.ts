/**
 * May a read find words that were not written in the same iteration before it, but in another one, or never?
 *
 *   nest (t) { m[t] = x;  y = sum over k of m[k] }      =>      yes: those of other iterations, at first 0
 *
 * Word sets are taken dimension by dimension: the loops that a read shares with a write have the same values for both, the others all of
 * theirs. In doubt the answer is yes.
 */
import { tripsOf } from '../../ir/affine.ts';
import { lineOf } from '../../ir/line-verify.ts';
import type { Loop, Memory } from '../../ir/loops.ts';
import { coefOf, variablesOf } from '../affine.ts';
import { contains, type Indices, indicesBelow, indicesOf, NO_INDICES, union } from './index-sets.ts';
import { type Access, sharedNests, transferLoops } from './sites.ts';

/** `accesses`: all of a memory with an index; of those that `certain` says a write is done in every iteration. */
export function mayReadOlder(memory: Memory, accesses: readonly Access[], certain: (write: Access) => boolean): boolean {
  const writes = accesses.filter((access) => access.kind === 'write');
  const sure = writes.filter(certain);
  return accesses.some((read) => read.kind === 'read' && !read.carried && !isCovered(memory, read, sure));
}

function isCovered(memory: Memory, read: Access, writes: readonly Access[]): boolean {
  const before = writes.filter(({ site }) => site.id < read.site.id);
  const depths = new Set(before.map((write) => sharedNests(write.site, read.site)));
  return [...depths].some((depth) => {
    const around = read.site.nests.slice(0, depth).flatMap((nest) => nest.loops.filter((loop) => tripsOf(loop) > 1));
    const wanted = wordsOf(memory, read, around);
    const written = before
      .filter((write) => sharedNests(write.site, read.site) === depth)
      .filter((write) => around.every((loop) => write.index.every((expr, d) => coefOf(expr, loop.var) === coefOf(read.index[d], loop.var))))
      .filter(isBox)
      .map((write) => wordsOf(memory, write, around));
    return holds(wanted, written);
  });
}

/** Do writes, together along one dimension at the most, reach all words? */
function holds(wanted: Words, written: readonly Words[]): boolean {
  return wanted.some((indices, d) => {
    const whole = written.filter((one) => wanted.every((other, e) => e === d || contains(one[e], other)));
    return contains(
      whole.reduce<Indices>((all, one) => union(all, one[d]), NO_INDICES),
      indices,
    );
  });
}

/** By dimension. */
type Words = readonly Indices[];

/** Does every loop move one index alone? Then all combinations of indices are met. */
function isBox({ index }: Access): boolean {
  const names = index.flatMap((expr) => [...variablesOf(expr)]);
  return new Set(names).size === names.length;
}

/** The words of an access in an iteration of the loops around, as far from where it begins as those say. */
function wordsOf({ kind, shape, ...memory }: Memory, access: Access, around: readonly Loop[]): Words {
  const { statement } = access.site;
  const own = statement.kind === 'leaf' ? statement.loops : transferLoops(lineOf({ ...memory, kind, shape }), 1);
  const loops = [...access.site.outer, ...own].filter((loop) => !around.includes(loop));
  return access.index.map((expr, d) => {
    const fixed = around.every((loop) => coefOf(expr, loop.var) === 0);
    const indices = indicesOf(expr, loops);
    // What lies outside the memory is no word of it.
    return fixed ? indicesBelow(shape[d], indices) : indices;
  });
}
