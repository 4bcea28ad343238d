/** Where each field of an architecture was written: the file, or an override on the command line. */
import { type Document, isMap, isNode, isPair, isScalar, type YAMLMap } from 'yaml';
import type { Span } from '../base/diagnostic.ts';
import { Source } from '../base/source.ts';

export type FieldPath = readonly (string | number)[];

/** The name under which overrides appear in messages. */
export const COMMAND_LINE = 'command line';

/** One override: `text` as typed after its flag. */
export interface Override {
  readonly flag: '--set' | '--grid';
  readonly text: string;
}

export class Places {
  /** The overrides as a text with a line each, so that a message can show them. */
  readonly overrides: Source;
  readonly #file: Source;
  readonly #document: Document;
  readonly #overridden = new Map<string, Span>();

  constructor(file: Source, document: Document, overrides: readonly Override[]) {
    this.#file = file;
    this.#document = document;
    this.overrides = new Source(COMMAND_LINE, overrides.map(({ flag, text }) => `${flag} ${text}`).join('\n'));
  }

  /** The span of characters `from`..`to` of the text of override number `index`. */
  override(index: number, flag: string, from: number, to: number): Span {
    return { file: COMMAND_LINE, line: index + 1, column: flag.length + 2 + from, length: Math.max(1, to - from) };
  }

  /** From now on the field lies on the command line. */
  move(path: FieldPath, span: Span): void {
    this.#overridden.set(path.join('.'), span);
  }

  /** The value of a field; the nearest section around it when the field is not written, else line 1. */
  value(path: FieldPath): Span {
    for (let length = path.length; length > 0; length--) {
      const at = path.slice(0, length);
      const moved = this.#overridden.get(at.join('.'));
      if (moved) return moved;
      const node = this.#document.getIn(at, true);
      if (isNode(node) && node.range) return length === path.length ? this.#span(node.range[0], node.range[1]) : this.key(at);
    }
    return this.start();
  }

  /** The key of a field. */
  key(path: FieldPath): Span {
    const moved = this.#overridden.get(path.join('.'));
    if (moved) return moved;
    const map = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    const pair = isMap(map)
      ? (map as YAMLMap).items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1))
      : undefined;
    const range = pair && isScalar(pair.key) ? pair.key.range : undefined;
    return range ? this.#span(range[0], range[1]) : this.start();
  }

  /** Whether the field is written at all, in the file or on the command line. */
  isWritten(path: FieldPath): boolean {
    return this.#overridden.has(path.join('.')) || this.#document.hasIn(path);
  }

  /** The first line of the file that is neither empty nor a comment. */
  start(): Span {
    const offset = /^[^\s#]/m.exec(this.#file.text)?.index ?? 0;
    return this.#span(offset, offset + (this.#file.text.slice(offset).split('\n')[0]?.length ?? 1));
  }

  #span(start: number, end: number): Span {
    const { file, line, column } = this.#file.span(start);
    const rest = this.#file.line(line).length - column + 1;
    return { file, line, column, length: Math.max(1, Math.min(end - start, rest)) };
  }
}
