/**
 * branches: what a branch asks of the loop around it alone is known here. Arms that take turns become the statements of a longer round.
 *
 *   nest (i: 0..5) {                                  nest (i: 0..4 step 2) { even; odd }
 *     if (i & 1 == 0) even  else odd         =>       even
 *   }
 *
 * Each arm then waits for the statements before it word by word (or tile by tile), as in loops; a branch that data decides waits for all of them. It
 * is done where every arm of the nest is decided so, runs once a round, and says nothing else of the loop; what is left over of the
 * last round has memories of its own.
 */
import { tripsOf } from '../../ir/affine.ts';
import type { Leaf, Loop, LoopProgram, Memory, Nest, Statement } from '../../ir/loops.ts';
import { EVAL } from '../../ops/eval.ts';
import { type Access, accessesOf, sitesOf } from '../analysis/sites.ts';
import { collectMemories, renameMemories } from './rename.ts';

/** The longest round of arms that take turns. */
const LONGEST = 8;
/** Iterations that are looked at. */
const MOST = 4096;

/** A branch: a nest that runs once or not at all, as `asks` says. */
interface Arm {
  readonly nest: Nest;
  /** In each iteration of the loop around: is it taken? */
  readonly taken: readonly boolean[];
}

export function resolveBranches(program: LoopProgram): LoopProgram {
  const accesses = accessesOf(program, sitesOf(program));
  const extra: Memory[] = [];
  const elsewhere = (nest: Nest): ReadonlySet<string> => {
    const names = new Set<string>();
    if (nest !== program.body) collectMemories(program.body, names, nest);
    return names;
  };
  const visit = (statement: Statement): Statement[] => {
    if (statement.kind !== 'nest') return [statement];
    const nest = { ...statement, body: statement.body.flatMap(visit) };
    return resolved(nest, elsewhere(statement), program, accesses, extra) ?? [nest];
  };
  const [only, ...others] = visit(program.body);
  if (extra.length === 0 && others.length === 0 && only === program.body) return program;
  const body: Nest =
    only?.kind === 'nest' && others.length === 0
      ? only
      : { ...program.body, schedule: 'pipe', loops: [], body: [...(only ? [only] : []), ...others] };
  const used = new Set<string>();
  collectMemories(body, used);
  return { ...program, memories: [...program.memories, ...extra].filter(({ name }) => used.has(name)), body };
}

type Accesses = ReadonlyMap<string, readonly Access[]>;

/** The nest without its branches, and what is left of the last round behind it; nothing where it has others. */
function resolved(
  nest: Nest,
  elsewhere: ReadonlySet<string>,
  program: LoopProgram,
  accesses: Accesses,
  extra: Memory[],
): Statement[] | undefined {
  const loop = nest.loops.at(-1);
  if (!loop || loop.par > 1 || loop.bound || tripsOf(loop) > MOST) return undefined;
  const arms = armsOf(nest, loop, accesses);
  if (!arms) return undefined;
  const trips = tripsOf(loop);
  const round = Array.from({ length: Math.min(LONGEST, trips) }, (_, i) => i + 1).find((length) =>
    arms.every(({ taken }) => taken.every((one, i) => one === taken[i % length])),
  );
  if (round === undefined) return undefined;
  const at = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => arms.filter(({ taken }) => taken[from + i]));
  const [whole, rest] = [at(0, round), at(trips - (trips % round), trips)];
  // An arm that runs twice a round would be there twice, with one memory for both.
  if (arms.some((arm) => whole.filter((list) => list.includes(arm)).length > 1)) return undefined;
  const later = [...whole.slice(1), ...(trips > round ? rest : [])].flat();
  if (later.some((arm) => mentions(arm.nest, loop.var))) return undefined;
  const inner = nest.loops.slice(0, -1);
  const rounds = Math.floor(trips / round);
  const last = rest.flat();
  if (last.length > 0 && (inner.length > 0 || last.some(({ nest: arm }) => hasResults(arm)))) return undefined;
  const own = last.flatMap(({ nest: arm }) => ownMemories(arm, nest, elsewhere, program));
  if (last.length > 0 && own.length < last.flatMap(({ nest: arm }) => writtenIn(arm, accesses)).length) return undefined;
  for (const memory of own) extra.push({ ...memory, name: restOf(memory.name) });
  const names = new Set(own.map(({ name }) => name));
  const rename = (name: string) => (names.has(name) ? restOf(name) : name);
  const longer: Loop = { ...loop, step: loop.step * round, max: loop.min + loop.step * round * rounds };
  const around: Nest = { ...nest, loops: [...inner, longer], body: whole.flat().flatMap(({ nest: arm }) => arm.body) };
  const behind = last.flatMap(({ nest: arm }) => arm.body.map((statement) => renameMemories(statement, rename, '$rest')));
  return [...(around.body.length > 0 ? [around] : []), ...behind];
}

const restOf = (name: string): string => `${name}$rest`;

/** The arms of a nest that holds nothing but branches which its loop decides. */
function armsOf(nest: Nest, loop: Loop, accesses: Accesses): Arm[] | undefined {
  const asks = new Map<string, readonly boolean[]>();
  const arms: Arm[] = [];
  for (const statement of nest.body) {
    if (statement.kind === 'leaf') {
      const [effect, ...more] = statement.effects;
      if (more.length > 0 || effect?.kind !== 'write' || effect.when !== undefined || statement.loops.some((own) => tripsOf(own) !== 1))
        return undefined;
      const list = accesses.get(effect.memory) ?? [];
      // Written here, and read as the end of one loop.
      if (list.length !== 2 || !list.some(({ site }) => site.bounds)) return undefined;
      const taken = iterationsOf(loop).map((index) => evaluate(statement, effect.value, loop.var, index));
      if (taken.includes(undefined)) return undefined;
      asks.set(
        effect.memory,
        taken.map((value) => (value as number) > 0),
      );
    } else if (statement.kind === 'nest') {
      const [branch, ...others] = statement.loops;
      const taken = branch?.bound && asks.get(branch.bound.memory);
      if (!taken || others.length > 0 || branch.min !== 0 || branch.max !== 1) return undefined;
      arms.push({ nest: statement, taken });
    } else return undefined;
  }
  return arms.length > 0 ? arms : undefined;
}

const iterationsOf = (loop: Loop): number[] => Array.from({ length: tripsOf(loop) }, (_, i) => loop.min + i * loop.step);

/** A value of a leaf as the index of one loop decides it, if nothing else does. */
function evaluate(leaf: Leaf, id: number, variable: string, index: number): number | undefined {
  const value = leaf.values[id];
  if (value.kind === 'const') return value.type === 'i32' ? value.bits | 0 : undefined;
  if (value.kind === 'index') return value.var === variable ? index : undefined;
  if (value.kind !== 'op' || value.type !== 'i32') return undefined;
  const args = value.args.map((arg) => evaluate(leaf, arg, variable, index));
  if (args.includes(undefined)) return undefined;
  const [a = 0, b = 0, c = 0] = args;
  return EVAL[value.op](a, b, c) | 0;
}

/** Is the name said anywhere in the statement? */
const mentions = (statement: Statement, name: string): boolean => JSON.stringify(statement).includes(JSON.stringify(name));

const hasResults = (statement: Statement): boolean =>
  statement.kind === 'nest'
    ? statement.body.some(hasResults)
    : statement.kind === 'leaf' && statement.effects.some(({ kind }) => kind === 'result');

/** Memories that only this arm accesses. */
function ownMemories(arm: Nest, nest: Nest, elsewhere: ReadonlySet<string>, program: LoopProgram): Memory[] {
  const [inside, outside] = [new Set<string>(), new Set(elsewhere)];
  collectMemories(arm, inside);
  for (const other of nest.body) if (other !== arm) collectMemories(other, outside);
  return program.memories.filter(({ name }) => inside.has(name) && !outside.has(name));
}

/** Memories that statements inside the arm write. */
function writtenIn(arm: Nest, accesses: Accesses): string[] {
  const inside = new Set<string>();
  collectMemories(arm, inside);
  return [...inside].filter((name) => accesses.get(name)?.some(({ kind }) => kind === 'write'));
}
