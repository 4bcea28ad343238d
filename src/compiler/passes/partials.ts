/**
 * Reductions over copies: each copy reduces its own iterations into a memory of its own, and a leaf behind the outermost
 * of the reduced loops combines them, neighbours first.
 *
 *   nest (t: 0..8 par 2) { leaf (i) { s[0] = reduce add x over t i } }
 *   =>
 *   nest (t: 0..4) { leaf (i) { p$0[0] = reduce ... } }    nest (t: 4..8) { leaf (i) { p$1[0] = reduce ... } }
 *   leaf (u: 0..1) { s[0] = p$0[0] + p$1[0] }
 *
 * What is done with a finished reduction (operations, the write, the result) moves into the combining leaf. A carried one is
 * combined behind the loops it is carried over, or, where its memory is looked at in them, in each of their iterations.
 */
import { DiagnosticError } from '../../base/diagnostic.ts';
import { lastIndex, tripsOf } from '../../ir/affine.ts';
import {
  type AffineExpr,
  type Effect,
  type ElementType,
  type Leaf,
  type Loop,
  type Memory,
  type Reduce,
  renumbered,
  type Value,
} from '../../ir/loops.ts';
import { isTreeReduce, laneLoopOf, sameSet } from '../../ir/rates.ts';
import { type Op, TREE_OPS } from '../../ops/table.ts';
import { unsupported } from '../messages.ts';

/** Partial results of the copies of one leaf. */
export interface Partials {
  /** The memories that the leaf now writes, by reduction; each copy of a loop in `over` gets its own. */
  readonly memories: readonly Memory[];
  /** Loops whose copies must be combined, and the other loops of the reduction. */
  readonly over: ReadonlySet<Loop>;
  /** The outermost of them: the combining leaf stands behind it. */
  readonly outermost: Loop;
  /** The combining leaf, given the names that each memory got in the copies. */
  readonly combine: (copies: ReadonlyMap<string, readonly string[]>) => Leaf;
}

/** The operation that joins two partial results, and the value that changes nothing. */
const JOIN: Partial<Record<Op, { readonly op: Op; readonly neutral: number }>> = {
  add: { op: 'add', neutral: 0 },
  mac: { op: 'add', neutral: 0 },
  mul: { op: 'mul', neutral: 1 },
  and: { op: 'and', neutral: 0xffffffff },
  or: { op: 'or', neutral: 0 },
  xor: { op: 'xor', neutral: 0 },
  min: { op: 'min', neutral: 0x7fffffff },
  max: { op: 'max', neutral: 0x80000000 },
  minu: { op: 'minu', neutral: 0xffffffff },
  maxu: { op: 'maxu', neutral: 0 },
  fadd: { op: 'fadd', neutral: 0 },
  fma: { op: 'fadd', neutral: 0 },
  bdot2: { op: 'fadd', neutral: 0 },
  idot4: { op: 'add', neutral: 0 },
  fmul: { op: 'fmul', neutral: 0x3f800000 },
  fmin: { op: 'fmin', neutral: 0x7f800000 },
  fmax: { op: 'fmax', neutral: 0xff800000 },
};

/** Loops that a reduction, or the memory it is carried in, goes over. */
export const overOf = (reduce: Reduce): readonly string[] =>
  reduce.init.kind === 'carried' ? [...reduce.over, ...reduce.init.over] : reduce.over;

/**
 * Takes the reductions over copied loops out of a leaf, and those that more is done with: the leaf that writes partial
 * results, and how they are combined. `fresh` makes names of memories. `seen`: carried reductions whose memory something else
 * looks at in the loops they are carried over. Other reductions stay.
 */
export function partialise(
  leaf: Leaf,
  outer: readonly Loop[],
  fresh: (name: string) => string,
  seen: ReadonlySet<Value>,
): { readonly leaf: Leaf; readonly partials: readonly Partials[] } {
  const loops = [...outer, ...leaf.loops];
  const lane = laneLoopOf(leaf);
  const copied = new Set(loops.filter((loop) => loop !== lane && loop.par > 1 && tripsOf(loop) > 1).map((loop) => loop.var));
  for (const value of leaf.values) if (value.kind === 'reduce' && value.running) checkScan(leaf, value, copied);
  const values: Value[] = [...leaf.values];
  let left: readonly Effect[] = leaf.effects;
  const written: Effect[] = [];
  const partials: Partials[] = [];
  for (;;) {
    const first = left.find(({ value }) => {
      const below = reductionsBelow(leaf, value);
      // A compute unit sends a finished reduction and nothing made of it.
      return below.some(({ reduce }) => leaf.values[value] !== reduce || overOf(reduce).some((name) => copied.has(name)));
    });
    if (!first) break;
    const watched = reductionsBelow(leaf, first.value).some(({ reduce }) => seen.has(reduce));
    const over = new Set(reductionsBelow(leaf, first.value).flatMap(({ reduce }) => (watched ? reduce.over : overOf(reduce))));
    if (watched) for (const { reduce } of reductionsBelow(leaf, first.value)) checkWatched(leaf, reduce, copied);
    // All that is made of reductions over the same loops is combined together, except that a carried one is alone.
    const carried = reductionsBelow(leaf, first.value).some(({ reduce }) => isCarried(reduce));
    const taken = left.filter((effect) => {
      if (carried) return effect === first;
      const below = reductionsBelow(leaf, effect.value);
      return below.length > 0 && below.every(({ reduce }) => !isCarried(reduce) && sameSet(reduce.over, [...over]));
    });
    left = left.filter((effect) => !taken.includes(effect));
    const reductions = new Map(taken.flatMap((effect) => reductionsBelow(leaf, effect.value).map(({ id, reduce }) => [id, reduce])));
    const spot = spotOf(leaf, loops, over);
    const bounded = loops.some((loop) => loop.bound !== undefined && over.has(loop.var));
    const memories = new Map<number, Memory>();
    for (const [id, reduce] of reductions) {
      const memory = { name: fresh(nameOf(taken[0])), type: reduce.type, shape: spot.shape, ...(leaf.source && { source: leaf.source }) };
      memories.set(id, memory);
      values[id] = {
        ...reduce,
        init: partialInit(leaf, reduce, bounded, watched ? undefined : { memory: memory.name, index: spot.index }),
      };
      written.push({ kind: 'write', memory: memory.name, index: spot.index, value: id });
    }
    partials.push({
      memories: [...memories.values()],
      over: new Set(loops.filter((loop) => over.has(loop.var))),
      outermost: spot.outermost,
      combine: (copies) => combiningLeaf(leaf, taken, reductions, memories, spot, copies, watched),
    });
  }
  return { leaf: partials.length > 0 ? { ...leaf, values, effects: [...left, ...written] } : leaf, partials };
}

const nameOf = (effect: Effect): string => `${effect.kind === 'result' ? effect.name : effect.memory}$part`;
const isCarried = (reduce: Reduce): boolean => reduce.init.kind === 'carried';

/** Iterations of a scan wait for each other: copies of its loops would not. */
function checkScan(leaf: Leaf, scan: Reduce, copied: ReadonlySet<string>): void {
  const loop = scan.over.find((name) => copied.has(name));
  if (loop !== undefined)
    throw new DiagnosticError(
      unsupported(`copies of the scanned loop \`${loop}\``, 'each iteration needs the one before it', 'give it `par: 1`', leaf.source),
    );
}

/** What is looked at in every iteration has to be there in every iteration: they cannot be copies. */
function checkWatched(leaf: Leaf, { init }: Reduce, copied: ReadonlySet<string>): void {
  if (init.kind !== 'carried') return;
  const loop = init.over.find((name) => copied.has(name));
  if (loop !== undefined)
    throw new DiagnosticError(
      unsupported(
        `copies of the loop \`${loop}\``,
        `memory \`${init.memory}\` is summed up over them, and something in the loop reads or writes it`,
        'give it `par: 1`, or use the sums behind the loop only',
        leaf.source,
      ),
    );
}

/** The reductions that a value is made of, each once; values that meet again are looked at once. */
function reductionsBelow(leaf: Leaf, id: number, seen = new Set<number>()): { id: number; reduce: Reduce }[] {
  if (seen.has(id)) return [];
  seen.add(id);
  const value = leaf.values[id];
  // A scan comes in every iteration: it is like an operation here.
  if (value.kind === 'reduce' && !value.running) return [{ id, reduce: value }];
  return value.kind === 'op' || value.kind === 'reduce' ? value.args.flatMap((arg) => reductionsBelow(leaf, arg, seen)) : [];
}

const SINGLE: Loop = { var: 'u$', min: 0, max: 1, step: 1, par: 1 };

interface Spot {
  readonly outermost: Loop;
  /** Loops of the combining leaf: those inside the outermost one that are not reduced. */
  readonly loops: readonly Loop[];
  readonly index: readonly AffineExpr[];
  readonly shape: readonly number[];
}

function spotOf(leaf: Leaf, loops: readonly Loop[], over: ReadonlySet<string>): Spot {
  const first = loops.findIndex((loop) => over.has(loop.var));
  const outermost = loops[first];
  // A leaf is one statement: the combining leaf stands behind all of it.
  const inside = leaf.loops.includes(outermost) ? leaf.loops : loops.slice(first);
  const kept = inside.filter((loop) => !over.has(loop.var));
  if (kept.length === 0) return { outermost, loops: [SINGLE], index: [{ base: 0, terms: [] }], shape: [1] };
  return {
    outermost,
    loops: kept.includes(leaf.loops[leaf.loops.length - 1]) ? kept : [...kept, SINGLE],
    index: kept.map(({ var: name, min }) => ({ base: -min, terms: [{ var: name, coef: 1 }] })),
    shape: kept.map((loop) => lastIndex(loop) - loop.min + 1),
  };
}

/** How partial results of a reduction with this operation join, if they can. */
export const joinOf = (op: Op): { readonly op: Op; readonly neutral: number } | undefined => JOIN[op];

function mustJoin(leaf: Leaf, op: Op): { readonly op: Op; readonly neutral: number } {
  const join = joinOf(op);
  if (join) return join;
  throw new DiagnosticError(
    unsupported(
      `copies of a loop reduced with \`${op}\``,
      'partial results of it cannot be combined',
      `reduce with ${TREE_OPS.join(', ')}`,
      leaf.source,
    ),
  );
}

/** `bounded`: loops that it goes over may have no iteration. `place`: where a carried one is carried now; nothing: not at all. */
function partialInit(
  leaf: Leaf,
  reduce: Reduce,
  bounded: boolean,
  place: { readonly memory: string; readonly index: readonly AffineExpr[] } | undefined,
): Reduce['init'] {
  const { neutral } = mustJoin(leaf, reduce.op);
  if (reduce.init.kind === 'carried' && place) return { ...reduce.init, ...place, first: neutral };
  // A copy whose iterations are all masked, or that has none, must not contribute.
  const always = leaf.guards.length === 0 && !bounded;
  if (isTreeReduce(leaf, reduce) && (always || neutral === 0)) return { kind: 'none' };
  return { kind: 'const', bits: neutral };
}

function combiningLeaf(
  leaf: Leaf,
  effects: readonly Effect[],
  reductions: ReadonlyMap<number, Reduce>,
  memories: ReadonlyMap<number, Memory>,
  spot: Spot,
  copies: ReadonlyMap<string, readonly string[]>,
  watched: boolean,
): Leaf {
  const values: Value[] = [];
  const push = (value: Value): number => values.push(value) - 1;
  const known = new Map<number, number>();
  let loops = spot.loops;
  const total = (id: number, reduce: Reduce): number => {
    const { type, init } = reduce;
    const { op, neutral } = mustJoin(leaf, reduce.op);
    const { name } = memories.get(id) as Memory;
    let parts = (copies.get(name) ?? [name]).map((memory) => push({ kind: 'read', memory, index: spot.index, type }));
    while (parts.length > 1) {
      const pairs: number[] = [];
      for (let i = 0; i < parts.length; i += 2)
        pairs.push(i + 1 < parts.length ? push({ kind: 'op', op, args: [parts[i], parts[i + 1]], type }) : parts[i]);
      parts = pairs;
    }
    if (init.kind === 'carried' && (watched || init.first === undefined)) {
      const fold: Loop = { var: 'f$', min: 0, max: 1, step: 1, par: 1 };
      // One word is joined in the lane tree, which needs no accumulators.
      loops = spot.loops.every(({ var: name }) => name === SINGLE.var)
        ? [fold]
        : [...spot.loops.slice(0, -1), fold, spot.loops[spot.loops.length - 1]];
      // Else the loops it was carried over are done here.
      return push({ kind: 'reduce', op, args: [parts[0]], over: [fold.var], init: { ...init, over: watched ? init.over : [] }, type });
    }
    const start = init.kind === 'carried' ? init.first : init.kind === 'const' ? init.bits : undefined;
    if (start === undefined || start === neutral) return parts[0];
    return push({ kind: 'op', op, args: [push(constant(type, start)), parts[0]], type });
  };
  const visit = (id: number): number => {
    const seen = known.get(id);
    if (seen !== undefined) return seen;
    const value = leaf.values[id];
    const reduce = reductions.get(id);
    const at = reduce ? total(id, reduce) : push(value.kind === 'op' ? { ...value, args: value.args.map(visit) } : value);
    known.set(id, at);
    return at;
  };
  const moved = effects.map((effect) => renumbered(effect, visit));
  return {
    kind: 'leaf',
    loops,
    values,
    effects: moved,
    guards: leaf.guards.filter(({ index }) => index.terms.every((term) => !overNames(reductions).has(term.var))),
    ...(leaf.label !== undefined && { label: `${leaf.label}$sum` }),
    ...(leaf.source && { source: leaf.source }),
  };
}

const overNames = (reductions: ReadonlyMap<number, Reduce>): Set<string> => new Set([...reductions.values()].flatMap(overOf));

const constant = (type: ElementType, bits: number): Value => ({ kind: 'const', type, bits });
