import { extname } from 'node:path';
import { archJsonSchema } from '../../arch/fields.ts';
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import { invariant } from '../../base/invariant.ts';
import { plural } from '../../base/text.ts';
import { checkFabric } from '../../fabric/check.ts';
import { Fabric } from '../../fabric/graph.ts';
import { parseNamed, shippedArchs } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { unknownKind } from '../messages.ts';
import type { Output } from '../output.ts';

/** `kiln check`: everything that can be said about files without running them. */
export const checkCommand = (cli: Cli) =>
  act(
    cli,
    command('check [FILE...]', 'check architectures and report every problem', 'kiln check arch/tiny.yaml my_fabric.yaml').option(
      '--schema',
      'print the JSON Schema of architecture files, for editors',
    ),
    async (out, files: string[], options: { schema?: boolean }) => {
      if (options.schema) {
        process.stdout.write(archJsonSchema());
        return EXIT.good;
      }
      const results = [];
      for (const file of files) results.push({ file, diagnostics: await checkFile(file, out) });
      const all = results.flatMap(({ diagnostics }) => diagnostics);
      const errors = all.filter(({ severity }) => severity === 'error').length;
      out.diagnostics(all);
      const summary = `${plural(files.length, 'file')}, ${plural(errors, 'error')}, ${plural(all.length - errors, 'warning')}`;
      out.result(summary, { ok: errors === 0, files: results });
      return errors === 0 ? EXIT.good : EXIT.input;
    },
  );

async function checkFile(file: string, out: Output): Promise<readonly Diagnostic[]> {
  const isArch = ['.yaml', '.yml'].includes(extname(file)) || shippedArchs().includes(file);
  if (!isArch) return [unknownKind(file)];
  try {
    const { arch, diagnostics } = await parseNamed(file, {}, out);
    if (arch) {
      const broken = checkFabric(new Fabric(arch));
      invariant(broken.length === 0, () => `the fabric of ${file} contradicts itself: ${broken[0]}`);
    }
    return diagnostics;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}
