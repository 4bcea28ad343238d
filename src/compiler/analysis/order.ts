/**
 * The order that the accesses of one memory must keep: what waits for what, once an iteration of which loops.
 *
 *   load m; seq (e) { leaf A { ... m[i] ... }; leaf B { m[i] = ... } }; store m
 *   =>  load -> A,  A -> B,  B -> store,  and from one iteration of e to the next  B -> A
 *
 * A dependence says: all that `from` does in an iteration of the loops around both comes before the first of what `to`
 * does in it (`next`: in the following iteration). Those that others imply are left out.
 */
import { rangeOf } from '../../ir/affine.ts';
import type { Loop } from '../../ir/loops.ts';
import { elementsOf } from '../chain.ts';
import { type Access, sharedNests } from './sites.ts';

export interface Ordered {
  readonly access: Access;
  /** Loops of the context that performs it. */
  readonly loops: readonly Loop[];
}

export interface Dependence<T extends Ordered> {
  readonly from: T;
  readonly to: T;
  /** Variables of the loops around both. */
  readonly around: ReadonlySet<string>;
  /** Of the next iteration of those loops. */
  readonly next: boolean;
}

/** Dependences between accesses given in program order. */
export function dependences<T extends Ordered>(accesses: readonly T[]): Dependence<T>[] {
  const found: Dependence<T>[] = [];
  const conflict = (a: T, b: T) => a.access !== b.access && (a.access.kind === 'write' || b.access.kind === 'write') && !apart(a, b);
  for (const [i, a] of accesses.entries()) {
    for (const [j, b] of accesses.entries()) {
      if (i >= j || !conflict(a, b) || carriedPair(a, b)) continue;
      const around = loopsAround(a, b);
      const through = (k: number) => conflict(a, accesses[k]) && conflict(accesses[k], b);
      if (!accesses.some((_, k) => k > i && k < j && through(k))) found.push({ from: a, to: b, around, next: false });
      if (![...a.access.site.outer].some((loop) => around.has(loop.var) && elementsOf(loop) > 1)) continue;
      // Around the loop from b to a: past the end of one iteration, into the next.
      const depth = sharedNests(a.access.site, b.access.site);
      const within = accesses.map((other) => sharedNests(other.access.site, a.access.site) >= depth);
      if (!accesses.some((_, k) => within[k] && (k > j || k < i) && through(k))) found.push({ from: b, to: a, around, next: true });
    }
  }
  return found;
}

/** A carried read and its write go element by element, ordered by the data between them; see `carriedGranule`. */
export const carriedPair = (a: Ordered, b: Ordered): boolean =>
  a.access.site === b.access.site && (a.access.carried || b.access.carried) && a.access.kind !== b.access.kind;

/** Do two accesses never touch the same word? */
function apart(a: Ordered, b: Ordered): boolean {
  if (a.access.moves) return false;
  const spans = (one: Ordered) => {
    const scope = new Map([...one.access.site.outer, ...one.loops].map((loop) => [loop.var, loop]));
    return one.access.index.map((expr) => rangeOf(expr, scope));
  };
  const others = spans(b);
  return spans(a).some(({ low, high }, d) => high < others[d].low || low > others[d].high);
}

function loopsAround(a: Ordered, b: Ordered): Set<string> {
  const nests = a.access.site.nests.slice(0, sharedNests(a.access.site, b.access.site));
  return new Set(nests.flatMap((nest) => nest.loops.map((loop) => loop.var)));
}
