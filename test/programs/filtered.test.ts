/** Filters, flatMaps and scans as patterns: plain arithmetic = evaluator = golden machine. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { type Expected, type Expr, type Patterns, patterns, program, type Target } from '../../src/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const oneLane = fabricNamed('demo', { name: 'one_lane', pcu: { lanes: 1 } });
const small = fabricNamed('demo', { name: 'small_memories', pmu: { bankWords: 16 } });
const options = {
  witnesses: new Set(['evaluator', 'golden'] as const),
  given: { arrays: new Map(), args: new Map(), seed: 1 },
  profile: DRAM_PROFILES.pir2020,
  network: 'routed',
  poison: true,
} as const;

const ints = (n: number, salt = 0) => Int32Array.from({ length: n }, (_, i) => (((i + salt) * 37 + ((i * i) % 7)) % 101) - 50);
const padded = (kept: readonly number[], n: number) => Array.from({ length: n }, (_, i) => kept[i] ?? 0);

type Arrays = Record<string, Int32Array | Float32Array>;

async function check(fabric: Fabric, arrays: Arrays, build: (v: Patterns) => void, expected: Expected): Promise<number> {
  const made = program({
    name: 'case',
    params: {},
    build: (_, target) => patterns(target, build),
    data: () => ({ arrays }),
    reference: () => expected,
  });
  const built = buildProgram(fabric, made, {}, {});
  const point = await runPoint(fabric, built, options);
  expect(point.problems).toEqual([]);
  return point.golden?.cycles ?? 0;
}

describe.each([
  ['eight lanes', demo],
  ['one lane', oneLane],
  ['memories of 128 words', small],
])('%s', (_, fabric) => {
  test.each([1, 7, 8, 40, 1000])('the odd ones of %i elements', async (n) => {
    const x = ints(n);
    const odd = [...x].filter((value) => value & 1);
    await check(
      fabric,
      { x },
      (v) =>
        v.output(
          'y',
          v.filter(v.input('x', 'i32', [n]), (value) => value.and(1)),
        ),
      {
        outputs: { y: padded(odd, n) },
        results: { y_count: odd.length },
      },
    );
  });

  test.each([
    [3, 5],
    [4, 8],
    [9, 30],
    [24, 96],
  ])('a matrix of %i x %i, against a row and a column', async (m, n) => {
    const [x, row, column] = [ints(m * n), ints(n, 5), ints(m, 9)];
    const scaled = [...x].flatMap((value, at) => (value < row[at % n] ? [value * column[Math.floor(at / n)]] : []));
    await check(
      fabric,
      { x, row, column },
      (v) => {
        const [a, b, c] = [v.input('x', 'i32', [m, n]), v.input('row', 'i32', [n]), v.input('column', 'i32', [m])];
        const product = v.tabulate([m, n], (i, j) => a.at(i, j).mul(c.at(i)));
        const less = v.tabulate([m, n], (i, j) => a.at(i, j).lt(b.at(j)));
        v.output('y', v.filter(product, less));
      },
      { outputs: { y: padded(scaled, m * n) }, results: { y_count: scaled.length } },
    );
  });
});

test('cycles: two passes of a vector a cycle, a scan of a word a cycle, rows in lanes', async () => {
  const n = 1024;
  const x = ints(n);
  const floats = Float32Array.from(x);
  const odd = [...x].filter((value) => value & 1);
  const run = (list: readonly number[], length: number) =>
    list.map((_, at) => list.slice(at - (at % length), at + 1).reduce((a, b) => a + b, 0));
  const filtered = await check(
    demo,
    { x },
    (v) =>
      v.output(
        'y',
        v.filter(v.input('x', 'i32', [n]), (value) => value.and(1)),
      ),
    {
      outputs: { y: padded(odd, n) },
      results: { y_count: odd.length },
    },
  );
  const scanned = await check(demo, { x }, (v) => v.output('y', v.scan('add', v.input('x', 'i32', [n]))), {
    outputs: { y: run([...x], n) },
  });
  const rows = await check(demo, { floats }, (v) => v.output('y', v.scan('add', v.input('floats', 'f32', [32, 32]))), {
    outputs: { y: run([...floats], 32) },
  });
  expect([filtered, scanned, rows]).toEqual([449, 1118, 449]);
});

test.each([
  ['none', (value: number) => value > 1000, 1000],
  ['all', (value: number) => value > -1000, -1000],
])('%s are kept', async (_, keep, limit) => {
  const x = ints(24);
  const kept = [...x].filter(keep);
  await check(
    demo,
    { x },
    (v) =>
      v.output(
        'y',
        v.filter(v.input('x', 'i32', [24]), (value) => value.gt(limit)),
      ),
    {
      outputs: { y: padded(kept, 24) },
      results: { y_count: kept.length },
    },
  );
});

test('filters of filters, of maps and of what is mapped after', async () => {
  const x = ints(50);
  const expected = [...x]
    .map((value) => value * 3)
    .filter((value) => value > 0)
    .map((value) => value - 10)
    .filter((value) => (value & 1) === 0);
  await check(
    demo,
    { x },
    (v) => {
      const positive = v.filter(
        v.map([v.input('x', 'i32', [50])], (value) => value.mul(3)),
        (value) => value.gt(0),
      );
      const even = v.filter(
        v.map([positive], (value) => value.sub(10)),
        (value) => value.and(1).eq(0),
      );
      v.output('y', even);
      v.result('sum', v.fold('add', even));
      v.result('most', v.fold('max', even));
    },
    {
      outputs: { y: padded(expected, 50) },
      results: { y_count: expected.length, sum: expected.reduce((a, b) => a + b, 0), most: Math.max(...expected) },
    },
  );
});

test('a filter by what a fold of its row says', async () => {
  const [m, n] = [6, 12];
  const x = ints(m * n);
  const heavy = Array.from({ length: m }, (_, i) => x.slice(i * n, i * n + n).reduce((a, b) => a + b, 0)).filter((sum) => sum > 0);
  await check(
    demo,
    { x },
    (v) => {
      const a = v.input('x', 'i32', [m, n]);
      const sum = v.tabulate([m], (i) => v.foldOver('add', [n], (k) => a.at(i, k)));
      v.output(
        'heavy',
        v.filter(sum, (value) => value.gt(0)),
      );
    },
    { outputs: { heavy: padded(heavy, m) }, results: { heavy_count: heavy.length } },
  );
});

test('a filter of what a scan makes', async () => {
  const [m, n] = [6, 12];
  const x = ints(m * n);
  const sums = [...x].map((_, at) => x.slice(at - (at % n), at + 1).reduce((a, b) => a + b, 0));
  const odd = sums.filter((sum) => sum & 1);
  await check(
    demo,
    { x },
    (v) =>
      v.output(
        'odd',
        v.filter(v.scan('add', v.input('x', 'i32', [m, n])), (sum) => sum.and(1)),
      ),
    { outputs: { odd: padded(odd, m * n) }, results: { odd_count: odd.length } },
  );
});

test('three dimensions, one of them a list', async () => {
  const [h, m] = [3, 5];
  const [x, row] = [ints(h * m), ints(m, 4)];
  const yielded = [...x].flatMap((value, at) => (row[at % m] > 0 ? [value, row[at % m], value + 1] : [value, value + 1]));
  await check(
    demo,
    { x, row },
    (v) => {
      const [a, b] = [v.input('x', 'i32', [h, m]), v.input('row', 'i32', [m])];
      const of = v.tabulate([h, m], (_, j) => b.at(j));
      v.output(
        'y',
        v.flatMap([a, of], (value, other) => [value, { value: other, when: other.gt(0) }, value.add(1)]),
      );
    },
    { outputs: { y: padded(yielded, 3 * h * m) }, results: { y_count: yielded.length } },
  );
});

test('lists masked and grouped by arrays, and lists of lists', async () => {
  const n = 9;
  const [x, mask, key] = [ints(n), ints(2 * n, 1).map((value) => value & 1), ints(2 * n, 7).map((value) => value & 1)];
  const pairs = [...x].flatMap((value) => [value, value * 2]);
  const left = pairs.filter((_, at) => mask[at]);
  const sums = [0, 1].map((group) => pairs.reduce((sum, value, at) => (value > 0 && key[at] === group ? sum + value : sum), 0));
  await check(
    demo,
    { x, mask, key },
    (v) => {
      const pair = v.flatMap([v.input('x', 'i32', [n])], (value) => [value, value.mul(2)]);
      v.result('sum', v.fold('add', v.filter(pair, v.input('mask', 'i32', [n, 2]))));
      const positive = v.filter(pair, (value) => value.gt(0));
      v.output('sums', v.groupBy('add', 2, v.input('key', 'i32', [n, 2]), positive));
      const four = v.flatMap([pair], (value) => [value, value.neg()]);
      v.result('most', v.fold('max', four));
    },
    {
      outputs: { sums },
      results: { sum: left.reduce((a, b) => a + b, 0), most: Math.max(...pairs.map(Math.abs)) },
    },
  );
});

test('flatMap: stored, folded and grouped', async () => {
  const x = ints(30);
  const yielded = [...x].flatMap((value) => [value, ...(value > 0 ? [-2 * value] : [])]);
  const groups = [0, 1, 2].map((group) => yielded.filter((value) => (value & 3) === group).reduce((a, b) => a + b, 0));
  await check(
    demo,
    { x },
    (v) => {
      const list = v.flatMap([v.input('x', 'i32', [30])], (value) => [value, { value: value.mul(-2), when: value.gt(0) }]);
      v.output('y', list);
      v.result('least', v.fold('min', list));
      v.output(
        'sums',
        v.groupBy(
          'add',
          3,
          v.map([list], (value) => value.and(3)),
          list,
        ),
      );
    },
    {
      outputs: { y: padded(yielded, 60), sums: groups },
      results: { y_count: yielded.length, least: Math.min(...yielded) },
    },
  );
});

test('what filters leave is grouped, by keys of all or of what is left', async () => {
  const [x, key] = [ints(70), Int32Array.from(ints(70, 3), (value) => value & 3)];
  const sums = (keep: (at: number) => boolean, keyOf: (at: number) => number) =>
    [0, 1, 2, 3].map((group) => [...x].reduce((sum, value, at) => (keep(at) && keyOf(at) === group ? sum + value : sum), 0));
  await check(
    demo,
    { x, key },
    (v) => {
      const [a, k] = [v.input('x', 'i32', [70]), v.input('key', 'i32', [70])];
      const positive = v.filter(a, (value) => value.gt(0));
      v.output('of_all', v.groupBy('add', 4, k, positive));
      v.output(
        'of_left',
        v.groupBy(
          'add',
          4,
          v.map([positive], (value) => value.and(3)),
          positive,
        ),
      );
    },
    {
      outputs: {
        of_all: sums(
          (at) => x[at] > 0,
          (at) => key[at],
        ),
        of_left: sums(
          (at) => x[at] > 0,
          (at) => x[at] & 3,
        ),
      },
    },
  );
});

describe('scans', () => {
  const prefix = (list: readonly number[], combine: (a: number, b: number) => number) =>
    list.map((_, at) => list.slice(0, at + 1).reduce((a, b) => combine(a, b)));

  test.each([
    [1, demo],
    [37, demo],
    [1000, small],
    [37, oneLane],
  ])('of %i elements, with several combiners', async (n, fabric) => {
    const x = ints(n);
    await check(
      fabric,
      { x },
      (v) => {
        const a = v.input('x', 'i32', [n]);
        v.output('sum', v.scan('add', a));
        v.output(
          'most',
          v.scan(
            'max',
            v.map([a], (value) => value.abs()),
          ),
        );
      },
      { outputs: { sum: prefix([...x], (a, b) => a + b), most: prefix([...x].map(Math.abs), Math.max) } },
    );
  });

  test.each([
    [1, 20],
    [5, 7],
    [40, 33],
  ])('of the rows of %i x %i floats, mapped and folded after', async (m, n) => {
    const x = Float32Array.from(ints(m * n));
    const rows = Array.from({ length: m }, (_, i) => prefix([...x.slice(i * n, i * n + n)], (a, b) => a + b));
    await check(
      demo,
      { x },
      (v) => {
        const running = v.scan('add', v.input('x', 'f32', [m, n]));
        v.output(
          'twice',
          v.map([running], (value) => value.mul(2)),
        );
        v.output(
          'most',
          v.tabulate([m], (i) => v.foldOver('max', [n], (k) => running.at(i, k))),
        );
      },
      { outputs: { twice: rows.flat().map((value) => 2 * value), most: rows.map((row) => Math.max(...row)) } },
    );
  });

  test('along the last of three dimensions, lanes over the middle one', async () => {
    const [h, m, n] = [3, 8, 4];
    const x = Float32Array.from(ints(h * m * n));
    const rows = Array.from({ length: h * m }, (_, i) => prefix([...x.slice(i * n, i * n + n)], (a, b) => a + b));
    await check(demo, { x }, (v) => v.output('y', v.scan('add', v.input('x', 'f32', [h, m, n]))), { outputs: { y: rows.flat() } });
  });

  test('a scan of a scan, of the columns, and of what is filtered', async () => {
    const [m, n] = [9, 11];
    const x = ints(m * n);
    const rows = Array.from({ length: m }, (_, i) => prefix([...x.slice(i * n, i * n + n)], (a, b) => a + b));
    const columns = Array.from({ length: n }, (_, j) =>
      prefix(
        rows.map((row) => row[j]),
        (a, b) => a + b,
      ),
    );
    const odd = [...x.slice(0, n)].filter((value) => value & 1);
    const first = x.slice(0, n);
    await check(
      demo,
      { x, first },
      (v) => {
        const running = v.scan('add', v.input('x', 'i32', [m, n]));
        const turned = v.scan(
          'add',
          v.tabulate([n, m], (j, i) => running.at(i, j)),
        );
        v.output('turned', turned);
        v.output(
          'odd',
          v.scan(
            'add',
            v.filter(v.input('first', 'i32', [n]), (value) => value.and(1)),
          ),
        );
      },
      {
        outputs: {
          turned: columns.flat(),
          odd: padded(
            prefix(odd, (a, b) => a + b),
            n,
          ),
        },
        results: { odd_count: odd.length },
      },
    );
  });

  test('the greatest fall below what was there before, one result', async () => {
    const x = ints(200);
    const high = prefix([...x], Math.max);
    await check(
      demo,
      { x },
      (v) => {
        const a = v.input('x', 'i32', [200]);
        v.result(
          'fall',
          v.fold(
            'max',
            v.map([v.scan('max', a), a], (most, now) => most.sub(now)),
          ),
        );
      },
      { results: { fall: Math.max(...high.map((most, i) => most - x[i])) } },
    );
  });
});

test('one word folded over tiles and their rows', async () => {
  const n = 300;
  const x = ints(n);
  const sums = [...x].map((_, at) => x.slice(0, at + 1).reduce((a, b) => a + b, 0));
  await check(
    small,
    { x },
    (v) => {
      const a = v.input('x', 'i32', [n]);
      const size = v.map([v.scan('add', a)], (sum) => sum.abs());
      v.result('all', v.fold('add', size));
    },
    { results: { all: sums.reduce((total, sum) => total + Math.abs(sum), 0) } },
  );
});

test('folds that depend on no index, and folds of them', async () => {
  const x = ints(90);
  const sum = x.reduce((a, b) => a + b, 0);
  await check(
    demo,
    { x },
    (v) => {
      const a = v.input('x', 'i32', [90]);
      const total = (): ReturnType<typeof a.at> => v.foldOver('add', [90], (k) => a.at(k));
      v.output(
        'off',
        v.tabulate([90], (i) => a.at(i).mul(90).sub(total())),
      );
      v.result(
        'spread',
        v.fold(
          'add',
          v.map([a], (value) => value.mul(90).sub(total()).abs()),
        ),
      );
    },
    {
      outputs: { off: [...x].map((value) => value * 90 - sum) },
      results: { spread: x.reduce((all, value) => all + Math.abs(value * 90 - sum), 0) },
    },
  );
});

test('a scan in every step of an iteration', async () => {
  const n = 11;
  const x = ints(n, 2);
  let now = [...x];
  for (let step = 0; step < 3; step++) now = now.map((value, at) => now.slice(0, at + 1).reduce((a, b) => a + b) - value + step);
  await check(
    demo,
    { x },
    (v) =>
      v.output(
        'y',
        v.iterate([3], v.input('x', 'i32', [n]), (before, step) =>
          v.map([v.scan('add', before), before], (sum, value) => sum.sub(value).add(step.value)),
        ),
      ),
    { outputs: { y: now } },
  );
});

/** What a program is refused with: all of it at lines of this file. */
function refusal(build: (v: Patterns) => void): string[] {
  const written = (_: unknown, target: Target) => patterns(target, build);
  const made = program({ name: 'case', params: {}, build: written, data: () => ({ arrays: {} }), reference: () => ({}) });
  try {
    buildProgram(demo, made, {}, {});
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const { span } of error.diagnostics) expect(span?.file).toContain('filtered.test.ts');
    return error.diagnostics.map(({ message }) => message);
  }
  return [];
}

describe('what cannot be combined is refused with one message at its line', () => {
  const positive = (v: Patterns, name = 'x') => v.filter(v.input(name, 'i32', [8]), (value) => value.gt(0));

  test('elements of different filters', () => {
    const found = refusal((v) => {
      const [a, b] = [positive(v), positive(v, 'z')];
      v.result(
        'r',
        v.fold(
          'add',
          v.map([a, b], (p, q) => p.add(q)),
        ),
      );
    });
    expect(found).toEqual(['elements that different filters left are combined']);
  });

  test('filtered elements beside all elements', () => {
    const found = refusal((v) => {
      const a = positive(v);
      v.result(
        'r',
        v.fold(
          'add',
          v.map([a, a.values] as never, (p: Expr<'i32'>, q: Expr<'i32'>) => p.add(q)),
        ),
      );
    });
    expect(found).toEqual(['elements that different filters left are combined']);
  });

  test('pairs of filtered elements', () => {
    const found = refusal((v) => {
      const a = positive(v);
      v.output(
        'y',
        v.outer(a as never, a.values, (p: Expr<'i32'>, q: Expr<'i32'>) => p.mul(q)),
      );
    });
    expect(found).toEqual(['`outer` needs all elements of a collection, and a filter has left some']);
  });

  test('a filter in a step of an iteration', () => {
    const found = refusal((v) =>
      v.output(
        'y',
        v.iterate([2], v.input('x', 'i32', [8]), (now) => v.filter(now, (p) => p.gt(0)) as never),
      ),
    );
    expect(found).toEqual(['`iterate` needs all elements of a collection, and a filter has left some']);
  });

  test('rows of filtered elements', () => {
    const found = refusal((v) => {
      const some = v.filter(v.input('x', 'i32', [4, 8]), (value) => value.gt(0));
      v.output('y', v.scan('add', some as never));
    });
    expect(found).toEqual(['a scan of elements filtered from [4, 8]']);
  });

  test('keys of one filter, values of another', () => {
    const found = refusal((v) => {
      const [a, b] = [positive(v), positive(v, 'z')];
      v.output('y', v.groupBy('add', 2, a, b));
    });
    expect(found).toEqual(['keys and values come from different filters']);
  });

  test('masks, keys and values of different shapes, and empty lists', () => {
    const found = refusal((v) => {
      const [a, b] = [v.input('a', 'i32', [8]), v.input('b', 'i32', [9])];
      v.result('r', v.fold('add', v.filter(a, b)));
      v.output('y', v.groupBy('add', 2, b, positive(v)));
      v.result(
        's',
        v.fold(
          'add',
          v.flatMap([a], () => []),
        ),
      );
    });
    expect(found).toEqual([
      'collections of shapes [8] and [9] are combined element by element',
      'collections of shapes [8] and [9] are combined element by element',
      '`flatMap` yields an empty list',
    ]);
  });

  test('arrays at something else than whole dimensions', () => {
    const found = refusal((v) => {
      const a = v.input('a', 'i32', [8]);
      const later = v.tabulate([7], (i) => a.at(i.add(1)));
      v.output(
        'y',
        v.filter(later, (value) => value.gt(0)),
      );
    });
    expect(found).toEqual(['`a` of shape [8] is read at [?], of sizes []']);
  });

  test('the last element of a scan, a scan of an iteration, and what needs more than a memory', () => {
    const found = refusal((v) => {
      const sums = v.scan('add', v.input('a', 'i32', [8]));
      v.output(
        'y',
        v.tabulate([8], () => sums.at(7)),
      );
      const large = v.input('large', 'i32', [10000]);
      v.output(
        'z',
        v.map([large], (value) => value.sub(v.foldOver('max', [10000], (k) => large.at(k)))),
      );
      v.output(
        'w',
        v.filter(v.scan('add', large), (value) => value.gt(0)),
      );
      const above = v.map([large], (value) => value.gt(v.foldOver('max', [10000], (k) => large.at(k))));
      v.output('u', v.filter(large, above));
    });
    expect(found).toEqual([
      'a scan is read at something else than a variable of its last axis',
      'what `z` needs all of needs 10000 words on chip, a memory has 8192',
      'what `w` is filtered from needs 10000 words on chip, a memory has 8192',
      'what `u` is filtered from needs 10000 words on chip, a memory has 8192',
    ]);
  });
});
