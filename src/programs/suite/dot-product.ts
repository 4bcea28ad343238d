/** DotProduct: the sum of a[i] * b[i]. SimpleDotProduct and SumSquare: of i * i, through a memory and straight from the counter. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, indices, laneParam, sumOf } from './common.ts';
import { tiledSum } from './sum.ts';

const params = {
  N: { default: 1024, min: 1, max: 1 << 20, doc: 'elements' },
  op: copiesParam('over tiles'),
  ts: { default: 32, min: 1, max: 4096, doc: 'elements of a tile', free: 'tile' },
  ip: laneParam,
} as const;

export const dotProduct = program({
  name: 'suite/DotProduct',
  doc: 'sum of a[i] * b[i], int32',
  params,
  build: ({ N, op, ts, ip }, target) =>
    explicit((v) => {
      const a = v.dramIn('a', 'i32', [N]);
      const b = v.dramIn('b', 'i32', [N]);
      tiledSum(v, 'sum', {
        size: N,
        tile: ts,
        copies: op,
        lanes: ip,
        merge: ip === target.lanes,
        tileOf: (t, suffix, words) => {
          const x = v.sram(`x${suffix}`, 'i32', [words]);
          const y = v.sram(`y${suffix}`, 'i32', [words]);
          v.load(a, [t], x);
          v.load(b, [t], y);
          return (i) => x.at(i).mul(y.at(i));
        },
      });
    }),
  data: ({ N }) => ({ arrays: { a: indices(N), b: indices(N) } }),
  reference: (_, { arrays: { a, b } }) => ({ results: { sum: sumOf(a.length, (i) => Math.imul(a[i], b[i])) } }),
});

export const sumSquare = program({
  name: 'suite/SumSquare',
  doc: 'sum of i * i, from the counter',
  params,
  build: ({ N, op, ts, ip }) =>
    explicit((v) => {
      // One counter walks all tiles of a copy where the lanes divide a tile: the same vectors.
      tiledSum(v, 'sum', {
        size: N,
        tile: ts,
        copies: op,
        lanes: ip,
        merge: ts % ip === 0,
        tileOf: (t) => (i) => t.add(i).value.mul(t.add(i).value),
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ results: { sum: sumOf(N, (i) => Math.imul(i, i)) } }),
});

export const simpleDotProduct = program({
  name: 'suite/SimpleDotProduct',
  doc: 'sum of i * i, by way of a memory',
  params: { ...params, ip: { ...params.ip, default: 1 } },
  build: ({ N, op, ts, ip }) =>
    explicit((v) => {
      tiledSum(v, 'sum', {
        size: N,
        tile: ts,
        copies: op,
        lanes: ip,
        tileOf: (t, suffix) => {
          const x = v.sram(`x${suffix}`, 'i32', [ts]);
          v.leaf({ u: { max: ts, par: ip } }, ({ u }) => x.set([u], t.add(u).value));
          return (i) => x.at(i).mul(x.at(i));
        },
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ results: { sum: sumOf(N, (i) => Math.imul(i, i)) } }),
});
