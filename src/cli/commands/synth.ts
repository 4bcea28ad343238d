import { DiagnosticError } from '../../base/diagnostic.ts';
import { didYouMean } from '../../base/text.ts';
import { Fabric } from '../../fabric/graph.ts';
import { SYNTH_UNITS, type SynthUnit, synthesise } from '../../report/synth/synth.ts';
import { synthText } from '../../report/synth/text.ts';
import { emitRtl, RTL_PATHS } from '../../rtl/emit.ts';
import { type ArchOptions, loadArch, withOverrides } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { unknownUnit } from '../messages.ts';
import { progressFor } from '../progress.ts';

/** `kiln synth`: what an architecture takes in gates, registers and memories. */
export const synthCommand = (cli: Cli) => {
  const made = command('synth ARCH', 'synthesise a unit with Yosys: cells, area, shares, longest path', 'kiln synth plasticine --unit pcu');
  withOverrides(made)
    .option('--unit <UNIT>', `one of ${Object.keys(SYNTH_UNITS).join(', ')}`, 'fabric')
    .option('--liberty <FILE>', 'map to this cell library: areas in µm², delays in ns');
  return act(cli, made, async (out, name: string, options: ArchOptions & { unit: string; liberty?: string }) => {
    const unit = unitNamed(options.unit);
    const fabric = new Fabric(await loadArch(name, options, out));
    const progress = progressFor(out);
    const emitted = new Map(emitRtl(fabric).map(({ path, text }) => [path, text]));
    const paths = (emitted.get(RTL_PATHS.synthesis) as string).trim().split('\n');
    const report = await progress.step(`synthesise ${unit}`, (detail) =>
      synthesise({
        unit,
        files: paths.map((path) => ({ path, text: emitted.get(path) as string })),
        onProgress: detail,
        bankBits: 32 * fabric.arch.pmu.bankWords,
        ...(options.liberty === undefined ? {} : { libertyPath: options.liberty }),
      }),
    );
    out.result(synthText(report), { ok: true, arch: fabric.arch.name, ...report });
    return EXIT.good;
  });
};

function unitNamed(word: string): SynthUnit {
  const known = Object.keys(SYNTH_UNITS) as SynthUnit[];
  const found = known.find((unit) => unit === word);
  if (found === undefined) throw new DiagnosticError(unknownUnit(word, didYouMean(word, known), known));
  return found;
}
