/** RandomCARTInference: regression trees whose features are picked out of a stream, their splits and leaves constants. */
import { Rng } from '../../base/rng.ts';
import { explicit } from '../../frontend/dsl/explicit.ts';
import { Expr } from '../../frontend/dsl/expr.ts';
import type { Fifo } from '../../frontend/dsl/fifos.ts';
import { program } from '../../frontend/program.ts';
import { laneParam } from './common.ts';
import { mergedTile } from './copies.ts';

/** A leaf's value, or a split: samples whose feature is below the threshold go left. All numbers have 16 digits behind the point. */
type Tree = number | { readonly feature: number; readonly threshold: number; readonly left: Tree; readonly right: Tree };

const ONE = 1 << 16;

/** Splits of the trees, in turn: those that a split probability of 0.7 with at most two splits gave the original. */
const SPLITS = [2, 2, 2, 2, 2, 1, 0, 0];

/** Trees with features of their own for every split, thresholds in [0, 10), leaves in [0, 20). */
function treesOf(count: number, features: number, seed: number): Tree[] {
  const rng = new Rng(`trees ${seed}`);
  const leaf = (): Tree => rng.int(0, 20 * ONE - 1);
  return Array.from({ length: count }, (_, k) => {
    const free = Array.from({ length: features }, (_, f) => f);
    const split = (left: Tree, right: Tree): Tree => {
      const [feature] = free.splice(rng.int(0, free.length - 1), 1);
      return { feature, threshold: rng.int(0, 10 * ONE - 1), left, right };
    };
    const splits = Math.min(features, SPLITS[k % SPLITS.length]);
    if (splits === 0) return leaf();
    if (splits === 1) return split(leaf(), leaf());
    const inner = split(leaf(), leaf());
    return rng.int(0, 1) === 0 ? split(inner, leaf()) : split(leaf(), inner);
  });
}

const featuresOf = (tree: Tree): number[] =>
  typeof tree === 'number' ? [] : [tree.feature, ...featuresOf(tree.left), ...featuresOf(tree.right)];

const answerOf = (tree: Tree, sample: (feature: number) => number): number =>
  typeof tree === 'number' ? tree : answerOf(sample(tree.feature) < tree.threshold ? tree.left : tree.right, sample);

const muxes = (tree: Tree, sample: (feature: number) => Expr<'i32'>): Expr<'i32'> =>
  typeof tree === 'number'
    ? Expr.constant('i32', tree)
    : sample(tree.feature).lt(tree.threshold).select(muxes(tree.left, sample), muxes(tree.right, sample));

export const randomCartInference = program({
  name: 'suite/RandomCARTInference',
  doc: 'the mean of regression trees, for samples that come feature by feature',
  params: {
    nEstimators: { default: 8, min: 1, max: 16, doc: 'trees' },
    nSamples: { default: 512, min: 1, max: 1 << 16, doc: 'samples' },
    nFeatures: { default: 32, min: 2, max: 64, doc: 'features of a sample' },
    nSamplesPerTile: { default: 16, min: 1, max: 256, doc: 'samples of a tile' },
    seed: { default: 1, min: 0, max: 1 << 16, doc: 'of the trees' },
    ip: laneParam,
  },
  build: ({ nEstimators, nSamples, nFeatures, nSamplesPerTile, seed, ip }, { lanes }) =>
    explicit((v) => {
      // Longer runs keep the memory busy: a generator has only so many of them under way.
      const words = ip === lanes ? mergedTile(nSamples, nSamplesPerTile, 4 * nSamplesPerTile) : nSamplesPerTile;
      const trees = treesOf(nEstimators, nFeatures, seed);
      const x = v.dramIn('x', 'i32', [nFeatures, nSamples]);
      const y = v.dramOut('y', 'i32', [nSamples]);
      v.pipe({ t: { max: nSamples, step: words } }, ({ t }) => {
        const picked = trees.map((tree, k) => new Map(featuresOf(tree).map((f) => [f, v.fifo(`tree${k}_${f}`, 'i32', words)])));
        v.pipe({ f: nFeatures }, ({ f }) => {
          const row = v.fifo('row', 'i32', words);
          v.load(x, [f, t], row);
          v.leaf({ i: { max: words, par: ip } }, () => {
            for (const fifos of picked) for (const [feature, fifo] of fifos) fifo.enqueue(row.dequeue(), { when: f.value.eq(feature) });
          });
        });
        const means = v.fifo('means', 'i32', words);
        v.leaf({ s: { max: words, par: ip } }, () => {
          const values = trees.map((tree, k) => muxes(tree, (feature) => (picked[k].get(feature) as Fifo<'i32'>).dequeue()));
          const sum = values.reduce((a, b) => a.add(b));
          const shift = Math.log2(nEstimators);
          means.enqueue(Number.isInteger(shift) ? sum.shiftRight(shift) : sum.div(nEstimators));
        });
        v.store(y, [t], means);
      });
    }),
  data: ({ nSamples, nFeatures }, rng) => ({
    arrays: { x: Int32Array.from({ length: nFeatures * nSamples }, () => rng.int(0, 20 * ONE - 1)) },
  }),
  reference: ({ nEstimators, nSamples, nFeatures, seed }, { arrays }) => {
    const trees = treesOf(nEstimators, nFeatures, seed);
    const mean = (s: number) =>
      Math.trunc(trees.map((tree) => answerOf(tree, (f) => Number(arrays.x[f * nSamples + s]))).reduce((a, b) => a + b) / nEstimators);
    return { outputs: { y: Int32Array.from({ length: nSamples }, (_, s) => mean(s)) } };
  },
});
