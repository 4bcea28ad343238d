/** Prices of European options by the formula of Black and Scholes. */
import { patterns } from '../frontend/dsl/patterns.ts';
import { program } from '../frontend/program.ts';
import { size } from './element.ts';

export const blackscholes = program({
  name: 'blackscholes',
  doc: 'the price of each of n European options, by the formula of Black and Scholes',
  params: { n: size(4096, 'options') },
  build: ({ n }, target) =>
    patterns(target, ({ input, map, output }) => {
      const kind = input('kind', 'i32', [n]);
      const spot = input('spot', 'f32', [n]);
      const strike = input('strike', 'f32', [n]);
      const rate = input('rate', 'f32', [n]);
      const volatility = input('volatility', 'f32', [n]);
      const years = input('years', 'f32', [n]);
      const price = map([kind, spot, strike, rate, volatility, years], (put, s, x, r, v, t) => {
        const spread = v.mul(t.sqrt());
        const d1 = s
          .div(x)
          .log()
          .add(r.add(v.mul(v).mul(0.5)).mul(t))
          .div(spread);
        const d2 = d1.sub(spread);
        const share = (d: typeof d1) => d.mul(Math.SQRT1_2).erf().mul(0.5).add(0.5);
        const later = x.mul(r.mul(t).neg().exp());
        const call = s.mul(share(d1)).sub(later.mul(share(d2)));
        // Who holds a call and owes a put has the share, and owes its price.
        return put.select(call.sub(s).add(later), call);
      });
      output('price', price);
    }),
  data: ({ n }, rng) => {
    const column = (least: number, most: number) => Float32Array.from({ length: n }, () => least + rng.float32() * (most - least));
    return {
      arrays: {
        kind: Int32Array.from({ length: n }, () => rng.int(0, 1)),
        spot: column(20, 120),
        strike: column(20, 120),
        rate: column(0.01, 0.1),
        volatility: column(0.1, 0.6),
        years: column(0.1, 2),
      },
    };
  },
  reference: ({ n }, { arrays: { kind, spot, strike, rate, volatility, years } }) => {
    const price = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const spread = volatility[i] * Math.sqrt(years[i]);
      const d1 = (Math.log(spot[i] / strike[i]) + (rate[i] + volatility[i] ** 2 / 2) * years[i]) / spread;
      const later = strike[i] * Math.exp(-rate[i] * years[i]);
      const call = spot[i] * normal(d1) - later * normal(d1 - spread);
      price[i] = kind[i] ? call - spot[i] + later : call;
    }
    return { outputs: { price } };
  },
  tolerance: { relative: 1e-4, absolute: 1e-3 },
});

/** The share of a standard normal distribution below x: its power series, and far out the continued fraction of its tail. */
function normal(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const z = Math.abs(x);
  if (z < 4) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 60; k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = z;
  for (let k = 30; k >= 1; k--) fraction = z + k / fraction;
  const tail = density / fraction;
  return x < 0 ? tail : 1 - tail;
}
