/** The inner product of two vectors. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { copies, dtype, randomElements, size, sumOfProductsOf, sumTolerance } from './element.ts';

export const innerproduct = program({
  name: 'innerproduct',
  doc: 'sum of x[i] * y[i]',
  params: { n: size(4096, 'elements'), dtype, copies },
  build: ({ n, dtype, copies }, target) =>
    patterns(target, ({ input, map, fold, result }) => {
      const x = input('x', dtype, [n]);
      const y = input('y', dtype, [n]);
      const products = map([x, y], (a, b) => a.mul(b));
      result('sum', fold('add', products), { copies });
    }),
  data: ({ n, dtype }, rng) => ({ arrays: { x: randomElements(dtype, n, rng), y: randomElements(dtype, n, rng) } }),
  reference: ({ n, dtype }, { arrays: { x, y } }) => ({
    results: {
      sum: sumOfProductsOf(
        dtype,
        n,
        (i) => x[i],
        (i) => y[i],
      ),
    },
  }),
  tolerance: ({ n }) => sumTolerance(n),
});
