import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { table } from '../../src/base/text.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { programNamed } from '../../src/programs/index.ts';
import { VARIANTS, type Variant } from '../../src/programs/suite/variants.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint, type Step } from '../../src/sweep/point/point.ts';
import { archNamed } from '../support/fabric.ts';

const step: Step = async (_title, work) => work(() => {});
const profile = DRAM_PROFILES.pir2020;
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden'] as const);

/** Cycles of every variant beside the peer's; below 1 we are faster. */
export async function suiteCycles(): Promise<string> {
  const fabric = new Fabric(archNamed('sara'));
  const ratios: number[] = [];
  const rows = [];
  for (const variant of VARIANTS) {
    const { cycles, note } = await cyclesOf(variant, fabric);
    const ratio = cycles && cycles / variant.cycles;
    if (ratio) ratios.push(ratio);
    rows.push([variant.name, cycles ?? '-', variant.cycles, ratio?.toFixed(2) ?? '-', note]);
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / Math.max(1, ratios.length));
  const summary = `${ratios.length} of ${VARIANTS.length} run and match; geometric mean of the ratios ${mean.toFixed(3)}`;
  return `${table([['variant', 'cycles', "peer's", 'ratio', ''], ...rows], { header: true, align: 'lrrrl' })}\n${summary}`;
}

async function cyclesOf({ name }: Variant, fabric: Fabric): Promise<{ cycles?: number; note: string }> {
  try {
    const built = buildProgram(fabric, programNamed(`suite/${name}`), {}, {});
    const point = await runPoint(fabric, built, { witnesses, given, profile, network: 'routed' }, step);
    const [problem] = point.problems;
    return problem ? { note: `${problem.code}: ${problem.message}` } : { cycles: point.golden?.cycles, note: '' };
  } catch (error) {
    if (error instanceof DiagnosticError) return { note: error.message.split('\n')[0] };
    throw error;
  }
}
