import { disassemble } from '../../bitstream/disasm.ts';
import { Fabric } from '../../fabric/graph.ts';
import { readBytes, writeAtomic } from '../../tools/files.ts';
import { type ArchOptions, loadArch, withArch } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';

/** `kiln disasm`: a bitstream to the text that assembles back to the same bytes. */
export const disasmCommand = (cli: Cli) => {
  const made = withArch(command('disasm FILE.kbit', 'print a bitstream as assembly text', 'kiln disasm dot.kbit --arch tiny'));
  made.option('-o, --output <FILE.kasm>', 'where the text goes; by default standard output');
  return act(cli, made, async (out, file: string, options: ArchOptions & { arch: string; output?: string }) => {
    const arch = await loadArch(options.arch, options, out);
    const text = disassemble(new Fabric(arch), await readBytes(file, 'bitstream'));
    if (options.output === undefined) out.result(text.trimEnd(), { ok: true, text });
    else {
      await writeAtomic(options.output, text);
      out.result(options.output, { ok: true, file: options.output });
    }
    return EXIT.good;
  });
};
