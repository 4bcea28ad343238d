import { extname } from 'node:path';
import { archJsonSchema } from '../../arch/fields.ts';
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import { plural } from '../../base/text.ts';
import type { ArchOptions } from '../arch.ts';
import { shippedArchs, withOverrides } from '../arch.ts';
import { checkArch, checkAssembly, checkBitstream, checkProgram } from '../check.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { unknownKind } from '../messages.ts';
import type { Output } from '../output.ts';

interface Options extends ArchOptions {
  readonly arch?: string;
  readonly schema?: boolean;
}

/** `kiln check`: everything that can be said about files without running them. */
export const checkCommand = (cli: Cli) => {
  const made = command(
    'check [FILE...]',
    'check architectures, programs, bitstreams and assembly, and report every problem',
    'kiln check arch/tiny.yaml my_fabric.yaml\nkiln check dot.ts gemm.kbit --arch demo',
  );
  withOverrides(made)
    .option('--arch <ARCH>', 'the architecture of programs, bitstreams and assembly')
    .option('--schema', 'print the JSON Schema of architecture files, for editors');
  return act(cli, made, async (out, files: string[], options: Options) => {
    if (options.schema) {
      process.stdout.write(archJsonSchema());
      return EXIT.good;
    }
    const results = [];
    for (const file of files) results.push({ file, diagnostics: await problemsOf(file, options, out) });
    const all = results.flatMap(({ diagnostics }) => diagnostics);
    const errors = all.filter(({ severity }) => severity === 'error').length;
    out.diagnostics(all);
    const summary = `${plural(files.length, 'file')}, ${plural(errors, 'error')}, ${plural(all.length - errors, 'warning')}`;
    out.result(summary, { ok: errors === 0, files: results });
    return errors === 0 ? EXIT.good : EXIT.input;
  });
};

async function problemsOf(file: string, options: Options, out: Output): Promise<readonly Diagnostic[]> {
  const extension = shippedArchs().includes(file) ? '.yaml' : extname(file);
  try {
    switch (extension) {
      case '.yaml':
      case '.yml':
        return await checkArch(file, options, out);
      case '.ts':
        return await checkProgram(file, options, out);
      case '.kbit':
        return await checkBitstream(file, options, out);
      case '.kasm':
        return await checkAssembly(file, options, out);
      default:
        return [unknownKind(file)];
    }
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}
