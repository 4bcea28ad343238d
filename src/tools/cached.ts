/** Results of long runs of a tool, kept by the hash of all that they depend on. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { cacheDirectory, writeAtomic } from './files.ts';
import { withLock } from './lock.ts';

/**
 * The text that `make` gives for `inputs`, which must hold everything it depends on (versions of tools included), or the
 * one it gave before. Two processes that want the same make it once. What `keep` refuses is given back but not kept.
 */
export async function cachedText(
  kind: string,
  inputs: readonly string[],
  make: () => Promise<string>,
  keep: (text: string) => boolean = () => true,
): Promise<{ text: string; cached: boolean }> {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(`${input.length}\n`).update(input);
  const path = join(cacheDirectory(kind), `${hash.digest('hex').slice(0, 24)}.gz`);
  const former = await readCached(path);
  if (former !== undefined) return { text: former, cached: true };
  return withLock(`${path}.lock`, async () => {
    const meanwhile = await readCached(path);
    if (meanwhile !== undefined) return { text: meanwhile, cached: true };
    const text = await make();
    if (keep(text)) await writeAtomic(path, await promisify(gzip)(text, { level: 1 }));
    return { text, cached: false };
  });
}

/** A file that cannot be read or unpacked counts as none. */
async function readCached(path: string): Promise<string | undefined> {
  try {
    return (await promisify(gunzip)(await readFile(path))).toString('utf8');
  } catch {
    return undefined;
  }
}
