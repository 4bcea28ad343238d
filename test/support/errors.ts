/** Fixture folders of `test/errors`: a command line, its input files, and all it prints. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/tools/run.ts';

const root = fileURLToPath(new URL('../errors/', import.meta.url));
const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));

/** Folders named `<code>-<slug>`; `command.txt` holds the arguments, one a line. */
export const errorCases = (): string[] => readdirSync(root).sort();

export async function runCase(name: string): Promise<string> {
  const directory = `${root}${name}`;
  const args = readFileSync(`${directory}/command.txt`, 'utf8').trim().split('\n');
  const { exitCode, stdout, stderr } = await run(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { NO_COLOR: '1', KILN_DEBUG: '' },
    accept: [0, 1, 2, 70],
  });
  const plain = (text: string) => text.replaceAll(directory, '<here>').replace(/\b\d+\.\d\d s\b/g, '# s');
  return `exit ${exitCode}\n${stdout === '' ? '' : `--- stdout\n${plain(stdout)}`}--- stderr\n${plain(stderr)}`;
}

/** The expected text; with UPDATE_GOLDEN=1, or when there is none yet, `actual` is written first. */
export function expectedText(name: string, actual: string): { readonly text: string; readonly isNew: boolean } {
  const file = `${root}${name}/expect.txt`;
  const isNew = !existsSync(file);
  if (isNew || process.env.UPDATE_GOLDEN) writeFileSync(file, actual);
  return { text: readFileSync(file, 'utf8'), isNew };
}
