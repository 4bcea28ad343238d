import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DiagnosticError } from '../base/diagnostic.ts';
import { didYouMean } from '../base/text.ts';
import { fileMissing, fileUnreadable, fileUnwritable } from './messages.ts';

/** The repository's root directory, without a slash at the end. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Where results keyed by content are kept: `$KILN_CACHE`, else `build/cache` under the repository's root. */
export function cacheDirectory(kind: string): string {
  return resolve(process.env.KILN_CACHE || join(repositoryRoot, 'build', 'cache'), kind);
}

/** Reads a text; `what` names it in messages (`architecture`, `program`). Throws E0905, E0906. */
export async function readText(path: string, what = 'file'): Promise<string> {
  return (await readBytes(path, what)).toString('utf8');
}

/** Reads bytes; as `readText`. */
export async function readBytes(path: string, what = 'file'): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new DiagnosticError(fileMissing(what, path, await nearName(path)));
    throw new DiagnosticError(fileUnreadable(what, path, code === 'EISDIR' ? 'it is a directory' : message));
  }
}

/** Writes a file whole or not at all (a temporary beside it, then a rename), making its directories. Throws E0907. */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new DiagnosticError(fileUnwritable(path, (error as Error).message));
  }
}

async function nearName(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  const near = didYouMean(basename(path), names);
  return near === undefined ? undefined : join(dirname(path), near);
}
