/** The outer product of two vectors. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { copies, dtype, randomElements } from './element.ts';

export const outerproduct = program({
  name: 'outerproduct',
  doc: 'out[i][j] = x[i] * y[j]',
  params: {
    m: { default: 256, min: 1, max: 16384, doc: 'rows' },
    n: { default: 256, min: 1, max: 16384, doc: 'columns' },
    dtype,
    copies,
  },
  build: ({ m, n, dtype, copies }, target) =>
    patterns(target, ({ input, outer, output }) => {
      const x = input('x', dtype, [m]);
      const y = input('y', dtype, [n]);
      output(
        'out',
        outer(x, y, (a, b) => a.mul(b)),
        { copies },
      );
    }),
  data: ({ m, n, dtype }, rng) => ({ arrays: { x: randomElements(dtype, m, rng), y: randomElements(dtype, n, rng) } }),
  reference: ({ m, n, dtype }, { arrays: { x, y } }) => {
    const out = dtype === 'i32' ? new Int32Array(m * n) : new Float64Array(m * n);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[i * n + j] = x[i] * y[j];
    return { outputs: { out } };
  },
  tolerance: { relative: 2 ** -24, absolute: 0 },
});
