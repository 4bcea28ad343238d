/** What every generated file must satisfy, checked after rendering: a view that lied shows here. */

/** Longest line. */
export const LINE_LIMIT = 100;

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bundefined\b/, '`undefined`'],
  [/\bNaN\b/, '`NaN`'],
  [/\[object/, '`[object`'],
  [/\{\{|\{%|%\}/, 'template text'],
  [/\t/, 'a tab'],
  [/ $/, 'trailing blanks'],
  [/\[-\d/, 'a negative index'],
  [/\b0'[bdh]/, 'a literal of no bits'],
];

/** Wraps comment lines that are too long and drops blank lines that follow one another. */
export function tidy(text: string): string {
  const out: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '' && (out.length === 0 || out[out.length - 1] === '')) continue;
    out.push(...(line.length > LINE_LIMIT ? wrapLine(line) : [line]));
  }
  while (out[out.length - 1] === '') out.pop();
  return `${out.join('\n')}\n`;
}

/** What is wrong with a generated text, each with its line number; nothing for a good one. */
export function untidy(text: string): string[] {
  const found: string[] = [];
  text.split('\n').forEach((line, i) => {
    for (const [pattern, what] of FORBIDDEN) if (pattern.test(line)) found.push(`line ${i + 1} holds ${what}: ${line.trim()}`);
    if (line.length > LINE_LIMIT) found.push(`line ${i + 1} has ${line.length} columns: ${line.trim().slice(0, 60)}`);
  });
  return found;
}

/**
 * Breaks a line at blanks, so that no token is cut. Continuations are indented by four; those of a
 * comment begin with `//` again, and a comment behind code goes to lines of its own before it.
 */
function wrapLine(line: string): string[] {
  const indent = /^ */.exec(line)![0];
  const body = line.slice(indent.length);
  if (body.startsWith('//')) return fill(body.slice(2).trim().split(' '), `${indent}// `, `${indent}// `);
  const comment = body.indexOf('//');
  if (comment > 0) return [...wrapLine(indent + body.slice(comment)), ...wrapLine(indent + body.slice(0, comment).trimEnd())];
  if (line.length <= LINE_LIMIT) return [line];
  return fill(body.split(' '), indent, `${indent}    `);
}

function fill(words: readonly string[], first: string, next: string): string[] {
  const lines: string[] = [];
  let line = first + words[0];
  for (const word of words.slice(1)) {
    if (line.length + 1 + word.length > LINE_LIMIT) {
      lines.push(line.trimEnd());
      line = next + word;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line.trimEnd()];
}
