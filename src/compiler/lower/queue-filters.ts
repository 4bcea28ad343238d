/** Predicates and guards of what writes a FIFO: how they thin it out, and which vectors are left. */
import { lastIndex, tripsOf } from '../../ir/affine.ts';
import { argsOf, type Leaf, type Loop } from '../../ir/loops.ts';
import { valueAt } from '../analysis/known.ts';
import type { Filter } from '../analysis/sites.ts';
import { laneLoop } from '../analysis/values.ts';
import type { End, Walk } from './queue-walks.ts';

/** How its predicate or guard thins out what an end writes, `words` a round. */
export function filterOf({ site, when }: End, { loops }: Walk, words: number, lanes: number): Filter {
  const statement = site.statement as Leaf;
  // Vectors of one lane are there or not.
  if (lanes === 1) return 'dropped';
  const whole = words % loops[loops.length - 1].max === 0;
  return when !== undefined && statement.guards.length === 0 && whole && isUniform(statement, when) ? 'dropped' : 'packed';
}

/** Is a value the same in all iterations of the lane loop? */
function isUniform(leaf: Leaf, id: number): boolean {
  const lane = laneLoop(leaf).var;
  return everyBelow(leaf, id, (value) =>
    value.kind === 'index'
      ? value.var !== lane
      : value.kind === 'read'
        ? value.index.every((expr) => expr.terms.every((term) => term.var !== lane))
        : value.kind !== 'dequeue' && value.kind !== 'reduce',
  );
}

function everyBelow(leaf: Leaf, root: number, holds: (value: Leaf['values'][number]) => boolean): boolean {
  const seen = new Set<number>();
  const visit = (id: number): boolean => {
    if (seen.has(id)) return true;
    seen.add(id);
    return holds(leaf.values[id]) && argsOf(leaf.values[id]).every(visit);
  };
  return visit(root);
}

export function filteredWalk(filter: Filter, { loops }: Walk, words: number, lanes: number): Walk {
  const lane = loops[loops.length - 1];
  const one = (name: string, max: number, par: number): Loop => ({ var: name, min: 0, max, step: 1, par });
  if (filter === 'packed' || lanes === 1) return { loops: [one('#0', words, lanes)], lanes: true };
  return { loops: [one('#0', words / lane.max, 1), one('#1', lane.max, lane.par)], lanes: true };
}

/** Does a predicate of loops alone certainly hold in some lane of the last vector of a round? */
export function endsFull({ site, when }: End, walk: Walk): boolean {
  const leaf = site.statement as Leaf;
  if (when === undefined || leaf.guards.length > 0) return false;
  const own = new Map(
    [...site.outer, ...leaf.loops].filter((loop) => walk.loops.some(({ var: name }) => name === loop.var)).map((l) => [l.var, l]),
  );
  const lane = laneLoop(leaf);
  const last = (tripsOf(lane) - 1) % lane.par;
  return Array.from({ length: last + 1 }, (_, l) => lastIndex(lane) - l * lane.step).some((at) => {
    const value = valueAt(leaf, when, (name) => {
      const loop = own.get(name);
      return loop && (name === lane.var ? at : lastIndex(loop));
    });
    return value !== undefined && value !== 0;
  });
}
