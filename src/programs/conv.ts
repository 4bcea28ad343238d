/** Two-dimensional convolution (as neural networks mean it: the filter is not mirrored). */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { dtype, randomElements, sumTolerance } from './element.ts';

const count = (value: number, doc: string) => ({ default: value, min: 1, max: 4096, doc }) as const;

/** Size of the result of one dimension. */
const positions = (size: number, kernel: number, padding: number): number => Math.max(1, size + 2 * padding - kernel + 1);

export const conv = program({
  name: 'conv',
  doc: 'y[f][v][u] = sum over c, dv, du of w[f][c][dv][du] * x[c][v + dv - padding][u + du - padding]',
  params: {
    channels: count(16, 'channels of x'),
    filters: count(16, 'filters of w, channels of y'),
    height: count(14, 'rows of x'),
    width: count(14, 'columns of x'),
    kernel: { default: 3, min: 1, max: 15, doc: 'rows and columns of a filter' },
    padding: { default: 1, min: 0, max: 7, doc: 'rows and columns of zeros around x' },
    dtype,
  },
  build: ({ channels, filters, height, width, kernel, padding, dtype }, target) =>
    patterns(target, ({ input, tabulate, foldOver, output }) => {
      const x = input('x', dtype, [channels, height, width]);
      const w = input('w', dtype, [filters, channels, kernel, kernel]);
      const shape = [filters, positions(height, kernel, padding), positions(width, kernel, padding)];
      const y = tabulate(shape, (f, v, u) =>
        foldOver('add', [channels, kernel, kernel], (c, dv, du) =>
          w.at(f, c, dv, du).mul(x.at(c, v.add(dv).sub(padding), u.add(du).sub(padding))),
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
  reference: ({ channels, filters, height, width, kernel, padding, dtype }, { arrays: { x, w } }) => {
    const [down, across] = [positions(height, kernel, padding), positions(width, kernel, padding)];
    const y = dtype === 'i32' ? new Int32Array(filters * down * across) : new Float64Array(filters * down * across);
    const at = (f: number, v: number, u: number) => (f * down + v) * across + u;
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < channels; c++) {
        for (let tap = 0; tap < kernel * kernel; tap++) {
          const weight = w[(f * channels + c) * kernel * kernel + tap];
          const [dv, du] = [Math.floor(tap / kernel) - padding, (tap % kernel) - padding];
          for (let v = Math.max(0, -dv); v < Math.min(down, height - dv); v++) {
            for (let u = Math.max(0, -du); u < Math.min(across, width - du); u++) {
              const value = x[(c * height + v + dv) * width + u + du];
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
