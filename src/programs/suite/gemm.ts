/**
 * GEMM of the suite: C = A * B in tiles; lanes walk down a column of the tile of B, one row of A at a time, and a tile
 * of C is accumulated over the tiles of k. The accumulation is fused into the sum that produces the tile.
 */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { carried, reduce } from '../../frontend/dsl/handles.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam } from './common.ts';
import { type Copy, copiesOf, inCopies } from './copies.ts';

export const gemm = program({
  name: 'suite/GEMM',
  doc: 'C = A * B of square matrices, int32',
  params: {
    dim: { default: 128, min: 1, max: 2048, doc: 'rows and columns' },
    ts: { default: 64, min: 1, max: 512, doc: 'columns of a tile of C, rows and columns of a tile of B', free: 'tile' },
    its: { default: 64, min: 1, max: 512, doc: 'rows of a tile of C', free: 'tile' },
    loop_ii: copiesParam('over tiles of rows'),
    loop_jj: copiesParam('over tiles of columns'),
    loop_kk: copiesParam('over tiles of k'),
    loop_i: copiesParam('over rows of a tile'),
    loop_j: copiesParam('over columns of a tile'),
    ip: laneParam,
  },
  build: ({ dim, ts, its, loop_ii, loop_jj, loop_kk, loop_i, loop_j, ip }, target) =>
    explicit((v) => {
      const a = v.dramIn('a', 'i32', [dim, dim]);
      const b = v.dramIn('b', 'i32', [dim, dim]);
      const c = v.dramOut('c', 'i32', [dim, dim]);
      const inner = { max: dim, step: ts, copies: loop_kk };
      inCopies(v, { max: dim, step: its, copies: loop_ii }, (rows) =>
        inCopies(v, { max: dim, step: ts, copies: loop_jj }, (columns) =>
          v.pipe({ ii: rows.loop, jj: columns.loop }, ({ ii, jj }) => {
            const suffix = rows.suffix + columns.suffix;
            // Every copy of the loops over rows and columns of a tile fills a block of its own.
            const lines = copiesOf({ max: its, step: 1, copies: loop_i });
            const places = copiesOf({ max: ts, step: 1, copies: loop_j });
            const blocks = lines.flatMap((line) => places.map((place) => ({ line, place, at: `${suffix}${line.suffix}${place.suffix}` })));
            const parts = copiesOf(inner);
            const tiles = parts.map((part) =>
              blocks.map(({ line, place, at }) => v.sram(`c_tile${part.suffix}${at}`, 'i32', [line.trips, place.trips])),
            );
            const accumulate = (part: Copy, own: (typeof tiles)[number]) =>
              v.pipe({ kk: part.loop }, ({ kk }) => {
                const bTile = v.sram(`b_tile${suffix}${part.suffix}`, 'i32', [ts, ts]);
                v.load(b, [kk, jj], bTile);
                inCopies(v, { max: its, step: 1, copies: loop_i }, (line, l) =>
                  v.pipe({ i: line.loop }, ({ i }) => {
                    const aRow = v.sram(`a_row${suffix}${part.suffix}${line.suffix}`, 'i32', [ts]);
                    v.load(a, [ii.add(i), kk], aRow);
                    inCopies(v, { max: ts, step: 1, copies: loop_j }, (place, p) =>
                      v.leaf({ j: place.loop, k: { max: ts, par: ip } }, ({ j, k }) => {
                        const tile = own[l * places.length + p];
                        const at = [i.sub(line.loop.min), j.sub(place.loop.min)] as const;
                        tile.set(at, reduce('add', bTile.at(k, j).mul(aRow.at(k)), [k], carried(tile.at(...at), [kk])));
                      }),
                    );
                  }),
                );
              });
            inCopies(v, inner, (part, index) => accumulate(part, tiles[index]));
            blocks.forEach(({ line, place, at }, index) => {
              let whole = tiles[0][index];
              if (parts.length > 1) {
                whole = v.sram(`c_total${at}`, 'i32', [line.trips, place.trips]);
                v.leaf({ i: line.trips, j: { max: place.trips, par: target.lanes } }, ({ i, j }) =>
                  whole.set(
                    [i, j],
                    tiles.map((tile) => tile[index].at(i, j)).reduce((sum, partial) => sum.add(partial)),
                  ),
                );
              }
              v.store(c, [ii.add(line.loop.min), jj.add(place.loop.min)], whole);
            });
          }),
        ),
      );
    }),
  data: ({ dim }) => {
    const values = () => Int32Array.from({ length: dim * dim }, (_, at) => at);
    return { arrays: { a: values(), b: values() } };
  },
  reference: ({ dim }, { arrays: { a, b } }) => {
    const c = new Int32Array(dim * dim);
    for (let i = 0; i < dim; i++) {
      for (let k = 0; k < dim; k++) {
        const x = a[i * dim + k];
        for (let j = 0; j < dim; j++) c[i * dim + j] = (c[i * dim + j] + Math.imul(x, b[k * dim + j])) | 0;
      }
    }
    return { outputs: { c } };
  },
});
