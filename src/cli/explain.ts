/** The long form of every message, from the Markdown files of `explain/`: a `## CODE title` and its text each. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Explanation {
  readonly code: string;
  readonly title: string;
  readonly text: string;
}

const folder = new URL('explain/', import.meta.url);

/** By code, in order of the codes. */
export function explanations(): ReadonlyMap<string, Explanation> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const found = files.flatMap((name) => sections(readFileSync(new URL(name, folder), 'utf8')));
  found.sort((a, b) => (a.code < b.code ? -1 : 1));
  return new Map(found.map((entry) => [entry.code, entry]));
}

function sections(markdown: string): Explanation[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading, ...lines] = section.split('\n');
      const [code, ...title] = heading.split(' ');
      return { code, title: title.join(' '), text: lines.join('\n').trim() };
    });
}
