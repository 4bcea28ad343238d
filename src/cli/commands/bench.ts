import { join } from 'node:path';
import { execa } from 'execa';
import { repositoryRoot } from '../../tools/files.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';

/** `kiln bench`: the measurements of `test/bench`, printed as they come. */
export const benchCommand = (cli: Cli) =>
  act(
    cli,
    command('bench [SECTION...]', 'measure generation, compilation and simulation', 'kiln bench generation suite'),
    async (_out, sections: string[]) => {
      const main = join(repositoryRoot, 'test', 'bench', 'main.ts');
      const { exitCode } = await execa(process.execPath, ['--import', 'tsx', main, ...sections], {
        cwd: repositoryRoot,
        stdio: 'inherit',
        reject: false,
      });
      return exitCode === 0 ? EXIT.good : exitCode === 2 ? EXIT.usage : EXIT.internal;
    },
  );
