import { expect, test } from 'vitest';
import { errorCases, expectedText, runCase } from './support/errors.ts';

// Exit code and output, whole. After a change of wording: UPDATE_GOLDEN=1, then read the diff.
test.each(errorCases())('%s', async (name) => {
  const actual = await runCase(name);
  const { text, isNew } = expectedText(name, actual);
  expect(isNew && !process.env.UPDATE_GOLDEN, 'expect.txt was missing and has been written: read it, then run again').toBe(false);
  expect(actual).toBe(text);
  const [code] = name.split('-');
  if (/^[EW]\d{4}$/.test(code)) expect(actual).toContain(`[${code}]`);
});
