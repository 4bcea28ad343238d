/** BankRange: loops whose ends are words of a table. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { laneParam } from './common.ts';

/** The constant table of row pointers: row r has the entries from word r up to word r + 1, one of them. */
const pointer = (row: number): number => row;

export const bankRange = program({
  name: 'suite/BankRange',
  doc: 'rows of a length that a table of pointers says: the numbers of their entries, and the sums of the rows',
  params: {
    nCols: { default: 32, min: 1, max: 1 << 12, doc: 'rows' },
    indPtrLen: { default: 33, min: 2, max: 1 << 13, doc: 'words of the table, at least one more than rows' },
    nIter: { default: 1, min: 1, max: 64, doc: 'passes over the rows' },
    nodePar: { default: 2, min: 1, max: 16, doc: 'copies of the loop over rows' },
    edgePar: { ...laneParam, default: 4, doc: 'entries of a row at once' },
    ip: { ...laneParam, doc: 'words of the table at once' },
  },
  build: ({ nCols, indPtrLen, nIter, nodePar, edgePar, ip }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'f32', [nCols]);
      const rows = Math.min(nCols, indPtrLen - 1);
      const lengths = Array.from({ length: rows }, (_, r) => pointer(r + 1) - pointer(r));
      const widest = Math.ceil(Math.max(1, ...lengths) / edgePar) * edgePar;
      v.pipe({}, () => {
        const pointers = v.sram('pointers', 'i32', [rows + 1]);
        const entries = v.sram('entries', 'f32', [rows, widest]);
        v.leaf({ p: { max: rows + 1, par: ip } }, ({ p }) => pointers.set([p], p.value));
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
