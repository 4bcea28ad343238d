import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { cacheDirectory, readText, repositoryRoot, writeAtomic } from '../../../src/tools/files.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kiln-files-'));
});
afterAll(() => rm(dir, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

test('a written file is there whole, with its directories and without leftovers', async () => {
  await writeAtomic(join(dir, 'a/b/c.txt'), 'one');
  await writeAtomic(join(dir, 'a/b/c.txt'), new Uint8Array([116, 119, 111]));
  expect(await readFile(join(dir, 'a/b/c.txt'), 'utf8')).toBe('two');
  expect(await readdir(join(dir, 'a/b'))).toEqual(['c.txt']);
});

test('a write that fails leaves nothing', async () => {
  await writeFile(join(dir, 'plain'), '');
  await expect(writeAtomic(join(dir, 'plain/x'), '')).rejects.toThrow('error[E0907]');
});

test('a missing file is named, with the nearest there is', async () => {
  await writeFile(join(dir, 'demo.yaml'), '');
  await expect(readText(join(dir, 'dmeo.yaml'), 'architecture')).rejects.toMatchObject({
    diagnostics: [
      {
        code: 'E0905',
        message: `architecture \`${join(dir, 'dmeo.yaml')}\` does not exist`,
        help: `did you mean \`${join(dir, 'demo.yaml')}\`?`,
      },
    ],
  });
  await expect(readText(dir)).rejects.toThrow('it is a directory');
});

test('the cache lies under the root unless KILN_CACHE says otherwise', () => {
  vi.stubEnv('KILN_CACHE', '');
  expect(cacheDirectory('verilator')).toBe(join(repositoryRoot, 'build/cache/verilator'));
  vi.stubEnv('KILN_CACHE', dir);
  expect(cacheDirectory('verilator')).toBe(join(dir, 'verilator'));
});
