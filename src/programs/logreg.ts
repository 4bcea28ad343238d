/** Logistic regression by gradient steps over all points. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';

/** Length of a step, divided by the points. */
const RATE = 1;

export const logreg = program({
  name: 'logreg',
  doc: 'logistic regression: in each epoch theta += rate * mean of (y - sigmoid(x theta)) x',
  params: {
    n: { default: 256, min: 1, max: 1 << 22, doc: 'points' },
    d: { default: 32, min: 1, max: 4096, doc: 'dimensions' },
    epochs: { default: 2, min: 1, max: 1024, doc: 'epochs' },
  },
  build: ({ n, d, epochs }, target) =>
    patterns(target, ({ input, tabulate, foldOver, iterate, map, output }) => {
      const x = input('x', 'f32', [n, d]);
      const y = input('y', 'f32', [n]);
      const start = input('start', 'f32', [d]);
      const model = iterate([epochs], start, (theta) => {
        const error = tabulate([n], (p) => y.at(p).sub(foldOver('add', [d], (i) => x.at(p, i).mul(theta.at(i))).sigmoid()));
        const gradient = tabulate([d], (i) => foldOver('add', [n], (p) => error.at(p).mul(x.at(p, i))));
        return map([theta, gradient], (now, slope) => slope.mulAdd(RATE / n, now));
      });
      output('theta', model);
    }),
  data: ({ n, d }, rng) => {
    const truth = Float32Array.from({ length: d }, () => rng.float32(-1, 1));
    const x = Float32Array.from({ length: n * d }, () => rng.float32(-1, 1));
    const y = Float32Array.from({ length: n }, (_, p) => (truth.reduce((sum, w, i) => sum + w * x[p * d + i], 0) > 0 ? 1 : 0));
    return { arrays: { x, y, start: new Float32Array(d) } };
  },
  reference: ({ n, d, epochs }, { arrays: { x, y, start } }) => {
    const theta = Float64Array.from(start);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const gradient = new Float64Array(d);
      for (let p = 0; p < n; p++) {
        let sum = 0;
        for (let i = 0; i < d; i++) sum += x[p * d + i] * theta[i];
        const error = y[p] - 1 / (1 + Math.exp(-sum));
        for (let i = 0; i < d; i++) gradient[i] += error * x[p * d + i];
      }
      for (let i = 0; i < d; i++) theta[i] += (RATE / n) * gradient[i];
    }
    return { outputs: { theta } };
  },
  tolerance: { relative: 1e-3, absolute: 1e-4 },
});
