import { expect, test } from 'vitest';
import { tidy, untidy } from '../../../src/rtl/tidy.ts';

test('drops blank lines that follow one another and ends in one newline', () => {
  expect(tidy('\n\na\n\n\nb\n\n')).toBe('a\n\nb\n');
});

test('wraps a long comment into comments of the same depth', () => {
  const text = tidy(`  // ${'word '.repeat(30).trim()}\n`);
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBe(2);
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line).toMatch(/^ {2}\/\/ word/);
  }
});

test('wraps long code at blanks and puts its comment before it', () => {
  const operands = Array.from({ length: 30 }, (_, i) => `operand${i}`);
  const text = tidy(`  assign sum = ${operands.join(' + ')}; // all of them\n`);
  expect(text.startsWith('  // all of them\n  assign sum = operand0')).toBe(true);
  expect(untidy(text)).toEqual([]);
  expect(text.replace(/\s+/g, ' ').trim()).toBe(`// all of them assign sum = ${operands.join(' + ')};`);
});

test('leaves a good text alone', () => {
  const text = 'module a (\n  input  logic b\n);\n\nendmodule\n';
  expect(tidy(text)).toBe(text);
  expect(untidy(text)).toEqual([]);
});

test.each([
  ['a key that is missing', 'logic [undefined:0] x;'],
  ['arithmetic on one', 'logic [NaN:0] x;'],
  ['an object', 'assign a = [object Object];'],
  ['a tab', 'a\tb'],
  ['trailing blanks', 'a '],
  ['a range below zero', 'logic [-1:0] x;'],
  ['a literal of no bits', "assign a = 0'd0;"],
  ['template text', '{{ m.x }}'],
  ['a line that cannot be broken', 'x'.repeat(101)],
])('finds %s', (_what, line) => {
  expect(untidy(`good\n${line}\n`)).toHaveLength(1);
  expect(untidy(`good\n${line}\n`)[0]).toMatch(/^line 2 /);
});
