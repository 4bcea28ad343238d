/** K means: every point joins its nearest centroid, centroids become the means of their points. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';

export const kmeans = program({
  name: 'kmeans',
  doc: 'k means of points of whole coordinates; a centroid without points stays where it is',
  params: {
    n: { default: 256, min: 1, max: 1 << 22, doc: 'points' },
    d: { default: 16, min: 1, max: 1024, doc: 'dimensions' },
    k: { default: 8, min: 1, max: 1024, doc: 'centroids' },
    epochs: { default: 2, min: 1, max: 1024, doc: 'iterations' },
  },
  build: ({ n, d, k, epochs }, target) =>
    patterns(target, ({ input, tabulate, foldOver, argMin, groupBy, iterate, output }) => {
      const points = input('points', 'i32', [n, d]);
      const start = input('start', 'i32', [k, d]);
      const ones = tabulate([n], (p) => p.value.mul(0).add(1));
      const centroids = iterate([epochs], start, (now) => {
        const distance = (p: Parameters<typeof points.at>[0], c: Parameters<typeof now.at>[0]) =>
          foldOver('add', [d], (i) =>
            points
              .at(p, i)
              .sub(now.at(c, i))
              .mul(points.at(p, i).sub(now.at(c, i))),
          );
        const nearest = tabulate([n], (p) => argMin(k, (c) => distance(p, c)));
        const sums = groupBy('add', k, nearest, points);
        const counts = groupBy('add', k, nearest, ones);
        return tabulate([k, d], (c, i) =>
          counts
            .at(c)
            .ne(0)
            .select(sums.at(c, i).div(counts.at(c)), now.at(c, i)),
        );
      });
      output('centroids', centroids);
    }),
  data: ({ n, d, k }, rng) => {
    const hubs = Int32Array.from({ length: k * d }, () => rng.int(-500, 500));
    const points = Int32Array.from({ length: n * d }, () => rng.int(-200, 200));
    for (let p = 0; p < n; p++) {
      const hub = rng.int(0, k - 1);
      for (let i = 0; i < d; i++) points[p * d + i] += hubs[hub * d + i];
    }
    return { arrays: { points, start: Int32Array.from({ length: k * d }, () => rng.int(-500, 500)) } };
  },
  reference: ({ n, d, k, epochs }, { arrays: { points, start } }) => {
    const centroids = Int32Array.from(start);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const sums = new Int32Array(k * d);
      const counts = new Int32Array(k);
      for (let p = 0; p < n; p++) {
        let nearest = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let c = 0; c < k; c++) {
          let distance = 0;
          for (let i = 0; i < d; i++) distance += (points[p * d + i] - centroids[c * d + i]) ** 2;
          if (distance < least) [nearest, least] = [c, distance];
        }
        counts[nearest]++;
        for (let i = 0; i < d; i++) sums[nearest * d + i] += points[p * d + i];
      }
      for (let c = 0; c < k; c++)
        if (counts[c] > 0) for (let i = 0; i < d; i++) centroids[c * d + i] = Math.trunc(sums[c * d + i] / counts[c]);
    }
    return { outputs: { centroids } };
  },
});
