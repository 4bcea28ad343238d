/** Arrays that stay on chip for all steps of an iterated pattern. */
import type { ElementType } from '../../../ir/loops.ts';
import type { Explicit } from '../explicit.ts';
import type { Dram, Memory } from '../handles.ts';
import { type StagedPlan, tilesOfWay } from './plan.ts';
import type { Spot } from './spots.ts';

/** Loads, of each array that streams, the rows of each loop over tiles; all of what the steps go along. One map a loop, by array. */
export function keepArrays(
  v: Explicit,
  fresh: (name: string) => string,
  plan: StagedPlan,
  streaming: ReadonlyMap<string, Dram<ElementType, readonly number[], 'in'>>,
): readonly ReadonlyMap<string, Spot>[] {
  const { classes, extent, rows, ways } = plan;
  return Array.from({ length: ways }, (_, c) => {
    const [first, end] = tilesOfWay(plan, c).map((tile) => tile * rows);
    const spots = new Map<string, Spot>();
    for (const [array, dram] of streaming) {
      const of = dram.shape.map((_, d) => classes.dimension(array, d));
      const shape = dram.shape.map((size, d) => {
        const one = of[d];
        return one === undefined ? size : one === classes.row.of ? end - first : extent(one, size);
      });
      const memory = v.sram(fresh(`${array}_kept`), dram.type, shape) as Memory;
      v.load(
        dram,
        of.map((one) => (one === classes.row.of ? first : 0)),
        memory,
      );
      spots.set(array, { memory, order: shape.map((_, d) => d), first });
    }
    return spots;
  });
}
