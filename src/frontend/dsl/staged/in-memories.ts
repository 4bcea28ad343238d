/** Expressions of stages as the leaves have them: reads of arrays, stages and the state become reads of their memories. */
import { Expr } from '../expr.ts';
import { Index } from '../index-expr.ts';
import type { Stage } from './extract.ts';
import type { StagedPlan } from './plan.ts';
import { type Spot, wordAt } from './spots.ts';

/** Where an expression is. */
export interface Surroundings {
  readonly classes: StagedPlan['classes'];
  /** Where arrays, stages and the state are. */
  readonly places: ReadonlyMap<string, Spot>;
  /** The indices of the leaf, and of the loops around it: `t` is the first row of a tile. */
  readonly index: Readonly<Record<string, Index>>;
  readonly around: Readonly<Record<string, Index>>;
  readonly stage?: Stage;
}

export function inMemories(expr: Expr, here: Surroundings): Expr {
  const { classes, places, index, around, stage } = here;
  const { node } = expr;
  if (node.kind === 'index') {
    const place = index[node.var] ?? around[node.var];
    const inRow = stage && around.t && classes.loop(stage, node.var) === classes.row.of;
    return (inRow && place ? place.add(around.t) : place)?.value ?? expr;
  }
  if (node.kind === 'read') {
    const found = places.get(node.memory);
    if (!found) return expr;
    const { first } = found;
    const at = node.index.map(({ base, terms }, d) => {
      const name = terms[0]?.var;
      const of = classes.dimension(node.memory, d);
      // What stays is there for all steps and tiles.
      if (first !== undefined && of === undefined) return around[name];
      const own = index[name] ?? (of === undefined ? 0 : Index.variable('?'));
      if (!(own instanceof Index)) return own;
      return (first !== undefined && of === classes.row.of && around.t ? own.add(around.t).sub(first) : own).add(base);
    });
    return wordAt(found, at);
  }
  return 'args' in node ? new Expr(expr.type, { ...node, args: node.args.map((arg) => inMemories(arg, here)) }) : expr;
}
