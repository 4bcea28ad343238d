/**
 * A program as two that run one after the other, where only arrays in DRAM cross:
 *
 *   pipe (t) { load x; A; B; store y }      =>      pipe (t) { load x; A; store kept[t] }     pipe (t) { load kept[t]; B; store y }
 *
 * The loops around the cut run in both parts. What the first part writes into a memory and the second one reads is kept in an array, once
 * an iteration of the loops around both; what a memory was loaded with is loaded again instead. A cut within a leaf makes two leaves of it first.
 *
 * All iterations of the first part are before those of the second. Where the second part changes in an iteration what the first one uses in
 * the next, the cut lies in the first iteration of the loop (`peel.ts`), and the others stay behind it. It is refused where a line buffer, or a FIFO of which data decides what is taken, would lie across it.
 */
import { tripsOf } from '../../ir/affine.ts';
import {
  type AffineExpr,
  type DramArray,
  type DramRole,
  type Leaf,
  type Loop,
  type LoopProgram,
  type Memory,
  type Nest,
  type Statement,
  type Transfer,
  wordsOf,
} from '../../ir/loops.ts';
import { fissionOf } from './fission.ts';
import { type Peeled, peelAround } from './peel.ts';
import { nestsAlong, type Step, stepsOf } from './steps.ts';

export interface Cut {
  readonly first: LoopProgram;
  readonly rest: LoopProgram;
  /** Arrays that were not there before, each written by the first part and read by the rest. */
  readonly kept: readonly DramArray[];
  /** The cut lies in the first iteration of a loop, whose others all come after it. */
  readonly peeled: boolean;
}

/** The program cut behind so many of its steps (`stepsOf`), at least one and not all; nothing where it cannot be cut there. */
export function cutAfter(program: LoopProgram, steps: number): Cut | undefined {
  const step = stepsOf(program).slice(0, -1)[steps - 1];
  const whole = step && step.value !== undefined ? withTwoLeaves(program, step, step.value) : program;
  if (!step || !whole) return undefined;
  let at: Peeled | undefined = { program: whole, path: step.path };
  for (let peeled = false; at; peeled = true) {
    const cut = cutBehind(at.program, at.path);
    if (cut) return { ...cut, peeled };
    at = peelAround(at);
  }
  return undefined;
}

/** The program with the leaf of a step in two statements. */
function withTwoLeaves(program: LoopProgram, { path, statement }: Step, behind: number): LoopProgram | undefined {
  const fresh = freshNames(program);
  const names = new Map<number, string>();
  const nameOf = (value: number): string => {
    const name = names.get(value) ?? fresh(`${statement.label ?? 'leaf'}$v${value}`);
    names.set(value, name);
    return name;
  };
  const halves = fissionOf(statement as Leaf, behind, reloadable(program), nameOf);
  if (!halves) return undefined;
  const replaced = (nest: Nest, [at, ...below]: readonly number[]): Nest => ({
    ...nest,
    body: nest.body.flatMap((child, i): Statement[] => {
      if (i !== at) return [child];
      return below.length > 0 ? [replaced(child as Nest, below)] : [halves.first, halves.second];
    }),
  });
  return { ...program, memories: [...program.memories, ...halves.memories], body: replaced(program.body, path) };
}

/** FIFOs whose only writer is a load that can be made again: whoever wants their words can have all of them. */
function reloadable(program: LoopProgram): Set<string> {
  const stored = storedIn(program.body);
  const writers = new Map<string, (Leaf | Transfer)[]>();
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest') {
      statement.body.forEach(visit);
      return;
    }
    for (const { memory, kind } of usesOf(statement))
      if (kind === 'write') writers.set(memory, [...(writers.get(memory) ?? []), statement]);
  };
  visit(program.body);
  return new Set([...writers].flatMap(([memory, [writer, ...others]]) => (others.length === 0 && isAgain(writer, stored) ? [memory] : [])));
}

/** Arrays that a statement stores. */
function storedIn(statement: Statement): Set<string> {
  if (statement.kind === 'nest') return new Set(statement.body.flatMap((child) => [...storedIn(child)]));
  return new Set(statement.kind === 'store' ? [statement.dram] : []);
}

/** A load of an array that stays as it is gives the same words whenever it is made. */
const isAgain = (statement: Statement, stored: ReadonlySet<string>): boolean =>
  statement.kind === 'load' && !stored.has(statement.dram) && wordsOf(statement).length === 0;

/** Does a statement write all words of a memory, whatever it held? */
function beginsAnew(statement: Statement, { name, shape }: Memory): boolean {
  if (statement.kind !== 'leaf') return statement.kind === 'load' && statement.memory === name;
  const looks = statement.values.some(
    (value) =>
      (value.kind === 'read' && value.memory === name) ||
      (value.kind === 'reduce' && value.init.kind === 'carried' && value.init.memory === name && value.init.first === undefined),
  );
  if (looks || statement.guards.length > 0) return false;
  const whole = new Map(
    statement.loops.flatMap((loop) => (loop.min === 0 && loop.step === 1 && !loop.bound ? [[loop.var, loop.max]] : [])),
  );
  return statement.effects.some((effect) => {
    if (effect.kind !== 'write' || effect.memory !== name || effect.when !== undefined) return false;
    const walked = effect.index.map(({ base, terms: [term, ...others] }) =>
      base === 0 && others.length === 0 && term?.coef === 1 ? term.var : undefined,
    );
    return new Set(walked).size === shape.length && walked.every((loop, d) => loop !== undefined && whole.get(loop) === shape[d]);
  });
}

interface Use {
  readonly memory: string;
  readonly kind: 'read' | 'write';
}

/** What a statement does with memories; the words that its loops and itself take from them included. */
function usesOf(statement: Leaf | Transfer): Use[] {
  if (statement.kind !== 'leaf') {
    const own: Use = { memory: statement.memory, kind: statement.kind === 'load' ? 'write' : 'read' };
    return [...wordsOf(statement).map(({ memory }): Use => ({ memory, kind: 'read' })), own];
  }
  return [
    ...boundsOf(statement.loops),
    ...statement.values.flatMap((value): Use[] => {
      if (value.kind === 'read' || value.kind === 'dequeue') return [{ memory: value.memory, kind: 'read' }];
      return value.kind === 'reduce' && value.init.kind === 'carried' ? [{ memory: value.init.memory, kind: 'read' }] : [];
    }),
    ...statement.effects.flatMap((effect): Use[] => (effect.kind === 'result' ? [] : [{ memory: effect.memory, kind: 'write' }])),
  ];
}

const boundsOf = (loops: readonly Loop[]): Use[] => loops.flatMap(({ bound }) => (bound ? [{ memory: bound.memory, kind: 'read' }] : []));

/** A statement, or the ends of the loops of a nest, as a cut sees it. */
interface Placed {
  readonly statement: Statement;
  readonly uses: readonly Use[];
  readonly side: 'first' | 'rest';
  /** The innermost nest along the cut that it lies in. */
  readonly depth: number;
  /** The loops around it within that nest, its own included. */
  readonly inner: readonly Loop[];
}

/** Where everything lies as seen from a cut behind the statement at `path`. */
function placedAround(body: Nest, path: readonly number[]): Placed[] {
  const placed: Placed[] = [];
  const visit = (statement: Statement, trail: readonly number[], around: readonly Loop[]): void => {
    let common = 0;
    while (common < trail.length && trail[common] === path[common]) common++;
    const depth = Math.min(common, path.length - 1);
    const side = common === trail.length || trail[common] < path[common] ? 'first' : 'rest';
    const inner = [...around, ...('loops' in statement ? statement.loops : [])];
    if (statement.kind !== 'nest') {
      placed.push({ statement, uses: usesOf(statement), side, depth, inner });
      return;
    }
    const along = common === trail.length;
    const uses = boundsOf(statement.loops);
    if (!along && uses.length > 0) placed.push({ statement, uses, side, depth, inner });
    for (const [i, child] of statement.body.entries()) visit(child, [...trail, i], along ? [] : inner);
  };
  visit(body, [], []);
  return placed;
}

/** What is added at a nest along the cut: behind the first part there, and before the rest. */
interface Added {
  readonly stores: Transfer[];
  readonly loads: Transfer[];
}

function cutBehind(program: LoopProgram, path: readonly number[]): Omit<Cut, 'peeled'> | undefined {
  const nests = nestsAlong(program.body, path);
  if (nests.some(({ loops }) => loops.some(({ bound }) => bound))) return undefined;
  const placed = placedAround(program.body, path);
  /** Do both run in turns, an iteration of one between iterations of the other? */
  const inTurns = (a: Placed, b: Placed): boolean =>
    nests.slice(0, Math.min(a.depth, b.depth) + 1).some(({ loops }) => loops.some((loop) => tripsOf(loop) > 1));
  const on = (side: Placed['side']) => placed.filter((one) => one.side === side);
  const [first, rest] = [on('first'), on('rest')];
  const works = (list: readonly Placed[]) => list.some(({ statement }) => statement.kind === 'leaf' || statement.kind === 'store');
  if (!works(first) || !works(rest)) return undefined;

  const fresh = freshNames(program);
  const stored = storedIn(program.body);
  const added: Added[] = nests.map(() => ({ stores: [], loads: [] }));
  const dropped = new Set<Statement>();
  const kept: DramArray[] = [];
  for (const memory of program.memories) {
    const of = (list: readonly Placed[], kind?: Use['kind']) =>
      list.filter(({ uses }) => uses.some((use) => use.memory === memory.name && (kind === undefined || use.kind === kind)));
    const [before, after] = [of(first), of(rest)];
    if (before.length === 0 || after.length === 0 || memory.words) continue;
    const [writers, readers] = [of(first, 'write'), of(rest, 'read')];
    const [writer] = writers;
    const changes = of(rest, 'write');
    if (changes.some((change) => before.some((use) => inTurns(change, use)))) return undefined;
    if (memory.kind === 'lines' || (memory.kind === 'fifo' && changes.length > 0)) return undefined;
    if (memory.kind === undefined && beginsAnew(after[0].statement, memory)) continue;
    if (writer && writers.length === 1 && isAgain(writer.statement, stored) && writer.inner.length === 0) {
      added[writer.depth].loads.push({ ...(writer.statement as Transfer) });
      if (of(first, 'read').length === 0) dropped.add(writer.statement);
      continue;
    }
    if (writers.length === 0 || readers.length === 0) continue;
    const depths = (list: readonly Placed[]) => list.map((one) => one.depth);
    const deepest = Math.min(Math.max(...depths(writers)), Math.max(...depths(readers)));
    // All ends of a FIFO are in the loops of a round.
    const depth = memory.kind === 'fifo' ? Math.min(...depths(writers), ...depths(readers)) : deepest;
    const shape = memory.kind === 'fifo' ? roundOf(memory.name, readers, nests, depth) : memory.shape;
    if (!shape) return undefined;
    const around = nests.slice(0, depth + 1).flatMap(({ loops }) => loops);
    const { array, offset } = keptArray({ ...memory, shape }, around, fresh(`${memory.name}$kept`));
    kept.push(array);
    const transfer = { dram: array.name, memory: memory.name, offset, extent: shape, ...(memory.source && { source: memory.source }) };
    added[depth].stores.push({ kind: 'store', ...transfer });
    added[depth].loads.push({ kind: 'load', ...transfer });
  }
  const moves = (list: readonly Placed[], kind: Transfer['kind'], array: string) =>
    list.filter(({ statement }) => statement.kind === kind && statement.dram === array);
  for (const { name } of program.dram)
    for (const [a, b] of [
      [first, rest],
      [rest, first],
    ])
      if (
        moves(a, 'store', name).some((store) =>
          [...moves(b, 'store', name), ...moves(b, 'load', name)].some((other) => inTurns(store, other)),
        )
      )
        return undefined;

  const arrays = [...program.dram, ...kept];
  const part = (side: Placed['side']): LoopProgram => {
    const { contraction: _, ...plain } = program;
    const body = partOf(program.body, path, 0, side, added, dropped);
    const used = namesIn(body);
    return {
      ...plain,
      body,
      memories: program.memories.filter(({ name }) => used.has(name)),
      results: program.results.filter(({ name }) => used.has(name)),
      dram: arrays.map((array) => ({ ...array, role: roleIn(array, side, first, rest, kept) })),
    };
  };
  return { first: part('first'), rest: part('rest'), kept };
}

/** The words of a FIFO that its readers take in an iteration of the nests up to a depth; nothing where that is not one number. */
function roundOf(name: string, readers: readonly Placed[], nests: readonly Nest[], depth: number): readonly [number] | undefined {
  const counts = readers.map(({ statement, depth: own, inner }) => {
    const loops = [...nests.slice(depth + 1, own + 1).flatMap((nest) => nest.loops), ...inner];
    if (loops.some(({ bound }) => bound)) return undefined;
    const times = loops.reduce((product, loop) => product * tripsOf(loop), 1);
    if (statement.kind === 'store')
      return wordsOf(statement).length > 0 ? undefined : statement.extent.reduce((product, size) => product * size, times);
    if (statement.kind !== 'leaf' || statement.guards.length > 0) return undefined;
    return statement.values.some((value) => value.kind === 'dequeue' && value.memory === name && value.args.length > 0) ? undefined : times;
  });
  const [count] = counts;
  return count !== undefined && counts.every((one) => one === count) ? [count] : undefined;
}

/** What an array is to one of the parts. */
function roleIn(
  { name, role }: DramArray,
  side: Placed['side'],
  first: readonly Placed[],
  rest: readonly Placed[],
  kept: readonly DramArray[],
): DramRole {
  if (kept.some((array) => array.name === name)) return side === 'first' ? 'out' : 'in';
  const stores = (list: readonly Placed[]) => list.some(({ statement }) => statement.kind === 'store' && statement.dram === name);
  const [own, other] = side === 'first' ? [first, rest] : [rest, first];
  if (!stores(own)) return 'in';
  // What another part stores stays where this one does not.
  return role === 'inout' || stores(other) ? 'inout' : 'out';
}

/** One side of a nest along the cut, with what is added there. */
function partOf(
  nest: Nest,
  path: readonly number[],
  depth: number,
  side: Placed['side'],
  added: readonly Added[],
  dropped: ReadonlySet<Statement>,
): Nest {
  const at = path[depth];
  const inner =
    depth + 1 < path.length
      ? [partOf(nest.body[at] as Nest, path, depth + 1, side, added, dropped)]
      : side === 'first'
        ? [nest.body[at]]
        : [];
  const { stores, loads } = added[depth];
  const body = side === 'first' ? [...nest.body.slice(0, at), ...inner, ...stores] : [...loads, ...inner, ...nest.body.slice(at + 1)];
  return { ...nest, body: body.filter((child) => !dropped.has(child)).flatMap((child) => pruned(child, dropped)) };
}

/** Without the dropped statements, and nests that hold nothing. */
function pruned(statement: Statement, dropped: ReadonlySet<Statement>): Statement[] {
  if (statement.kind !== 'nest') return dropped.has(statement) ? [] : [statement];
  const body = statement.body.flatMap((child) => pruned(child, dropped));
  return body.length === 0 ? [] : [{ ...statement, body }];
}

/**
 * An array with a memory's words for every iteration of the loops around: rows of the first index one iteration behind the other, with
 * gaps where a step is no multiple of them, as offsets are whole multiples of indices.
 */
function keptArray(memory: Memory, around: readonly Loop[], name: string): { readonly array: DramArray; readonly offset: AffineExpr[] } {
  let [rows] = memory.shape;
  let base = 0;
  const terms: { var: string; coef: number }[] = [];
  for (const loop of around.toReversed()) {
    const coef = Math.ceil(rows / loop.step);
    terms.unshift({ var: loop.var, coef });
    base -= coef * loop.min;
    rows += coef * loop.step * (tripsOf(loop) - 1);
  }
  const { type, shape, source } = memory;
  return {
    array: { name, type, shape: [rows, ...shape.slice(1)], role: 'out', ...(source && { source }) },
    offset: shape.map((_, d) => (d === 0 ? { base, terms } : { base: 0, terms: [] })),
  };
}

/** Names of memories and results that a statement uses. */
function namesIn(body: Statement): Set<string> {
  const names = new Set<string>();
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest') {
      for (const { memory } of boundsOf(statement.loops)) names.add(memory);
      statement.body.forEach(visit);
      return;
    }
    for (const { memory } of usesOf(statement)) names.add(memory);
    if (statement.kind === 'leaf') for (const effect of statement.effects) if (effect.kind === 'result') names.add(effect.name);
  };
  visit(body);
  return names;
}

/** Names that the program does not have, each given once. */
function freshNames(program: LoopProgram): (wanted: string) => string {
  const taken = new Set([...program.dram, ...program.memories, ...program.args, ...program.results].map(({ name }) => name));
  return (wanted) => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}${n}`;
    taken.add(name);
    return name;
  };
}
