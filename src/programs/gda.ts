/** Gaussian discriminant analysis: the covariance of points around the mean of their class. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { sumTolerance } from './element.ts';

export const gda = program({
  name: 'gda',
  doc: 'sigma = sum over points of (x - mean)(x - mean)^T, the mean that of the class of x',
  params: {
    n: { default: 512, min: 1, max: 1 << 24, doc: 'points' },
    d: { default: 32, min: 1, max: 1024, doc: 'dimensions' },
  },
  build: ({ n, d }, target) =>
    patterns(target, ({ input, tabulate, foldOver, output }) => {
      const x = input('x', 'f32', [n, d]);
      const y = input('y', 'i32', [n]);
      const mean0 = input('mean0', 'f32', [d]);
      const mean1 = input('mean1', 'f32', [d]);
      const apart = tabulate([n, d], (p, i) => x.at(p, i).sub(y.at(p).select(mean1.at(i), mean0.at(i))));
      const sigma = tabulate([d, d], (i, j) => foldOver('add', [n], (p) => apart.at(p, i).mul(apart.at(p, j))));
      output('sigma', sigma);
    }),
  data: ({ n, d }, rng) => ({
    arrays: {
      x: Float32Array.from({ length: n * d }, () => rng.float32()),
      y: Int32Array.from({ length: n }, () => rng.int(0, 1)),
      mean0: Float32Array.from({ length: d }, () => 0.5 * rng.float32()),
      mean1: Float32Array.from({ length: d }, () => 0.5 * rng.float32()),
    },
  }),
  reference: ({ n, d }, { arrays: { x, y, mean0, mean1 } }) => {
    const sigma = new Float64Array(d * d);
    const apart = new Float64Array(d);
    for (let p = 0; p < n; p++) {
      const mean = y[p] ? mean1 : mean0;
      for (let i = 0; i < d; i++) apart[i] = x[p * d + i] - mean[i];
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) sigma[i * d + j] += apart[i] * apart[j];
    }
    return { outputs: { sigma } };
  },
  // Terms of both signs, each below 1.
  tolerance: ({ n }) => ({ relative: sumTolerance(n).relative, absolute: n * n * 2 ** -26 + 1e-5 }),
});
