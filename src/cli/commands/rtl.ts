import { join } from 'node:path';
import { Fabric } from '../../fabric/graph.ts';
import { emitRtl } from '../../rtl/emit.ts';
import { writeAtomic } from '../../tools/files.ts';
import { type ArchOptions, loadArch, withOverrides } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { progressFor } from '../progress.ts';

/** `kiln rtl`: the SystemVerilog of an architecture. */
export const rtlCommand = (cli: Cli) => {
  const made = command('rtl ARCH', 'generate the SystemVerilog of an architecture', 'kiln rtl tiny --grid 4x2 -o build/rtl');
  withOverrides(made).option('-o, --output <DIR>', 'where the files go; by default generated/<name>');
  return act(cli, made, async (out, name: string, options: ArchOptions & { output?: string }) => {
    const fabric = new Fabric(await loadArch(name, options, out));
    const progress = progressFor(out);
    const files = await progress.step('generate', () => emitRtl(fabric));
    const output = options.output ?? join('generated', fabric.arch.name);
    await progress.step('write', async () => {
      for (const { path, text } of files) await writeAtomic(join(output, path), text);
    });
    const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
    const value = {
      ok: true,
      arch: fabric.arch.name,
      directory: output,
      files: files.map(({ path }) => path),
      bytes,
      seconds: progress.seconds,
    };
    out.result(`${output}: ${files.length} files, ${bytes} bytes`, value);
    return EXIT.good;
  });
};
