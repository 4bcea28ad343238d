import { extname } from 'node:path';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { decodeSections } from '../../bitstream/sections.ts';
import { Fabric } from '../../fabric/graph.ts';
import { readBytes, writeAtomic } from '../../tools/files.ts';
import type { SceneInput } from '../../viewer/scene.ts';
import { renderFabricSvg } from '../../viewer/svg.ts';
import { type ArchOptions, loadArch, withOverrides } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { noSuchSection } from '../messages.ts';
import { build, type Pairs, withParams } from '../program.ts';
import { progressFor } from '../progress.ts';
import { wholeNumber } from '../values.ts';

interface Options extends ArchOptions {
  readonly arch?: string;
  readonly param: Pairs;
  readonly output: string;
  readonly section: number;
}

/** `kiln view`: a picture of an architecture, or of a program placed and routed on one. */
export const viewCommand = (cli: Cli) => {
  const made = command(
    'view WHAT',
    'draw an architecture, a bitstream or a program as SVG',
    'kiln view suite/GEMM --arch demo -o gemm.svg',
  );
  withParams(withOverrides(made))
    .option('--arch <ARCH>', 'for a program or bitstream: the architecture')
    .option('--section <N>', 'which of the configurations that run one after the other', wholeNumber, 1)
    .requiredOption('-o, --output <FILE.svg>', 'where the picture goes');
  return act(cli, made, async (out, what: string, options: Options) => {
    const fabric = new Fabric(await loadArch(options.arch ?? what, options, out));
    const input: SceneInput = options.arch === undefined ? { title: fabric.arch.description } : await placed(what, fabric, options);
    const svg = renderFabricSvg(fabric, input);
    await writeAtomic(options.output, svg);
    out.result(`${options.output}: ${svg.length} bytes`, { ok: true, file: options.output, bytes: svg.length });
    return EXIT.good;

    async function placed(name: string, on: Fabric, { param, section: number }: Options): Promise<SceneInput> {
      const chosen = <T>(sections: readonly T[], text: string): { readonly section: T; readonly title: string } => {
        const section = sections[number - 1];
        if (section === undefined) throw new DiagnosticError(noSuchSection(number, sections.length));
        return { section, title: sections.length === 1 ? text : `${text}, section ${number} of ${sections.length}` };
      };
      if (extname(name) === '.kbit') {
        const { section, title } = chosen(decodeSections(on, new Uint8Array(await readBytes(name, 'bitstream'))), name);
        return { configs: section.configs, title };
      }
      const { program, sections } = await build(name, on, { param }, progressFor(out), out);
      const { section, title } = chosen(sections, `${program.name} on ${on.arch.name}`);
      const { routed, lowered } = section.compiled ?? {};
      return { configs: routed?.configs, placement: routed?.placement, netlist: lowered?.netlist, title };
    }
  });
};
