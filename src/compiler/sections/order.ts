/**
 * The values of leaves in an order in which few are alive at a time, so that few cross a cut: what needs more values at once comes first
 * (Sethi and Ullman's numbering, exact for trees). Values that a cut makes again count as none.
 */
import { argsOf, type Leaf, type LoopProgram, renumbered, type Statement, type Value } from '../../ir/loops.ts';

/** The same program, its leaves with their values in that order. */
export function inOrderOfNeed(program: LoopProgram): LoopProgram {
  const visit = (statement: Statement): Statement => {
    if (statement.kind === 'nest') return { ...statement, body: statement.body.map(visit) };
    return statement.kind === 'leaf' ? orderedLeaf(statement) : statement;
  };
  return { ...program, body: visit(program.body) as LoopProgram['body'] };
}

function orderedLeaf(leaf: Leaf): Leaf {
  const needs: number[] = [];
  const needOf = (id: number): number => {
    needs[id] ??= needFrom(leaf.values[id]);
    return needs[id];
  };
  const needFrom = (value: Value): number => {
    if (value.kind !== 'op' && value.kind !== 'reduce') return 0;
    const needed = value.args.map(needOf).sort((a, b) => b - a);
    return Math.max(1, ...needed.map((need, i) => need + i));
  };
  const values: Value[] = [];
  const numbers = new Map<number, number>();
  const numberOf = (id: number): number => {
    let number = numbers.get(id);
    if (number === undefined) {
      const value = leaf.values[id];
      for (const arg of argsOf(value).toSorted((a, b) => needOf(b) - needOf(a))) numberOf(arg);
      number = values.push('args' in value ? { ...value, args: value.args.map(numberOf) } : value) - 1;
      numbers.set(id, number);
    }
    return number;
  };
  const effects = leaf.effects.map((effect) => renumbered(effect, numberOf));
  return { ...leaf, values, effects };
}
