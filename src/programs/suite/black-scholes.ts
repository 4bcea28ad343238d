/**
 * BlackScholes: option prices with the polynomial pieces of the suite for logarithm, exponential and square root; six streams
 * come in and one goes out. (The square of the volatility stands where its root should: the suite has it so.)
 */
import { explicit } from '../../frontend/dsl/explicit.ts';
import { Expr } from '../../frontend/dsl/expr.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam } from './common.ts';

/** Arithmetic of binary32 on some kind of number: the program and its reference are written with the same one. */
interface Arithmetic<F, B> {
  number(value: number): F;
  add(a: F, b: F): F;
  sub(a: F, b: F): F;
  mul(a: F, b: F): F;
  div(a: F, b: F): F;
  abs(a: F): F;
  lt(a: F, b: F): B;
  select(condition: B, yes: F, no: F): F;
}

const expressions: Arithmetic<Expr<'f32'>, Expr<'i32'>> = {
  number: (value) => Expr.constant('f32', value),
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b),
  div: (a, b) => a.div(b),
  abs: (a) => a.abs(),
  lt: (a, b) => a.lt(b),
  select: (condition, yes, no) => condition.select(yes, no),
};

const { fround } = Math;
const numbers: Arithmetic<number, boolean> = {
  number: fround,
  add: (a, b) => fround(a + b),
  sub: (a, b) => fround(a - b),
  mul: (a, b) => fround(a * b),
  div: (a, b) => fround(a / b),
  abs: Math.abs,
  lt: (a, b) => a < b,
  select: (condition, yes, no) => (condition ? yes : no),
};

interface Option<F, B> {
  /** 0 for the one kind of option. */
  readonly put: B;
  readonly price: F;
  readonly strike: F;
  readonly rate: F;
  readonly volatility: F;
  readonly time: F;
}

function priceOf<F, B>(m: Arithmetic<F, B>, { put, price, strike, rate, volatility, time }: Option<F, B>): F {
  const { number: n, add, sub, mul, div, lt, select } = m;
  /** c0 x + c1 x^2 + ... by Horner's rule. */
  const polynomial = (x: F, coefs: readonly number[]): F =>
    mul(
      x,
      coefs
        .slice(0, -1)
        .reverse()
        .reduce((sum, c) => add(mul(sum, x), n(c)), n(coefs[coefs.length - 1])),
    );
  const log = (x: F): F => polynomial(sub(x, n(1)), [1, -1 / 2, 1 / 3, -1 / 4]);
  const exp = (x: F): F => {
    const taylor = add(n(1), polynomial(x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120]));
    return select(lt(x, n(-3.5)), n(0), select(lt(x, n(-1.2)), add(mul(x, n(0.1)), n(0.35)), taylor));
  };
  const sqrt = (x: F): F => {
    const line = (slope: number, base: number) => add(mul(x, n(slope)), n(base));
    const near = add(n(1), polynomial(sub(x, n(1)), [1 / 2, -1 / 8, 1 / 16]));
    const pieces: readonly [number, F][] = [
      [10000, line(0.008, 20)],
      [1000, line(0.028, 8)],
      [100, line(0.08, 2.5)],
      [10, line(0.22, 1)],
      [2, near],
    ];
    return pieces.reduce((above, [limit, piece]) => select(lt(x, n(limit)), piece, above), line(0.0002, 300));
  };
  const normal = (x: F): F => {
    const a = m.abs(x);
    const k = div(n(1), add(n(1), mul(a, n(0.2316419))));
    const tail = polynomial(k, [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]);
    const y = mul(mul(exp(mul(mul(a, a), n(-0.05))), n(0.3989423)), tail);
    return select(lt(x, n(0)), y, sub(n(1), y));
  };
  const q = mul(volatility, sqrt(time));
  const drift = mul(add(rate, mul(mul(volatility, volatility), n(0.5))), time);
  const d1 = div(add(drift, log(div(price, strike))), mul(q, q));
  const d2 = sub(d1, q);
  const future = mul(strike, exp(sub(n(0), mul(rate, time))));
  const [p1, p2] = [normal(d1), normal(d2)];
  return select(put, sub(mul(price, p1), mul(future, p2)), sub(mul(future, sub(n(1), p2)), mul(price, sub(n(1), p1))));
}

const NAMES = ['price', 'strike', 'rate', 'volatility', 'time'] as const;

/** Ranges that keep every intermediate value finite. */
const RANGES: Readonly<Record<(typeof NAMES)[number], readonly [number, number]>> = {
  price: [0.8, 1.4],
  strike: [0.8, 1.4],
  rate: [0.01, 0.1],
  volatility: [0.3, 0.9],
  time: [0.5, 3],
};

export const blackScholes = program({
  name: 'suite/BlackScholes',
  doc: 'prices of options, streamed through FIFOs',
  params: {
    N: { default: 131072, min: 1, max: 1 << 20, doc: 'options' },
    ts: { default: 256, min: 1, max: 4096, doc: 'options of a tile', free: 'tile' },
    op: copiesParam('over tiles', 4),
    ip: laneParam,
  },
  build: ({ N, ts, op, ip }) =>
    explicit((v) => {
      const kind = v.dramIn('kind', 'i32', [N]);
      const given = NAMES.map((name) => v.dramIn(name, 'f32', [N]));
      const out = v.dramOut('out', 'f32', [N]);
      v.pipe({ t: { max: N, step: ts, par: op } }, ({ t }) => {
        const kinds = v.fifo('kinds', 'i32', ts);
        const fifos = given.map(({ name }) => v.fifo(`${name}s`, 'f32', ts));
        const prices = v.fifo('worth', 'f32', ts);
        v.load(kind, [t], kinds);
        for (const [i, array] of given.entries()) v.load(array, [t], fifos[i]);
        v.leaf({ i: { max: ts, par: ip } }, () => {
          const [price, strike, rate, volatility, time] = fifos.map((fifo) => fifo.dequeue());
          prices.enqueue(priceOf(expressions, { put: kinds.dequeue(), price, strike, rate, volatility, time }));
        });
        v.store(out, [t], prices);
      });
    }),
  data: ({ N }, rng) => ({
    arrays: {
      kind: Int32Array.from({ length: N }, () => rng.int(0, 1)),
      ...Object.fromEntries(
        NAMES.map((name) => {
          const [low, high] = RANGES[name];
          return [name, Float32Array.from({ length: N }, () => low + ((high - low) * rng.int(0, 1 << 20)) / (1 << 20))];
        }),
      ),
    },
  }),
  reference: ({ N }, { arrays }) => {
    const at = (name: (typeof NAMES)[number], i: number) => Number(arrays[name][i]);
    return {
      outputs: {
        out: Float32Array.from({ length: N }, (_, i) => {
          const [price, strike, rate, volatility, time] = NAMES.map((name) => at(name, i));
          return priceOf(numbers, { put: Number(arrays.kind[i]) !== 0, price, strike, rate, volatility, time });
        }),
      },
    };
  },
});
