/**
 * Order through DRAM: transfers of one array that may touch the same words, at least one of them a store.
 *
 *   seq (i) { load A; store B; load B; store A }
 *   =>  tokens: store B -> load B (this iteration), store A -> load A (the next one), load A -> store A, ...
 *
 * A token says that all of one iteration of some loops around both transfers is done: a store's when its responses are
 * back, a load's when its words are read. Those loops are as few as keep what lies inside them free of conflicts, so that
 * transfers inside overlap.
 */
import { sameLoop, tripsOf } from '../../ir/affine.ts';
import type { DramArray, Loop, LoopProgram, Transfer } from '../../ir/loops.ts';
import type { Site } from '../analysis/sites.ts';

export interface OrderEdge {
  readonly from: Site;
  readonly to: Site;
  /** A token an iteration of these loops around `from`, taken at an iteration of those around `to`: as many of both. */
  readonly sent: readonly Loop[];
  readonly taken: readonly Loop[];
  /** Tokens at the start: where `to` waits for the iteration before, what it may do in the first. */
  readonly init: number;
}

/** More pairs of iterations than this are not looked at one by one: they count as in conflict. */
const LOOKED_AT = 1 << 16;
/** A token counter holds 255. */
const MOST_TOKENS = 200;

/** The order of all transfers of arrays that are both loaded and stored. */
export function orderOf(program: LoopProgram, sites: readonly Site[]): OrderEdge[] {
  return program.dram.flatMap((array) => {
    if (array.role !== 'inout') return [];
    const list = sites.filter(({ statement }) => statement.kind !== 'leaf' && statement.dram === array.name);
    return withoutImplied(list.flatMap((first, i) => list.slice(i + 1).flatMap((second) => orderPair(array, first, second))));
  });
}

/** Leaves out what others say together: store A before load B (of the next iteration), load B before store B, so A before store B. */
function withoutImplied(edges: readonly OrderEdge[]): OrderEdge[] {
  const kept = [...edges];
  for (const edge of edges) {
    const others = kept.filter((other) => other !== edge && sameLevel(other, edge));
    if (others.length > 0 && sameLevel(edge, edge) && isImplied(edge, others)) kept.splice(kept.indexOf(edge), 1);
  }
  return kept;
}

/** Tokens of iterations of the same loops around both. */
const sameLevel = (a: OrderEdge, b: OrderEdge): boolean =>
  [a.sent, a.taken, b.taken].every((loops) => loops.length === b.sent.length && loops.every((loop, i) => loop === b.sent[i]));

/** Is there a way over other edges that lets `to` go ahead of `from` by as many iterations at the most? */
function isImplied({ from, to, init }: OrderEdge, others: readonly OrderEdge[]): boolean {
  const least = new Map([[from, 0]]);
  for (const [site, ahead] of least) {
    for (const other of others) {
      const sum = ahead + other.init;
      if (other.from !== site || sum > init || (least.get(other.to) ?? init + 1) <= sum) continue;
      // Entered anew, so that the walk comes by again.
      least.delete(other.to);
      least.set(other.to, sum);
      if (other.to === to) return true;
    }
  }
  return false;
}

function orderPair(array: DramArray, first: Site, second: Site): OrderEdge[] {
  if (first.statement.kind === 'load' && second.statement.kind === 'load') return [];
  const meet = (x: Loops, y: Loops, which: Which) => conflict(array, first, second, x, y, which);
  if (!meet(first.outer, second.outer, () => true)) return [];
  // A branch is a loop of at most one iteration: what is not taken passes its tokens too, once each time the branch comes by.
  const common = commonLoops(first, second).filter((loop) => tripsOf(loop) > 1);
  const alike = (one: At, other: At, depth: number) => common.slice(0, depth).every(({ var: name }) => one.get(name) === other.get(name));
  // The outermost loops that keep the two apart within an iteration: then only another iteration is waited for.
  let depth = 0;
  while (depth < common.length && meet(first.outer, second.outer, (one, other) => alike(one, other, depth))) depth++;
  const within = meet(first.outer, second.outer, (one, other) => alike(one, other, depth));
  const loops = common.slice(0, depth);
  const [sent, taken] = tileLoops(first, second, depth, meet);
  const tokens = iterations(sent);
  const edge = (from: Site, to: Site, init: number): OrderEdge => ({
    from,
    to,
    sent: [...loops, ...(from === first ? sent : taken)],
    taken: [...loops, ...(from === first ? taken : sent)],
    init,
  });
  const again = iterations(loops) > 1;
  if (within) return [edge(first, second, 0), ...(again ? [edge(second, first, tokens)] : [])];
  return again ? [edge(first, second, tokens), edge(second, first, tokens)] : [];
}

type Loops = readonly Loop[];
type At = ReadonlyMap<string, number>;
type Which = (one: At, other: At) => boolean;

/**
 * Loops inside the ordered ones that both run through alike, tile by tile: where a tile meets only the same tile of the
 * other transfer, each waits for its own one.
 */
function tileLoops(first: Site, second: Site, depth: number, meet: (x: Loops, y: Loops, which: Which) => boolean): [Loops, Loops] {
  let most = depth;
  while (most < Math.min(first.outer.length, second.outer.length) && sameLoop(first.outer[most], second.outer[most])) most++;
  for (let end = most; end > depth; end--) {
    const [x, y] = [first, second].map(({ outer }) => outer.slice(depth, end));
    if (iterations(x) > MOST_TOKENS) continue;
    const other: Which = (one, two) => x.some((loop, i) => one.get(loop.var) !== two.get(y[i].var));
    if (!meet(first.outer, second.outer, other)) return [x, y];
  }
  return [[], []];
}

function commonLoops(a: Site, b: Site): Loop[] {
  const nests = a.nests.filter((nest, i) => b.nests[i] === nest);
  return nests.flatMap((nest) => nest.loops);
}

const iterations = (loops: readonly Loop[]): number => loops.reduce((product, loop) => product * tripsOf(loop), 1);

/** Do the boxes of the two transfers meet in some pair of iterations among those asked for? */
function conflict(array: DramArray, first: Site, second: Site, x: Loops, y: Loops, which: Which): boolean {
  if (iterations(x) * iterations(y) > LOOKED_AT) return true;
  const [a, b] = [first, second].map(({ statement }) => statement as Transfer);
  const places = valuesOf(y);
  return valuesOf(x).some((one) =>
    places.some(
      (other) =>
        which(one, other) &&
        array.shape.every((_, d) => {
          const p = span(a, d, one);
          const q = span(b, d, other);
          return p.low <= q.high && q.low <= p.high;
        }),
    ),
  );
}

/** Index values of all iterations. */
function valuesOf(loops: Loops): At[] {
  return loops.reduce<At[]>(
    (list, { var: name, min, max, step }) =>
      list.flatMap((at) => Array.from({ length: Math.ceil((max - min) / step) }, (_, i) => new Map(at).set(name, min + i * step))),
    [new Map()],
  );
}

/** First and last index of a box in one dimension; anything where data says it. */
function span({ offset, extent, start }: Transfer, d: number, at: At) {
  const { base, terms } = offset[d];
  const low = terms.reduce((sum, { var: name, coef }) => sum + coef * (at.get(name) ?? 0), base);
  const high = low + extent[d] - 1;
  return start && d === extent.length - 1 ? { low, high: Number.POSITIVE_INFINITY } : { low, high };
}
