import { extname } from 'node:path';
import { decode } from '../../bitstream/decode.ts';
import { Fabric } from '../../fabric/graph.ts';
import { readBytes, writeAtomic } from '../../tools/files.ts';
import type { SceneInput } from '../../viewer/scene.ts';
import { renderFabricSvg } from '../../viewer/svg.ts';
import { type ArchOptions, loadArch, withOverrides } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { build, type Pairs, withParams } from '../program.ts';
import { progressFor } from '../progress.ts';

interface Options extends ArchOptions {
  readonly arch?: string;
  readonly param: Pairs;
  readonly output: string;
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
    .requiredOption('-o, --output <FILE.svg>', 'where the picture goes');
  return act(cli, made, async (out, what: string, options: Options) => {
    const fabric = new Fabric(await loadArch(options.arch ?? what, options, out));
    const input: SceneInput = options.arch === undefined ? { title: fabric.arch.description } : await placed(what, fabric, options);
    const svg = renderFabricSvg(fabric, input);
    await writeAtomic(options.output, svg);
    out.result(`${options.output}: ${svg.length} bytes`, { ok: true, file: options.output, bytes: svg.length });
    return EXIT.good;

    async function placed(name: string, on: Fabric, { param }: Options): Promise<SceneInput> {
      if (extname(name) === '.kbit')
        return { configs: decode(on, new Uint8Array(await readBytes(name, 'bitstream'))).configs, title: name };
      const { program, compiled } = await build(name, on, { param }, progressFor(out), out);
      const { routed, lowered } = compiled ?? {};
      return {
        configs: routed?.configs,
        placement: routed?.placement,
        netlist: lowered?.netlist,
        title: `${program.name} on ${on.arch.name}`,
      };
    }
  });
};
