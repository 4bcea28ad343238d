import { join } from 'node:path';
import { readNpy } from '../../base/npy.ts';
import { Fabric } from '../../fabric/graph.ts';
import { DEFAULT_DRAM, DRAM_PROFILES } from '../../sim/dram-profile.ts';
import type { GivenArray } from '../../sweep/point/inputs.ts';
import { runPoint } from '../../sweep/point/point.ts';
import { type PointReport, reportOf } from '../../sweep/point/report.ts';
import { reportText } from '../../sweep/point/text.ts';
import type { Witness } from '../../sweep/point/witness.ts';
import { readBytes, writeAtomic } from '../../tools/files.ts';
import { loadArch } from '../arch.ts';
import { act, type Cli, command } from '../command.ts';
import { SHOWCASES, type Showcase, writeData } from '../demo.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { saveOutputs } from '../outputs.ts';
import { build } from '../program.ts';
import { progressFor } from '../progress.ts';

/** `kiln demo`: from matrices and tables in files to three equal answers. */
export const demoCommand = (cli: Cli) => {
  const made = command('demo', 'run GEMM and TPC-H Q6 on evaluator, golden simulator and RTL', 'kiln demo --out out');
  made.option('--out <DIR>', 'where data, bitstreams and answers go', 'out');
  return act(cli, made, async (out, options: { out: string }) => {
    const fabric = new Fabric(await loadArch('demo', {}, out));
    const reports: PointReport[] = [];
    for (const showcase of SHOWCASES) reports.push(await show(showcase, fabric, options.out, out));
    const match = reports.every((report) => report.match);
    const verdict = match
      ? 'Every answer is equal, bit for bit, and simulator and hardware took the same cycles.'
      : 'Answers differ: see above.';
    out.result(`${reports.map(reportText).join('\n\n')}\n\n${verdict}`, { ok: match, runs: reports });
    return match ? EXIT.good : EXIT.input;
  });
};

async function show(showcase: Showcase, fabric: Fabric, root: string, out: Output): Promise<PointReport> {
  out.note(showcase.title);
  const directory = join(root, showcase.program);
  const progress = progressFor(out);
  const built = await build(showcase.program, fabric, { param: showcase.params }, progress, out);
  await writeAtomic(join(directory, 'program.kbit'), built.kbit);
  const arrays = new Map<string, GivenArray>();
  for (const [name, file] of Object.entries(await writeData(directory, built)))
    arrays.set(name, { file, array: readNpy(await readBytes(file, 'array'), file) });
  const profile = DRAM_PROFILES[DEFAULT_DRAM];
  const given = { arrays, args: new Map<string, number>(), seed: 1 };
  const point = await runPoint(
    fabric,
    built,
    { witnesses: new Set<Witness>(['evaluator', 'golden', 'rtl']), given, profile, network: 'routed' },
    progress.step,
  );
  out.diagnostics(point.problems);
  const report = reportOf(fabric, point, profile, progress.seconds);
  await saveOutputs(directory, point, report);
  return report;
}
