/**
 * Kmeans: every point joins its nearest centroid, centroids become the means of their points, epoch after epoch. The last
 * column of a point is 1 and counts; distances leave it out.
 */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam } from './common.ts';
import { copiesOf } from './copies.ts';

export const kmeans = program({
  name: 'suite/Kmeans',
  doc: 'K means of points, int32',
  params: {
    K: { default: 64, min: 1, max: 256, doc: 'centroids, at first the first points' },
    D: { default: 64, min: 2, max: 256, doc: 'columns of a point, the counting one included' },
    I: { default: 2, min: 1, max: 64, doc: 'epochs' },
    N: { default: 256, min: 1, max: 1 << 16, doc: 'points' },
    ts: { default: 128, min: 1, max: 256, doc: 'points of a tile', free: 'tile' },
    ip: laneParam,
    op: copiesParam('over tiles'),
    mp1: copiesParam('over points of a tile'),
    mp2: copiesParam('over centroids, for the distances'),
    mp3: copiesParam('over centroids, for the means (as many as for the distances, if more than one)'),
    element_max: { default: 10, min: 1, max: 1 << 10, doc: 'coordinates are this random' },
  },
  relations: { 'N is at least K': ({ N, K }) => N >= K },
  build: ({ K, D, I, N, ts, ip, op, mp1, mp2, mp3 }) =>
    explicit((v) => {
      const points = v.dramIn('points', 'i32', [N, D]);
      const out = v.dramOut('centroids', 'i32', [K, D]);
      const blocks = copiesOf({ max: K, step: 1, copies: mp2 });
      const lanes = { par: ip };
      v.pipe({}, () => {
        const means = v.sram('means', 'i32', [K, D]);
        v.load(points, [0, 0], means);
        v.seq({ epoch: I }, () => {
          const sums = v.sram('sums', 'i32', [K, D]);
          v.memreduce(
            sums,
            { t: { max: N, step: ts, par: op } },
            ({ t }) => {
              const tile = v.sram('tile', 'i32', [ts, D]);
              v.load(points, [t, 0], tile);
              const tileSums = v.sram('tile_sums', 'i32', [K, D]);
              v.memreduce(
                tileSums,
                { p: { max: ts, par: mp1 } },
                ({ p }) => {
                  const nearest = blocks.map(({ suffix, loop, trips }) => {
                    const distance = v.sram(`distance${suffix}`, 'i32', [trips]);
                    v.leaf({ k: loop, d: { max: D - 1, ...lanes } }, ({ k, d }) => {
                      const apart = tile.at(p, d).sub(means.at(k, d));
                      distance.set([k.sub(loop.min)], reduce('add', apart.mul(apart), [d]));
                    });
                    const least = v.sram(`least${suffix}`, 'i32', [1]);
                    v.leaf({ k: { max: trips, ...lanes } }, ({ k }) => least.set([0], reduce('min', distance.at(k), [k])));
                    return { suffix, loop, trips, distance, least };
                  });
                  const chosen = nearest.map(({ suffix, loop, trips, distance }) => {
                    const index = v.sram(`index${suffix}`, 'i32', [1]);
                    v.leaf({ k: { max: trips, ...lanes } }, ({ k }) => {
                      const least = nearest.map((one) => one.least.at(0)).reduce((a, b) => a.min(b));
                      index.set([0], reduce('max', distance.at(k).eq(least).select(k.add(loop.min).value, -1), [k]));
                    });
                    return index;
                  });
                  const local = v.sram('local', 'i32', [K, D]);
                  v.leaf({ k: K, d: { max: D, ...lanes } }, ({ k, d }) => {
                    const mine = k.value.eq(chosen.map((index) => index.at(0)).reduce((a, b) => a.max(b)));
                    // Points beyond the array are zeros, their count too.
                    local.set([k, d], mine.select(tile.at(p, d), 0));
                  });
                  return local;
                },
                lanes,
              );
              return tileSums;
            },
            lanes,
          );
          v.leaf({ k: { max: K, par: mp3 > 1 ? mp2 : 1 }, d: { max: D - 1, ...lanes } }, ({ k, d }) => {
            const count = sums.at(k, D - 1);
            means.set([k, d], count.ne(0).select(sums.at(k, d).div(count), 0));
          });
        });
        v.store(out, [0, 0], means);
      });
    }),
  data: ({ N, D, element_max }, rng) => ({
    arrays: {
      points: Int32Array.from({ length: N * D }, (_, at) => (at % D === D - 1 ? 1 : rng.int(0, element_max - 1) + Math.floor(at / D))),
    },
  }),
  reference: ({ K, D, I, N }, { arrays: { points } }) => {
    const centroids = Int32Array.from(points.subarray(0, K * D));
    for (let epoch = 0; epoch < I; epoch++) {
      const sums = new Int32Array(K * D);
      for (let p = 0; p < N; p++) {
        let [nearest, least] = [0, Number.POSITIVE_INFINITY];
        for (let k = 0; k < K; k++) {
          let distance = 0;
          for (let d = 0; d < D - 1; d++) distance += (points[p * D + d] - centroids[k * D + d]) ** 2;
          if (distance <= least) [nearest, least] = [k, distance];
        }
        for (let d = 0; d < D; d++) sums[nearest * D + d] += points[p * D + d];
      }
      for (let k = 0; k < K; k++) {
        const count = sums[k * D + D - 1];
        for (let d = 0; d < D - 1; d++) centroids[k * D + d] = count === 0 ? 0 : Math.trunc(sums[k * D + d] / count);
      }
    }
    return { outputs: { centroids } };
  },
});
