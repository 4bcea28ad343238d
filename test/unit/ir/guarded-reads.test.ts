/** Reads outside their memory: legal exactly where a condition on loop indices keeps them from being used. */
import { describe, expect, test } from 'vitest';
import { type Diagnostic, DiagnosticError } from '../../../src/base/diagnostic.ts';
import { Rng } from '../../../src/base/rng.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import type { Expr } from '../../../src/frontend/dsl/expr.ts';
import { carried, type Memory, reduce, scan, startAt } from '../../../src/frontend/dsl/handles.ts';
import type { Index } from '../../../src/frontend/dsl/index-expr.ts';
import { parseLoops } from '../../../src/ir/loops-parse.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';
import { verifyLoops } from '../../../src/ir/loops-verify.ts';

type I32 = Expr<'i32'>;
type Row = Memory<'i32', readonly [number]>;
type Grid = Memory<'i32', readonly [number, number]>;

function problemsOf(build: (v: Explicit) => void): readonly Diagnostic[] {
  try {
    const made = explicit(build);
    // As text it is the same program, and as legal.
    expect(verifyLoops(parseLoops(printLoops(made)))).toEqual([]);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

const refusalsOf = (build: (v: Explicit) => void): string[] => problemsOf(build).map(({ code, message }) => `${code} ${message}`);

/** A leaf that writes what `value` makes of a row of n words, and of a word of data to decide by. */
const row =
  (value: (i: Index, a: Row, data: I32) => I32, n = 32, loop: { min?: number; step?: number; par?: number } = { par: 4 }) =>
  (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [n]);
    const to = v.dramOut('y', 'i32', [n]);
    v.pipe({}, () => {
      const [a, d, b] = ['a', 'd', 'b'].map((name) => v.sram(name, 'i32', [n]));
      v.load(from, [0], a);
      v.load(from, [0], d);
      v.leaf({ i: { max: n, ...loop } }, ({ i }) => b.set([i], value(i, a, d.at(i))));
      v.store(to, [0], b);
    });
  };

const left = (i: Index, a: Row) => a.at(i.sub(1));
const right = (i: Index, a: Row) => a.at(i.add(1));

const legal: [string, (i: Index, a: Row, data: I32) => I32][] = [
  ['i > 0', (i, a) => i.value.gt(0).select(left(i, a), 0)],
  ['i >= 1', (i, a) => i.value.ge(1).select(left(i, a), 0)],
  ['i <> 0', (i, a) => i.value.ne(0).select(left(i, a), 0)],
  ['not i = 0, by the other arm', (i, a) => i.value.eq(0).select(a.at(i), left(i, a))],
  ['not i < 1, by the other arm', (i, a) => i.value.lt(1).select(a.at(i), left(i, a))],
  ['not i <= 0, as a number', (i, a) => i.value.le(0).xor(1).select(left(i, a), 0)],
  ['(i = 0) = 0', (i, a) => i.value.eq(0).eq(0).select(left(i, a), 0)],
  ['(i > 0) = 1', (i, a) => i.value.gt(0).eq(1).select(left(i, a), 0)],
  ['(i > 0) <> 0', (i, a) => i.value.gt(0).ne(0).select(left(i, a), 0)],
  ['i itself', (i, a) => i.value.select(left(i, a), 0)],
  ['i - 1 >= 0', (i, a) => i.sub(1).value.ge(0).select(left(i, a), 0)],
  ['2 i > 1', (i, a) => i.mul(2).value.gt(1).select(left(i, a), 0)],
  ['-i < 0', (i, a) => i.value.neg().lt(0).select(left(i, a), 0)],
  ['5 - i <= 4', (i, a) => i.mul(-1).add(5).value.le(4).select(left(i, a), 0)],
  ['i > 0 and data', (i, a, d) => i.value.gt(0).and(d.gt(3)).select(left(i, a), 0)],
  ['data and i > 0', (i, a, d) => d.gt(3).and(i.value.gt(0)).select(left(i, a), 0)],
  ['not (i = 0 or data)', (i, a, d) => i.value.eq(0).or(d.gt(3)).select(d, left(i, a))],
  ['i > 5 or i > 0', (i, a) => i.value.gt(5).or(i.value.gt(0)).select(left(i, a), 0)],
  ['a select in a select', (i, a, d) => d.gt(3).select(i.value.gt(0).select(left(i, a), d), 0)],
  ['a select around operations', (i, a, d) => i.value.gt(0).select(left(i, a).mul(3).max(d), 0)],
  ['a condition that a select makes', (i, a, d) => i.value.gt(0).select(d.gt(3), i.value.lt(0)).select(left(i, a), 0)],
  ['the other neighbour else', (i, a) => i.value.gt(0).select(left(i, a), right(i, a))],
  ['beside it in an `and`', (i, a) => i.value.gt(0).and(left(i, a).gt(7))],
  ['beside it in an `or`', (i, a) => i.value.eq(0).or(left(i, a).gt(7))],
  ['beside it in the condition of a select', (i, a, d) => i.value.gt(0).and(left(i, a).gt(7)).select(d, 0)],
  [
    'two uses, both under it',
    (i, a, d) =>
      i.value
        .gt(0)
        .select(left(i, a), d)
        .add(i.value.gt(4).select(left(i, a), d)),
  ],
  // By going through the iterations.
  ['i odd', (i, a) => i.value.and(1).select(left(i, a), 0)],
  ['i mod 3 = 1', (i, a) => i.value.mod(3).eq(1).select(left(i, a), 0)],
  ['i mod 3 <> 0', (i, a) => i.value.mod(3).ne(0).select(left(i, a), 0)],
  ['i / 4 > 0', (i, a) => i.value.div(4).gt(0).select(left(i, a), 0)],
  ['i >> 2 <> 0', (i, a) => i.value.shiftRight(2).ne(0).select(left(i, a), 0)],
  ['i as a float', (i, a) => i.value.toFloat().gt(0.5).select(left(i, a), 0)],
  ['(i - 3)^2 < 9', (i, a) => i.value.sub(3).mul(i.value.sub(3)).lt(9).select(left(i, a), 0)],
  ['i odd and data', (i, a, d) => i.value.and(1).and(d.gt(0)).select(left(i, a), 0)],
];

test.each(legal)('a read of the word before is legal where %s', (_, value) => {
  expect(refusalsOf(row(value))).toEqual([]);
});

const before = ['E0209 a read of `a` reaches -1 in dimension 0, it holds 0 to 31'];

test.each<[string, (i: Index, a: Row, data: I32) => I32]>([
  ['nothing', (i, a) => left(i, a)],
  ['data', (i, a, d) => d.gt(0).select(left(i, a), 0)],
  ['data or i > 0', (i, a, d) => d.gt(0).or(i.value.gt(0)).select(left(i, a), 0)],
  ['i > 0 or i = 0', (i, a) => i.value.gt(0).or(i.value.eq(0)).select(left(i, a), 0)],
  ['not (data and i = 0)', (i, a, d) => i.value.eq(0).and(d.gt(3)).select(d, left(i, a))],
  ['i > 0, in the other arm', (i, a, d) => i.value.gt(0).select(d, left(i, a))],
  ['i >= 0', (i, a) => i.value.ge(0).select(left(i, a), 0)],
  ['i < 31', (i, a) => i.value.lt(31).select(left(i, a), 0)],
  ['i even', (i, a) => i.value.and(1).eq(0).select(left(i, a), 0)],
  ['i mod 3 = 0', (i, a) => i.value.mod(3).eq(0).select(left(i, a), 0)],
  ['a complement, which is never 0', (i, a) => i.value.eq(0).not().select(left(i, a), 0)],
  ['a product, not a select', (i, a) => left(i, a).mul(i.value.gt(0))],
  ['an `or` of more than one bit', (i, a, d) => i.value.eq(0).or(d).or(left(i, a))],
  ['a use outside the select as well', (i, a) => i.value.gt(0).select(left(i, a), 0).add(left(i, a))],
  ['the read itself', (i, a, d) => left(i, a).gt(0).select(d, 0)],
  ['the read itself, beside data', (i, a, d) => d.gt(0).and(left(i, a).gt(0))],
  [
    'a condition of one use of two',
    (i, a, d) =>
      i.value
        .gt(0)
        .select(left(i, a), d)
        .add(i.value.lt(4).select(left(i, a), d)),
  ],
])('and refused under %s', (_, value) => {
  expect(refusalsOf(row(value))).toEqual(before);
});

test('a refusal says where, and what helps', () => {
  const [{ notes, help }] = problemsOf(row((i, a) => i.value.mod(4).ne(1).select(left(i, a), right(i, a))));
  expect(notes).toEqual(['over its loops the index runs from -1 to 30', 'with `i` = 0 it is outside, and what it gives may be used']);
  expect(help).toMatch(/only under a `select` or `when` whose condition on loop indices keeps it in range/);
});

test('both ends of a row', () => {
  const ends = (last: number) => (i: Index, a: Row) =>
    i.value
      .gt(0)
      .select(left(i, a), 0)
      .add(i.value.lt(last).select(right(i, a), 0));
  expect(refusalsOf(row(ends(31)))).toEqual([]);
  expect(refusalsOf(row(ends(32)))).toEqual(['E0209 a read of `a` reaches 32 in dimension 0, it holds 0 to 31']);
});

test('loops that begin elsewhere and step', () => {
  // 1, 4, ... 31: i > 3 leaves 4 and more.
  const read = (far: number) => (i: Index, a: Row) => i.value.gt(3).select(a.at(i.sub(far)), 0);
  expect(refusalsOf(row(read(4), 32, { min: 1, step: 3 }))).toEqual([]);
  expect(refusalsOf(row(read(5), 32, { min: 1, step: 3 }))).toEqual(['E0209 a read of `a` reaches -4 in dimension 0, it holds 0 to 31']);
});

test('loops that are too long to go through are proved by ranges alone', () => {
  const n = 100_000;
  expect(
    refusalsOf(
      row(
        (i, a) =>
          i.value
            .gt(0)
            .and(i.value.lt(n - 1))
            .select(left(i, a).add(right(i, a)), 0),
        n,
      ),
    ),
  ).toEqual([]);
  expect(refusalsOf(row((i, a) => i.value.mod(3).eq(1).select(left(i, a), 0), n))).toEqual([
    `E0209 a read of \`a\` reaches -1 in dimension 0, it holds 0 to ${n - 1}`,
  ]);
});

test('what leaves 32 bits is no range', () => {
  // 2^30 i wraps: it is above 0 for i = 1 alone, and not at all where the read is in range.
  expect(
    refusalsOf(
      row(
        (i, a) =>
          i
            .mul(2 ** 30)
            .value.gt(0)
            .select(a.at(i.sub(2)), 0),
        8,
      ),
    ),
  ).toEqual(['E0209 a read of `a` reaches -2 in dimension 0, it holds 0 to 7']);
});

/** A leaf over a grid of 300 x 300: too many iterations to go through. */
const grid =
  (value: (r: Index, c: Index, a: Grid) => I32, how: 'set' | 'rows' | 'scan' | 'carried' = 'set', size = 300) =>
  (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [size, size]);
    v.pipe({ t: 2 }, ({ t }) => {
      const a = v.sram('a', 'i32', [size, size]) as Grid;
      const b = v.sram('b', 'i32', [size, size]);
      const s = v.sram('s', 'i32', [size]);
      v.load(from, [0, 0], a);
      v.leaf({ r: size, c: { max: size, par: how === 'scan' ? 1 : 4 } }, ({ r, c }) => {
        const word = value(r, c, a);
        if (how === 'set') b.set([r, c], word);
        else if (how === 'rows') s.set([r], r.value.gt(0).select(reduce('add', word, [c]), 0));
        else if (how === 'carried') s.set([r], reduce('add', word, [c], carried(s.at(r), [t])));
        else b.set([r, c], r.value.gt(0).select(scan('add', word, [r, c], startAt('i32', 0)), 0));
      });
      if (how === 'set' || how === 'scan') v.store(v.dramOut('y', 'i32', [size, size]), [0, 0], b);
      else v.store(v.dramOut('y', 'i32', [size]), [0], s);
    });
  };

describe('two dimensions', () => {
  const inside = (r: Index, c: Index, size = 300) =>
    r.value
      .gt(0)
      .and(r.value.lt(size - 1))
      .and(c.value.gt(0))
      .and(c.value.lt(size - 1));
  const around = (r: Index, c: Index, a: Grid) =>
    [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => a.at(r.add(y), c.add(x)))).reduce((sum, word) => sum.add(word));

  test('a stencil under all four edges', () => {
    expect(refusalsOf(grid((r, c, a) => inside(r, c).select(around(r, c, a), 0)))).toEqual([]);
  });

  test('a stencil under three', () => {
    const open = (r: Index, c: Index) => r.value.gt(0).and(r.value.lt(299)).and(c.value.gt(0));
    const found = refusalsOf(grid((r, c, a) => open(r, c).select(around(r, c, a), 0)));
    expect(found).toEqual(new Array(3).fill('E0209 a read of `a` reaches 300 in dimension 1, it holds 0 to 299'));
  });

  test('each neighbour under its own edge', () => {
    const word = (r: Index, c: Index, a: Grid) =>
      r.value
        .gt(0)
        .select(a.at(r.sub(1), c), 0)
        .add(c.value.lt(299).select(a.at(r, c.add(1)), 0));
    expect(refusalsOf(grid(word))).toEqual([]);
    const swapped = (r: Index, c: Index, a: Grid) => c.value.gt(0).select(a.at(r.sub(1), c), 0);
    expect(refusalsOf(grid(swapped))).toEqual(['E0209 a read of `a` reaches -1 in dimension 0, it holds 0 to 299']);
  });

  test('a condition on both, and one that has to be gone through in one of them', () => {
    expect(refusalsOf(grid((r, c, a) => r.value.lt(c.value).select(a.at(r, c.sub(1)), 0)))).toEqual([]);
    expect(refusalsOf(grid((r, c, a) => r.value.le(c.value).select(a.at(r, c.sub(1)), 0)))).toHaveLength(1);
    expect(
      refusalsOf(
        grid((r, c, a) =>
          c.value
            .mod(2)
            .ne(0)
            .and(r.value.gt(0))
            .select(a.at(r.sub(1), c.sub(1)), 0),
        ),
      ),
    ).toEqual([]);
  });

  test('a select in a reduction, and one behind it', () => {
    const above = (r: Index, c: Index, a: Grid) => a.at(r.sub(1), c);
    expect(refusalsOf(grid((r, c, a) => c.value.gt(0).select(a.at(r, c.sub(1)), 0), 'rows'))).toEqual([]);
    expect(refusalsOf(grid(above, 'rows'))).toEqual([]);
    expect(refusalsOf(grid((r, c, a) => a.at(r, c.sub(1)), 'rows'))).toHaveLength(1);
  });

  test('what a sum keeps is used, whatever is asked of it later', () => {
    const above = (r: Index, c: Index, a: Grid) => a.at(r.sub(1), c);
    expect(refusalsOf(grid(above, 'scan'))).toHaveLength(1);
    expect(refusalsOf(grid(above, 'scan', 20))).toHaveLength(1);
    expect(refusalsOf(grid(above, 'carried'))).toHaveLength(1);
    expect(refusalsOf(grid((r, c, a) => r.value.gt(0).select(above(r, c, a), 0), 'scan'))).toEqual([]);
    expect(refusalsOf(grid((r, c, a) => r.value.gt(0).select(above(r, c, a), 0), 'carried'))).toEqual([]);
  });
});

describe('predicates of effects', () => {
  const written = (when: (i: Index, a: Row) => I32, value: (i: Index, a: Row) => I32) => (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [32]);
    const to = v.dramOut('y', 'i32', [32]);
    const queue = v.dramOut('z', 'i32', [64]);
    v.pipe({}, () => {
      const [a, b] = ['a', 'b'].map((name) => v.sram(name, 'i32', [32]));
      const f = v.fifo('f', 'i32', 64);
      v.load(from, [0], a);
      v.leaf({ i: { max: 32, par: 4 } }, ({ i }) => b.set([i], value(i, a), { when: when(i, a) }));
      v.leaf({ i: { max: 32, par: 4 } }, ({ i }) => f.enqueue(value(i, a), { when: when(i, a) }));
      v.store(to, [0], b);
      v.store(queue, [0], f, { extent: [31] });
    });
  };
  const codes = (build: (v: Explicit) => void) => refusalsOf(build).filter((text) => text.startsWith('E0209'));

  test('keep a value out', () => {
    expect(codes(written((i) => i.value.gt(0), left))).toEqual([]);
    expect(codes(written((i) => i.value.ge(0), left))).toEqual([...before, ...before]);
    expect(codes(written((i) => i.value.lt(31), left))).toEqual([...before, ...before]);
  });

  test('are used themselves', () => {
    expect(codes(written(left, (_, a) => a.at(0)))).toEqual([...before, ...before]);
    expect(codes(written((i, a) => i.value.gt(0).and(left(i, a).gt(0)), left))).toEqual([]);
  });
});

test('a guard keeps iterations out, not the end of a reduction', () => {
  const text = (value: string) => `program "p" {}
dram in x i32 [32]
dram out y i32 [1]
memory a i32 [20]
memory b i32 [1]
nest pipe () {
  load x[0] [20] -> a
  leaf (t: 0..2, i: 0..16 par 4) {
    guard 16*t + i < 20
    %0 = read a[16*t + i] : i32
    %1 = reduce add %0 over t i : i32
    %2 = read a[20] : i32
    %3 = add %1 %2 : i32
    write b[0] = ${value}
  }
  store b -> y[0] [1]
}
`;
  const found = (value: string) => verifyLoops(parseLoops(text(value))).map(({ code, message }) => `${code} ${message}`);
  expect(found('%1')).toEqual([]);
  expect(found('%3')).toEqual(['E0209 a read of `a` reaches 20 in dimension 0, it holds 0 to 19']);
});

test('loops that end at run time run to their most', () => {
  const build = (edge: number) => (v: Explicit) => {
    const from = v.dramIn('x', 'i32', [32]);
    const to = v.result('y', 'i32');
    v.pipe({}, () => {
      const [a, n] = [v.sram('a', 'i32', [32]), v.sram('n', 'i32', [1])];
      v.load(from, [0], a);
      v.leaf({ u: 1 }, ({ u }) => n.set([u], 20));
      v.leaf({ i: { max: 32, end: n.at(0) } }, ({ i }) => to.set(reduce('add', i.value.lt(edge).select(right(i, a), 0), [i])));
    });
  };
  expect(refusalsOf(build(31))).toEqual([]);
  expect(refusalsOf(build(32))).toEqual(['E0209 a read of `a` reaches 32 in dimension 0, it holds 0 to 31']);
});

test('writes stay inside, whatever their predicate', () => {
  const write = (v: Explicit) => {
    const b = v.sram('b', 'i32', [8]);
    const y = v.dramOut('y', 'i32', [8]);
    v.pipe({}, () => {
      v.leaf({ i: 8 }, ({ i }) => b.set([i.sub(1)], i.value, { when: i.value.gt(0) }));
      v.store(y, [0], b);
    });
  };
  expect(refusalsOf(write)).toEqual(['E0209 a write of `b` reaches -1 in dimension 0, it holds 0 to 7']);
});

test('random conditions: legal exactly where no iteration uses a word outside', () => {
  let [right, wrong] = [0, 0];
  for (let seed = 0; seed < 400; seed++) {
    const rng = new Rng(`guarded ${seed}`);
    const n = rng.int(2, 9);
    const far = rng.int(-3, 3);
    type Both = { readonly made: (i: Index) => I32; readonly plain: (i: number) => number };
    const condition = (depth: number): Both => {
      const k = rng.int(-2, n + 1);
      const [a, b] = depth > 0 ? [condition(depth - 1), condition(depth - 1)] : [];
      const choices: Both[] = [
        { made: (i) => i.value.gt(k), plain: (i) => Number(i > k) },
        { made: (i) => i.value.le(k), plain: (i) => Number(i <= k) },
        { made: (i) => i.value.ne(k), plain: (i) => Number(i !== k) },
        { made: (i) => i.mul(-2).add(k).value.lt(0), plain: (i) => Number(k - 2 * i < 0) },
        { made: (i) => i.value.and(3).eq(k & 3), plain: (i) => Number((i & 3) === (k & 3)) },
      ];
      if (a && b)
        choices.push(
          { made: (i) => a.made(i).and(b.made(i)), plain: (i) => a.plain(i) & b.plain(i) },
          { made: (i) => a.made(i).or(b.made(i)), plain: (i) => a.plain(i) | b.plain(i) },
          { made: (i) => a.made(i).xor(1), plain: (i) => a.plain(i) ^ 1 },
          { made: (i) => a.made(i).eq(b.made(i)), plain: (i) => Number(a.plain(i) === b.plain(i)) },
        );
      return choices[rng.int(0, choices.length - 1)];
    };
    const { made, plain } = condition(rng.int(0, 2));
    const used = Array.from({ length: n }, (_, i) => i).some((i) => plain(i) !== 0 && (i + far < 0 || i + far >= n));
    const found = refusalsOf(row((i, a) => made(i).select(a.at(i.add(far)), 7), n, { par: 1 }));
    expect(found.length > 0, `seed ${seed}`).toBe(used);
    if (used) wrong++;
    else right++;
  }
  expect(Math.min(right, wrong)).toBeGreaterThan(100);
});

test('random conditions on two loops: legal exactly where no iteration uses a word outside', () => {
  let [right, wrong] = [0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const rng = new Rng(`guarded grid ${seed}`);
    const size = rng.int(2, 7);
    const far = [rng.int(-1, 1), rng.int(-1, 1)];
    type Side = { readonly made: (r: Index, c: Index) => I32; readonly plain: (r: number, c: number) => boolean };
    const side = (): Side => {
      const [a, b, k] = [rng.int(-2, 2), rng.int(-2, 2), rng.int(-4, 8)];
      const sum = (r: Index, c: Index) => r.mul(a).add(c.mul(b)).value;
      return [
        { made: (r: Index, c: Index) => sum(r, c).gt(k), plain: (r: number, c: number) => a * r + b * c > k },
        { made: (r: Index, c: Index) => sum(r, c).le(k), plain: (r: number, c: number) => a * r + b * c <= k },
        { made: (r: Index, c: Index) => sum(r, c).ne(k), plain: (r: number, c: number) => a * r + b * c !== k },
        { made: (r: Index) => r.value.gt(0), plain: (r: number) => r > 0 },
        { made: (_: Index, c: Index) => c.value.lt(size - 1), plain: (_: number, c: number) => c < size - 1 },
      ][rng.int(0, 4)];
    };
    const sides = Array.from({ length: rng.int(1, 4) }, side);
    const either = rng.int(0, 3) === 0;
    const holds = (r: number, c: number) => (either ? sides.some((one) => one.plain(r, c)) : sides.every((one) => one.plain(r, c)));
    const outside = (i: number) => i < 0 || i >= size;
    const places = Array.from({ length: size * size }, (_, n) => [Math.floor(n / size), n % size]);
    const used = places.some(([r, c]) => holds(r, c) && (outside(r + far[0]) || outside(c + far[1])));
    const condition = (r: Index, c: Index) => sides.map((one) => one.made(r, c)).reduce((a, b) => (either ? a.or(b) : a.and(b)));
    const found = refusalsOf(grid((r, c, a) => condition(r, c).select(a.at(r.add(far[0]), c.add(far[1])), 7), 'set', size));
    expect(found.length > 0, `seed ${seed}`).toBe(used);
    if (used) wrong++;
    else right++;
  }
  expect(Math.min(right, wrong)).toBeGreaterThan(60);
});
