import { readNpy } from '../../base/npy.ts';
import { Fabric } from '../../fabric/graph.ts';
import { DEFAULT_DRAM, DRAM_PROFILES, type DramProfile } from '../../sim/dram-profile.ts';
import type { NetworkMode } from '../../sim/network.ts';
import type { GivenArray } from '../../sweep/point/inputs.ts';
import { runPoint } from '../../sweep/point/point.ts';
import { reportOf } from '../../sweep/point/report.ts';
import { reportText } from '../../sweep/point/text.ts';
import { WITNESSES, type Witness } from '../../sweep/point/witness.ts';
import { readBytes } from '../../tools/files.ts';
import { type ArchOptions, loadArch, withArch } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { saveOutputs } from '../outputs.ts';
import { build, type Pairs, pair, withExact, withFree, withParams } from '../program.ts';
import { progressFor } from '../progress.ts';
import { dramProfile, networkMode, wholeNumber, witnessList } from '../values.ts';

interface Options extends ArchOptions {
  readonly arch: string;
  readonly on: ReadonlySet<Witness>;
  readonly param: Pairs;
  readonly exact?: boolean;
  readonly free?: boolean;
  readonly in: Pairs;
  readonly arg: Pairs;
  readonly out?: string;
  readonly waves?: string;
  readonly dram: DramProfile;
  readonly network: NetworkMode;
  readonly maxCycles?: number;
  readonly poison?: boolean;
  readonly seed: number;
}

const example =
  'kiln run suite/GEMM --arch demo --param dim=64 --on evaluator,golden,rtl\nkiln run dot.ts --arch tiny --in x=x.npy --out results';

/** `kiln run`: a program or bitstream on the witnesses asked for, compared and reported. */
export const runCommand = (cli: Cli) => {
  const made = command('run PROGRAM', 'run a program and compare the answers of evaluator, golden simulator and RTL', example);
  withExact(withFree(withParams(withArch(made))))
    .option('--on <LIST>', `who answers, of ${WITNESSES.join(',')}`, witnessList, new Set<Witness>(['evaluator', 'golden']))
    .option('--in <NAME=FILE.npy>', 'an input array in place of generated data; may be repeated', pair, {})
    .option('--arg <NAME=VALUE>', 'a scalar argument in place of the generated one; may be repeated', pair, {})
    .option('--out <DIR>', 'write the outputs there as .npy files')
    .option('--waves <FILE>', 'write the waves of the RTL (.vcd or .fst)')
    .option('--dram <PROFILE>', `the memory: ${Object.keys(DRAM_PROFILES).join(', ')}`, dramProfile, DRAM_PROFILES[DEFAULT_DRAM])
    .option('--network <MODE>', 'routed, or ideal: each route costs one register (golden only)', networkMode, 'routed')
    .option('--poison', 'fill scratchpads with a pattern, and find reads of words that nothing wrote (golden)')
    .option('--max-cycles <N>', 'stop a run after that many cycles', wholeNumber)
    .option('--seed <N>', 'seed of the generated data and of the placement', wholeNumber, 1);
  return act(cli, made, async (out, name: string, options: Options) => {
    const fabric = new Fabric(await loadArch(options.arch, options, out));
    const progress = progressFor(out);
    const built = await build(name, fabric, options, progress, out);
    const { on: witnesses, dram: profile, network, maxCycles, waves, poison, seed } = options;
    const given = { arrays: await readArrays(options.in), args: numbers(options.arg), seed };
    const point = await runPoint(fabric, built, { witnesses, given, profile, network, maxCycles, waves, poison }, progress.step);
    const report = reportOf(fabric, point, profile, progress.seconds);
    if (options.out !== undefined) await saveOutputs(options.out, point, report);
    out.diagnostics(point.problems);
    out.result(reportText(report), report);
    return report.match ? EXIT.good : EXIT.input;
  });
};

async function readArrays(files: Pairs): Promise<Map<string, GivenArray>> {
  const read = Object.entries(files).map(
    async ([name, file]) => [name, { file, array: readNpy(await readBytes(file, 'array'), file) }] as const,
  );
  return new Map(await Promise.all(read));
}

const numbers = (pairs: Pairs): Map<string, number> => new Map(Object.entries(pairs).map(([name, text]) => [name, Number(text)]));
