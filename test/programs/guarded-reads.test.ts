/**
 * Reads that look beyond the edge of their memory under a condition that keeps it from mattering: the program, as written and as
 * mapped, on the golden machine and in plain arithmetic. Words that nothing wrote are poison.
 */
import { describe, expect, test } from 'vitest';
import { type Explicit, type Expr, type Index, reduce, startAt } from '../../src/index.ts';
import { blur } from '../support/blur.ts';
import { checkExplicit, refusalOf } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const x = Int32Array.from({ length: 600 }, (_, i) => ((i * 37) % 101) - 50);

/** A line of n words, its neighbours added, nothing beyond the ends. */
const line = (n: number, par: number, copies: number, tiles: number) => (v: Explicit) => {
  const from = v.dramIn('x', 'i32', [tiles, n]);
  const to = v.dramOut('y', 'i32', [tiles, n]);
  v.pipe({ t: { max: tiles } }, ({ t }) => {
    const a = v.sram('a', 'i32', [n]);
    const y = v.sram('b', 'i32', [n]);
    v.load(from, [t, 0], a);
    v.leaf({ c: { max: copies, par: copies }, j: { max: n / copies, par } }, ({ c, j }) => {
      const i = c.mul(n / copies).add(j);
      const left = i.value.gt(0).select(a.at(i.sub(1)), 0);
      const right = i.value.lt(n - 1).select(a.at(i.add(1)), 0);
      y.set([i], left.add(right).add(a.at(i)));
    });
    v.store(to, [t, 0], y);
  });
};

const sums = (n: number, tiles: number) =>
  Int32Array.from({ length: n * tiles }, (_, k) => {
    const i = k % n;
    return x[k] + (i > 0 ? x[k - 1] : 0) + (i < n - 1 ? x[k + 1] : 0);
  });

describe('a line', () => {
  test.each([
    [24, 1, 1, 1],
    [24, 8, 1, 3],
    [24, 4, 2, 3],
    [30, 8, 3, 4],
  ])('of %i, %i lanes, %i copies, %i of them', async (n, par, copies, tiles) => {
    await checkExplicit(demo, line(n, par, copies, tiles), { x: x.slice(0, n * tiles) }, { outputs: { y: sums(n, tiles) } });
  });
});
