/**
 * predicates: those that are known before the run go away, and with them what never happens.
 *
 *   %1 = eq %0 3 with %0 = 3;  enqueue f = x when %1      =>      enqueue f = x
 *   %1 = eq %0 2 with %0 = 3;  enqueue g = x when %1      =>      (nothing)
 *   %2 = dequeue g %1                                     =>      0
 *
 * After unrolling the number of a copy is a constant: this is how copies select their own FIFO.
 */

import { argsOf, type Effect, type Leaf, type LoopProgram, renumbered, type Statement, type Value } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { EVAL } from '../../ops/eval.ts';

export function resolvePredicates(program: LoopProgram): LoopProgram {
  if (!program.memories.some(({ kind }) => kind === 'fifo') && !hasPredicates(program.body)) return program;
  const visit = (statement: Statement): Statement[] => {
    if (statement.kind === 'leaf') return resolveLeaf(statement);
    if (statement.kind !== 'nest') return [statement];
    const body = statement.body.flatMap(visit);
    return body.length === 0 && statement !== program.body ? [] : [{ ...statement, body }];
  };
  return { ...program, body: visit(program.body)[0] as LoopProgram['body'] };
}

const hasPredicates = (statement: Statement): boolean =>
  statement.kind === 'nest'
    ? statement.body.some(hasPredicates)
    : statement.kind === 'leaf' && statement.effects.some((effect) => 'when' in effect);

function resolveLeaf(leaf: Leaf): Leaf[] {
  const table = new ValueTable();
  const numbers: number[] = [];
  const numberOf = (id: number): number => {
    numbers[id] ??= resolve(leaf.values[id]);
    return numbers[id];
  };
  const constant = (id: number): number | undefined => {
    const value = table.values[id];
    return value.kind === 'const' ? value.bits : undefined;
  };
  const resolve = (value: Value): number => {
    const args = argsOf(value).map(numberOf);
    if (value.kind === 'dequeue' && args.length > 0) {
      const bits = constant(args[0]);
      if (bits === 0) return table.add({ kind: 'const', type: value.type, bits: 0 });
      return table.add({ ...value, args: bits === undefined ? args : [] });
    }
    if (value.kind !== 'op') return table.add('args' in value ? { ...value, args } : value);
    const bits = args.map(constant);
    if (!bits.includes(undefined)) {
      const [a = 0, b = 0, c = 0] = bits as number[];
      return table.add({ kind: 'const', type: value.type, bits: EVAL[value.op](a, b, c) >>> 0 });
    }
    const neutral = value.op === 'or' || value.op === 'add' ? bits.indexOf(0) : -1;
    return neutral >= 0 && args.length === 2 ? args[1 - neutral] : table.add({ ...value, args });
  };
  const effects = leaf.effects.flatMap((original): Effect[] => {
    const effect = renumbered(original, numberOf);
    const bits = 'when' in effect && effect.when !== undefined ? constant(effect.when) : undefined;
    if (bits === undefined) return [effect];
    const { when: _, ...always } = effect as Extract<Effect, { when?: number }>;
    return bits === 0 ? [] : [always as Effect];
  });
  return effects.length === 0 ? [] : [{ ...leaf, values: table.values, effects }];
}
