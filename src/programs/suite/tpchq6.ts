/** TPCHQ6 of the suite: the sum of price * discount over rows that pass five comparisons. */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam, sumOf } from './common.ts';
import { tiledSum } from './sum.ts';

const columns = ['date', 'quantity', 'discount', 'price'] as const;

export const tpchq6 = program({
  name: 'suite/TPCHQ6',
  doc: 'predicated sum over four columns, int32',
  params: {
    N: { default: 1024, min: 1, max: 1 << 20, doc: 'rows' },
    ts: { default: 64, min: 1, max: 4096, doc: 'rows of a tile', free: 'tile' },
    op: copiesParam('over tiles'),
    ip: laneParam,
  },
  build: ({ N, ts, op, ip }, target) =>
    explicit((v) => {
      const arrays = columns.map((name) => v.dramIn(name, 'i32', [N]));
      tiledSum(v, 'revenue', {
        size: N,
        tile: ts,
        copies: op,
        lanes: ip,
        merge: ip === target.lanes,
        tileOf: (t, suffix, words) => {
          const tiles = columns.map((name) => v.sram(`${name}_tile${suffix}`, 'i32', [words]));
          for (const [c, array] of arrays.entries()) v.load(array, [t], tiles[c]);
          return (i) => {
            const [date, quantity, discount, price] = tiles.map((memory) => memory.at(i));
            const inDate = date.gt(0).and(date.lt(9999));
            const inDiscount = discount.ge(0).and(discount.le(9999));
            return inDate.and(inDiscount).and(quantity.lt(24)).select(price.mul(discount), 0);
          };
        },
      });
    }),
  data: ({ N }) => ({ arrays: Object.fromEntries(columns.map((name) => [name, Int32Array.from({ length: N }, (_, i) => i % 256)])) }),
  reference: ({ N }, { arrays: { date, quantity, discount, price } }) => ({
    results: {
      revenue: sumOf(N, (i) => {
        const taken = date[i] > 0 && date[i] < 9999 && discount[i] >= 0 && discount[i] <= 9999 && quantity[i] < 24;
        return taken ? Math.imul(price[i], discount[i]) : 0;
      }),
    },
  }),
});
