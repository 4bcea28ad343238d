import { assemble } from '../../bitstream/asm.ts';
import { Fabric } from '../../fabric/graph.ts';
import { readText, writeAtomic } from '../../tools/files.ts';
import { type ArchOptions, loadArch, withArch } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';

/** `kiln asm`: assembly text to a bitstream. */
export const asmCommand = (cli: Cli) => {
  const made = withArch(command('asm FILE.kasm', 'assemble a text to a bitstream', 'kiln asm dot.kasm --arch tiny -o dot.kbit'));
  made.option('-o, --output <FILE.kbit>', 'where the bitstream goes; by default beside the text');
  return act(cli, made, async (out, file: string, options: ArchOptions & { arch: string; output?: string }) => {
    const arch = await loadArch(options.arch, options, out);
    const kbit = assemble(new Fabric(arch), await readText(file, 'assembly text'), file);
    const output = options.output ?? `${file.replace(/\.kasm$/, '')}.kbit`;
    await writeAtomic(output, kbit);
    out.result(`${output}: ${kbit.length} bytes`, { ok: true, file: output, bytes: kbit.length });
    return EXIT.good;
  });
};
