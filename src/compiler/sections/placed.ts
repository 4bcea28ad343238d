/** Where everything in a program lies as seen from a cut. */
import type { Loop, Nest, Statement } from '../../ir/loops.ts';
import { boundsOf, type Use, usesOf } from './uses.ts';

/** A statement, or the ends of the loops of a nest, as a cut sees it. */
export interface Placed {
  readonly statement: Statement;
  readonly uses: readonly Use[];
  readonly side: 'first' | 'rest';
  /** The innermost nest along the cut that it lies in. */
  readonly depth: number;
  /** The loops around it within that nest, its own included. */
  readonly inner: readonly Loop[];
}

/** Where everything lies as seen from a cut behind the statement at `path`. */
export function placedAround(body: Nest, path: readonly number[]): Placed[] {
  const placed: Placed[] = [];
  const visit = (statement: Statement, trail: readonly number[], around: readonly Loop[]): void => {
    let common = 0;
    while (common < trail.length && trail[common] === path[common]) common++;
    const depth = Math.min(common, path.length - 1);
    const side = common === trail.length || trail[common] < path[common] ? 'first' : 'rest';
    const inner = [...around, ...('loops' in statement ? statement.loops : [])];
    if (statement.kind !== 'nest') {
      placed.push({ statement, uses: usesOf(statement), side, depth, inner });
      return;
    }
    const along = common === trail.length;
    const uses = boundsOf(statement.loops);
    if (!along && uses.length > 0) placed.push({ statement, uses, side, depth, inner });
    for (const [i, child] of statement.body.entries()) visit(child, [...trail, i], along ? [] : inner);
  };
  visit(body, [], []);
  return placed;
}
