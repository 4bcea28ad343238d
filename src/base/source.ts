import type { Span } from './diagnostic.ts';
import { invariant } from './invariant.ts';

/** Lines and columns count from 1; columns are UTF-16 units, as in a JavaScript string. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A named text that turns offsets into lines and columns. */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#starts = lineStarts(text);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** The text of a line (from 1) without its line end; empty when there is no such line. */
  line(line: number): string {
    const start = this.#starts[line - 1];
    if (start === undefined) return '';
    const end = this.#starts[line] ?? this.text.length;
    return this.text.slice(start, end).replace(/\r?\n$/, '');
  }

  /** The line and column of an offset from 0 to the length of the text, inclusive. */
  position(offset: number): Position {
    invariant(offset >= 0 && offset <= this.text.length, () => `offset ${offset} lies outside ${this.file}`);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low] + 1 };
  }

  /** The span from `start` to `end` (exclusive), at least one character long. */
  span(start: number, end = start + 1): Span {
    return { file: this.file, ...this.position(start), length: Math.max(1, end - start) };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
