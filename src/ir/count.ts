/** How much arithmetic a program asks for: what utilisation is measured against. */
import type { Op } from '../ops/table.ts';
import { tripsOf, variablesIn } from './affine.ts';
import { legalise } from './legalise.ts';
import { argsOf, type Leaf, type Loop, type LoopProgram, neededBy, type Statement } from './loops.ts';
import { ratesOf } from './rates.ts';

export interface WorkCount {
  /** Operations, reductions included; a fused multiply-add is one. Moves are none. */
  readonly operations: number;
  readonly byOp: ReadonlyMap<Op, number>;
}

/** Operations of all iterations that guards let through, but those of loops that end at run time; what follows a reduction counts once a reduction. */
export function countWork(program: LoopProgram): WorkCount {
  const byOp = new Map<Op, number>();
  const visit = (statement: Statement, outer: readonly Loop[]): void => {
    if (statement.kind === 'nest') for (const child of statement.body) visit(child, [...outer, ...statement.loops]);
    else if (statement.kind === 'leaf') countLeaf(statement, [...outer, ...statement.loops], byOp);
  };
  visit(legalise(program).body, []);
  return { operations: [...byOp.values()].reduce((sum, count) => sum + count, 0), byOp };
}

/** Of loops that end at run time nothing is known: they count as nothing. */
function countLeaf(leaf: Leaf, loops: readonly Loop[], byOp: Map<Op, number>): void {
  if (loops.some(({ bound }) => bound)) return;
  const iterations = unguarded(leaf, loops);
  const rates = ratesOf(leaf);
  const needed = neededValues(leaf);
  for (const [id, value] of leaf.values.entries()) {
    if (!needed.has(id) || (value.kind !== 'op' && value.kind !== 'reduce') || value.op === 'mov') continue;
    const rate = rates[id];
    const once = value.kind === 'op' && Array.isArray(rate);
    const times = once ? loops.reduce((product, loop) => product * (rate.includes(loop.var) ? 1 : tripsOf(loop)), 1) : iterations;
    byOp.set(value.op, (byOp.get(value.op) ?? 0) + times);
  }
}

/** Iterations in which every guard is below its limit: counted over the guards' own loops, multiplied by the others. */
function unguarded({ guards }: Leaf, loops: readonly Loop[]): number {
  const guarded = variablesIn(guards.map(({ index }) => index));
  const free = loops.filter((loop) => !guarded.has(loop.var)).reduce((product, loop) => product * tripsOf(loop), 1);
  const bound = loops.filter((loop) => guarded.has(loop.var));
  const count = (depth: number, values: ReadonlyMap<string, number>): number => {
    const loop = bound[depth];
    if (!loop)
      return guards.every(
        ({ index, limit }) => index.terms.reduce((sum, { var: name, coef }) => sum + coef * (values.get(name) ?? 0), index.base) < limit,
      )
        ? 1
        : 0;
    let sum = 0;
    for (let at = loop.min; at < loop.max; at += loop.step) sum += count(depth + 1, new Map(values).set(loop.var, at));
    return sum;
  };
  return free * count(0, new Map());
}

function neededValues({ values, effects }: Leaf): Set<number> {
  const needed = new Set<number>();
  const visit = (id: number): void => {
    if (needed.has(id)) return;
    needed.add(id);
    argsOf(values[id]).forEach(visit);
  };
  for (const effect of effects) neededBy(effect).forEach(visit);
  return needed;
}
