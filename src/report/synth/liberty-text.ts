/** The syntax of Liberty files: groups in groups, with values. */

export interface Group {
  /** `cell`, `pin`, `timing`, … */
  readonly kind: string;
  /** What stands in its parentheses: `nand2`. */
  readonly name: string;
  /** Values by name, without quotes: of `area : 2;` and of `index_1 ("0, 1");`. */
  readonly values: ReadonlyMap<string, string>;
  readonly groups: readonly Group[];
}

const TOKEN = /\s+|\\\r?\n|\/\*[\s\S]*?\*\/|\/\/[^\n]*|"((?:[^"\\]|\\[\s\S])*)"|([{}();:,])|([^\s"{}();:,]+)/y;

interface Token {
  readonly text: string;
  readonly mark: boolean;
  readonly line: number;
}

/** The groups of a text. Throws `SyntaxError` with the line where it is not Liberty. */
export function libertyGroups(text: string): Group[] {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (what: string): never => {
    throw new SyntaxError(at < tokens.length ? `line ${tokens[at].line}: ${what}` : `it ends too early: ${what}`);
  };
  const isMark = (mark: string) => tokens[at]?.mark === true && tokens[at].text === mark;
  const take = (mark: string) => (isMark(mark) ? at++ : fail(`\`${mark}\` expected`));

  const statements = (end: () => boolean): { groups: Group[]; values: Map<string, string> } => {
    const groups: Group[] = [];
    const values = new Map<string, string>();
    for (; !end(); ) {
      if (isMark(';')) {
        at++;
        continue;
      }
      if (at >= tokens.length || tokens[at].mark) fail('a name expected');
      const kind = tokens[at++].text;
      if (isMark(':')) {
        at++;
        const words: string[] = [];
        // A value may lack its semicolon at the end of a line.
        for (const { line } = tokens[at - 1]; at < tokens.length && !isMark(';') && !isMark('}') && tokens[at].line === line; )
          words.push(tokens[at++].text);
        values.set(kind, words.join(' '));
        continue;
      }
      take('(');
      const words: string[] = [];
      while (!isMark(')')) {
        if (at >= tokens.length) fail('`)` expected');
        if (!isMark(',')) words.push(tokens[at].text);
        at++;
      }
      at++;
      if (!isMark('{')) {
        values.set(kind, words.join(', '));
        continue;
      }
      at++;
      groups.push({ kind, name: words.join(' '), ...statements(() => isMark('}')) });
      take('}');
    }
    return { groups, values };
  };
  return statements(() => at >= tokens.length).groups;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) throw new SyntaxError(`line ${line}: a quote without its end`);
    const [all, quoted, mark, word] = found;
    if (mark !== undefined) tokens.push({ text: mark, mark: true, line });
    else if (quoted !== undefined) tokens.push({ text: quoted.replace(/\\\r?\n/g, ' '), mark: false, line });
    else if (word !== undefined && word !== '\\') tokens.push({ text: word, mark: false, line });
    line += all.split('\n').length - 1;
  }
  return tokens;
}
