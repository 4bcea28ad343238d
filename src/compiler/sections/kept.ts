/** Arrays in which a section leaves for later ones what memories and FIFOs held. */
import { tripsOf } from '../../ir/affine.ts';
import { type AffineExpr, type DramArray, type Loop, type Memory, type Nest, wordsOf } from '../../ir/loops.ts';
import type { Placed } from './placed.ts';

/**
 * An array with a memory's words for every iteration of the loops around: rows of the first index one iteration behind the other, with
 * gaps where a step is no multiple of them, as offsets are whole multiples of indices.
 */
export function keptArray(
  memory: Memory,
  around: readonly Loop[],
  name: string,
): { readonly array: DramArray; readonly offset: AffineExpr[] } {
  let [rows] = memory.shape;
  let base = 0;
  const terms: { var: string; coef: number }[] = [];
  for (const loop of around.toReversed()) {
    const coef = Math.ceil(rows / loop.step);
    terms.unshift({ var: loop.var, coef });
    base -= coef * loop.min;
    rows += coef * loop.step * (tripsOf(loop) - 1);
  }
  const { type, shape, source } = memory;
  return {
    array: { name, type, shape: [rows, ...shape.slice(1)], role: 'out', ...(source && { source }) },
    offset: shape.map((_, d) => (d === 0 ? { base, terms } : { base: 0, terms: [] })),
  };
}

/** The words of a FIFO that its readers take in an iteration of the nests up to a depth; nothing where that is not one number. */
export function roundOf(name: string, readers: readonly Placed[], nests: readonly Nest[], depth: number): readonly [number] | undefined {
  const counts = readers.map(({ statement, depth: own, inner }) => {
    const loops = [...nests.slice(depth + 1, own + 1).flatMap((nest) => nest.loops), ...inner];
    if (loops.some(({ bound }) => bound)) return undefined;
    const times = loops.reduce((product, loop) => product * tripsOf(loop), 1);
    if (statement.kind === 'store')
      return wordsOf(statement).length > 0 ? undefined : statement.extent.reduce((product, size) => product * size, times);
    if (statement.kind !== 'leaf' || statement.guards.length > 0) return undefined;
    return statement.values.some((value) => value.kind === 'dequeue' && value.memory === name && value.args.length > 0) ? undefined : times;
  });
  const [count] = counts;
  return count !== undefined && counts.every((one) => one === count) ? [count] : undefined;
}
