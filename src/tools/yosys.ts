/** Yosys: a script over files in a directory, and the figures it prints. */
import { join } from 'node:path';
import { writeAtomic } from './files.ts';
import { run } from './run.ts';
import { requireTools } from './versions.ts';

export interface YosysResult {
  /** As Yosys prints it: `0.23`. */
  readonly version: string;
  readonly seconds: number;
}

/** Runs `commands` in `directory`; what they `tee` and write lies there afterwards. Throws E0901 to E0904. */
export async function runYosys(directory: string, commands: readonly string[], timeoutSeconds = 3600): Promise<YosysResult> {
  const { yosys } = await requireTools('yosys');
  await writeAtomic(join(directory, 'script.ys'), `${commands.join('\n')}\n`);
  const { seconds } = await run(yosys.command, ['-q', 'script.ys'], { cwd: directory, timeoutSeconds });
  return { version: yosys.version, seconds };
}

/** How many objects `select -list` names. */
export const countSelected = (text: string): number => text.split('\n').filter((line) => line.includes('/')).length;
