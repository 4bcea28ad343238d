/** BankRange, CountZero and VarDeq: loops whose ends are words of a table, indices around them, or counted by other loops. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { askedLanes, laneParam } from './common.ts';

/** The constant table of row pointers: row r has the entries from word r up to word r + 1, one of them. */
const pointer = (row: number): number => row;

export const bankRange = program({
  name: 'suite/BankRange',
  doc: 'rows of a length that a table of pointers says: the numbers of their entries, and the sums of the rows',
  params: {
    nCols: { default: 32, min: 1, max: 1 << 12, doc: 'rows' },
    indPtrLen: { default: 33, min: 2, max: 1 << 13, doc: 'words of the table, at least one more than rows' },
    nIter: { default: 1, min: 1, max: 64, doc: 'passes over the rows' },
    nodePar: { default: 2, min: 1, max: 16, doc: 'copies of the loop over rows, each of which writes a bank of its own', free: 'copies' },
    edgePar: { ...laneParam, default: 4, doc: 'entries of a row at once' },
    ip: { ...laneParam, doc: 'words of the table at once (they come with the bitstream)' },
  },
  build: ({ nCols, indPtrLen, nIter, nodePar, edgePar }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'f32', [nCols]);
      const rows = Math.min(nCols, indPtrLen - 1);
      const lengths = Array.from({ length: rows }, (_, r) => pointer(r + 1) - pointer(r));
      const widest = Math.ceil(Math.max(1, ...lengths) / edgePar) * edgePar;
      v.pipe({}, () => {
        const pointers = v.table('pointers', 'i32', [rows + 1], pointer);
        const entries = v.sram('entries', 'f32', [rows, widest], { banks: Math.min(rows, nodePar) });
        v.pipe({ r: { max: rows, par: nodePar } }, ({ r }) => {
          const end = v.count(pointers.at(r.add(1)).sub(pointers.at(r)), { atMost: widest });
          v.leaf({ e: { max: end, par: edgePar } }, ({ e }) => entries.set([r, e], pointers.at(r).add(e.value).toFloat()));
        });
        v.seq({ n: nIter }, () => {
          const sums = v.sram('sums', 'f32', [nCols]);
          v.pipe({ q: rows }, ({ q }) => {
            const end = v.count(pointers.at(q.add(1)).sub(pointers.at(q)), { atMost: widest });
            v.leaf({ f: { max: end, par: edgePar } }, ({ f }) => sums.set([q], reduce('add', entries.at(q, f), [f])));
          });
          v.store(out, [0], sums);
        });
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ nCols, indPtrLen }) => ({
    outputs: {
      out: Float32Array.from({ length: nCols }, (_, r) => {
        let sum = 0;
        if (r < indPtrLen - 1) for (let e = pointer(r); e < pointer(r + 1); e++) sum += e;
        return sum;
      }),
    },
  }),
});

const queueParams = {
  N: { default: 10, min: 1, max: 1 << 10, doc: 'rounds' },
  op: { default: 1, min: 1, max: 16, doc: 'asked-for copies (a queue has one order: it is 1)' },
  ip: askedLanes('asked-for words at once (data says how many come: it is 1)', 1),
  fifo_depth: { default: 20, min: 1, max: 20, doc: 'words that the queue holds at the least' },
} as const;

export const countZero = program({
  name: 'suite/CountZero',
  doc: 'round i puts 0 to i - 1 in a queue, which another loop empties; the first round is empty',
  params: { ...queueParams, N: { ...queueParams.N, min: 2 } },
  build: ({ N, fifo_depth }) =>
    explicit((v) => {
      const words = (N * (N - 1)) / 2;
      const out = v.dramOut('out', 'i32', [words]);
      v.pipe({}, () => {
        const queue = v.fifo('queue', 'i32', fifo_depth);
        const taken = v.sram('taken', 'i32', [words]);
        v.pipe({ i: N }, ({ i }) => {
          v.leaf({ j: { max: i } }, ({ j }) => queue.enqueue(j.value));
        });
        v.leaf({ k: words }, ({ k }) => taken.set([k], queue.dequeue()));
        v.store(out, [0], taken);
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({
    outputs: { out: Array.from({ length: N }, (_, i) => Array.from({ length: i }, (_, j) => j)).flat() },
  }),
});

export const varDeq = program({
  name: 'suite/VarDeq',
  doc: 'round i puts 0 to i mod 4 - 1 in a queue, a loop counts how many those are, and another takes that many out and adds them',
  params: queueParams,
  build: ({ N, fifo_depth }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [N]);
      v.pipe({}, () => {
        const queue = v.fifo('queue', 'i32', fifo_depth);
        const sums = v.sram('sums', 'i32', [N]);
        v.pipe({ i: N }, ({ i }) => {
          const here = v.count(i.value.and(3), { atMost: 3 });
          const there = v.reg('there', 'i32');
          v.leaf({ j: here }, ({ j }) => queue.enqueue(j.value));
          v.leaf({ c: here }, ({ c }) => there.set(reduce('add', c.value.mul(0).add(1), [c])));
          const found = v.count(there.value, { atMost: 3 });
          v.leaf({ k: found }, ({ k }) => sums.set([i], reduce('add', queue.dequeue(), [k])));
        });
        v.store(out, [0], sums);
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ outputs: { out: Array.from({ length: N }, (_, i) => [0, 0, 1, 3][i % 4]) } }),
});
