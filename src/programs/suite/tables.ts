/** StreamFake, LUTTest, FileLUTTest and OuterWrite: counters, queues and tables, no DRAM. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { reduce, type TableWords } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam, sumOf } from './common.ts';
import { LUT_WORDS, lutWords } from './lut.ts';
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

/** `most`: words that the contents have at the most. */
const lut = (name: string, doc: string, most: number, contents: () => TableWords<readonly [number]>) =>
  program({
    name,
    doc,
    params: {
      N: { default: 128, min: 1, max: most, doc: 'words of a table' },
      op: copiesParam('over tiles'),
      ts: { default: 32, min: 1, max: 4096, doc: 'words of a tile', free: 'tile' },
      ip: laneParam,
    },
    build: ({ N, op, ts, ip }) =>
      explicit((v) => {
        // Whole tiles: what lies behind word N is read, but not added.
        const words = Math.ceil(N / ts) * ts;
        const a = v.table('a', 'i32', [words], contents());
        const b = v.table('b', 'i32', [words], contents());
        tiledSum(v, 'sum', {
          size: N,
          tile: ts,
          copies: op,
          lanes: ip,
          merge: ts % ip === 0,
          tileOf: (t) => (i) => a.at(t.add(i)).mul(b.at(t.add(i))),
        });
      }),
    data: () => ({ arrays: {} }),
    reference: ({ N }) => ({ results: { sum: sumOf(N, (i) => Math.imul(i, i)) } }),
  });

export const lutTest = lut('suite/LUTTest', 'sum of A[i] * B[i], both of them tables that hold i at i', 1 << 16, () => (i) => i);

/** Where the last tile goes on behind the file, zeros stand. */
export const fileLutTest = lut('suite/FileLUTTest', 'the same with tables from a file, `lut.csv`', LUT_WORDS, () => {
  const words = lutWords();
  return (i) => words[i] ?? 0;
});

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
