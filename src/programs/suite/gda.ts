/** GDA: the covariance of rows around the mean of their class, a memory-reduce of outer products over rows and tiles of rows. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam } from './common.ts';

export const gda = program({
  name: 'suite/GDA',
  doc: 'sum of (x - mean)(x - mean)^T over rows, float32',
  params: {
    C: { default: 32, min: 1, max: 128, doc: 'columns' },
    R: { default: 64, min: 1, max: 1 << 16, doc: 'rows' },
    ts: { default: 32, min: 1, max: 256, doc: 'rows of a tile', free: 'tile' },
    op: copiesParam('over tiles'),
    mp1: copiesParam('over rows of a tile'),
    mp2: copiesParam('over rows of an outer product'),
    ip: laneParam,
  },
  build: ({ C, R, ts, op, mp1, mp2, ip }) =>
    explicit((v) => {
      const x = v.dramIn('x', 'f32', [R, C]);
      const y = v.dramIn('y', 'i32', [R]);
      const mu0 = v.dramIn('mu0', 'f32', [C]);
      const mu1 = v.dramIn('mu1', 'f32', [C]);
      const out = v.dramOut('sigma', 'f32', [C, C]);
      v.pipe({}, () => {
        const mean0 = v.sram('mean0', 'f32', [C]);
        const mean1 = v.sram('mean1', 'f32', [C]);
        v.load(mu0, [0], mean0);
        v.load(mu1, [0], mean1);
        const sum = v.sram('sum', 'f32', [C, C]);
        const overRows = { par: ip };
        v.memreduce(
          sum,
          { t: { max: R, step: ts, par: op } },
          ({ t }) => {
            const xTile = v.sram('x_tile', 'f32', [ts, C]);
            const yTile = v.sram('y_tile', 'i32', [ts]);
            v.load(y, [t], yTile);
            v.load(x, [t, 0], xTile);
            const tile = v.sram('tile', 'f32', [C, C]);
            v.memreduce(
              tile,
              { r: { max: ts, par: mp1 } },
              ({ r }) => {
                const d = v.sram('d', 'f32', [C]);
                v.leaf({ c: { max: C, par: ip } }, ({ c }) => {
                  const apart = xTile.at(r, c).sub(yTile.at(r).select(mean1.at(c), mean0.at(c)));
                  // Rows beyond the array add nothing.
                  d.set([c], R % ts === 0 ? apart : t.add(r).value.lt(R).select(apart, 0));
                });
                const square = v.sram('square', 'f32', [C, C]);
                v.leaf({ i: { max: C, par: mp2 }, j: { max: C, par: ip } }, ({ i, j }) => square.set([i, j], d.at(i).mul(d.at(j))));
                return square;
              },
              overRows,
            );
            return tile;
          },
          overRows,
        );
        v.store(out, [0, 0], sum);
      });
    }),
  data: ({ C, R }) => {
    const mean = () => Float32Array.from({ length: C }, (_, c) => c % 2);
    return {
      arrays: {
        x: Float32Array.from({ length: R * C }, (_, at) => at % 256),
        y: Int32Array.from({ length: R }, (_, r) => (r % 256 === 1 ? 1 : 0)),
        mu0: mean(),
        mu1: mean(),
      },
    };
  },
  reference: ({ C, R }, { arrays: { x, y, mu0, mu1 } }) => {
    const sigma = new Float64Array(C * C);
    for (let r = 0; r < R; r++) {
      const mean = y[r] ? mu1 : mu0;
      for (let i = 0; i < C; i++) for (let j = 0; j < C; j++) sigma[i * C + j] += (x[r * C + i] - mean[i]) * (x[r * C + j] - mean[j]);
    }
    return { outputs: { sigma } };
  },
});
