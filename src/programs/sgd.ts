/** Least squares by stochastic gradient descent over minibatches. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';

/** Length of a step. */
const RATE = 2 ** -6;

export const sgd = program({
  name: 'sgd',
  doc: 'linear regression by gradient steps, one for each minibatch of every epoch',
  params: {
    batches: { default: 8, min: 1, max: 1 << 16, doc: 'minibatches' },
    batch: { default: 32, min: 1, max: 4096, doc: 'points of a minibatch' },
    d: { default: 32, min: 1, max: 4096, doc: 'dimensions' },
    epochs: { default: 2, min: 1, max: 1024, doc: 'epochs' },
  },
  build: ({ batches, batch, d, epochs }, target) =>
    patterns(target, ({ input, tabulate, foldOver, iterate, map, output }) => {
      const x = input('x', 'f32', [batches, batch, d]);
      const y = input('y', 'f32', [batches, batch]);
      const start = input('start', 'f32', [d]);
      const model = iterate([epochs, batches], start, (w, _, b) => {
        const error = tabulate([batch], (p) => y.at(b, p).sub(foldOver('add', [d], (i) => x.at(b, p, i).mul(w.at(i)))));
        const slope = tabulate([d], (i) => foldOver('add', [batch], (p) => error.at(p).mul(x.at(b, p, i))));
        return map([w, slope], (now, change) => change.mulAdd(RATE / batch, now));
      });
      output('w', model);
    }),
  data: ({ batches, batch, d }, rng) => {
    const truth = Float32Array.from({ length: d }, () => rng.float32(-1, 1));
    const x = Float32Array.from({ length: batches * batch * d }, () => rng.float32(-1, 1));
    const y = Float32Array.from({ length: batches * batch }, (_, p) => truth.reduce((sum, w, i) => sum + w * x[p * d + i], 0));
    return { arrays: { x, y, start: new Float32Array(d) } };
  },
  reference: ({ batches, batch, d, epochs }, { arrays: { x, y, start } }) => {
    const w = Float64Array.from(start);
    for (let step = 0; step < epochs * batches; step++) {
      const first = (step % batches) * batch;
      const slope = new Float64Array(d);
      for (let p = first; p < first + batch; p++) {
        let error = y[p];
        for (let i = 0; i < d; i++) error -= x[p * d + i] * w[i];
        for (let i = 0; i < d; i++) slope[i] += error * x[p * d + i];
      }
      for (let i = 0; i < d; i++) w[i] += (RATE / batch) * slope[i];
    }
    return { outputs: { w } };
  },
  tolerance: { relative: 1e-3, absolute: 1e-4 },
});
