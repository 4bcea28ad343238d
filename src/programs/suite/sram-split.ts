/** SRAMSplit: a memory of more words than a memory unit has. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import type { Expr } from '../../frontend/dsl/expr.ts';
import { reduce } from '../../frontend/dsl/handles.ts';
import type { Index } from '../../frontend/dsl/index-expr.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, sumOf } from './common.ts';
import { inCopies } from './copies.ts';

export const sramSplit = program({
  name: 'suite/SRAMSplit',
  doc: 'a large memory whose words hold their index; the sum of all, each read ip times at once',
  params: {
    N: { default: 262144, min: 1, max: 1 << 20, doc: 'words' },
    ts: { default: 64, min: 1, max: 4096, doc: 'words of a tile', free: 'tile' },
    op: copiesParam('over tiles, each with a block of the memory'),
    mp: { default: 1, min: 1, max: 8, doc: 'copies of the sum over lanes, of which the greatest counts (all are the same)' },
    // Not to be chosen: the sum has it as a factor.
    ip: { default: 16, min: 1, max: 32, doc: 'reads of a word at once' },
  },
  build: ({ N, ts, op, mp, ip }) =>
    explicit((v) => {
      const out = v.result('out', 'i32');
      const tiles = { max: Math.ceil(N / ts) * ts, step: ts, copies: op };
      const ragged = N % ts !== 0;
      v.pipe({}, () => {
        const words = v.sram('words', 'i32', [tiles.max]);
        inCopies(v, tiles, ({ suffix, loop }) =>
          v.leaf({ [`t${suffix}`]: loop, u: { max: ts, par: ip } }, ({ [`t${suffix}`]: t, u }) => words.set([t.add(u)], t.add(u).value)),
        );
        const sums: Expr<'i32'>[] = [];
        inCopies(v, tiles, ({ suffix, loop, trips }) => {
          const sum = v.sram(`sum${suffix}`, 'i32', [1]);
          sums.push(sum.at(0));
          const wordAt = (k: Index, i: Index) => {
            const word = k.mul(ts).add(i).add(loop.min);
            if (ragged) v.guard(word, N);
            return words.at(word);
          };
          // A sum over one lane is the word, and the greatest of one is it.
          if (mp === 1 || ip === 1) {
            v.leaf({ k: trips, i: ts, l: { max: ip, par: ip } }, ({ k, i, l }) => sum.set([0], reduce('add', wordAt(k, i), [k, i, l])));
            return;
          }
          // The sums over lanes by word, as they come: what reads them takes one at a time, so they need no memory.
          const parts = Array.from({ length: mp }, (_, m) => v.sram(`lanes${suffix}_${m}`, 'i32', [trips, ts]));
          v.leaf({ k: trips, i: ts, l: { max: ip, par: ip } }, ({ k, i, l }) => {
            const lanes = reduce('add', wordAt(k, i), [l]);
            for (const part of parts) part.set([k, i], lanes);
          });
          v.leaf({ k: trips, i: ts, n: 1 }, ({ k, i, n }) => {
            const greatest = parts.map((part) => part.at(k, i)).reduce((a, b) => a.max(b));
            sum.set([0], reduce('add', greatest, [k, i, n]));
          });
        });
        v.leaf({ n: 1 }, () => out.set(sums.reduce((a, b) => a.add(b))), { label: 'total' });
      });
    }),
  data: () => ({ arrays: {} }),
  // The greatest of equal sums is each of them.
  reference: ({ N, ip }) => {
    const sum = sumOf(N, (i) => i);
    return { results: { out: Math.imul(ip, sum) } };
  },
});
