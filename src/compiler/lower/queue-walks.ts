/** The walks of the ends of a FIFO through the words of a round. */
import { tripsOf } from '../../ir/affine.ts';
import type { AffineExpr, Loop } from '../../ir/loops.ts';
import { type Site, transferLoops } from '../analysis/sites.ts';
import { effectShape } from '../analysis/values.ts';

/** Who does what with a FIFO, in a statement. */
export interface End {
  readonly site: Site;
  readonly kind: 'read' | 'write';
  /** Value number (dequeue), effect number (enqueue) or -1 (transfer). */
  readonly ordinal: number;
  readonly when: number | undefined;
}

/** Loops of one round of an end, and how words come in them. */
export interface Walk {
  /** Outermost first, each from 0 by 1. */
  readonly loops: readonly Loop[];
  /** The last loop runs in lanes. */
  readonly lanes: boolean;
}

/** The loops of an end inside a round. */
export function walkOf({ site, kind, ordinal }: End, depth: number, lanes: number): Walk {
  const { statement } = site;
  const inner = site.nests.slice(depth).flatMap((nest) => nest.loops);
  const flat = (loops: readonly Loop[]) => loops.map((loop): Loop => ({ ...loop, min: 0, max: tripsOf(loop), step: 1 }));
  if (statement.kind !== 'leaf') return { loops: flat([...inner, ...transferLoops(statement.extent, lanes)]), lanes: true };
  if (kind === 'read') return { loops: flat([...inner, ...statement.loops]), lanes: true };
  const value = statement.values[statement.effects[ordinal].value];
  const over = value.kind === 'reduce' && !value.running ? value.over : [];
  const shape = effectShape(statement, statement.effects[ordinal].value);
  return { loops: flat([...inner.filter((loop) => !over.includes(loop.var)), ...shape.loops]), lanes: shape.kind === 'vector' };
}

export const wordsOf = ({ loops }: Pick<Walk, 'loops'>): number => loops.reduce((product, loop) => product * loop.max, 1);

/** Word of a round by the loops of a walk, `words` apart in the innermost one. */
export function linear(loops: readonly Loop[], words = 1): AffineExpr {
  let coef = words;
  const terms = [...loops].reverse().map((loop) => {
    const term = { var: loop.var, coef };
    coef *= loop.max;
    return term;
  });
  return { base: 0, terms: terms.reverse() };
}

/** Equal for walks whose vectors hold the same numbers of words. */
export function vectorsKey({ loops, lanes }: Walk): string {
  const words = wordsOf({ loops });
  if (!lanes) return `words ${words}`;
  const { max, par } = loops[loops.length - 1];
  if (words <= par && words === max) return `vector ${words}`;
  return max % par === 0 || words === max ? `${words} by ${par}` : `${words} by ${max} by ${par}`;
}

export function vectorsIn({ loops, lanes }: Walk): number {
  return loops.reduce((product, { max, par }, i) => product * (lanes && i === loops.length - 1 ? Math.ceil(max / par) : max), 1);
}
