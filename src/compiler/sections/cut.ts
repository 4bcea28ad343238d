/**
 * A program as two that run one after the other, where only arrays in DRAM cross:
 *
 *   pipe (t) { load x; A; B; store y }      =>      pipe (t) { load x; A; store kept[t] }     pipe (t) { load kept[t]; B; store y }
 *
 * The loops around the cut run in both parts. What the first part writes into a memory and the second one reads is kept in an array, once
 * an iteration of the loops around both; what a memory was loaded with is loaded again instead. A cut within a leaf makes two leaves of it first.
 *
 * All iterations of the first part are before those of the second. Where the second part changes in an iteration what the first one uses in
 * the next, the cut lies in the first iteration of the loop (`peel.ts`), and the others stay behind it. It is refused where a line buffer,
 * or a FIFO of which data decides what is taken, would lie across it.
 */
import { tripsOf } from '../../ir/affine.ts';
import type { DramArray, DramRole, Leaf, LoopProgram, Nest, Statement, Transfer } from '../../ir/loops.ts';
import { withoutDead } from './dead.ts';
import { fissionOf } from './fission.ts';
import { keptArray, roundOf } from './kept.ts';
import { type Peeled, peelAround } from './peel.ts';
import { type Placed, placedAround } from './placed.ts';
import { nestsAlong, type Step, stepsOf } from './steps.ts';
import { beginsAnew, freshNames, isAgain, namesIn, reloadable, storedIn, type Use } from './uses.ts';

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
    const body = withoutDead(partOf(program.body, path, 0, side, added, dropped));
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
