/** Tokens of the assembly text, with the place of each. Comments run from `#` or `//` to the end of the line. */
import { DiagnosticError } from '../base/diagnostic.ts';
import type { Source } from '../base/source.ts';
import { messages } from './messages.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'mark' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:\s+|#[^\n]*|\/\/[^\n]*)+/y;
/** A float ends in `f`; hexadecimal and binary come first so that `0x1f` is one number. */
const NUMBER = /-?(?:0x[0-9a-fA-F]+|0b[01]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?f|\d+)(?![A-Za-z0-9_])/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const MARK = /<-|[{}[\]=.,]/y;
/** A fingerprint may begin with a digit: only asked for where one belongs. */
const FINGERPRINT = /[0-9a-f]{16}(?![A-Za-z0-9_])/y;

/** Reads a text token by token, one token ahead. */
export class KasmReader {
  readonly source: Source;
  #at = 0;
  #next: Token;

  constructor(source: Source) {
    this.source = source;
    this.#next = this.#scan();
  }

  get peek(): Token {
    return this.#next;
  }

  take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#next = this.#scan();
    return token;
  }

  is(text: string): boolean {
    return this.#next.text === text && this.#next.kind !== 'end';
  }

  expect(text: string): Token {
    if (!this.is(text)) this.fail(`\`${text}\``);
    return this.take();
  }

  expectKind(kind: Token['kind'], what: string): Token {
    if (this.#next.kind !== kind) this.fail(what);
    return this.take();
  }

  span(token: { readonly start: number; readonly end: number }) {
    return this.source.span(token.start, token.end);
  }

  fail(expected: string, token: Token = this.#next): never {
    throw new DiagnosticError(
      messages.syntax(this.span(token), expected, token.kind === 'end' ? 'the end of the text' : `\`${token.text}\``),
    );
  }

  /** A fingerprint, if one stands next. */
  takeFingerprint(): Token | undefined {
    const found = this.#match(FINGERPRINT, this.#next.start);
    if (found === undefined) return undefined;
    const token: Token = { kind: 'number', text: found, start: this.#next.start, end: this.#next.start + found.length };
    this.#at = token.end;
    this.#next = this.#scan();
    return token;
  }

  /** The text from the next token, an opening brace, to the brace that closes it, strings respected. */
  takeBraced(): Token {
    if (!this.is('{')) this.fail('`{`');
    const start = this.#next.start;
    const { text } = this.source;
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      const c = text[at];
      if (c === '"') {
        at++;
        while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
      } else if (c === '{') depth++;
      else if (c === '}' && --depth === 0) {
        this.#at = at + 1;
        this.#next = this.#scan();
        return { kind: 'word', text: text.slice(start, at + 1), start, end: at + 1 };
      }
    }
    throw new DiagnosticError(messages.syntax(this.source.span(start), 'a closing `}`', 'the end of the text'));
  }

  #scan(): Token {
    const { text } = this.source;
    this.#at += this.#match(BLANK, this.#at)?.length ?? 0;
    const start = this.#at;
    if (start >= text.length) return { kind: 'end', text: '', start, end: start };
    for (const [kind, pattern] of [
      ['number', NUMBER],
      ['word', WORD],
      ['mark', MARK],
    ] as const) {
      const found = this.#match(pattern, start);
      if (found === undefined) continue;
      this.#at = start + found.length;
      return { kind, text: found, start, end: this.#at };
    }
    // Anything else becomes a token of its own; whoever meets it says what belongs there instead.
    this.#at = start + (/[A-Za-z0-9_]+|./suy.exec(text.slice(start))?.[0].length ?? 1);
    return { kind: 'mark', text: text.slice(start, this.#at), start, end: this.#at };
  }

  #match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.source.text)?.[0];
  }
}
