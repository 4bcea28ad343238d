import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { defaultTarget, evaluate, type Patterns, patterns, type ScheduleHints, type Target } from '../../../src/index.ts';
import type { LoopProgram, Statement } from '../../../src/ir/loops.ts';

const tiny: Target = { ...defaultTarget, lanes: 4, memoryWords: 256 };
const targets = [defaultTarget, tiny, { ...tiny, lanes: 8, ring: 6 }];

/** Runs an i32 program; arrays are int32. */
function run(target: Target, inputs: Record<string, Int32Array>, build: (v: Patterns) => void, args: Record<string, number> = {}) {
  const program = patterns(target, build);
  const words = new Map(Object.entries(inputs).map(([name, array]) => [name, new Uint32Array(array.buffer)]));
  const { outputs, results } = evaluate(program, words, new Map(Object.entries(args)), { latency: target.latency });
  const ints = new Map([...outputs].map(([name, array]) => [name, [...new Int32Array(array.buffer)]]));
  return { program, outputs: ints, results: new Map([...results].map(([name, word]) => [name, word | 0])) };
}

const random = (count: number) => {
  const rng = new Rng(`data${count}`);
  return Int32Array.from({ length: count }, () => rng.int(-99, 99));
};

function memoriesFit(program: LoopProgram, target: Target): boolean {
  return program.memories.every(({ shape }) => shape.reduce((a, b) => a * b, 1) <= target.memoryWords);
}

function leavesOf(program: LoopProgram) {
  const walk = (statement: Statement): Statement[] => (statement.kind === 'nest' ? statement.body.flatMap(walk) : [statement]);
  return walk(program.body).filter((statement) => statement.kind === 'leaf');
}

describe.each(targets)('with $lanes lanes, memories of $memoryWords words, rings of $ring', (target) => {
  test.each([1, 7, 64, 1000])('map and zip of %i elements', (n) => {
    const x = random(n);
    const y = random(n + 1).slice(0, n);
    const { outputs } = run(target, { x, y }, ({ input, map, output }) => {
      const a = input('x', 'i32', [n]);
      const b = input('y', 'i32', [n]);
      output(
        'z',
        map([a, b], (p, q) => p.mul(q).sub(p)),
      );
      output(
        'w',
        map([a], (p) => p.abs()),
      );
    });
    expect(outputs.get('z')).toEqual([...x].map((p, i) => (p * y[i] - p) | 0));
    expect(outputs.get('w')).toEqual([...x].map(Math.abs));
  });

  test.each([1, 5, 129])('folds with every combiner over %i elements, ragged ones not seeing the padding', (n) => {
    const x = random(n);
    const combiners = {
      add: (a: number, b: number) => a + b,
      mul: Math.imul,
      min: Math.min,
      max: Math.max,
      and: (a: number, b: number) => a & b,
      or: (a: number, b: number) => a | b,
      xor: (a: number, b: number) => a ^ b,
    };
    const { results } = run(target, { x }, ({ input, fold, result }) => {
      const a = input('x', 'i32', [n]);
      for (const name of Object.keys(combiners) as (keyof typeof combiners)[]) result(name, fold(name, a), { tile: [16], copies: 2 });
    });
    for (const [name, combine] of Object.entries(combiners))
      expect([name, results.get(name)]).toEqual([name, [...x].reduce((a, b) => combine(a, b))]);
  });

  test('folds of nothing that passes a filter are neutral', () => {
    const x = random(50);
    const { results } = run(target, { x }, ({ input, map, filter, fold, result }) => {
      const a = input('x', 'i32', [50]);
      const none = map([a], (p) => p.gt(1000));
      result('sum', fold('add', filter(a, none)));
      result('least', fold('min', filter(a, none)));
      const odd = map([a], (p) => p.and(1));
      result('odd', fold('add', filter(a, odd)));
    });
    expect(Object.fromEntries(results)).toEqual({
      sum: 0,
      least: 2 ** 31 - 1,
      odd: [...x].filter((p) => p & 1).reduce((a, b) => a + b, 0),
    });
  });

  test.each([
    [1, 1],
    [9, 30],
    [70, 45],
  ])('matrix times vector, vector times matrix, sums of rows and of all: %i x %i', (m, n) => {
    const a = random(m * n);
    const x = random(n);
    const y = random(m);
    const { outputs, results, program } = run(target, { a, x, y }, ({ input, tabulate, foldOver, fold, output, result }) => {
      const matrix = input('a', 'i32', [m, n]);
      const right = input('x', 'i32', [n]);
      const left = input('y', 'i32', [m]);
      output(
        'ax',
        tabulate([m], (i) => foldOver('add', [n], (k) => matrix.at(i, k).mul(right.at(k)))),
      );
      output(
        'ya',
        tabulate([n], (j) => foldOver('add', [m], (k) => left.at(k).mul(matrix.at(k, j)))),
      );
      output(
        'rows',
        tabulate([m], (i) => foldOver('max', [n], (k) => matrix.at(i, k))),
      );
      output(
        'columns',
        tabulate([n], (j) => foldOver('max', [m], (k) => matrix.at(k, j))),
      );
      result('all', fold('add', matrix));
    });
    const at = (i: number, j: number) => a[i * n + j];
    const rows = [...Array(m).keys()];
    const columns = [...Array(n).keys()];
    const sum = (list: number[]) => list.reduce((p, q) => p + q, 0);
    expect(outputs.get('ax')).toEqual(rows.map((i) => sum(columns.map((j) => at(i, j) * x[j]))));
    expect(outputs.get('ya')).toEqual(columns.map((j) => sum(rows.map((i) => at(i, j) * y[i]))));
    expect(outputs.get('rows')).toEqual(rows.map((i) => Math.max(...columns.map((j) => at(i, j)))));
    expect(outputs.get('columns')).toEqual(columns.map((j) => Math.max(...rows.map((i) => at(i, j)))));
    expect(results.get('all')).toBe(sum([...a]));
    expect(program.dram).toHaveLength(7);
  });

  test('indices and arguments as data, results of folds worked on, three dimensions', () => {
    const x = random(6 * 5 * 9);
    const { outputs } = run(
      target,
      { x },
      ({ input, argIn, tabulate, foldOver, output }) => {
        const a = input('x', 'i32', [6, 5, 9]);
        const alpha = argIn('alpha', 'i32');
        output(
          'y',
          tabulate([6, 5], (i, j) =>
            foldOver('add', [9], (k) => a.at(i, j, k).add(k.value))
              .mul(alpha)
              .add(i.value),
          ),
        );
      },
      { alpha: 3 },
    );
    const expected = Array.from(
      { length: 30 },
      (_, at) => 3 * ([...x.slice(at * 9, at * 9 + 9)].reduce((p, q) => p + q, 0) + 36) + Math.floor(at / 5),
    );
    expect(outputs.get('y')).toEqual(expected);
  });

  test('every tile fits on chip, and accumulators of lanes cover the latency', () => {
    const build = (v: Patterns) => {
      const a = v.input('a', 'f32', [100, 300]);
      const b = v.input('b', 'f32', [300, 200]);
      v.output(
        'c',
        v.tabulate([100, 200], (i, j) => v.foldOver('add', [300], (k) => a.at(i, k).mul(b.at(k, j)))),
      );
    };
    const program = patterns(target, build);
    expect(memoriesFit(program, target)).toBe(true);
    const [leaf] = leavesOf(program);
    const lane = leaf.kind === 'leaf' ? leaf.loops.at(-1) : undefined;
    expect(lane?.par).toBe(target.lanes);
    expect((lane?.max ?? 0) / target.lanes).toBeGreaterThanOrEqual(target.latency.float);
    expect((lane?.max ?? 0) / target.lanes).toBeLessThanOrEqual(Math.max(target.ring, target.latency.float));
  });
});

test('hints decide tiles, lanes and copies', () => {
  const x = random(100 * 60);
  const tiled = (hints: ScheduleHints) =>
    run(defaultTarget, { x }, ({ input, map, output }) => {
      const a = input('x', 'i32', [100, 60]);
      output(
        'y',
        map([a], (p) => p.add(1)),
        hints,
      );
    });
  const { program, outputs } = tiled({ tile: [10, 20], lanes: 5, copies: 2 });
  expect(outputs.get('y')).toEqual([...x].map((p) => p + 1));
  expect(program.memories.map(({ shape }) => shape)).toEqual([
    [10, 20],
    [10, 20],
  ]);
  expect(program.body.loops[0]).toMatchObject({ par: 2, max: 100, step: 10 });
  expect(leavesOf(program)[0]).toMatchObject({ loops: [{ max: 10 }, { max: 20, par: 5 }] });
});

test('padding that would count is avoided: 37 ones beside a factor that is not padded', () => {
  const ones = new Int32Array(37 * 3).fill(1);
  const { outputs } = run({ ...tiny, memoryWords: 64 }, { ones }, ({ input, tabulate, foldOver, output }) => {
    const a = input('ones', 'i32', [37, 3]);
    output(
      'y',
      tabulate([3], (j) => foldOver('min', [37], (k) => a.at(k, j).add(5))),
    );
  });
  expect(outputs.get('y')).toEqual([6, 6, 6]);
});

test('what patterns cannot say is told with the way out', () => {
  const build = (f: (v: Patterns) => void) => () => patterns(defaultTarget, f);
  expect(
    build((v) => {
      const a = v.input('a', 'i32', [8]);
      v.output(
        'y',
        v.filter(
          v.tabulate([7], (i) => a.at(i.add(1))),
          v.tabulate([7], (i) => i.value.gt(2)),
        ),
      );
    }),
  ).toThrow(/E0264.*`a` of shape \[8\] is read at \[\?\]/);
  expect(
    build((v) => {
      const a = v.input('a', 'i32', [8]);
      const b = v.input('b', 'i32', [9]);
      v.output(
        'y',
        v.map([a, b], (p, q) => p.add(q)),
      );
    }),
  ).toThrow(/E0264.*shapes \[8\] and \[9\]/);
});
