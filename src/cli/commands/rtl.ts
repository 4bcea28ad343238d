import { join } from 'node:path';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { Fabric } from '../../fabric/graph.ts';
import { LINT_TOOLS, type LintPiece, lintRtl, rtlComplaint } from '../../report/lint/lint.ts';
import { emitRtl, modulePath, RTL_PATHS, type RtlFile, TOP_MODULE } from '../../rtl/emit.ts';
import type { ModuleSignature } from '../../rtl/signature.ts';
import { writeAtomic } from '../../tools/files.ts';
import { requireTools } from '../../tools/versions.ts';
import { type ArchOptions, loadArch, withOverrides } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { type Progress, progressFor } from '../progress.ts';

/** `kiln rtl`: the SystemVerilog of an architecture. */
export const rtlCommand = (cli: Cli) => {
  const made = command('rtl ARCH', 'generate the SystemVerilog of an architecture', 'kiln rtl tiny --grid 4x2 -o build/rtl');
  withOverrides(made)
    .option('-o, --output <DIR>', 'where the files go; by default generated/<name>')
    .option('--check', 'let Verilator, Icarus and Yosys look at it: none may say a word');
  return act(cli, made, async (out, name: string, options: ArchOptions & { output?: string; check?: boolean }) => {
    const fabric = new Fabric(await loadArch(name, options, out));
    if (options.check) await requireTools(...LINT_TOOLS);
    const progress = progressFor(out);
    const files = await progress.step('generate', () => emitRtl(fabric));
    const output = options.output ?? join('generated', fabric.arch.name);
    await progress.step('write', async () => {
      for (const { path, text } of files) await writeAtomic(join(output, path), text);
    });
    const checked = options.check ? await check(files, fabric, progress) : [];
    const complaints = checked.filter(({ said }) => said !== '');
    if (complaints.length > 0) throw new DiagnosticError(complaints.map(rtlComplaint));
    const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
    const value = {
      ok: true,
      arch: fabric.arch.name,
      directory: output,
      files: files.map(({ path }) => path),
      bytes,
      ...(options.check ? { checked: checked.map(({ tool, module, seconds }) => ({ tool, module, seconds })) } : {}),
      seconds: progress.seconds,
    };
    const clean = options.check ? `; ${LINT_TOOLS.join(', ')}: no complaints` : '';
    out.result(`${output}: ${files.length} files, ${bytes} bytes${clean}`, value);
    return EXIT.good;
  });
};

/** What each tool says of each piece. */
async function check(files: readonly RtlFile[], fabric: Fabric, progress: Progress): Promise<LintPiece[]> {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const of = (path: string) => texts.get(path) as string;
  const { modules } = JSON.parse(of(RTL_PATHS.signature)) as { modules: ModuleSignature[] };
  const input = {
    top: TOP_MODULE,
    tileCount: fabric.tiles.length,
    modules,
    textOf: (module: string) => of(modulePath(module)),
    waivers: of(RTL_PATHS.waivers),
  };
  const pieces: LintPiece[] = [];
  for (const tool of LINT_TOOLS) pieces.push(...(await progress.step(tool, () => lintRtl(tool, input))));
  return pieces;
}
