/** LogReg and SGD: a model that every epoch reads and updates, from the errors of tiles of rows. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import type { Expr } from '../../frontend/dsl/expr.ts';
import { carried, folded, type Memory, reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam } from './common.ts';
import { copiesOf, inCopies } from './copies.ts';

const sum = <E extends Expr>(terms: readonly E[]): E => terms.reduce((a, b) => a.add(b) as E);

/**
 * Vectors of a row whose products are summed one by one, lane by lane, and added up afterwards: a lane tree then has one
 * vector at a time and waits for no sum before it. More than a few of them, or ones that do not fill the lanes, are one sum.
 */
const partsOf = (columns: number, lanes: number): number => (columns % lanes === 0 && columns / lanes <= 4 ? columns / lanes : 1);

export const logReg = program({
  name: 'suite/LogReg',
  doc: 'logistic regression, full batches, step 1, float32',
  params: {
    iters: { default: 2, min: 1, max: 64, doc: 'epochs' },
    D: { default: 32, min: 1, max: 256, doc: 'columns' },
    N: { default: 256, min: 1, max: 1 << 16, doc: 'rows' },
    ts: { default: 32, min: 1, max: 256, doc: 'rows of a tile', free: 'tile' },
    op: copiesParam('over tiles'),
    mp: copiesParam('over rows of a tile'),
    ip: laneParam,
  },
  build: ({ iters, D, N, ts, op, mp, ip }) =>
    explicit((v) => {
      const x = v.dramIn('x', 'f32', [N, D]);
      const y = v.dramIn('y', 'f32', [N]);
      const start = v.dramIn('start', 'f32', [D]);
      const out = v.dramOut('theta', 'f32', [D]);
      const tiles = { max: N, step: ts, copies: op };
      const rows = copiesOf({ max: ts, step: 1, copies: mp });
      const parts = partsOf(D, ip);
      v.pipe({}, () => {
        const theta = v.sram('theta_now', 'f32', [D]);
        v.load(start, [0], theta);
        v.seq({ epoch: iters }, ({ epoch }) => {
          const gradients: { total: Memory<'f32', readonly [number]> }[] = [];
          inCopies(v, tiles, (tile) => {
            // Every row of a tile accumulates for itself, so that no addition waits for the one before it.
            const lines = rows.map((row) => ({ row, lines: v.sram(`lines${tile.suffix}${row.suffix}`, 'f32', [row.trips, D]) }));
            v.pipe({ t: tile.loop }, ({ t }) => {
              const xTile = v.sram(`x_tile${tile.suffix}`, 'f32', [ts, D]);
              const yTile = v.sram(`y_tile${tile.suffix}`, 'f32', [ts]);
              v.load(x, [t, 0], xTile);
              v.load(y, [t], yTile);
              for (const { row, lines: own } of lines) {
                const at = tile.suffix + row.suffix;
                const part = D / parts;
                const dots = v.sram(`dot${at}`, 'f32', [parts, row.trips]);
                v.leaf({ r: row.trips, w: parts, d: { max: part, par: ip } }, ({ r, w, d }) => {
                  const column = w.mul(part).add(d);
                  dots.set([w, r], reduce('add', xTile.at(r.add(row.loop.min), column).mul(theta.at(column)), [d]));
                });
                const error = v.sram(`error${at}`, 'f32', [row.trips]);
                v.leaf({ r: { max: row.trips, par: ip } }, ({ r }) => {
                  const dot = sum(Array.from({ length: parts }, (_, w) => dots.at(w, r)));
                  error.set([r], yTile.at(r.add(row.loop.min)).sub(dot.sigmoid()));
                });
                v.leaf({ r: row.trips, u: 1, d: { max: D, par: ip } }, ({ r, u, d }) =>
                  own.set([r, d], reduce('add', error.at(r).mul(xTile.at(r.add(row.loop.min), d)), [u], carried(own.at(r, d), [t]))),
                );
              }
            });
            for (const { row, lines: own } of lines) {
              const total = v.sram(`gradient${tile.suffix}${row.suffix}`, 'f32', [D]);
              v.leaf({ d: D, r: { max: row.trips, par: ip } }, ({ d, r }) => total.set([d], reduce('add', own.at(r, d), [r])));
              gradients.push({ total });
            }
          });
          v.leaf({ u: 1, d: { max: D, par: ip } }, ({ u, d }) =>
            theta.set([d], reduce('add', sum(gradients.map(({ total }) => total.at(d))), [u], folded(theta.at(d), [epoch]))),
          );
        });
        v.store(out, [0], theta);
      });
    }),
  data: ({ D, N }, rng) => ({
    arrays: {
      x: Float32Array.from({ length: N * D }, () => (rng.int(0, (1 << 20) - 1) / (1 << 20)) * 10),
      y: Float32Array.from({ length: N }, (_, i) => i),
      start: Float32Array.from({ length: D }, () => rng.int(0, (1 << 20) - 1) / (1 << 20)),
    },
  }),
  reference: ({ iters, D, N }, { arrays: { x, y, start } }) => {
    const theta = Float64Array.from(start);
    for (let epoch = 0; epoch < iters; epoch++) {
      const gradient = new Float64Array(D);
      for (let i = 0; i < N; i++) {
        let dot = 0;
        for (let d = 0; d < D; d++) dot += x[i * D + d] * theta[d];
        const error = y[i] - 1 / (1 + Math.exp(-dot));
        for (let d = 0; d < D; d++) gradient[d] += error * x[i * D + d];
      }
      for (let d = 0; d < D; d++) theta[d] += gradient[d];
    }
    return { outputs: { theta } };
  },
  tolerance: { relative: 1e-4, absolute: 1e-3 },
});

const ONE = 65536;

export const sgd = program({
  name: 'suite/SGD',
  doc: 'least squares by gradient steps over batches, fix16.16',
  params: {
    D: { default: 32, min: 1, max: 256, doc: 'columns' },
    N: { default: 128, min: 1, max: 1 << 16, doc: 'rows' },
    E: { default: 2, min: 1, max: 64, doc: 'epochs' },
    ts: { default: 32, min: 1, max: 256, doc: 'rows of a batch' },
    mp1: copiesParam('over rows, for the errors'),
    mp2: copiesParam('over rows, for the update'),
    ip: laneParam,
    step: { default: 7, min: 1, max: ONE, doc: 'step, in 1/65536 (1e-4 is 7)' },
  },
  build: ({ D, N, E, ts, mp1, mp2, ip, step }) =>
    explicit((v) => {
      const x = v.dramIn('x', 'i32', [N, D]);
      const y = v.dramIn('y', 'i32', [N]);
      const out = v.dramOut('w', 'i32', [D]);
      v.pipe({}, () => {
        const model = v.sram('model', 'i32', [D]);
        v.leaf({ z: { max: D, par: ip } }, ({ z }) => model.set([z], 0));
        v.seq({ e: E, t: { max: N, step: ts } }, ({ e, t }) => {
          const xTile = v.sram('x_tile', 'i32', [ts, D]);
          const yTile = v.sram('y_tile', 'i32', [ts]);
          v.load(y, [t], yTile);
          v.load(x, [t, 0], xTile);
          const dots = copiesOf({ max: ts, step: 1, copies: mp1 }).map(({ suffix, loop, trips }) => {
            const dot = v.sram(`dot${suffix}`, 'i32', [trips]);
            v.leaf({ r: loop, d: { max: D, par: ip } }, ({ r, d }) =>
              dot.set([r.sub(loop.min)], reduce('add', xTile.at(r, d).fixMul(model.at(d)), [d])),
            );
            return { suffix, loop, trips, dot };
          });
          const parts = copiesOf({ max: ts, step: 1, copies: mp2 });
          // The blocks of both loops over rows meet where either begins.
          const cuts = [...new Set([...dots, ...parts].map(({ loop }) => loop.min))].sort((a, b) => a - b);
          const errors = cuts.map((min, c) => {
            const max = cuts[c + 1] ?? ts;
            const block = dots.findLast(({ loop }) => loop.min <= min) as (typeof dots)[number];
            const error = v.sram(cuts.length === 1 ? 'error' : `error_${c}`, 'i32', [max - min]);
            v.leaf({ r: { max: max - min, par: ip } }, ({ r }) =>
              error.set([r], yTile.at(r.add(min)).sub(block.dot.at(r.add(min - block.loop.min)))),
            );
            return { min, max, error };
          });
          const changes = errors.map(({ min, max, error }, c) => {
            const change = v.sram(errors.length === 1 ? 'change' : `change_${c}`, 'i32', [D]);
            v.leaf({ d: D, r: { max: max - min, par: ip } }, ({ d, r }) =>
              change.set([d], reduce('add', xTile.at(r.add(min), d).fixMul(error.at(r)).fixMul(step), [r])),
            );
            return change;
          });
          v.leaf({ u: 1, d: { max: D, par: ip } }, ({ u, d }) =>
            model.set([d], reduce('add', sum(changes.map((change) => change.at(d))), [u], folded(model.at(d), [e, t]))),
          );
        });
        v.store(out, [0], model);
      });
    }),
  data: ({ D, N }, rng) => {
    const x = Int32Array.from({ length: N * D }, () => (rng.int(0, 3 - 1) + 1) * ONE);
    const y = Int32Array.from({ length: N }, (_, i) => 2 * x.subarray(i * D, (i + 1) * D).reduce((a, b) => a + b, 0));
    return { arrays: { x, y } };
  },
  reference: ({ D, N, E, ts, step }, { arrays: { x, y } }) => {
    const times = (a: number, b: number) => Number(BigInt.asIntN(32, (BigInt(a) * BigInt(b)) >> 16n));
    const w = new Int32Array(D);
    for (let e = 0; e < E; e++) {
      for (let t = 0; t < N; t += ts) {
        const change = new Int32Array(D);
        for (let i = t; i < Math.min(N, t + ts); i++) {
          let dot = 0;
          for (let d = 0; d < D; d++) dot = (dot + times(x[i * D + d], w[d])) | 0;
          for (let d = 0; d < D; d++) change[d] += times(times(x[i * D + d], (y[i] - dot) | 0), step);
        }
        for (let d = 0; d < D; d++) w[d] += change[d];
      }
    }
    return { outputs: { w } };
  },
});
