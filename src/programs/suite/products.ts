/** UnalignLoad, UnalignReduce, UnalignParTest, BroadcastTest and VecTest: lanes and copies that do not divide, words for all lanes. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { program } from '../../frontend/program.ts';
import { askedLanes, copiesParam, indices, laneParam, sumOf } from './common.ts';
import { inCopies } from './copies.ts';
import { tiledSum } from './sum.ts';

export const unalignLoad = program({
  name: 'suite/UnalignLoad',
  doc: 'sum of an array in tiles',
  params: {
    N: { default: 64, min: 1, max: 1 << 20, doc: 'elements' },
    ts: { default: 16, min: 1, max: 4096, doc: 'elements of a tile', free: 'tile' },
    ip: laneParam,
    op: copiesParam('over tiles'),
  },
  build: ({ N, ts, ip, op }, target) =>
    explicit((v) => {
      const a = v.dramIn('a', 'i32', [N]);
      tiledSum(v, 'sum', {
        size: N,
        tile: ts,
        copies: op,
        lanes: ip,
        merge: ip === target.lanes,
        tileOf: (t, suffix, words) => {
          const x = v.sram(`x${suffix}`, 'i32', [words]);
          v.load(a, [t], x);
          return (i) => x.at(i);
        },
      });
    }),
  data: ({ N }) => ({ arrays: { a: indices(N) } }),
  reference: (_, { arrays: { a } }) => ({ results: { sum: sumOf(a.length, (i) => a[i]) } }),
});

export const unalignReduce = program({
  name: 'suite/UnalignReduce',
  doc: 'i goes into a memory and into a queue; the sum of both',
  params: {
    N: { default: 64, min: 1, max: 1 << 20, doc: 'elements' },
    ts1: { default: 16, min: 1, max: 4096, doc: 'elements of a tile', free: 'tile' },
    ip: laneParam,
    op: copiesParam('over tiles'),
    fifo_depth: { default: 10, min: 1, max: 1024, doc: 'asked-for depth of the queue (the fabric has its own)' },
  },
  build: ({ N, ts1, ip, op }) =>
    explicit((v) => {
      tiledSum(v, 'sum', {
        size: N,
        tile: ts1,
        copies: op,
        lanes: ip,
        merge: ts1 % ip === 0,
        tileOf: (t, suffix, words) => {
          const memory = v.sram(`memory${suffix}`, 'i32', [words]);
          const queue = v.sram(`queue${suffix}`, 'i32', [words]);
          v.leaf({ u: { max: words, par: ip } }, ({ u }) => {
            memory.set([u], t.add(u).value);
            queue.set([u], t.add(u).value);
          });
          return (i) => memory.at(i).add(queue.at(i));
        },
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ results: { sum: sumOf(N, (i) => 2 * i) } }),
});

export const unalignParTest = program({
  name: 'suite/UnalignParTest',
  doc: 'out[i][j] = i * j, both made on chip, in tiles of ts1 by ts2',
  params: {
    M: { default: 64, min: 1, max: 4096, doc: 'rows' },
    N: { default: 64, min: 1, max: 4096, doc: 'columns' },
    ts1: { default: 16, min: 1, max: 1024, doc: 'rows of a tile', free: 'tile' },
    ts2: { default: 16, min: 1, max: 1024, doc: 'columns of a tile', free: 'tile' },
    ip: laneParam,
    ip1: { ...laneParam, doc: 'lanes of the loop that makes the rows' },
    ip2: askedLanes('copies of the row loop (one: a tile is made row by row)', 1),
    ips1: askedLanes('lanes of stores (transfers here use all lanes)'),
    ips2: askedLanes('rows stored at once (transfers here store one)', 1),
    op1: copiesParam('over tiles of rows'),
    op2: copiesParam('over tiles of columns'),
  },
  build: ({ M, N, ts1, ts2, ip, ip1, op1, op2 }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [M, N]);
      inCopies(v, { max: M, step: ts1, copies: op1 }, (rows) =>
        v.pipe({ i: rows.loop }, ({ i }) => {
          const x = v.sram(`x${rows.suffix}`, 'i32', [ts1]);
          v.leaf({ f: { max: ts1, par: ip1 } }, ({ f }) => x.set([f], i.add(f).value));
          inCopies(v, { max: N, step: ts2, copies: op2 }, (columns) =>
            v.pipe({ j: columns.loop }, ({ j }) => {
              const suffix = rows.suffix + columns.suffix;
              const y = v.sram(`y${suffix}`, 'i32', [ts2]);
              const tile = v.sram(`tile${suffix}`, 'i32', [ts1, ts2]);
              v.leaf({ g: { max: ts2, par: ip } }, ({ g }) => y.set([g], j.add(g).value));
              v.leaf({ r: ts1, c: { max: ts2, par: ip } }, ({ r, c }) => tile.set([r, c], x.at(r).mul(y.at(c))));
              v.store(out, [i, j], tile);
            }),
          );
        }),
      );
    }),
  data: () => ({ arrays: {} }),
  reference: ({ M, N }) => ({ outputs: { out: Int32Array.from({ length: M * N }, (_, at) => Math.floor(at / N) * (at % N)) } }),
});

/** m[i][j] from v[i] (one word for all lanes) and, for VecTest, v[j]. */
const fromVector = (name: string, doc: string, square: boolean) =>
  program({
    name,
    doc,
    params: {
      N: { default: 32, min: 1, max: 4096, doc: 'elements of the vector' },
      op: { ...copiesParam('over rows'), default: 2 },
      ip: { ...laneParam, default: 8 },
    },
    build: ({ N, op, ip }) =>
      explicit((v) => {
        const a = v.dramIn('v', 'f32', [N]);
        const out = v.dramOut('m', 'f32', [N, N]);
        v.pipe({}, () => {
          const x = v.sram('x', 'f32', [N]);
          v.load(a, [0], x);
          inCopies(v, { max: N, step: 1, copies: op }, ({ suffix, loop, trips }) => {
            const rows = v.sram(`rows${suffix}`, 'f32', [trips, N]);
            v.leaf({ i: loop, j: { max: N, par: ip } }, ({ i, j }) =>
              rows.set([i.sub(loop.min), j], square ? x.at(i).mul(x.at(j)) : x.at(i)),
            );
            v.store(out, [loop.min, 0], rows);
          });
        });
      }),
    data: ({ N }) => ({ arrays: { v: Float32Array.from({ length: N }, (_, i) => i) } }),
    reference: ({ N }, { arrays: { v } }) => {
      const m = new Float32Array(N * N);
      for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) m[i * N + j] = square ? v[i] * v[j] : v[i];
      return { outputs: { m } };
    },
  });

export const broadcastTest = fromVector('suite/BroadcastTest', 'm[i][j] = v[i]', false);
export const vecTest = fromVector('suite/VecTest', 'm[i][j] = v[i] * v[j]', true);
