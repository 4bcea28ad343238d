/** Programs of one leaf: arrays in, an expression of their elements out. */
import { type Expr, explicit, type LoopProgram } from '../../src/index.ts';
import type { ElementType } from '../../src/ir/loops.ts';

/** Arrays `x0`, `x1`, ... of `n` words of these types, and `y0`, ... made from their elements. */
export function expressionProgram(
  types: readonly ElementType[],
  n: number,
  lanes: number,
  make: (elements: readonly Expr[]) => readonly Expr[],
): LoopProgram {
  return explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf }) => {
    const inputs = types.map((type, a) => dramIn(`x${a}`, type, [n]));
    pipe({}, () => {
      const tiles = inputs.map(({ type }, a) => sram(`t${a}`, type, [n]));
      for (const [a, input] of inputs.entries()) load(input, [0], tiles[a]);
      const results: { type: ElementType; tile: ReturnType<typeof sram> }[] = [];
      leaf({ i: { max: n, par: lanes } }, ({ i }) => {
        for (const [r, value] of make(tiles.map((tile) => tile.at(i))).entries()) {
          const tile = sram(`r${r}`, value.type, [n]);
          tile.set([i], value);
          results.push({ type: value.type, tile });
        }
      });
      for (const [r, { type, tile }] of results.entries()) store(dramOut(`y${r}`, type, [n]), [0], tile);
    });
  });
}
