/**
 * What DotProduct, SumSquare, SimpleDotProduct and TPCHQ6 have in common: a sum over tiles, in copies, to a result.
 */

import type { Explicit } from '../../frontend/dsl/explicit.ts';
import type { Expr } from '../../frontend/dsl/expr.ts';
import { reduce } from '../../frontend/dsl/handles.ts';
import type { Index } from '../../frontend/dsl/index-expr.ts';
import { type Copied, inCopies, mergedTile } from './copies.ts';

export interface TiledSum {
  readonly size: number;
  readonly tile: number;
  readonly copies: number;
  readonly lanes: number;
  /** Neighbouring tiles of a copy may be one: see `mergedTile`. */
  readonly merge?: boolean;
  /** Before the leaf of a tile of `words` elements: loads and other leaves. Gives the term of an element. */
  readonly tileOf: (t: Index, suffix: string, words: number) => (i: Index) => Expr<'i32'>;
}

/** Sums the terms of all elements into `result`; each copy has a partial sum, which a last leaf adds. */
export function tiledSum(v: Explicit, name: string, { size, tile, copies, lanes, merge, tileOf }: TiledSum): void {
  const total = v.result(name, 'i32');
  const copied: Copied = { max: size, step: tile, copies };
  const partials: Expr<'i32'>[] = [];
  const ragged = size % tile !== 0;
  v.pipe({}, () => {
    inCopies(v, copied, ({ suffix, loop }) => {
      const words = merge ? mergedTile(loop.max - loop.min, tile) : tile;
      const partial = suffix === '' ? undefined : v.sram(`partial${suffix}`, 'i32', [1]);
      if (partial) partials.push(partial.at(0));
      v.pipe({ [`t${suffix}`]: { ...loop, step: words } }, (loops) => {
        const t = loops[`t${suffix}`];
        const term = tileOf(t, suffix, words);
        v.leaf({ i: { max: words, par: lanes } }, ({ i }) => {
          if (ragged) v.guard(t.add(i), size);
          const sum = reduce('add', term(i), [t, i]);
          if (partial) partial.set([0], sum);
          else total.set(sum);
        });
      });
    });
    if (partials.length > 0) {
      v.leaf({ u: 1 }, () => total.set(partials.reduce((sum, partial) => sum.add(partial))), { label: 'total' });
    }
  });
}
