/** Copies, memory-reduce, memory-fold and state: the evaluator, the golden machine and plain arithmetic agree. */
import { expect, test } from 'vitest';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import { carried, folded, reduce, startAt } from '../../../src/frontend/dsl/handles.ts';
import type { Expected } from '../../../src/frontend/program.ts';
import { checkExplicit, refusalOf } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const [sara, demo] = [fabricNamed('sara'), fabricNamed('demo')];
const x = Int32Array.from({ length: 280 }, (_, i) => ((i * 37) % 101) - 50);

const check = (build: (v: Explicit) => void, expected: Expected) => checkExplicit(sara, build, { x }, expected);

test.each([1, 2, 3, 5])('%i copies of a loop of 7 tiles: sum, minimum, and the index as a value', async (par) => {
  await check(
    (v) => {
      const array = v.dramIn('x', 'i32', [280]);
      const total = v.result('total', 'i32');
      const least = v.result('least', 'i32');
      v.pipe({ t: { max: 280, step: 40, par } }, ({ t }) => {
        const tile = v.sram('tile', 'i32', [40]);
        v.load(array, [t], tile);
        v.leaf({ i: { max: 40, par: 5 } }, ({ i }) => {
          total.set(reduce('add', tile.at(i).mul(t.add(i).value), [t, i]).add(3));
          least.set(reduce('min', tile.at(i), [t, i]));
        });
      });
    },
    { results: { total: x.reduce((s, a, i) => (s + a * i) | 0, 3), least: Math.min(...x) } },
  );
});

test.each([2, 3])('%i copies of a loop of a leaf that lanes accumulate over', async (par) => {
  await check(
    (v) => {
      const array = v.dramIn('x', 'i32', [280]);
      const out = v.dramOut('out', 'i32', [32]);
      v.pipe({}, () => {
        const tile = v.sram('tile', 'i32', [7, 32]);
        const sums = v.sram('sums', 'i32', [32]);
        v.pipe({ r: 7 }, ({ r }) => {
          const row = v.sram('row', 'i32', [32]);
          v.load(array, [r.mul(32)], row);
          v.leaf({ w: { max: 32, par: 8 } }, ({ w }) => tile.set([r, w], row.at(w)));
        });
        v.leaf({ r: { max: 7, par }, j: { max: 32, par: 8 } }, ({ r, j }) =>
          sums.set([j], reduce('add', tile.at(r, j), [r], startAt('i32', 5))),
        );
        v.store(out, [0], sums);
      });
    },
    { outputs: { out: Int32Array.from({ length: 32 }, (_, j) => 5 + [0, 1, 2, 3, 4, 5, 6].reduce((s, r) => s + x[r * 32 + j], 0)) } },
  );
});

test.each([1, 2, 3])('%i copies that write blocks of one memory', async (par) => {
  await check(
    (v) => {
      const out = v.dramOut('out', 'i32', [7, 16]);
      v.pipe({}, () => {
        const table = v.sram('table', 'i32', [7, 16]);
        v.leaf({ i: { max: 7, par }, j: { max: 16, par: 8 } }, ({ i, j }) => table.set([i, j], i.value.mul(j.value)));
        v.store(out, [0, 0], table);
      });
    },
    { outputs: { out: Int32Array.from({ length: 112 }, (_, at) => Math.floor(at / 16) * (at % 16)) } },
  );
});

/** acc[i][j] = sum over tiles and rows of row[i] * row[j], i and j below 8. */
const squares = (start: number) => {
  const out = new Int32Array(64);
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      out[i * 8 + j] = start;
      for (let r = 0; r < 35; r++) out[i * 8 + j] += x[r * 8 + i] * x[r * 8 + j];
    }
  }
  return out;
};

test.each([
  [1, 1, 1],
  [2, 1, 1],
  [1, 2, 2],
])('nested memory-reduce over %i copies of tiles, %i of rows, %i of lines', async (op, mp, ip) => {
  for (const fold of [false, true]) {
    await check(
      (v) => {
        const array = v.dramIn('x', 'i32', [280]);
        const out = v.dramOut('out', 'i32', [8, 8]);
        v.pipe({}, () => {
          const acc = v.sram('acc', 'i32', [8, 8]);
          if (fold) v.leaf({ a: { max: 8, par: ip }, b: { max: 8, par: 8 } }, ({ a, b }) => acc.set([a, b], 11));
          const over = fold ? v.memfold : v.memreduce;
          over(
            acc,
            { t: { max: 35, step: 5, par: op } },
            ({ t }) => {
              const part = v.sram('part', 'i32', [8, 8]);
              v.memreduce(
                part,
                { r: { max: 5, par: mp } },
                ({ r }) => {
                  const row = v.sram('row', 'i32', [8]);
                  v.load(array, [t.mul(8).add(r.mul(8))], row);
                  const square = v.sram('square', 'i32', [8, 8]);
                  v.leaf({ i: { max: 8, par: ip }, j: { max: 8, par: 8 } }, ({ i, j }) => square.set([i, j], row.at(i).mul(row.at(j))));
                  return square;
                },
                { par: 8 },
              );
              return part;
            },
            { par: 8 },
          );
          v.store(out, [0, 0], acc);
        });
      },
      { outputs: { out: squares(fold ? 11 : 0) } },
    );
  }
});

test('state that is read by one leaf and updated by another, epoch after epoch', async () => {
  const weights = Int32Array.from(x.slice(0, 16));
  for (let e = 0; e < 4; e++) {
    for (let t = 0; t < 32; t += 16) {
      const scale = weights.reduce((s, w, i) => (s + Math.imul(w, x[t + i])) | 0, 0);
      for (let i = 0; i < 16; i++) weights[i] = (weights[i] + (Math.imul(scale, x[t + i]) >> 4)) | 0;
    }
  }
  await check(
    (v) => {
      const array = v.dramIn('x', 'i32', [280]);
      const out = v.dramOut('out', 'i32', [16]);
      v.pipe({}, () => {
        const w = v.sram('w', 'i32', [16]);
        v.load(array, [0], w);
        v.seq({ e: 4, t: { max: 32, step: 16 } }, ({ e, t }) => {
          const tile = v.sram('tile', 'i32', [16]);
          const scale = v.sram('scale', 'i32', [1]);
          v.load(array, [t], tile);
          v.leaf({ i: { max: 16, par: 8 } }, ({ i }) => scale.set([0], reduce('add', w.at(i).mul(tile.at(i)), [i])));
          v.leaf({ u: 1, j: { max: 16, par: 8 } }, ({ u, j }) =>
            w.set([j], reduce('add', scale.at(0).mul(tile.at(j)).shiftRight(4), [u], folded(w.at(j), [e, t]))),
          );
        });
        v.store(out, [0], w);
      });
    },
    { outputs: { out: weights } },
  );
});

test('state that is replaced: what a leaf writes is what another reads in the next iteration', async () => {
  let c = Int32Array.from(x.slice(0, 16));
  for (let e = 0; e < 5; e++) c = c.map((_, i) => (c[i] + 2 * c[15 - i]) | 0);
  await check(
    (v) => {
      const array = v.dramIn('x', 'i32', [280]);
      const out = v.dramOut('out', 'i32', [16]);
      v.pipe({}, () => {
        const state = v.sram('state', 'i32', [16]);
        v.load(array, [0], state);
        v.seq({ e: 5 }, () => {
          const next = v.sram('next', 'i32', [16]);
          v.leaf({ i: 16 }, ({ i }) => next.set([i], state.at(i).add(state.at(i.mul(-1).add(15)).mul(2))));
          v.leaf({ j: { max: 16, par: 8 } }, ({ j }) => state.set([j], next.at(j)));
        });
        v.store(out, [0], state);
      });
    },
    { outputs: { out: c } },
  );
});

test('a memory-reduce that cannot join its body is a pass of its own', async () => {
  await check(
    (v) => {
      const array = v.dramIn('x', 'i32', [280]);
      const out = v.dramOut('out', 'i32', [40]);
      v.pipe({}, () => {
        const acc = v.sram('acc', 'i32', [40]);
        v.memreduce(
          acc,
          { t: { max: 280, step: 40, par: 2 } },
          ({ t }) => {
            const tile = v.sram('tile', 'i32', [40]);
            v.load(array, [t], tile);
            return tile;
          },
          { combiner: 'max', par: 8 },
        );
        v.store(out, [0], acc);
      });
    },
    { outputs: { out: Int32Array.from({ length: 40 }, (_, j) => Math.max(...[0, 1, 2, 3, 4, 5, 6].map((r) => x[r * 40 + j]))) } },
  );
});

test('shapes that differ are told', () => {
  const build = () =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [8]);
      v.pipe({}, () => {
        const acc = v.sram('acc', 'i32', [8]);
        v.memreduce(acc, { t: 4 }, ({ t }) => {
          const part = v.sram('part', 'i32', [9]);
          v.leaf({ i: 9 }, ({ i }) => part.set([i], t.value));
          return part as never;
        });
        v.store(out, [0], acc);
      });
    });
  expect(build).toThrow('`part` of shape [9] cannot be accumulated in `acc` of shape [8]');
});

test('carried over copies by hand', async () => {
  await check(
    (v) => {
      const out = v.dramOut('out', 'i32', [24]);
      v.pipe({}, () => {
        const acc = v.sram('acc', 'i32', [24]);
        v.pipe({ n: { max: 10, par: 4 } }, ({ n }) =>
          v.leaf({ u: 1, j: { max: 24, par: 8 } }, ({ u, j }) =>
            acc.set([j], reduce('add', n.value.mul(j.value), [u], carried(acc.at(j), [n]))),
          ),
        );
        v.store(out, [0], acc);
      });
    },
    { outputs: { out: Int32Array.from({ length: 24 }, (_, j) => 45 * j) } },
  );
});

// Elements follow each other in every cycle: the tree must not wait for a word that is made of the element before.
test.each([8, 16, 64, 128])('lanes are summed on top of one word, %i words a round', async (n) => {
  const words = Int32Array.from({ length: 5 * n }, (_, i) => ((i * 37) % 101) - 50);
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('words', 'i32', [5 * n]);
      const to = v.dramOut('sum', 'i32', [1]);
      v.pipe({}, () => {
        const sum = v.sram('s', 'i32', [1]);
        v.pipe({ t: 5 }, ({ t }) => {
          const tile = v.sram('tile', 'i32', [n]);
          v.load(from, [t.mul(n)], tile);
          v.leaf({ i: { max: n, par: 8 } }, ({ i }) => sum.set([0], reduce('add', tile.at(i), [i], carried(sum.at(0), [t]))));
        });
        v.store(to, [0], sum);
      });
    },
    { words },
    { outputs: { sum: Int32Array.of(words.reduce((a, b) => a + b, 0)) } },
  );
});

// The sums are looked at in every round, so they do not stay in the accumulators; the next round follows the last element at once.
test.each([
  [1, 1],
  [2, 1],
  [3, 1],
  [8, 1],
  [3, 2],
  [3, 3],
  [3, 4],
])('vectors are summed on top of words after other stages, %i elements a round, %i subtractions', async (n, subtractions) => {
  const words = Float32Array.from({ length: 5 * n * 32 }, (_, i) => ((i * 37) % 101) - 50);
  const square = (x: number) => x * x - subtractions * x;
  const sums = Float32Array.from({ length: 32 }, () => 0);
  const seen = Float32Array.from({ length: 5 }, (_, t) => {
    for (let k = 0; k < n; k++) for (let j = 0; j < 32; j++) sums[j] += square(words[(t * n + k) * 32 + j]);
    return sums[7];
  });
  await checkExplicit(
    demo,
    (v) => {
      const from = v.dramIn('words', 'f32', [5 * n, 32]);
      const [out, last] = [v.dramOut('seen', 'f32', [5]), v.dramOut('sums', 'f32', [32])];
      v.pipe({}, () => {
        const [all, sum, at] = [v.sram('all', 'f32', [5 * n, 32]), v.sram('sum', 'f32', [32]), v.sram('at', 'f32', [5])];
        v.load(from, [0, 0], all);
        v.pipe({ t: 5 }, ({ t }) => {
          v.leaf({ k: n, j: { max: 32, par: 8 } }, ({ k, j }) => {
            const x = all.at(t.mul(n).add(k), j);
            let term = x.mul(x);
            for (let i = 0; i < subtractions; i++) term = term.sub(x);
            sum.set([j], reduce('add', term, [k], carried(sum.at(j), [t])));
          });
          v.leaf({ u: 1 }, ({ u }) => at.set([t], sum.at(u.add(7))));
        });
        v.store(last, [0], sum);
        v.store(out, [0], at);
      });
    },
    { words },
    { outputs: { sums, seen } },
  );
});

// A sum over copies of a leaf is looked at in the loop it is carried over: it has to be there in every iteration.
test.each([1, 2, 3])('%i copies sum on top of a memory that the loop reads', async (par) => {
  const words = Int32Array.from({ length: 5 * 6 * 32 }, (_, i) => ((i * 37) % 101) - 50);
  const [sums, seen] = [new Int32Array(32), new Int32Array(5 * 32)];
  for (let at = 0; at < words.length; at++) {
    sums[at % 32] += words[at];
    if (at % 192 >= 160) seen[Math.floor(at / 192) * 32 + (at % 32)] = sums[at % 32];
  }
  await checkExplicit(
    sara,
    (v) => {
      const [from, to, all] = [v.dramIn('words', 'i32', [30, 32]), v.dramOut('sums', 'i32', [32]), v.dramOut('seen', 'i32', [5, 32])];
      v.pipe({}, () => {
        const sum = v.sram('sum', 'i32', [32]);
        v.pipe({ t: 5 }, ({ t }) => {
          const [tile, now] = [v.sram('tile', 'i32', [6, 32]), v.sram('now', 'i32', [32])];
          v.load(from, [t.mul(6), 0], tile);
          v.leaf({ i: { max: 6, par }, j: { max: 32, par: 8 } }, ({ i, j }) =>
            sum.set([j], reduce('add', tile.at(i, j), [i], carried(sum.at(j), [t]))),
          );
          v.leaf({ j: { max: 32, par: 8 } }, ({ j }) => now.set([j], sum.at(j)));
          v.store(all, [t, 0], now);
        });
        v.store(to, [0], sum);
      });
    },
    { words },
    { outputs: { sums, seen } },
  );
});

test('copies of the loop itself cannot show what it sums up', () => {
  const refusal = refusalOf(sara, (v) => {
    const [from, all] = [v.dramIn('words', 'i32', [8, 32]), v.dramOut('seen', 'i32', [8, 32])];
    v.pipe({}, () => {
      const sum = v.sram('sum', 'i32', [32]);
      v.pipe({ t: { max: 8, par: 2 } }, ({ t }) => {
        const [row, now] = [v.sram('row', 'i32', [32]), v.sram('now', 'i32', [32])];
        v.load(from, [t, 0], row);
        v.leaf({ i: 1, j: { max: 32, par: 8 } }, ({ i, j }) => sum.set([j], reduce('add', row.at(j), [i], carried(sum.at(j), [t]))));
        v.leaf({ j: { max: 32, par: 8 } }, ({ j }) => now.set([j], sum.at(j)));
        v.store(all, [t, 0], now);
      });
    });
  });
  expect(refusal).toContain(
    'copies of the loop `t` cannot be mapped yet: memory `sum` is summed up over them, and something in the loop reads',
  );
});
