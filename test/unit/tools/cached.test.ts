import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cachedText } from '../../../src/tools/cached.ts';
import { withScratch } from '../../../src/tools/scratch.ts';

let made: string[];
const make = (text: string) => async () => {
  made.push(text);
  return text;
};
beforeEach(() => {
  made = [];
});
afterEach(() => vi.unstubAllEnvs());

test('a text is made once for the same inputs, and again for others', async () => {
  await withScratch('cached', async (dir) => {
    vi.stubEnv('KILN_CACHE', dir);
    expect(await cachedText('kind', ['a', 'b'], make('first'))).toEqual({ text: 'first', cached: false });
    expect(await cachedText('kind', ['a', 'b'], make('second'))).toEqual({ text: 'first', cached: true });
    expect(await cachedText('kind', ['ab'], make('third'))).toEqual({ text: 'third', cached: false });
    expect(made).toEqual(['first', 'third']);
  });
});

test('what is not to be kept is made each time', async () => {
  await withScratch('cached', async (dir) => {
    vi.stubEnv('KILN_CACHE', dir);
    const silent = (text: string) => text === '';
    expect(await cachedText('lint', ['a'], make('a complaint'), silent)).toEqual({ text: 'a complaint', cached: false });
    expect(await cachedText('lint', ['a'], make(''), silent)).toEqual({ text: '', cached: false });
    expect(await cachedText('lint', ['a'], make('never'), silent)).toEqual({ text: '', cached: true });
    expect(made).toEqual(['a complaint', '']);
  });
});
