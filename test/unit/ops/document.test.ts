import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { operationsMarkdown } from '../../../src/ops/document.ts';

test('OPERATIONS.md is what the table says (npm run prove -- --page prints it)', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../src/ops/OPERATIONS.md', import.meta.url)), 'utf8');
  expect(page).toBe(operationsMarkdown());
});
