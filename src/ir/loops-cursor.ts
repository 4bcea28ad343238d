/** Walks through a text token by token, for hand-written parsers. */

const name = /[A-Za-z_][\w$]*/y;
const integer = /0x[0-9a-f]+|-?\d+/y;
const path = /[\w./$-]+/y;
const string = /"(?:[^"\\]|\\.)*"/y;

export class Cursor {
  readonly #text: string;
  readonly #fail: (offset: number, message: string) => never;
  #at = 0;

  constructor(text: string, fail: (offset: number, message: string) => never) {
    this.#text = text;
    this.#fail = fail;
    this.#skip();
  }

  fail(message: string): never {
    return this.#fail(this.#at, message);
  }

  /** Takes a word or symbol if it comes next; a word is taken whole. */
  accept(token: string): boolean {
    if (!this.looksAt(token)) return false;
    this.#at += token.length;
    this.#skip();
    return true;
  }

  looksAt(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    return !/\w/.test(token) || !/[\w$]/.test(this.#text[this.#at + token.length] ?? '');
  }

  symbol(token: string): void {
    if (!this.accept(token)) this.fail(`expected \`${token}\``);
  }

  word(token: string): void {
    this.symbol(token);
  }

  oneOf<const W extends string>(words: readonly W[]): W {
    const found = words.find((word) => this.accept(word));
    return found ?? this.fail(`expected ${words.map((word) => `\`${word}\``).join(' or ')}`);
  }

  isName(): boolean {
    return this.#peek(name) !== undefined;
  }

  isNumber(): boolean {
    return this.#peek(integer) !== undefined;
  }

  name(): string {
    return this.#take(name, 'a name');
  }

  integer(): number {
    return Number(this.#take(integer, 'a whole number'));
  }

  path(): string {
    return this.#take(path, 'a file');
  }

  /** A JSON string, or an object that ends with its line. */
  json(): unknown {
    const end = this.#text.indexOf('\n', this.#at);
    const text = this.looksAt('"') ? this.#peek(string) : this.#text.slice(this.#at, end < 0 ? undefined : end);
    try {
      const parsed: unknown = JSON.parse(text ?? '');
      this.#at += (text ?? '').length;
      this.#skip();
      return parsed;
    } catch {
      return this.fail('expected JSON');
    }
  }

  end(): void {
    if (this.#at < this.#text.length) this.fail('expected the end');
  }

  #peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #take(pattern: RegExp, what: string): string {
    const found = this.#peek(pattern);
    if (found === undefined) return this.fail(`expected ${what}`);
    this.#at += found.length;
    this.#skip();
    return found;
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}
