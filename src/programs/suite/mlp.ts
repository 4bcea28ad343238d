/** MLP: three small layers with constant weights, record after record. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import type { Expr } from '../../frontend/dsl/expr.ts';
import type { Memory } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, indices } from './common.ts';
import { inCopies } from './copies.ts';

const width = (doc: string) => ({ default: 4, min: 1, max: 16, doc }) as const;
const outputs = (layer: number) => ({ default: 1, min: 1, max: 16, doc: `outputs of layer ${layer} at once`, free: 'lanes' }) as const;
const inputs = (layer: number) => ({ default: 4, min: 1, max: 16, doc: `asked-for inputs of layer ${layer} at once (all are)` }) as const;

const LAYERS = [0, 1, 2] as const;

/** Weight of input i for output o of a layer with so many outputs. */
const weight = (i: number, o: number, count: number): number => i * count + o;

export const mlp = program({
  name: 'suite/MLP',
  doc: 'three layers of int32 with constant weights; what is negative becomes 0 but behind the last',
  params: {
    N: { default: 2046, min: 1, max: 1 << 16, doc: 'records' },
    batch: { default: 1, min: 1, max: 64, doc: 'records of a transfer', free: 'tile' },
    opb: copiesParam('over records', 8),
    d0: width('words of a record'),
    d1: width('outputs of the first layer'),
    d2: width('outputs of the second layer'),
    d3: width('outputs of the last layer'),
    op0: outputs(0),
    op1: outputs(1),
    op2: outputs(2),
    ip0: inputs(0),
    ip1: inputs(1),
    ip2: inputs(2),
  },
  build: ({ N, batch, opb, d0, d1, d2, d3, op0, op1, op2 }) =>
    explicit((v) => {
      const dims = [d0, d1, d2, d3];
      const atOnce = [op0, op1, op2];
      const records = v.dramIn('records', 'i32', [N, d0]);
      const out = v.dramOut('out', 'i32', [N, d3]);
      const layers = LAYERS.map((l) => ({
        weights: v.table(`weights${l}`, 'i32', [dims[l], dims[l + 1]], (i, o) => weight(i, o, dims[l + 1])),
        bias: v.table(`bias${l}`, 'i32', [dims[l + 1]], (o) => o),
      }));
      inCopies(v, { max: N, step: batch, copies: opb }, ({ suffix, loop }) =>
        v.pipe({ [`r${suffix}`]: loop }, ({ [`r${suffix}`]: r }) => {
          let words: Memory<'i32', readonly [number, number]> = v.sram(`x${suffix}`, 'i32', [batch, d0]);
          v.load(records, [r, 0], words);
          for (const l of LAYERS) {
            const { weights, bias } = layers[l];
            const from = words;
            const into = v.sram(`y${l}${suffix}`, 'i32', [batch, dims[l + 1]]);
            // Lanes are outputs; every input is a word for all of them.
            v.leaf({ b: batch, o: { max: dims[l + 1], par: Math.min(atOnce[l], dims[l + 1]) } }, ({ b, o }) => {
              let sum: Expr<'i32'> = bias.at(o);
              for (let i = 0; i < dims[l]; i++) sum = sum.add(from.at(b, i).mul(weights.at(i, o)));
              into.set([b, o], l === LAYERS.length - 1 ? sum : sum.max(0));
            });
            words = into;
          }
          v.store(out, [r, 0], words);
        }),
      );
    }),
  data: ({ N, d0 }) => ({ arrays: { records: indices(N * d0) } }),
  reference: ({ N, d0, d1, d2, d3 }, { arrays }) => {
    const dims = [d0, d1, d2, d3];
    const out = new Int32Array(N * d3);
    for (let r = 0; r < N; r++) {
      let words = Array.from(arrays.records.subarray(r * d0, (r + 1) * d0));
      for (const l of LAYERS) {
        const sums = Array.from({ length: dims[l + 1] }, (_, o) =>
          words.reduce((sum, x, i) => (sum + Math.imul(x, weight(i, o, dims[l + 1]))) | 0, o),
        );
        words = l === LAYERS.length - 1 ? sums : sums.map((sum) => Math.max(sum, 0));
      }
      out.set(words, r * d3);
    }
    return { outputs: { out } };
  },
});
