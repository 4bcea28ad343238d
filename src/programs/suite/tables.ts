/** StreamFake, LUTTest, FileLUTTest and OuterWrite: counters, queues and tables, no DRAM. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam, sumOf } from './common.ts';
import { tiledSum } from './sum.ts';

export const streamFake = program({
  name: 'suite/StreamFake',
  doc: 'an argument goes through a queue, the last one out is the result',
  params: {
    N: { default: 10, min: 1, max: 1 << 16, doc: 'times' },
    fifo_depth: { default: 16, min: 1, max: 1024, doc: 'asked-for depth of the queue (the fabric has its own)' },
  },
  build: ({ N }) =>
    explicit((v) => {
      const x = v.argIn('x', 'i32');
      const out = v.result('out', 'i32');
      v.pipe({}, () => {
        const queue = v.sram('queue', 'i32', [N]);
        v.leaf({ i: N }, ({ i }) => queue.set([i], x));
        v.leaf({ j: N }, ({ j }) => out.set(queue.at(j)));
      });
    }),
  data: () => ({ arrays: {}, args: { x: 10 } }),
  reference: (_, { args }) => ({ results: { out: args?.x ?? 0 } }),
});

/** A table whose word i is i is written by the counter of the copy that reads it, before it is read. */
const lut = (name: string) =>
  program({
    name,
    doc: 'sum of A[i] * B[i], both of them tables that hold i at i',
    params: {
      N: { default: 128, min: 1, max: 1 << 16, doc: 'words of a table' },
      op: copiesParam('over tiles'),
      ts: { default: 32, min: 1, max: 4096, doc: 'words of a tile', free: 'tile' },
      ip: laneParam,
    },
    build: ({ N, op, ts, ip }) =>
      explicit((v) => {
        tiledSum(v, 'sum', {
          size: N,
          tile: ts,
          copies: op,
          lanes: ip,
          merge: ts % ip === 0,
          tileOf: (t, suffix, words) => {
            const a = v.sram(`a${suffix}`, 'i32', [words]);
            const b = v.sram(`b${suffix}`, 'i32', [words]);
            v.leaf({ u: { max: words, par: ip } }, ({ u }) => a.set([u], t.add(u).value));
            v.leaf({ w: { max: words, par: ip } }, ({ w }) => b.set([w], t.add(w).value));
            return (i) => a.at(i).mul(b.at(i));
          },
        });
      }),
    data: () => ({ arrays: {} }),
    reference: ({ N }) => ({ results: { sum: sumOf(N, (i) => Math.imul(i, i)) } }),
  });

export const lutTest = lut('suite/LUTTest');
export const fileLutTest = lut('suite/FileLUTTest');

export const outerWrite = program({
  name: 'suite/OuterWrite',
  doc: 'every word is written ts / ip times at an index of the outer loop, then all are summed',
  params: {
    N: { default: 64, min: 1, max: 1 << 14, doc: 'words' },
    ts: { default: 32, min: 1, max: 4096, doc: 'elements of the inner loop' },
    ip: { ...laneParam, doc: 'elements of the inner loop at once' },
  },
  build: ({ N, ts, ip }) =>
    explicit((v) => {
      const sum = v.result('sum', 'i32');
      v.pipe({}, () => {
        const words = v.sram('words', 'i32', [N]);
        v.leaf({ i: N, u: Math.ceil(ts / ip) }, ({ i }) => words.set([i], i.value));
        v.leaf({ k: N }, ({ k }) => sum.set(reduce('add', words.at(k), [k])));
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ results: { sum: sumOf(N, (i) => i) } }),
});
