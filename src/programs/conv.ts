/** Two-dimensional convolution (as neural networks mean it: the filter is not mirrored). */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { dtype, randomElements, sumTolerance } from './element.ts';

const count = (value: number, doc: string) => ({ default: value, min: 1, max: 4096, doc }) as const;

/** Size of the result of one dimension. */
const positions = (
  size: number,
  { kernel, padding, stride, dilation }: Readonly<Record<'kernel' | 'padding' | 'stride' | 'dilation', number>>,
): number => Math.max(1, Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1);

export const conv = program({
  name: 'conv',
  doc: 'y[f][v][u] = sum over c, dv, du of w[f][c][dv][du] * x[c][v * stride + dv * dilation - padding][u * stride + du * dilation - padding]',
  params: {
    channels: count(16, 'channels of x'),
    filters: count(16, 'filters of w, channels of y'),
    height: count(14, 'rows of x'),
    width: count(14, 'columns of x'),
    kernel: { default: 3, min: 1, max: 15, doc: 'rows and columns of a filter' },
    padding: { default: 1, min: 0, max: 7, doc: 'rows and columns of zeros around x' },
    stride: { default: 1, min: 1, max: 15, doc: 'rows and columns from one window to the next' },
    dilation: { default: 1, min: 1, max: 15, doc: 'rows and columns of x from one row and column of a filter to the next' },
    dtype,
  },
  build: ({ channels, filters, height, width, dtype, ...window }, target) =>
    patterns(target, ({ input, tabulate, foldOver, output }) => {
      const { kernel, padding, stride, dilation } = window;
      const x = input('x', dtype, [channels, height, width]);
      const w = input('w', dtype, [filters, channels, kernel, kernel]);
      const shape = [filters, positions(height, window), positions(width, window)];
      const y = tabulate(shape, (f, v, u) =>
        foldOver('add', [channels, kernel, kernel], (c, dv, du) =>
          w
            .at(f, c, dv, du)
            .mul(x.at(c, v.mul(stride).add(dv.mul(dilation)).sub(padding), u.mul(stride).add(du.mul(dilation)).sub(padding))),
        ),
      );
      output('y', y);
    }),
  data: ({ channels, filters, height, width, kernel, dtype }, rng) => ({
    arrays: {
      x: randomElements(dtype, channels * height * width, rng),
      w: randomElements(dtype, filters * channels * kernel * kernel, rng),
    },
  }),
  reference: ({ channels, filters, height, width, dtype, ...window }, { arrays: { x, w } }) => {
    const { kernel, padding, stride, dilation } = window;
    const [down, across] = [positions(height, window), positions(width, window)];
    const y = dtype === 'i32' ? new Int32Array(filters * down * across) : new Float64Array(filters * down * across);
    const at = (f: number, v: number, u: number) => (f * down + v) * across + u;
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < channels; c++) {
        for (let tap = 0; tap < kernel * kernel; tap++) {
          const weight = w[(f * channels + c) * kernel * kernel + tap];
          const [dv, du] = [Math.floor(tap / kernel) * dilation - padding, (tap % kernel) * dilation - padding];
          for (let v = 0; v < down; v++) {
            for (let u = 0; u < across; u++) {
              const [row, column] = [v * stride + dv, u * stride + du];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              const value = x[(c * height + row) * width + column];
              y[at(f, v, u)] = dtype === 'i32' ? (y[at(f, v, u)] + Math.imul(weight, value)) | 0 : y[at(f, v, u)] + weight * value;
            }
          }
        }
      }
    }
    return { outputs: { y } };
  },
  tolerance: ({ channels, kernel }) => sumTolerance(channels * kernel * kernel),
});
