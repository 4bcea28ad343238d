/**
 * fill: an accumulation in memory that begins with something other than 0 goes on from a memory that a leaf filled before.
 *
 *   nest (t) { leaf (k, j) { m[j] = reduce max x over k carried m[j] over t first -inf } }
 *   =>
 *   leaf (j) { m[j] = -inf };  nest (t) { leaf (k, j) { m[j] = reduce max x over k carried m[j] over t } }
 *
 * Memory units read 0 in the first iteration by themselves (`zero` of a read context), and nothing else.
 */
import { variablesIn } from '../../ir/affine.ts';
import type { AffineExpr, Leaf, Loop, LoopProgram, Nest, Reduce, ReduceInit, Statement, Value } from '../../ir/loops.ts';

type Carried = Extract<ReduceInit, { kind: 'carried' }>;

export function fillStarts(program: LoopProgram): LoopProgram {
  const visit = (statement: Statement, around: readonly Loop[]): Statement[] => {
    if (statement.kind !== 'nest') return [statement];
    const inside = [...around, ...statement.loops];
    const body = statement.body.flatMap((child) => visit(child, inside));
    const own = new Set(statement.loops.map((loop) => loop.var));
    const outside = new Set(around.map((loop) => loop.var));
    // The outermost nest whose loops an accumulation goes over: before it the memory is filled.
    const fills: Leaf[] = [];
    const begin = (child: Statement, loops: readonly Loop[]): Statement => {
      if (child.kind === 'nest') return { ...child, body: child.body.map((one) => begin(one, [...loops, ...child.loops])) };
      if (child.kind !== 'leaf') return child;
      const values = child.values.map((value): Value => {
        const init = startOf(value);
        if (!init?.over.some((name) => own.has(name)) || init.over.some((name) => outside.has(name))) return value;
        fills.push(fillOf(child, value as Reduce, init, loops));
        const { first: _, ...rest } = init;
        return { ...(value as Reduce), init: rest };
      });
      return { ...child, values };
    };
    const nest = { ...statement, body: body.map((child) => begin(child, statement.loops)) };
    return [...fills, nest];
  };
  const statements = visit(program.body, []);
  const [only] = statements;
  const body =
    statements.length === 1 && only.kind === 'nest'
      ? only
      : ({ kind: 'nest', schedule: 'pipe', loops: [], body: statements } satisfies Nest);
  return { ...program, body };
}

/** The start of an accumulation in memory, if it is not 0. */
function startOf(value: Value): Carried | undefined {
  if (value.kind !== 'reduce' || value.init.kind !== 'carried') return undefined;
  return value.init.first === undefined || value.init.first === 0 ? undefined : value.init;
}

const unbounded = ({ bound: _, ...loop }: Loop): Loop => loop;

/** Writes the start to every place that the leaf accumulates in; `loops` are those from the nest to the leaf. */
function fillOf(leaf: Leaf, reduce: Reduce, init: Carried, loops: readonly Loop[]): Leaf {
  const reduced = new Set([...reduce.over, ...init.over]);
  const lane = leaf.loops[leaf.loops.length - 1];
  // Every place that it may accumulate in.
  const kept = [...loops, ...leaf.loops].filter((loop) => !reduced.has(loop.var));
  const names = new Map(kept.map((loop) => [loop.var, `${loop.var}$f`]));
  const renamed = (expr: AffineExpr): AffineExpr => ({
    ...expr,
    terms: expr.terms.map((term) => ({ ...term, var: names.get(term.var) ?? term.var })),
  });
  const own = kept.map((loop) => ({ ...unbounded(loop), var: names.get(loop.var) as string, par: loop === lane ? loop.par : 1 }));
  const single = { var: `u$f${init.memory}`, min: 0, max: 1, step: 1, par: 1 };
  const inReach = (index: AffineExpr): boolean => [...variablesIn([index])].every((name) => !reduced.has(name));
  return {
    kind: 'leaf',
    loops: kept.includes(lane) ? own : [...own, single],
    values: [{ kind: 'const', type: reduce.type, bits: init.first as number }],
    effects: [{ kind: 'write', memory: init.memory, index: init.index.map(renamed), value: 0 }],
    guards: leaf.guards.filter(({ index }) => inReach(index)).map((guard) => ({ ...guard, index: renamed(guard.index) })),
    label: `fill.${init.memory}`,
    ...(leaf.source && { source: leaf.source }),
  };
}
