import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explanations } from '../../../src/cli/explain.ts';

const source = new URL('../../../src/', import.meta.url);

/** Every code that a message function of `src` may give. */
function codesInUse(): string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const found = files.flatMap((name) => readFileSync(new URL(name.replaceAll('\\', '/'), source), 'utf8').match(/'[EW]\d{4}'/g) ?? []);
  return [...new Set(found.map((quoted) => quoted.slice(1, -1)))].sort();
}

test('every code in use is explained, and nothing else', () => {
  expect([...explanations().keys()]).toEqual(codesInUse());
});

test('every explanation has a title and a text of its own', () => {
  const entries = [...explanations().values()];
  for (const { code, title, text } of entries) {
    expect(title, code).not.toBe('');
    expect(text.length, code).toBeGreaterThan(20);
  }
  expect(new Set(entries.map(({ text }) => text)).size).toBe(entries.length);
});
