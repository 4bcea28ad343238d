import { expect, test } from 'vitest';
import { Source } from '../../../src/base/source.ts';

const source = new Source('a.yaml', 'ab\r\ncde\n\nf');

test('offsets become lines and columns from 1', () => {
  expect([0, 1, 4, 6, 8, 9, 10].map((at) => source.position(at))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
    { line: 4, column: 2 },
  ]);
  expect(() => source.position(11)).toThrow('this is a bug in kiln');
});

test('lines come without their ends', () => {
  expect([0, 1, 2, 3, 4, 5].map((line) => source.line(line))).toEqual(['', 'ab', 'cde', '', 'f', '']);
  expect(source.lineCount).toBe(4);
});

test('a span is at least one character', () => {
  expect(source.span(4, 7)).toEqual({ file: 'a.yaml', line: 2, column: 1, length: 3 });
  expect(source.span(10, 10).length).toBe(1);
});
