/**
 * guarded-writes: what a guard keeps out of a memory that a leaf without guards reads, or a store inside its array, is kept out by a predicate.
 *
 *   leaf (i) guard i + t < 8 { m[i] = x };  leaf (k) { ... m[k] ... }      =>      leaf (i) guard i + t < 8 { m[i] = x when i + t < 8 }
 *
 * A memory unit writes zeros where a guard masks lanes: tiles that end early are whole then, for stores over the edge of an array and for
 * leaves with guards of their own. A word is to stay as it is, which shows where a reader does not mask it.
 */
import { isSingle, rangeOf } from '../../ir/affine.ts';
import type { Effect, Leaf, Loop, LoopProgram, Statement } from '../../ir/loops.ts';
import { ratesOf } from '../../ir/rates.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { type Site, sitesOf } from '../analysis/sites.ts';

export function predicateGuards(program: LoopProgram): LoopProgram {
  const sites = sitesOf(program).filter(({ bounds }) => !bounds);
  if (sites.every(({ statement }) => statement.kind !== 'leaf' || statement.guards.length === 0)) return program;
  const shown = new Set(sites.flatMap((site) => shownBy(program, site)));
  const memories = new Set(program.memories.flatMap(({ kind, name }) => (kind === undefined && shown.has(name) ? [name] : [])));
  if (memories.size === 0) return program;
  const visit = (statement: Statement, around: readonly Loop[]): Statement => {
    if (statement.kind === 'nest') {
      const inside = [...around, ...statement.loops];
      return { ...statement, body: statement.body.map((child) => visit(child, inside)) };
    }
    return statement.kind === 'leaf' && statement.guards.length > 0 ? predicated(statement, around, memories) : statement;
  };
  return { ...program, body: visit(program.body, []) as LoopProgram['body'] };
}

/** Memories whose words a statement shows as they are. */
function shownBy({ dram }: LoopProgram, { statement, outer }: Site): string[] {
  if (statement.kind === 'leaf')
    return statement.guards.length > 0 ? [] : statement.values.flatMap((value) => (value.kind === 'read' ? [value.memory] : []));
  if (statement.kind === 'load' || statement.count) return [];
  const shape = dram.find(({ name }) => name === statement.dram)?.shape ?? [];
  const loops = new Map(outer.map((loop) => [loop.var, loop]));
  const inside = statement.offset.every((expr, d) => rangeOf(expr, loops).high + statement.extent[d] <= shape[d]);
  return inside ? [statement.memory] : [];
}

function predicated(leaf: Leaf, around: readonly Loop[], memories: ReadonlySet<string>): Leaf {
  const rates = ratesOf(leaf);
  const isKeptOut = (effect: Effect): boolean =>
    effect.kind === 'write' && memories.has(effect.memory) && rates[effect.value] === undefined;
  if (!leaf.effects.some(isKeptOut)) return leaf;
  const table = new ValueTable();
  for (const value of leaf.values) table.values.push(value);
  const op = (name: 'add' | 'mul' | 'lt' | 'and' | 'sel', ...args: number[]) => table.add({ kind: 'op', op: name, args, type: 'i32' });
  const constant = (value: number) => table.add({ kind: 'const', type: 'i32', bits: value >>> 0 });
  const loops = [...around, ...leaf.loops];
  const conditions = leaf.guards.flatMap(({ index: { base, terms }, limit }) => {
    // The index of a loop of one iteration is no value.
    const single = (name: string) => loops.find((loop) => loop.var === name && isSingle(loop));
    const fixed = terms.reduce((sum, { var: name, coef }) => sum + coef * (single(name)?.min ?? 0), base);
    const moving = terms
      .filter(({ var: name }) => !single(name))
      .map(({ var: name, coef }) => {
        const index = table.add({ kind: 'index', var: name });
        return coef === 1 ? index : op('mul', index, constant(coef));
      });
    return moving.length === 0
      ? []
      : [
          op(
            'lt',
            moving.reduce((a, b) => op('add', a, b)),
            constant(limit - fixed),
          ),
        ];
  });
  if (conditions.length === 0) return leaf;
  const inside = conditions.reduce((a, b) => op('and', a, b));
  const effects = leaf.effects.map((effect): Effect => {
    if (effect.kind !== 'write' || !isKeptOut(effect)) return effect;
    return { ...effect, when: effect.when === undefined ? inside : op('sel', inside, effect.when, constant(0)) };
  });
  return { ...leaf, values: table.values, effects };
}
