/**
 * Query 6 of TPC-H on a line-item table drawn by the benchmark's public rules: the revenue that discounts of 5 to 7 %
 * on orders of fewer than 24 pieces, shipped in 1994, would have brought.
 *
 * i32: prices in cents, discounts in hundredths, so revenue is in ten-thousandths of a dollar, modulo 2^32 (from some
 * ten thousand rows on it wraps; the reference wraps alike). f32: dollars and fractions. Dates are days since 1970.
 */
import type { Rng } from '../base/rng.ts';
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { copies, dtype, size, sumTolerance } from './element.ts';

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const from = day('1994-01-01');
const until = day('1995-01-01');

/** Bounds of the discount, both included, in the column's own units. */
const discountBounds = { i32: [5, 7], f32: [Math.fround(0.05), Math.fround(0.07)] } as const;

export const tpchq6 = program({
  name: 'tpchq6',
  doc: 'TPC-H query 6: sum of price * discount over the rows that pass',
  params: { n: size(8192, 'rows'), dtype: { ...dtype, default: 'i32' }, copies },
  build: ({ n, dtype, copies }, target) =>
    patterns(target, ({ input, map, filter, fold, result }) => {
      const shipdate = input('shipdate', 'i32', [n]);
      const quantity = input('quantity', 'i32', [n]);
      const discount = input('discount', dtype, [n]);
      const price = input('price', dtype, [n]);
      const [low, high] = discountBounds[dtype];
      const taken = map([shipdate, quantity, discount], (date, pieces, off) =>
        date.ge(from).and(date.lt(until)).and(off.ge(low)).and(off.le(high)).and(pieces.lt(24)),
      );
      const revenue = map([price, discount], (dollars, off) => dollars.mul(off));
      result('revenue', fold('add', filter(revenue, taken)), { copies });
    }),
  data: ({ n, dtype }, rng) => ({ arrays: lineItems(dtype, n, rng) }),
  reference: ({ n, dtype }, { arrays: { shipdate, quantity, discount, price } }) => {
    const [low, high] = discountBounds[dtype];
    let revenue = 0;
    for (let i = 0; i < n; i++) {
      if (shipdate[i] < from || shipdate[i] >= until || discount[i] < low || discount[i] > high || quantity[i] >= 24) continue;
      if (dtype === 'i32') revenue = (revenue + price[i] * discount[i]) | 0;
      else revenue += price[i] * discount[i];
    }
    return { results: { revenue } };
  },
  tolerance: ({ n }) => sumTolerance(n),
});

/** Columns of a line-item table: 200,000 parts (scale 1), prices by the part's formula. */
function lineItems(type: 'i32' | 'f32', n: number, rng: Rng) {
  const shipdate = new Int32Array(n);
  const quantity = new Int32Array(n);
  const cents = new Int32Array(n);
  const hundredths = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const part = rng.int(1, 200_000);
    const retail = 90_000 + (Math.floor(part / 10) % 20_001) + 100 * (part % 1000);
    quantity[i] = rng.int(1, 50);
    cents[i] = quantity[i] * retail;
    hundredths[i] = rng.int(0, 10);
    shipdate[i] = rng.int(day('1992-01-01'), day('1998-08-02')) + rng.int(1, 121);
  }
  if (type === 'i32') return { shipdate, quantity, discount: hundredths, price: cents };
  const hundredth = (value: number) => value / 100;
  return { shipdate, quantity, discount: Float32Array.from(hundredths, hundredth), price: Float32Array.from(cents, hundredth) };
}
