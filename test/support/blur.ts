/** A blur in two steps, across the lines and then over three of them, with a line buffer between. */
import type { Explicit } from '../../src/frontend/dsl/explicit.ts';

/** The program, and its sums in plain arithmetic; there are zeros above the image. */
export function blur(image: Int32Array, height: number, width: number): { build: (v: Explicit) => void; sums: Int32Array } {
  const out = width - 2;
  const across = (r: number, c: number): number => (r < 0 ? 0 : [0, 1, 2].reduce((sum, j) => sum + image[r * width + c + j], 0));
  return {
    build: (v) => {
      const from = v.dramIn('image', 'i32', [height, width]);
      const to = v.dramOut('sums', 'i32', [height, out]);
      v.pipe({ r: height }, ({ r }) => {
        const row = v.sram('row', 'i32', [width]);
        const lines = v.lineBuffer('lines', 'i32', [3, out]);
        const sums = v.sram('line', 'i32', [out]);
        v.load(from, [r, 0], row);
        v.leaf({ c: { max: out, par: 8 } }, ({ c }) =>
          lines.set(
            [c],
            row
              .at(c)
              .add(row.at(c.add(1)))
              .add(row.at(c.add(2))),
          ),
        );
        v.leaf({ c: { max: out, par: 8 } }, ({ c }) => sums.set([c], lines.at(0, c).add(lines.at(1, c).mul(2)).add(lines.at(2, c))));
        v.store(to, [r, 0], sums);
      });
    },
    sums: Int32Array.from({ length: height * out }, (_, i) => {
      const [r, c] = [Math.floor(i / out), i % out];
      return across(r - 2, c) + 2 * across(r - 1, c) + across(r, c);
    }),
  };
}
