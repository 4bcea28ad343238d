/** OuterProduct: out[i][j] = a[i] * b[j], in tiles of ts1 by ts2; the tile of b is loaded again for every tile of a. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { program } from '../../frontend/program.ts';
import { askedLanes, copiesParam, indices, laneParam } from './common.ts';
import { inCopies } from './copies.ts';

export const outerProduct = program({
  name: 'suite/OuterProduct',
  doc: 'out[i][j] = a[i] * b[j], int32',
  params: {
    M: { default: 256, min: 1, max: 8192, doc: 'rows' },
    N: { default: 256, min: 1, max: 8192, doc: 'columns' },
    ts1: { default: 64, min: 1, max: 4096, doc: 'rows of a tile', free: 'tile' },
    ts2: { default: 32, min: 1, max: 4096, doc: 'columns of a tile', free: 'tile' },
    ip: askedLanes('lanes of transfers (transfers here use all lanes)'),
    ip1: laneParam,
    ip2: copiesParam('over rows of a tile'),
    op1: copiesParam('over tiles of rows'),
    op2: copiesParam('over tiles of columns'),
  },
  build: ({ M, N, ts1, ts2, ip1, ip2, op1, op2 }) =>
    explicit((v) => {
      const a = v.dramIn('a', 'i32', [M]);
      const b = v.dramIn('b', 'i32', [N]);
      const out = v.dramOut('out', 'i32', [M, N]);
      inCopies(v, { max: M, step: ts1, copies: op1 }, (rows) => {
        v.pipe({ i: rows.loop }, ({ i }) => {
          const x = v.sram(`x${rows.suffix}`, 'i32', [ts1]);
          v.load(a, [i], x);
          inCopies(v, { max: N, step: ts2, copies: op2 }, (columns) => {
            v.pipe({ j: columns.loop }, ({ j }) => {
              const suffix = rows.suffix + columns.suffix;
              const y = v.sram(`y${suffix}`, 'i32', [ts2]);
              v.load(b, [j], y);
              inCopies(v, { max: ts1, step: 1, copies: ip2 }, (lines) => {
                const { min } = lines.loop;
                const tile = v.sram(`tile${suffix}${lines.suffix}`, 'i32', [lines.trips, ts2]);
                v.leaf({ r: lines.trips, c: { max: ts2, par: ip1 } }, ({ r, c }) => tile.set([r, c], x.at(r.add(min)).mul(y.at(c))));
                v.store(out, [i.add(min), j], tile);
              });
            });
          });
        });
      });
    }),
  data: ({ M, N }) => ({ arrays: { a: indices(M), b: indices(N) } }),
  reference: ({ M, N }, { arrays: { a, b } }) => {
    const out = new Int32Array(M * N);
    for (let i = 0; i < M; i++) for (let j = 0; j < N; j++) out[i * N + j] = Math.imul(a[i], b[j]);
    return { outputs: { out } };
  },
});
