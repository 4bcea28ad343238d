/** Stencils whose windows reach over the edge: programs, and their sums in plain arithmetic. */
import type { Explicit, Index } from '../../src/index.ts';

/** Lines of n words, the next ones on both sides added to each; nothing beyond the ends. */
export const neighbours = (n: number, par: number, copies: number, lines: number) => (v: Explicit) => {
  const from = v.dramIn('x', 'i32', [lines, n]);
  const to = v.dramOut('y', 'i32', [lines, n]);
  v.pipe({ t: lines }, ({ t }) => {
    const [a, sums] = [v.sram('a', 'i32', [n]), v.sram('sums', 'i32', [n])];
    v.load(from, [t, 0], a);
    v.leaf({ c: { max: copies, par: copies }, j: { max: n / copies, par } }, ({ c, j }) => {
      const i = c.mul(n / copies).add(j);
      const left = i.value.gt(0).select(a.at(i.sub(1)), 0);
      const right = i.value.lt(n - 1).select(a.at(i.add(1)), 0);
      sums.set([i], left.add(a.at(i)).add(right));
    });
    v.store(to, [t, 0], sums);
  });
};

export const neighbourSums = (x: Int32Array, n: number): Int32Array =>
  x.map((word, k) => word + (k % n > 0 ? x[k - 1] : 0) + (k % n < n - 1 ? x[k + 1] : 0));

/** A grid, the four words around added to each; -1 where there is none. */
export const edges = (rows: number, columns: number, par: number, copies: number) => (v: Explicit) => {
  const from = v.dramIn('x', 'i32', [rows, columns]);
  const to = v.dramOut('y', 'i32', [rows, columns]);
  v.pipe({}, () => {
    const [a, sums] = [v.sram('a', 'i32', [rows, columns]), v.sram('sums', 'i32', [rows, columns])];
    v.load(from, [0, 0], a);
    v.leaf({ r: { max: rows, par: copies }, c: { max: columns, par } }, ({ r, c }) => {
      const near = (y: number, x: number, i: Index, size: number, step: number) =>
        (step < 0 ? i.value.gt(0) : i.value.lt(size - 1)).select(a.at(r.add(y), c.add(x)), -1);
      const up = near(-1, 0, r, rows, -1).add(near(1, 0, r, rows, 1));
      sums.set([r, c], up.add(near(0, -1, c, columns, -1)).add(near(0, 1, c, columns, 1)));
    });
    v.store(to, [0, 0], sums);
  });
};

export const edgeSums = (x: Int32Array, rows: number, columns: number): Int32Array =>
  x.map((_, k) => {
    const [r, c] = [Math.floor(k / columns), k % columns];
    const at = (y: number, z: number) => (y < 0 || z < 0 || y >= rows || z >= columns ? -1 : x[y * columns + z]);
    return at(r - 1, c) + at(r + 1, c) + at(r, c - 1) + at(r, c + 1);
  });
