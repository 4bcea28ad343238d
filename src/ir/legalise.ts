/**
 * legalise: operations of the table in place of macros, and no casts.
 *
 *   %2 = macro rsqrt %1 : f32      =>      %2 = fexpo %1   %4 = sra %2 %3   ...
 *
 * The evaluator and the compiler both begin with it, so that a macro is the same operations everywhere. Operations
 * that several macros have in common are done once, those of constants alone not at all (`EVAL` says what they give).
 * In its result an operand is a pattern, whatever type made it: types say how a value came to be, no more.
 */
import { EVAL } from '../ops/eval.ts';
import { expandMacro, type MacroGraph } from '../ops/macros.ts';
import type { Op } from '../ops/table.ts';
import { argsOf, type ElementType, type Leaf, type LoopProgram, type MacroCall, renumbered, type Statement, type Value } from './loops.ts';
import { signatureOf } from './op-types.ts';
import { typeOf } from './rates.ts';
import { ValueTable } from './value-table.ts';

/** A program without macros and casts; itself if it has none. */
export function legalise(program: LoopProgram): LoopProgram {
  const body = legalStatement(program.body);
  return body === program.body ? program : { ...program, body: body as LoopProgram['body'] };
}

function legalStatement(statement: Statement): Statement {
  if (statement.kind === 'leaf') return legalLeaf(statement);
  if (statement.kind !== 'nest') return statement;
  const body = statement.body.map(legalStatement);
  return body.every((child, i) => child === statement.body[i]) ? statement : { ...statement, body };
}

function legalLeaf(leaf: Leaf): Leaf {
  if (leaf.values.every(({ kind }) => kind !== 'macro' && kind !== 'cast')) return leaf;
  const table = new ValueTable();
  const numbers: number[] = [];
  // Only what an effect needs: a macro may have been called for nothing.
  const numberOf = (id: number): number => {
    numbers[id] ??= add(leaf.values[id]);
    return numbers[id];
  };
  const add = (value: Value): number => {
    const args = argsOf(value).map(numberOf);
    if (value.kind === 'cast') return recast(table, args[0], value.type);
    if (value.kind === 'macro') return expand(table, value, args);
    if (value.kind === 'op') return operate(table, value.op, args, value.type);
    return table.add('args' in value ? { ...value, args } : value);
  };
  const effects = leaf.effects.map((effect) => renumbered(effect, numberOf));
  return { ...leaf, values: table.values, effects };
}

/** The value itself; of a constant, one of the type. */
function recast(table: ValueTable, id: number, type: ElementType): number {
  const value = table.values[id];
  return value.kind === 'const' ? table.add({ ...value, type }) : id;
}

/** An operation, or what it gives where that is known. */
function operate(table: ValueTable, op: Op, args: readonly number[], type: ElementType): number {
  const bits = args.map((arg) => {
    const value = table.values[arg];
    return value.kind === 'const' ? value.bits : undefined;
  });
  const [a, b, c] = bits;
  if (op === 'sel' && a !== undefined) return args[a !== 0 ? 1 : 2];
  if (bits.includes(undefined)) return table.add({ kind: 'op', op, args, type });
  return table.add({ kind: 'const', type, bits: EVAL[op](a ?? 0, b ?? 0, c ?? 0) >>> 0 });
}

function expand(table: ValueTable, { macro, fraction }: MacroCall, args: readonly number[]): number {
  const graph: MacroGraph = expandMacro(macro, { fraction });
  const numbers: number[] = [];
  for (const value of graph.values) {
    if (value.kind === 'arg') numbers.push(args[value.index]);
    else if (value.kind === 'const')
      numbers.push(table.add({ kind: 'const', bits: value.bits >>> 0, type: value.type === 'f' ? 'f32' : 'i32' }));
    else {
      const operands = value.args.map((arg) => numbers[arg]);
      const { args: wanted, result } = signatureOf(value.op);
      const same = operands.find((_, i) => wanted[i] === 'any');
      numbers.push(operate(table, value.op, operands, result === 'any' ? typeOf(table.values[same ?? operands[0]]) : result));
    }
  }
  return numbers[graph.result];
}
