import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { compareWithReference, defaultTarget, patterns, program } from '../../../src/index.ts';

const scale = program({
  name: 'scale',
  params: {
    n: { default: 8, min: 1, max: 100, doc: 'elements' },
    dtype: { default: 'i32', choices: ['i32', 'f32'], doc: 'element type' },
  },
  build: ({ n, dtype }, target) =>
    patterns(target, ({ input, map, output }) =>
      output(
        'y',
        map([input('x', dtype, [n])], (x) => x.mul(3)),
      ),
    ),
  data: ({ n }, rng) => ({ arrays: { x: Int32Array.from({ length: n }, () => rng.int(0, 9)) } }),
  reference: (_, { arrays: { x } }) => ({ outputs: { y: Array.from(x, (value) => value * 3) } }),
});

describe('parameters', () => {
  test('are defaults, numbers or text', () => {
    expect(scale.resolve()).toEqual({ n: 8, dtype: 'i32' });
    expect(scale.resolve({ n: '12', dtype: 'f32' })).toEqual({ n: 12, dtype: 'f32' });
  });

  test('that are wrong are told together', () => {
    expect(() => scale.resolve({ m: 1, n: 0, dtype: 'f64' })).toThrow(
      /E0260.*no parameter `m`[\s\S]*E0261.*`n`.*whole number from 1 to 100, not `0`[\s\S]*E0261.*`dtype`.*one of i32, f32, not `f64`/,
    );
    for (const n of ['', 'x', '1.5', 101, -1]) expect(() => scale.resolve({ n })).toThrow(/E0261/);
  });
});

test('a relation between parameters is told in its words, with the values', () => {
  const pairs = program({
    name: 'pairs',
    params: {
      most: { default: 8, min: 1, max: 9, doc: '' },
      n: { default: 4, min: 1, max: 9, doc: '' },
      m: { default: 4, min: 1, max: 9, doc: '' },
    },
    relations: { 'n is at most m': ({ n, m }) => n <= m, 'm is even': ({ m }) => m % 2 === 0 },
    build: () => scale.build({ n: 1, dtype: 'i32' }),
    data: () => ({ arrays: {} }),
    reference: () => ({}),
  });
  expect(pairs.resolve({ n: 6, m: 6 })).toEqual({ most: 8, n: 6, m: 6 });
  expect(() => pairs.resolve({ n: 6 })).toThrow(/E0267.*asks that n is at most m$/);
  expect(() => pairs.resolve({ n: 6, m: 5 })).toThrow(/n is at most m[\s\S]*m is even/);
});

test('a program is built with its name and parameters', () => {
  const built = scale.build({ n: 5, dtype: 'i32' });
  expect([built.name, built.params]).toEqual(['scale', { n: 5, dtype: 'i32' }]);
});

test('floats need a target that has them', () => {
  expect(() => scale.build({ n: 5, dtype: 'f32' }, { ...defaultTarget, float: false })).toThrow(/E0262/);
  expect(scale.build({ n: 5, dtype: 'i32' }, { ...defaultTarget, float: false }).dram).toHaveLength(2);
});

test('data depend on the seed alone', () => {
  const params = scale.resolve();
  expect(scale.data(params, new Rng(7))).toEqual(scale.data(params, new Rng(7)));
  expect(scale.data(params, new Rng(7))).not.toEqual(scale.data(params, new Rng(8)));
});

describe('answers against the reference', () => {
  const built = (dtype: string) => scale.build({ n: 4, dtype });
  const answers = (words: ArrayLike<number>) => ({
    outputs: new Map([['y', Uint32Array.from(words)]]),
    results: new Map<string, number>(),
  });
  const floats = (values: number[]) => new Uint32Array(Float32Array.from(values).buffer);
  const tolerance = { relative: 1e-3, absolute: 0 };

  test('integers agree exactly', () => {
    expect(compareWithReference(built('i32'), answers([1, 2, 3, 0xffffffff]), { outputs: { y: [1, 2, 3, -1] } }, tolerance)).toEqual([]);
    expect(compareWithReference(built('i32'), answers([1, 2, 4, 1000]), { outputs: { y: [1, 2, 3, 1001] } }, tolerance)).toEqual([
      { name: 'y', index: [2], got: 4, expected: 3, count: 2 },
    ]);
  });

  test('floats agree within the tolerance; NaN only with NaN', () => {
    const y = [1, -1000, Number.NaN, Number.POSITIVE_INFINITY];
    expect(
      compareWithReference(
        built('f32'),
        answers(floats([1.0009, -1000.9, Number.NaN, Number.POSITIVE_INFINITY])),
        { outputs: { y } },
        tolerance,
      ),
    ).toEqual([]);
    const found = compareWithReference(built('f32'), answers(floats([1.002, Number.NaN, 0, 1])), { outputs: { y } }, tolerance);
    expect(found).toMatchObject([{ name: 'y', index: [0], expected: 1, count: 4 }]);
  });
});
