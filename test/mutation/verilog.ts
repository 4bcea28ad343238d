/**
 * Reads the SystemVerilog that Kiln prints far enough to know its expressions: where each begins and ends, and
 * what it is made of. Not a parser of the language: what the templates do not write is an error here.
 */

/** A way in which an expression may be wrong. */
export interface Alternative {
  /** What is done to it, for people: `+ to -`. */
  readonly what: string;
  /** The whole expression, wrong. */
  readonly text: string;
}

/** An expression that can be replaced while the simulation runs. */
export interface Node {
  readonly start: number;
  readonly end: number;
  readonly kids: readonly Node[];
  readonly alternatives: readonly Alternative[];
}

export interface Parsed {
  readonly text: string;
  /** Outermost expressions, in order. */
  readonly roots: readonly Node[];
  /** Places that count but are fixed when the module is elaborated: widths, parameters, generate conditions, loop heads. */
  readonly fixed: number;
}

interface Token {
  readonly kind: 'id' | 'number' | 'fill' | 'string' | 'op';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(\/\/[^\n]*|\(\* [^)]*\*\)|\/\*[\s\S]*?\*\/|\s+|`\w+[^\n]*)|(\d+'s?[bdh][0-9a-fA-F_]+|\d+)|('[01](?!\w))|([A-Za-z_$][\w$]*)|("[^"]*")|(<<<|>>>|<=|>=|==|!=|&&|\|\||<<|>>|\+:|-:|~\^|\+\+|--|\+=|-=|\|=|&=|::|[-+*/%&|^~!<>=?:;,.()[\]{}'#@])/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new SyntaxError(`cannot read ${JSON.stringify(text.slice(start, start + 30))}`);
    const [all, blank, number, fill, id, string] = match;
    if (blank !== undefined) continue;
    const kind = number ? 'number' : fill ? 'fill' : id ? 'id' : string ? 'string' : 'op';
    tokens.push({ kind, text: all, start, end: start + all.length });
  }
  return tokens;
}

/** Binary operators by precedence, weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^', '~^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>', '<<<', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** What an operator is taken for by mistake. */
const MISTAKEN: Readonly<Record<string, readonly string[]>> = {
  '||': ['&&'],
  '&&': ['||'],
  '|': ['&'],
  '^': ['|'],
  '~^': ['^'],
  '&': ['|'],
  '==': ['!='],
  '!=': ['=='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '<<': ['>>'],
  '>>': ['<<'],
  '<<<': ['>>'],
  '>>>': ['>>'],
  '+': ['-'],
  '-': ['+'],
  '*': ['+'],
};

export function parseModule(text: string): Parsed {
  return new Reader(text).module();
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #fixed = 0;
  readonly #roots: Node[] = [];

  constructor(private readonly text: string) {
    this.#tokens = tokenize(text);
  }

  module(): Parsed {
    this.#skipTo('module');
    this.#identifier();
    if (this.#peek() === '#') {
      this.#pop();
      this.#fixedParens();
    }
    this.#parens();
    this.#expect(';');
    while (this.#peek() !== 'endmodule') this.#item();
    return { text: this.text, roots: this.#roots, fixed: this.#fixed };
  }

  // ---- Items

  #item(): void {
    const word = this.#peek();
    switch (word) {
      case 'assign':
        this.#pop();
        this.#assignment('=', false);
        return;
      case 'always_ff':
        this.#pop();
        this.#expect('@');
        this.#parens();
        this.#statement(true);
        return;
      case 'always_comb':
        this.#pop();
        this.#statement(false);
        return;
      case 'for':
      case 'if':
        this.#pop();
        this.#fixedParens();
        this.#block();
        if (this.#peek() === 'else') {
          this.#pop();
          this.#block();
        }
        return;
      case 'function':
        this.#function();
        return;
      case 'initial':
        this.#pop();
        this.#skipStatement();
        return;
      case 'logic':
      case 'localparam':
      case 'genvar':
      case 'int':
        this.#declaration();
        return;
      default:
        this.#instance();
    }
  }

  /** A block of items of a generate construct, or one item. */
  #block(): void {
    if (this.#peek() !== 'begin') {
      this.#item();
      return;
    }
    this.#pop();
    this.#label();
    while (this.#peek() !== 'end') this.#item();
    this.#pop();
    this.#label();
  }

  #label(): void {
    if (this.#peek() !== ':') return;
    this.#pop();
    this.#pop();
  }

  #function(): void {
    while (this.#peek() !== '(') this.#pop();
    this.#parens();
    this.#expect(';');
    while (this.#peek() !== 'endfunction') this.#statement(false);
    this.#pop();
  }

  #declaration(): void {
    while (this.#peek() !== ';') this.#countFixed(this.#pop());
    this.#pop();
  }

  #instance(): void {
    this.#identifier();
    if (this.#peek() === '#') {
      this.#pop();
      this.#fixedParens();
    }
    this.#identifier();
    this.#expect('(');
    while (this.#peek() !== ')') {
      this.#expect('.');
      const port = this.#identifier();
      this.#expect('(');
      if (port.endsWith('_i')) this.#root();
      else while (this.#peek() !== ')') this.#balanced();
      this.#expect(')');
      if (this.#peek() === ',') this.#pop();
    }
    this.#pop();
    this.#expect(';');
  }

  // ---- Statements

  #statement(clocked: boolean): void {
    const word = this.#peek();
    if (word === 'begin') {
      this.#pop();
      this.#label();
      while (this.#peek() !== 'end') this.#statement(clocked);
      this.#pop();
      this.#label();
    } else if (word === 'if') {
      this.#pop();
      this.#expect('(');
      this.#condition();
      this.#expect(')');
      this.#statement(clocked);
      if (this.#peek() === 'else') {
        this.#pop();
        this.#statement(clocked);
      }
    } else if (word === 'for') {
      this.#pop();
      this.#fixedParens();
      this.#statement(clocked);
    } else if (word === 'case') {
      this.#case(clocked);
    } else if (word === 'logic' || word === 'int') {
      this.#declaration();
    } else if (word === 'return') {
      this.#pop();
      this.#root();
      this.#expect(';');
    } else if (word === ';') {
      this.#pop();
    } else if (word.startsWith('$')) {
      while (this.#pop().text !== ';');
    } else {
      this.#assignment(clocked ? '<=' : '=', clocked);
    }
  }

  #case(clocked: boolean): void {
    this.#pop();
    this.#expect('(');
    this.#root();
    this.#expect(')');
    while (this.#peek() !== 'endcase') {
      while (this.#peek() !== ':') {
        this.#countFixed(this.#tokens[this.#at]);
        this.#balanced();
      }
      this.#pop();
      this.#statement(clocked);
    }
    this.#pop();
  }

  /** `if` conditions are also stuck at either value. */
  #condition(): void {
    const node = this.#ternary();
    const stuck = ["1'b0", "1'b1"].map((value): Alternative => ({ what: `condition always ${value.at(-1)}`, text: value }));
    this.#roots.push({ start: node.start, end: node.end, kids: [node], alternatives: stuck });
  }

  #assignment(operator: string, clocked: boolean): void {
    const start = this.#tokens[this.#at].start;
    while (this.#peek() !== operator) this.#balanced();
    const target = this.text.slice(start, this.#tokens[this.#at].start).trim();
    this.#pop();
    const node = this.#ternary();
    if (clocked) {
      const kept = [{ what: 'keeps its value', text: target }];
      this.#roots.push({ start: node.start, end: node.end, kids: [node], alternatives: kept });
    } else this.#roots.push(node);
    this.#expect(';');
  }

  // ---- Expressions

  #root(): void {
    this.#roots.push(this.#ternary());
  }

  #ternary(): Node {
    const condition = this.#binary(0);
    if (this.#peek() !== '?') return condition;
    this.#pop();
    const yes = this.#ternary();
    this.#expect(':');
    const no = this.#ternary();
    const swapped = `(${this.#of(condition)}) ? (${this.#of(no)}) : (${this.#of(yes)})`;
    return { start: condition.start, end: no.end, kids: [condition, yes, no], alternatives: [{ what: '?: swapped', text: swapped }] };
  }

  #binary(level: number): Node {
    if (level === LEVELS.length) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#peek();
      if (!LEVELS[level].includes(operator)) return left;
      this.#pop();
      const right = this.#binary(level + 1);
      const alternatives = (MISTAKEN[operator] ?? []).map((other) => ({
        what: `${operator} to ${other}`,
        text: `(${this.#of(left)}) ${other} (${this.#of(right)})`,
      }));
      left = { start: left.start, end: right.end, kids: [left, right], alternatives };
    }
  }

  #unary(): Node {
    const token = this.#tokens[this.#at];
    if (token.kind !== 'op' || !['!', '~', '-', '+', '&', '|', '^'].includes(token.text)) return this.#postfix();
    this.#pop();
    const inner = this.#unary();
    const text = this.#of(inner);
    const wrong: Record<string, Alternative> = {
      '!': { what: '! dropped', text: `(${text}) != 0` },
      '~': { what: '~ dropped', text: `(${text})` },
      '-': { what: '- dropped', text: `(${text})` },
      '&': { what: '& to |', text: `|(${text})` },
      '|': { what: '| to &', text: `&(${text})` },
      '^': { what: '^ to |', text: `|(${text})` },
    };
    const found = wrong[token.text];
    return { start: token.start, end: inner.end, kids: [inner], alternatives: found ? [found] : [] };
  }

  #postfix(): Node {
    const token = this.#pop();
    const { start } = token;
    if (token.kind === 'op' && token.text === '(') {
      const inner = this.#ternary();
      return { start, end: this.#expect(')').end, kids: [inner], alternatives: [] };
    }
    if (token.kind === 'op' && token.text === '{') return this.#braces(start);
    // A cast: its width is fixed.
    if (this.#peek() === "'") {
      this.#pop();
      this.#expect('(');
      const inner = this.#ternary();
      return { start, end: this.#expect(')').end, kids: [inner], alternatives: [] };
    }
    if (token.kind === 'number') return { start, end: token.end, kids: [], alternatives: wrongNumbers(token.text) };
    if (token.kind === 'fill') {
      const other = token.text === "'0" ? "'1" : "'0";
      return { start, end: token.end, kids: [], alternatives: [{ what: `${token.text} to ${other}`, text: other }] };
    }
    if (token.kind !== 'id') throw new SyntaxError(`\`${token.text}\` begins no expression: ${this.#around(start)}`);
    const kids: Node[] = [];
    let { end } = token;
    if (this.#peek() === '(') {
      this.#pop();
      while (this.#peek() !== ')') {
        kids.push(this.#ternary());
        if (this.#peek() === ',') this.#pop();
      }
      end = this.#pop().end;
    }
    while (this.#peek() === '[') {
      const select = this.#select();
      kids.push(...select.kids);
      end = select.end;
    }
    return { start, end, kids, alternatives: [] };
  }

  /** `[index]`, `[base +: width]` or `[high:low]`; only what is not a width can change. */
  #select(): { kids: Node[]; end: number } {
    this.#expect('[');
    const first = this.#ternary();
    const next = this.#peek();
    if (next === ']') return { kids: [first], end: this.#pop().end };
    this.#pop();
    const mark = this.#at;
    this.#ternary();
    for (let i = mark; i < this.#at; i++) this.#countFixed(this.#tokens[i]);
    const { end } = this.#expect(']');
    if (next !== ':') return { kids: [first], end };
    this.#fixed++;
    return { kids: [], end };
  }

  #braces(start: number): Node {
    const kids: Node[] = [];
    const first = this.#ternary();
    if (this.#peek() === '{') {
      // A replication: the count is fixed.
      this.#fixed++;
      this.#pop();
      kids.push(this.#ternary());
      while (this.#peek() === ',') {
        this.#pop();
        kids.push(this.#ternary());
      }
      this.#expect('}');
    } else {
      kids.push(first);
      while (this.#peek() === ',') {
        this.#pop();
        kids.push(this.#ternary());
      }
    }
    let { end } = this.#expect('}');
    if (this.#peek() === '[') ({ end } = this.#select());
    return { start, end, kids, alternatives: [] };
  }

  // ---- Tokens

  #of({ start, end }: Node): string {
    return this.text.slice(start, end);
  }
  #peek(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }
  #pop(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new SyntaxError('the module has no end');
    return token;
  }
  #expect(text: string): Token {
    const token = this.#pop();
    if (token.text !== text) throw new SyntaxError(`\`${text}\` expected, not \`${token.text}\`: ${this.#around(token.start)}`);
    return token;
  }
  #identifier(): string {
    const token = this.#pop();
    if (token.kind !== 'id') throw new SyntaxError(`a name expected, not \`${token.text}\`: ${this.#around(token.start)}`);
    return token.text;
  }
  #skipTo(text: string): void {
    while (this.#pop().text !== text);
  }
  #skipStatement(): void {
    let depth = 0;
    do {
      const { text } = this.#pop();
      if (text === 'begin') depth++;
      else if (text === 'end') depth--;
      else if (text === ';' && depth === 0) return;
    } while (depth > 0);
  }
  /** One token, or everything between a pair of brackets. */
  #balanced(): void {
    const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
    const { text } = this.#pop();
    const close = closing[text];
    if (close === undefined) return;
    while (this.#peek() !== close) this.#balanced();
    this.#pop();
  }
  #parens(): void {
    if (this.#peek() !== '(') throw new SyntaxError(`\`(\` expected: ${this.#around(this.#tokens[this.#at].start)}`);
    this.#balanced();
  }
  #fixedParens(): void {
    const from = this.#at;
    this.#parens();
    for (let i = from; i < this.#at; i++) this.#countFixed(this.#tokens[i]);
  }
  #countFixed({ kind, text }: Token): void {
    if (kind === 'number' || kind === 'fill' || text in MISTAKEN) this.#fixed++;
  }
  #around(at: number): string {
    return JSON.stringify(this.text.slice(Math.max(0, at - 40), at + 40));
  }
}

/** A number one off, both ways, as wide as it was. */
function wrongNumbers(text: string): Alternative[] {
  const [, width, base, digits] = /^(?:(\d+)'(s?[bdh]))?([0-9a-fA-F_]+)$/.exec(text) ?? [];
  const radix = base?.at(-1) === 'h' ? '0x' : base?.at(-1) === 'b' ? '0b' : '';
  const value = BigInt(`${radix}${digits.replaceAll('_', '')}`);
  const limit = width === undefined ? undefined : 1n << BigInt(width);
  const others = new Set(
    [value + 1n, value - 1n].map((other) => (limit ? (other + limit) % limit : other)).filter((other) => other >= 0n && other !== value),
  );
  return [...others].map((other) => {
    const shown = radix === '0x' ? other.toString(16) : radix === '0b' ? other.toString(2).padStart(Number(width), '0') : String(other);
    const wrong = width === undefined ? shown : `${width}'${base}${shown}`;
    return { what: `${text} to ${wrong}`, text: wrong };
  });
}
