/** Tables: their words from numbers, functions and CSV text, and what is wrong with them. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { csvWords, type ElementType, explicit, reduce, type TableWords } from '../../../src/index.ts';

const wordsOf = <T extends ElementType>(type: T, shape: readonly number[], words: TableWords) =>
  explicit((v) => {
    const out = v.result('out', type);
    const table = v.table('table', type, shape, words);
    const zeros = shape.map(() => 0);
    v.leaf({ i: 1 }, ({ i }) => out.set(reduce('add', table.at(...zeros), [i])));
  }).memories[0].words;

const codes = (act: () => unknown): string[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code }) => code);
    throw error;
  }
  return [];
};

test('words are 32-bit patterns, row by row', () => {
  expect(wordsOf('i32', [3], [1, -2, 2 ** 32 - 1])).toEqual([1, -2, -1]);
  expect(wordsOf('i32', [2, 3], (i, j) => 10 * i + j)).toEqual([0, 1, 2, 10, 11, 12]);
  expect(wordsOf('f32', [3], Float32Array.of(1, -0, 0.5))).toEqual([0x3f800000, -(2 ** 31), 0x3f000000]);
});

test('too many, too few, and no words of the type', () => {
  expect(codes(() => wordsOf('i32', [2], [1, 2, 3]))).toContain('E0259');
  expect(codes(() => wordsOf('i32', [2, 2], [1, 2]))).toContain('E0259');
  expect(codes(() => wordsOf('i32', [2], [0.5, 1]))).toEqual(['E0253']);
});

test('a CSV text is numbers, in any lines', () => {
  expect(csvWords('1, 2,-3\r\n\n4294967295,\n  7 ', 'i32', 'x.csv')).toEqual([1, 2, -3, 4294967295, 7]);
  expect(csvWords('1.5e3,-.25\n2.', 'f32', 'x.csv')).toEqual([1500, -0.25, 2]);
});

test.each<[string, ElementType, number, number]>([
  ['1, 2\n3, x', 'i32', 2, 4],
  ['1,,2', 'i32', 1, 3],
  ['0x10', 'i32', 1, 1],
  ['1;2', 'f32', 1, 1],
  ['4294967296', 'i32', 1, 1],
  ['0\n  0.5', 'i32', 2, 3],
  ['1 2', 'f32', 1, 1],
])('%j is no table of %s', (text, type, line, column) => {
  try {
    csvWords(text, type, 'lut.csv');
    expect.fail('accepted');
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics).toMatchObject([{ code: 'E0266', span: { file: 'lut.csv', line, column } }]);
  }
});
