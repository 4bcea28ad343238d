/**
 * first-lines: what a window of a line buffer shows above the first line is 0 by what the leaf computes, not by what the memory holds.
 *
 *   for r { rows <- line r; leaf (k, c) { ... rows[k, c] ... } }      =>      leaf (k, c) { ... r + k >= R - 1 ? rows[k, c] : 0 ... }
 *
 * For rings whose beginning is overwritten in a run: the next start would find lines of the run before there. One that all lines of
 * a run fit into (`fitsWhole`) needs none, nor do reads of the newest line. Under loops that end at run time the number of the line is
 * not known, and such a buffer starts with the zeros of the load.
 */
import { isSingle } from '../../ir/affine.ts';
import { type AffineExpr, type Leaf, type Loop, type LoopProgram, type Memory, renumbered, type Statement } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { coefOf, combine, constant, variable } from '../affine.ts';
import { sitesOf } from '../analysis/sites.ts';
import { elementsOf } from '../chain.ts';
import { ROW_PADDING } from '../row-padding.ts';

/** Regions that a context counts. */
const REGIONS = 255;

/** Lines that are written in a run, at the most: one an iteration of the loops around. */
export const linesOfRun = (around: readonly Loop[]): number => around.reduce((product, loop) => product * elementsOf(loop), 1);

/** Do all lines of a run, with those above the first and rows of `words` as laid out, lie in a memory unit at once? */
export const fitsWhole = (memory: Memory, around: readonly Loop[], words: number, capacity: number): boolean =>
  linesOfRun(around) <= REGIONS && (memory.shape[0] - 1 + linesOfRun(around)) * words <= capacity;

/** `capacity`: words of a memory unit. */
export function maskFirstLines(program: LoopProgram, capacity: number): LoopProgram {
  const sites = sitesOf(program);
  const rings = new Map<string, readonly Loop[]>();
  for (const memory of program.memories.filter(({ kind }) => kind === 'lines')) {
    const writer = sites.find(({ statement }) => writes(statement, memory.name));
    const words = memory.shape.slice(1).reduce((product, size) => product * (size + ROW_PADDING), 1);
    if (!writer || writer.outer.some(({ bound }) => bound) || fitsWhole(memory, writer.outer, words, capacity)) continue;
    rings.set(memory.name, writer.outer);
  }
  if (rings.size === 0) return program;
  const shapes = new Map(program.memories.map(({ name, shape }) => [name, shape]));
  const visit = (statement: Statement): Statement => {
    if (statement.kind === 'nest') return { ...statement, body: statement.body.map(visit) };
    return statement.kind === 'leaf' ? maskIn(statement, rings, shapes) : statement;
  };
  return { ...program, body: { ...program.body, body: program.body.body.map(visit) } };
}

const writes = (statement: Statement, memory: string): boolean =>
  statement.kind === 'leaf'
    ? statement.effects.some((effect) => effect.kind === 'write' && effect.memory === memory)
    : statement.kind === 'load' && statement.memory === memory;

function maskIn(leaf: Leaf, rings: ReadonlyMap<string, readonly Loop[]>, shapes: ReadonlyMap<string, readonly number[]>): Leaf {
  if (!leaf.values.some((value) => value.kind === 'read' && rings.has(value.memory))) return leaf;
  const table = new ValueTable();
  const number: number[] = [];
  for (const value of leaf.values) {
    const id = table.add('args' in value ? { ...value, args: value.args.map((arg) => number[arg]) } : value);
    const around = value.kind === 'read' ? rings.get(value.memory) : undefined;
    if (value.kind !== 'read' || !around) {
      number.push(id);
      continue;
    }
    const older = (shapes.get(value.memory) as readonly number[])[0] - 1;
    const above = aboveFirst(around, value.index[0], older);
    const variables = [...around, ...leaf.loops];
    if (above.terms.length === 0 && above.base >= 0) number.push(id);
    else {
      const line = computed(table, above, variables);
      const zero = table.add({ kind: 'const', type: 'i32', bits: 0 });
      const outside = table.add({ kind: 'op', op: 'lt', args: [line, zero], type: 'i32' });
      const none = table.add({ kind: 'const', type: value.type, bits: 0 });
      number.push(table.add({ kind: 'op', op: 'sel', args: [outside, none, id], type: value.type }));
    }
  }
  return { ...leaf, values: table.values, effects: leaf.effects.map((effect) => renumbered(effect, (id) => number[id])) };
}

/** A number that is below 0 where the line at `index` of the window lies above the first: the number of the line times a constant. */
function aboveFirst(around: readonly Loop[], index: AffineExpr, older: number): AffineExpr {
  if (index.terms.length === 0 && index.base === older) return constant(0);
  const scale = around.reduce((product, { step }) => product * step, 1);
  let inner = 1;
  const parts = [...around].reverse().map((loop) => {
    const expr = combine([
      { expr: variable(loop.var), scale: 1 },
      { expr: constant(-loop.min), scale: 1 },
    ]);
    const part = { expr, scale: (inner * scale) / loop.step };
    inner *= elementsOf(loop);
    return part;
  });
  return combine([...parts, { expr: index, scale }, { expr: constant(-older), scale }]);
}

/** The value of an affine expression, as operations of the leaf. */
function computed(table: ValueTable, expr: AffineExpr, loops: readonly Loop[]): number {
  const int = (bits: number) => table.add({ kind: 'const', type: 'i32', bits: bits >>> 0 });
  const op = (name: 'add' | 'mul', args: readonly number[]) => table.add({ kind: 'op', op: name, args, type: 'i32' });
  const single = new Map(loops.filter(isSingle).map((loop) => [loop.var, loop.min]));
  const base = [...single].reduce((sum, [name, min]) => sum + coefOf(expr, name) * min, expr.base);
  const terms = expr.terms
    .filter(({ var: name, coef }) => coef !== 0 && !single.has(name))
    .map(({ var: name, coef }) => {
      const index = table.add({ kind: 'index', var: name });
      return coef === 1 ? index : op('mul', [index, int(coef)]);
    });
  const sum = terms.length > 0 ? terms.reduce((a, b) => op('add', [a, b])) : int(0);
  return base === 0 ? sum : op('add', [sum, int(base)]);
}
