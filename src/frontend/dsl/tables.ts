/** The words of tables: given as numbers, as a function of the index, or as the text of a file. */
import { DiagnosticError } from '../../base/diagnostic.ts';
import type { ElementType, Source } from '../../ir/loops.ts';
import { badCsv, tableSize } from '../messages.ts';
import { Expr } from './expr.ts';
import type { Shape, TableWords } from './handles.ts';
import { problem } from './problems.ts';

/** The words of a table as signed 32-bit patterns; a problem where they are too many, too few, or no constants of the type. */
export function tableWords(name: string, type: ElementType, shape: Shape, given: TableWords, source: Source | undefined): number[] {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = typeof given === 'function' ? indicesIn(shape).map((index) => given(...index)) : Array.from(given);
  if (values.length !== count) problem(tableSize(name, shape, values.length, source));
  return values.map((value) => patternOf(type, value));
}

function patternOf(type: ElementType, value: number): number {
  const { node } = Expr.constant(type, value);
  return node.kind === 'const' ? node.bits | 0 : 0;
}

/** All indices of a shape, row by row. */
function indicesIn(shape: Shape): number[][] {
  return shape.reduce<number[][]>((rows, size) => rows.flatMap((row) => Array.from({ length: size }, (_, i) => [...row, i])), [[]]);
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The numbers of a CSV text, line by line; `file` is its name in messages. Throws one diagnostic, at the first field that is no
 * number of the type. Empty lines and a comma at the end of a line do not count.
 */
export function csvWords(text: string, type: ElementType, file: string): number[] {
  const words: number[] = [];
  text.split('\n').forEach((line, row) => {
    let column = 1;
    const fields = line.replace(/,?\s*$/, '').split(',');
    if (fields.length === 1 && fields[0].trim() === '') return;
    for (const field of fields) {
      const place = { file, line: row + 1, column: column + (field.length - field.trimStart().length) };
      const value = Number(field);
      if (!NUMBER.test(field.trim())) throw new DiagnosticError(badCsv(`\`${field.trim()}\` is no number`, place));
      if (type === 'i32' && (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32))
        throw new DiagnosticError(badCsv(`${field.trim()} is no word of i32`, place));
      words.push(value);
      column += field.length + 1;
    }
  });
  return words;
}
