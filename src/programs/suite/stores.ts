/** UnalignStore, BankEnable, IfTest and MemReduceTest: what the fabric makes of counters goes out to DRAM. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { carried, reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, indices, laneParam } from './common.ts';
import { copiesOf, inCopies } from './copies.ts';

const tileParams = {
  N: { default: 64, min: 1, max: 1 << 20, doc: 'elements' },
  ts: { default: 16, min: 1, max: 4096, doc: 'elements of a tile', free: 'tile' },
  ip: laneParam,
  op: copiesParam('over tiles'),
} as const;

export const unalignStore = program({
  name: 'suite/UnalignStore',
  doc: 'out[i] = i, in tiles',
  params: tileParams,
  build: ({ N, ts, ip, op }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [N]);
      inCopies(v, { max: N, step: ts, copies: op }, ({ suffix, loop }) =>
        v.pipe({ t: loop }, ({ t }) => {
          const tile = v.sram(`tile${suffix}`, 'i32', [ts]);
          v.leaf({ i: { max: ts, par: ip } }, ({ i }) => tile.set([i], t.add(i).value));
          v.store(out, [t], tile);
        }),
      );
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ outputs: { out: indices(N) } }),
});

export const bankEnable = program({
  name: 'suite/BankEnable',
  doc: 'the even words of a table that holds i at i; the odd ones stay 0',
  params: { N: { default: 32, min: 1, max: 1 << 14, doc: 'words' }, ip: laneParam },
  build: ({ N, ip }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'f32', [N]);
      v.pipe({}, () => {
        const table = v.table('table', 'f32', [N], (i) => i);
        const words = v.sram('words', 'f32', [N]);
        // A word that is never written reads as 0.
        v.leaf({ i: { max: N, par: ip } }, ({ i }) => words.set([i], table.at(i), { when: i.value.and(1).eq(0) }));
        v.store(out, [0], words);
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ outputs: { out: Float32Array.from({ length: N }, (_, i) => (i % 2 === 0 ? i : 0)) } }),
});

export const ifTest = program({
  name: 'suite/IfTest',
  doc: 'tiles of zeros and of ones take turns; each arm of the branch has a memory and a store of its own',
  params: tileParams,
  build: ({ N, ts, ip, op }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [N]);
      inCopies(v, { max: Math.ceil(N / ts), step: 1, copies: op }, ({ suffix, loop }) =>
        v.pipe({ t: loop }, ({ t }) => {
          const arm = (value: number) => () => {
            const tile = v.sram(`tile${suffix}_${value}`, 'i32', [ts]);
            v.leaf({ i: { max: ts, par: ip } }, ({ i }) => tile.set([i], value));
            v.store(out, [t.mul(ts)], tile);
          };
          v.when(t.value.and(1), arm(1), arm(0));
        }),
      );
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N, ts }) => ({ outputs: { out: Int32Array.from({ length: N }, (_, i) => Math.floor(i / ts) % 2) } }),
});

export const memReduceTest = program({
  name: 'suite/MemReduceTest',
  doc: 'a buffer filled with i, summed word by word over i',
  params: {
    D: { default: 1024, min: 1, max: 1 << 14, doc: 'words of the buffer' },
    N: { default: 100, min: 1, max: 1 << 16, doc: 'buffers' },
    op: copiesParam('over buffers'),
    ip: { ...laneParam, doc: 'lanes of the sum (a buffer is filled word by word)' },
  },
  build: ({ D, N, op, ip }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [D]);
      v.pipe({}, () => {
        const copied = { max: N, step: 1, copies: op };
        const sums = copiesOf(copied).map(({ suffix }) => v.sram(`sum${suffix}`, 'i32', [D]));
        inCopies(v, copied, ({ suffix, loop }, c) =>
          v.pipe({ n: loop }, ({ n }) => {
            const buffer = v.sram(`buffer${suffix}`, 'i32', [D]);
            v.leaf({ f: D }, ({ f }) => buffer.set([f], n.value));
            v.leaf({ u: 1, d: { max: D, par: ip } }, ({ u, d }) =>
              sums[c].set([d], reduce('add', buffer.at(d), [u], carried(sums[c].at(d), [n]))),
            );
          }),
        );
        let total = sums[0];
        if (sums.length > 1) {
          total = v.sram('total', 'i32', [D]);
          v.leaf({ d: { max: D, par: ip } }, ({ d }) =>
            total.set(
              [d],
              sums.map((sum) => sum.at(d)).reduce((x, y) => x.add(y)),
            ),
          );
        }
        v.store(out, [0], total);
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ D, N }) => ({ outputs: { out: new Int32Array(D).fill((N * (N - 1)) / 2) } }),
});
