/** Line buffers: windows over the newest lines, on the evaluator, the golden machine and in plain arithmetic. */
import { expect, test } from 'vitest';
import type { Explicit } from '../../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import { blur } from '../../support/blur.ts';
import { checkExplicit, refusalOf } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');

const [height, width] = [11, 42];
const image = Int32Array.from({ length: height * width }, (_, i) => ((i * 37) % 101) - 50);
/** A word of the image; 0 above it. */
const at = (r: number, c: number): number => (r < 0 ? 0 : image[r * width + c]);

/** One line of results a line of the image, `of` lines and `columns` words of a window. */
const windows = (of: number, columns: number, value: (r: number, c: number) => number): Int32Array =>
  Int32Array.from({ length: height * (width - columns + 1) }, (_, i) => {
    const [r, c] = [Math.floor(i / (width - columns + 1)), i % (width - columns + 1)];
    return Array.from({ length: of }, (_, k) => value(r - of + 1 + k, c)).reduce((a, b) => a + b, 0);
  });

test.each([
  [2, 1],
  [3, 1],
  [3, 8],
  [5, 8],
])('sums of windows of %i lines and 3 words, %i lanes', async (lines, par) => {
  const build = (v: Explicit) => {
    const from = v.dramIn('image', 'i32', [height, width]);
    const to = v.dramOut('sums', 'i32', [height, width - 2]);
    v.pipe({ r: height }, ({ r }) => {
      const rows = v.lineBuffer('rows', 'i32', [lines, width]);
      const sums = v.sram('line', 'i32', [width - 2]);
      v.load(from, [r, 0], rows);
      v.leaf({ b: { max: width - 2, step: par }, k: lines, j: 3, c: { max: par, par } }, ({ b, k, j, c }) =>
        sums.set([b.add(c)], reduce('add', rows.at(k, b.add(c).add(j)), [k, j], { kind: 'const', bits: 0 })),
      );
      v.store(to, [r, 0], sums);
    });
  };
  const sums = windows(lines, 3, (r, c) => at(r, c) + at(r, c + 1) + at(r, c + 2));
  await checkExplicit(demo, build, { image }, { outputs: { sums } });
});

test('a leaf makes the lines, another looks at three of them: a blur in two steps', async () => {
  const { build, sums } = blur(image, height, width);
  await checkExplicit(demo, build, { image }, { outputs: { sums } });
});

test('lines go on where the loop around begins again', async () => {
  const build = (v: Explicit) => {
    const from = v.dramIn('image', 'i32', [2, 5, width]);
    const to = v.dramOut('sums', 'i32', [2, 5, width]);
    v.pipe({ picture: 2, r: 5 }, ({ picture, r }) => {
      const rows = v.lineBuffer('rows', 'i32', [3, width]);
      const sums = v.sram('line', 'i32', [width]);
      v.load(from, [picture, r, 0], rows);
      v.leaf({ c: { max: width, par: 8 } }, ({ c }) => sums.set([c], rows.at(0, c).add(rows.at(2, c))));
      v.store(to, [picture, r, 0], sums);
    });
  };
  const sums = Int32Array.from({ length: 10 * width }, (_, i) => (i < 2 * width ? 0 : image[i - 2 * width]) + image[i]);
  await checkExplicit(demo, build, { image: image.slice(0, 10 * width) }, { outputs: { sums } });
});

const broken = (loops: object, make: (v: Explicit, rows: ReturnType<Explicit['lineBuffer']>, r: never) => void) => (v: Explicit) => {
  const from = v.dramIn('image', 'i32', [height, width]);
  const rows = v.lineBuffer('rows', 'i32', [3, width]);
  const sum = v.result('sum', 'i32');
  v.pipe({ r: { max: height, ...loops } }, ({ r }) => {
    v.load(from, [r, 0], rows);
    make(v, rows as never, r as never);
    v.leaf({ c: width }, ({ c }) => sum.set(reduce('add', rows.at(2, c), [r, c])));
  });
};

test.each([
  ['a second writer', broken({}, (v, rows) => v.leaf({ c: width }, ({ c }) => rows.set([c], 1))), '`rows` is written in 2 places'],
  ['copies around it', broken({ par: 2 }, () => {}), '`rows` stands in `r`, which has copies'],
  [
    'a store of it',
    broken({}, (v, rows) => v.store(v.dramOut('copy', 'i32', [3, width]), [0, 0], rows as never)),
    'line buffer `rows` is stored',
  ],
  [
    'a line that is written in part',
    (v: Explicit) => {
      const rows = v.lineBuffer('rows', 'i32', [3, width]);
      const sum = v.result('sum', 'i32');
      v.pipe({ r: height }, ({ r }) => {
        v.leaf({ c: width - 1 }, ({ c }) => rows.set([c], 1));
        v.leaf({ c: width }, ({ c }) => sum.set(reduce('add', rows.at(2, c), [r, c])));
      });
    },
    '`rows` is not written line by line',
  ],
])('%s is refused', (_, build, message) => expect(refusalOf(demo, build)).toContain(message));
