/** Memories larger than one memory unit, and tables: evaluator, golden machine and plain arithmetic agree. */
import { expect, test } from 'vitest';
import { splitParts } from '../../../src/compiler/passes/parts.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import type { Index } from '../../../src/frontend/dsl/index-expr.ts';
import type { Expected } from '../../../src/frontend/program.ts';
import { evaluate } from '../../../src/ir/evaluate.ts';
import { checkExplicit, refusalOf } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

/** 64 words in a unit. */
const small = fabricNamed('demo', { pmu: { bankWords: 16 }, pcu: { lanes: 4 }, grid: { columns: 6, rows: 6 } });
const check = (build: (v: Explicit) => void, expected: Expected, arrays: Record<string, Int32Array> = {}) =>
  checkExplicit(small, build, arrays, expected);

const x = Int32Array.from({ length: 200 }, (_, i) => ((i * 37) % 101) - 50);
const sum = (words: ArrayLike<number>) => Array.from(words).reduce((a, b) => a + b, 0);

test('vectors that lie across the parts, in strides too', async () => {
  const { memories } = await check(
    (v) => {
      const out = v.dramOut('out', 'i32', [66]);
      v.pipe({}, () => {
        const words = v.sram('words', 'i32', [200]);
        const thirds = v.sram('thirds', 'i32', [66]);
        v.leaf({ u: { max: 200, par: 3 } }, ({ u }) => words.set([u], u.value.mul(5)));
        v.leaf({ i: { max: 66, par: 4 } }, ({ i }) => thirds.set([i], words.at(i.mul(3).add(1))));
        v.store(out, [0], thirds);
      });
    },
    { outputs: { out: Int32Array.from({ length: 66 }, (_, i) => 5 * (3 * i + 1)) } },
  );
  // Four parts of the one; the other is a stream, and takes none.
  expect(memories).toBe(4);
});

test('transfers go part by part', async () => {
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [200]);
      const to = v.dramOut('y', 'i32', [200]);
      v.pipe({}, () => {
        const words = v.sram('words', 'i32', [200]);
        const back = v.sram('back', 'i32', [200]);
        v.load(from, [0], words);
        v.leaf({ i: { max: 200, par: 4 } }, ({ i }) => back.set([i], words.at(i.mul(-1).add(199))));
        v.store(to, [0], back);
      });
    },
    { outputs: { y: x.slice().reverse() } },
    { x },
  );
});

test('rows that leave the end of a unit free, loaded or in a table: what lies there is nothing', async () => {
  const [rows, columns] = [15, 10];
  await check(
    (v) => {
      const from = v.dramIn('x', 'i32', [rows, columns]);
      const to = v.dramOut('y', 'i32', [rows, columns]);
      const table = v.table('table', 'i32', [rows, columns], (r, c) => 100 * r + c);
      v.pipe({}, () => {
        const [grid, sums] = [v.sram('grid', 'i32', [rows, columns]), v.sram('sums', 'i32', [rows, columns])];
        v.load(from, [0, 0], grid);
        v.leaf({ r: rows, c: { max: columns, par: 4 } }, ({ r, c }) =>
          sums.set([r, c], grid.at(r.mul(-1).add(rows - 1), c).add(table.at(r, c))),
        );
        v.store(to, [0, 0], sums);
      });
    },
    {
      outputs: {
        y: Int32Array.from({ length: rows * columns }, (_, k) => {
          const [r, c] = [Math.floor(k / columns), k % columns];
          return x[(rows - 1 - r) * columns + c] + 100 * r + c;
        }),
      },
    },
    { x: x.slice(0, rows * columns) },
  );
});

test('banks of one or two words, with lanes along them, are not loaded', () => {
  const build = (banks: number) => (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [8]);
    const to = v.dramOut('y', 'i32', [8]);
    v.pipe({}, () => {
      const [words, back] = [v.sram('words', 'i32', [8], { banks }), v.sram('back', 'i32', [8])];
      v.load(from, [0], words);
      v.leaf({ i: { max: 8, par: 8 } }, ({ i }) => back.set([i], words.at(i.mul(-1).add(7))));
      v.store(to, [0], back);
    });
  };
  expect(refusalOf(fabricNamed('plasticine'), build(4))).toMatch(/`words` in 4 banks/);
  expect(refusalOf(fabricNamed('plasticine'), build(2))).toBe('');
});

test('rows, floats, and words that a predicate leaves 0', async () => {
  const total = Array.from({ length: 120 }, (_, n) => (n % 3 === 0 ? 0 : n / 2)).reduce((a, b) => a + b);
  await check(
    (v) => {
      const out = v.result('out', 'f32');
      v.pipe({}, () => {
        const rows = v.sram('rows', 'f32', [12, 10]);
        v.leaf({ r: 12, c: { max: 10, par: 4 } }, ({ r, c }) => {
          const n = r.mul(10).add(c).value;
          rows.set([r, c], n.toFloat().mul(0.5), { when: n.sub(n.mulHigh(0x55555556).mul(3)).ne(0) });
        });
        v.leaf({ c: 10, r: { max: 12, par: 4 } }, ({ r, c }) => out.set(reduce('add', rows.at(r, c), [c, r])));
      });
    },
    { results: { out: total } },
  );
});

test('tables have parts, and every copy of a reader has its table', async () => {
  const { memories } = await check(
    (v) => {
      const out = v.result('out', 'i32');
      const table = v.table('table', 'i32', [100], (i) => i * i);
      v.pipe({ t: { max: 100, step: 50, par: 2 } }, ({ t }) =>
        v.leaf({ i: { max: 50, par: 4 } }, ({ i }) => out.set(reduce('add', table.at(t.add(i)), [t, i]))),
      );
    },
    { results: { out: sum(Array.from({ length: 100 }, (_, i) => i * i)) } },
  );
  expect(memories).toBeGreaterThanOrEqual(4);
});

test('rows of a table that are padded for lanes that go down', async () => {
  await check(
    (v) => {
      const out = v.result('out', 'i32');
      const table = v.table('table', 'i32', [6, 4], (i, j) => 100 * i + j);
      v.leaf({ j: 4, i: { max: 6, par: 4 } }, ({ i, j }) => out.set(reduce('add', table.at(i, j).mul(j.value), [j, i])));
    },
    { results: { out: sum(Array.from({ length: 24 }, (_, n) => (100 * Math.floor(n / 4) + (n % 4)) * (n % 4))) } },
  );
});

test('a program and its parts mean the same', () => {
  const whole = explicit((v) => {
    const from = v.dramIn('x', 'i32', [10, 20]);
    const to = v.dramOut('y', 'i32', [200]);
    v.pipe({}, () => {
      const words = v.sram('words', 'i32', [10, 20]);
      const sums = v.sram('sums', 'i32', [200]);
      v.load(from, [0, 0], words, { label: 'in' });
      v.leaf({ i: 10, j: { max: 20, par: 4 } }, ({ i, j }) =>
        sums.set([i.mul(20).add(j)], words.at(i, j).add(words.at(i.mul(-1).add(9), j))),
      );
      v.store(to, [0], sums);
    });
  });
  const parts = splitParts(whole, { capacity: 64, writeContexts: 2 }, new Set());
  expect(parts.memories.map(({ name, shape, part }) => [name, ...shape, part])).toEqual([
    ...[2, 2, 2, 2, 2].map((rows, p) => [`words$p${p}`, rows, 20, { from: -2 * p, to: 10 - 2 * p }]),
    ...[64, 64, 64, 8].map((size, p) => [`sums$p${p}`, size, { from: -64 * p, to: 200 - 64 * p }]),
  ]);
  const answer = (of: typeof whole) =>
    evaluate(of, new Map([['x', new Uint32Array(x.buffer)]]), new Map(), { latency: { simple: 1, multiply: 2, float: 4 } }).outputs;
  expect(answer(parts)).toEqual(answer(whole));
});

test('what a reduction starts from stays whole, and is refused where it is too large', () => {
  const build = (v: Explicit) => {
    const out = v.dramOut('out', 'i32', [100]);
    v.pipe({}, () => {
      const into = v.sram('into', 'i32', [100]);
      v.memreduce(
        into,
        { t: 3 },
        ({ t }) => {
          const part = v.sram('part', 'i32', [100]);
          v.leaf({ i: { max: 100, par: 4 } }, ({ i }) => part.set([i], t.add(i).value));
          return part;
        },
        { par: 4 },
      );
      v.store(out, [0], into);
    });
  };
  expect(refusalOf(small, build)).toMatch(/memory `into` needs 100 words/);
});

// Each copy writes rows (or columns) of its own; all of them are read in another order.
test.each([1, 2, 3, 4, 5, 7, 8])('%i copies write one memory that readers cross', async (par) => {
  const at = (i: number, j: number) => 100 * i + j;
  const sums = Int32Array.from({ length: 7 }, (_, i) =>
    Array.from({ length: 8 }, (_, j) => at(6 - i, j) + at(i, 7 - j)).reduce((a, b) => a + b, 0),
  );
  for (const flipped of [false, true]) {
    await checkExplicit(
      fabricNamed('sara'),
      (v) => {
        const out = v.dramOut('out', 'i32', [3, 7]);
        v.pipe({ t: 3 }, ({ t }) => {
          const words = v.sram('words', 'i32', flipped ? [8, 7] : [7, 8]);
          const all = v.sram('all', 'i32', [7]);
          v.leaf({ i: { max: 7, par }, j: { max: 8, par: 4 } }, ({ i, j }) =>
            words.set(flipped ? [j, i] : [i, j], i.value.mul(100).add(j.value)),
          );
          const word = (i: Index, j: Index) => (flipped ? words.at(j, i) : words.at(i, j));
          v.leaf({ i: 7, j: { max: 8, par: 4 } }, ({ i, j }) =>
            all.set([i], reduce('add', word(i.mul(-1).add(6), j).add(word(i, j.mul(-1).add(7))), [j])),
          );
          v.store(out, [t, 0], all);
        });
      },
      {},
      { outputs: { out: Int32Array.from({ length: 21 }, (_, n) => sums[n % 7]) } },
    );
  }
});

test.each([1, 2, 3, 4, 5])('a memory lies in %i banks because the program says so', async (banks) => {
  const { memories } = await check(
    (v) => {
      const [from, to] = [v.dramIn('x', 'i32', [20, 10]), v.dramOut('y', 'i32', [6, 10])];
      v.pipe({}, () => {
        const rows = v.sram('rows', 'i32', [6, 10], { banks });
        v.load(from, [0, 0], rows);
        v.store(to, [0, 0], rows);
      });
    },
    { outputs: { y: x.slice(0, 60) } },
    { x },
  );
  // Unasked it would have been a stream from load to store.
  expect(memories).toBe(banks);
});

test.each([1, 2, 3])('%i banks asked for of a memory whose copies write columns', async (banks) => {
  const column = (j: number) => [0, 1, 2].map((i) => 10 * i + j).reduce((a, b) => a + b);
  const { memories } = await check(
    (v) => {
      const out = v.dramOut('out', 'i32', [8]);
      v.pipe({}, () => {
        const [words, sums] = [v.sram('words', 'i32', [3, 8], { banks }), v.sram('sums', 'i32', [8])];
        v.leaf({ j: { max: 8, par: 4 }, i: 3 }, ({ i, j }) => words.set([i, j], i.value.mul(10).add(j.value)));
        v.leaf({ j: 8, i: 3 }, ({ i, j }) => sums.set([j], reduce('add', words.at(i, j), [i])));
        v.store(out, [0], sums);
      });
    },
    { outputs: { out: Int32Array.from({ length: 8 }, (_, j) => column(j)) } },
  );
  expect(memories).toBeGreaterThanOrEqual(banks);
});

test.each([0, 2.5, 9])('a memory of 8 words cannot lie in %d banks', (banks) => {
  const refusal = refusalOf(small, (v) => {
    const out = v.result('out', 'i32');
    const words = v.sram('words', 'i32', [8], { banks });
    v.leaf({ i: 8 }, ({ i }) => words.set([i], i.value));
    v.leaf({ i: 8 }, ({ i }) => out.set(reduce('add', words.at(i), [i])));
  });
  expect(refusal).toContain(`memory \`words\` cannot lie in ${banks} banks`);
});

test('the ends of loops from a memory in banks', async () => {
  const { memories } = await check(
    (v) => {
      const out = v.dramOut('out', 'i32', [8]);
      v.pipe({}, () => {
        const [ends, counts] = [v.sram('ends', 'i32', [8], { banks: 2 }), v.sram('counts', 'i32', [8])];
        v.leaf({ i: 8 }, ({ i }) => ends.set([i], i.value));
        v.pipe({ r: 8 }, ({ r }) => {
          const end = v.count(ends.at(r), { atMost: 8 });
          v.leaf({ e: { max: end } }, ({ e }) => counts.set([r], reduce('add', e.value, [e])));
        });
        v.store(out, [0], counts);
      });
    },
    { outputs: { out: Int32Array.from({ length: 8 }, (_, r) => (r * (r - 1)) / 2) } },
  );
  expect(memories).toBeGreaterThanOrEqual(2);
});

test('a sum starts from one word of one unit', () => {
  const refusal = refusalOf(small, (v) => {
    const out = v.dramOut('out', 'i32', [8]);
    v.pipe({}, () => {
      const into = v.sram('into', 'i32', [8], { banks: 2 });
      v.memreduce(into, { t: 3 }, ({ t }) => {
        const part = v.sram('part', 'i32', [8]);
        v.leaf({ i: 8 }, ({ i }) => part.set([i], t.add(i).value));
        return part;
      });
      v.store(out, [0], into);
    });
  });
  expect(refusal).toMatch(/memory `into` in 2 banks cannot be mapped yet: .*a sum starts from a place/);
});
