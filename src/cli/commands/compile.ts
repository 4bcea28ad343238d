import { basename, extname } from 'node:path';
import { certificateText } from '../../compiler/certificate/text.ts';
import type { Compiled } from '../../compiler/compile.ts';
import { Fabric } from '../../fabric/graph.ts';
import { DEFAULT_DRAM, DRAM_PROFILES, type DramProfile } from '../../sim/dram-profile.ts';
import { certify } from '../../sweep/point/build.ts';
import { writeAtomic } from '../../tools/files.ts';
import { type ArchOptions, loadArch, withArch } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { build, type Pairs, withExact, withFree, withParams } from '../program.ts';
import { progressFor } from '../progress.ts';
import { dramProfile, wholeNumber } from '../values.ts';

interface Options extends ArchOptions {
  readonly arch: string;
  readonly param: Pairs;
  readonly exact?: boolean;
  readonly free?: boolean;
  readonly seed?: number;
  readonly output?: string;
  readonly dram: DramProfile;
}

/** `kiln compile`: a program to a bitstream, with the certificate of what bounds it. */
export const compileCommand = (cli: Cli) => {
  const made = command(
    'compile PROGRAM',
    'compile a program to a bitstream',
    'kiln compile suite/GEMM --arch demo --param dim=64 -o gemm.kbit',
  );
  withExact(withFree(withParams(withArch(made))))
    .option('--seed <N>', 'seed of the placement', wholeNumber)
    .option(
      '--dram <PROFILE>',
      `the memory of the certificate: ${Object.keys(DRAM_PROFILES).join(', ')}`,
      dramProfile,
      DRAM_PROFILES[DEFAULT_DRAM],
    )
    .option('-o, --output <FILE.kbit>', 'where the bitstream goes; by default named after the program');
  return act(cli, made, async (out, name: string, options: Options) => {
    const fabric = new Fabric(await loadArch(options.arch, options, out));
    const progress = progressFor(out);
    const built = await build(name, fabric, options, progress, out);
    const { program, params, kbit, units, sections } = built;
    const output = options.output ?? `${basename(name, extname(name))}.kbit`;
    await writeAtomic(output, kbit);
    const sum = (of: (compiled: Compiled | undefined) => number | undefined) =>
      sections.reduce((all, one) => all + (of(one.compiled) ?? 0), 0);
    const links = sum((compiled) => compiled?.routed.stats.wirelength);
    const several = sections.length > 1 ? `${sections.length} sections, each of at most ` : '';
    const text = `${output}: ${kbit.length} bytes; ${several}${units.pcu} PCU, ${units.pmu} PMU, ${units.ag} AG; ${links} links`;
    const certificate = certify(fabric, built, options.dram);
    out.result(`${text}\n${certificateText(certificate)}`, {
      ok: true,
      program: program.name,
      arch: fabric.arch.name,
      params,
      file: output,
      bytes: kbit.length,
      units,
      sections: sections.map(({ units, kbit }) => ({ units, bytes: kbit.length })),
      links,
      seconds: {
        lower: sum((compiled) => compiled?.seconds.lower),
        place: sum((compiled) => compiled?.seconds.place),
        route: sum((compiled) => compiled?.seconds.route),
      },
      certificate,
    });
    return EXIT.good;
  });
};
