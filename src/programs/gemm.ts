/** Matrix multiplication. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { copies, dtype, randomElements, sumOfProductsOf, sumTolerance } from './element.ts';

const dimension = (doc: string) => ({ default: 64, min: 1, max: 16384, doc }) as const;

export const gemm = program({
  name: 'gemm',
  doc: 'c[i][j] = sum over p of a[i][p] * b[p][j]',
  params: { m: dimension('rows of a and c'), n: dimension('columns of b and c'), k: dimension('columns of a, rows of b'), dtype, copies },
  build: ({ m, n, k, dtype, copies }, target) =>
    patterns(target, ({ input, tabulate, foldOver, output }) => {
      const a = input('a', dtype, [m, k]);
      const b = input('b', dtype, [k, n]);
      const c = tabulate([m, n], (i, j) => foldOver('add', [k], (p) => a.at(i, p).mul(b.at(p, j))));
      output('c', c, { copies });
    }),
  data: ({ m, n, k, dtype }, rng) => ({ arrays: { a: randomElements(dtype, m * k, rng), b: randomElements(dtype, k * n, rng) } }),
  reference: ({ m, n, k, dtype }, { arrays: { a, b } }) => {
    const c = dtype === 'i32' ? new Int32Array(m * n) : new Float64Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        c[i * n + j] = sumOfProductsOf(
          dtype,
          k,
          (p) => a[i * k + p],
          (p) => b[p * n + j],
        );
      }
    }
    return { outputs: { c } };
  },
  tolerance: ({ k }) => sumTolerance(k),
});
