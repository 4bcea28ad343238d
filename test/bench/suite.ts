/** The suite on `sara` with the memory of the peer's log: every row run on the golden machine and checked. */
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

/** One row: what it took, or why not. */
export interface SuiteRow {
  readonly variant: Variant;
  /** Absent where it does not map, does not end well or answers wrongly. */
  readonly cycles?: number;
  /** The same bits where each routed connection costs one register. */
  readonly ideal?: number;
  readonly bound?: number;
  readonly units?: Readonly<Record<'pcu' | 'pmu' | 'ag', number>>;
  readonly compileSeconds?: number;
  readonly problem?: string;
}

export interface RowOptions {
  /** Also run on the ideal network. */
  readonly ideal?: boolean;
}

/** Compiles and runs one variant; the answer is compared with the evaluator's, bit for bit, and with the reference. */
export async function suiteRow(variant: Variant, fabric = new Fabric(archNamed('sara')), options: RowOptions = {}): Promise<SuiteRow> {
  try {
    const begin = performance.now();
    const built = buildProgram(fabric, programNamed(`suite/${variant.name}`), {}, {});
    const compileSeconds = (performance.now() - begin) / 1000;
    const point = await runPoint(fabric, built, { witnesses, given, profile, network: 'routed' }, step);
    const onIdeal = options.ideal
      ? await runPoint(fabric, built, { witnesses: new Set(['golden']), given, profile, network: 'ideal' }, step)
      : undefined;
    const [problem] = [...point.problems, ...(onIdeal?.problems ?? [])];
    const ideal = onIdeal?.golden?.cycles;
    const row = { variant, ideal, bound: point.certificate.cycles, units: built.units, compileSeconds };
    return problem ? { ...row, problem: `${problem.code}: ${problem.message}` } : { ...row, cycles: point.golden?.cycles };
  } catch (error) {
    if (error instanceof DiagnosticError) return { variant, problem: error.message.split('\n')[0] };
    throw error;
  }
}

/** The bar of a row at the same parallelisation: a tenth or 16 cycles above the peer. */
export const barOf = ({ cycles }: Variant): number => Math.max(1.1 * cycles, cycles + 16);

/** How far the routed network may be behind the ideal one, as a geometric mean: over rows of at least 1,000 cycles, and over all. */
export const ROUTED_OVER_IDEAL = { long: 1.02, all: 1.1 } as const;

/** Cycles of every variant beside the peer's; below 1 we are faster. */
export async function suiteCycles(): Promise<string> {
  const fabric = new Fabric(archNamed('sara'));
  const rows: SuiteRow[] = [];
  for (const variant of VARIANTS) rows.push(await suiteRow(variant, fabric, { ideal: true }));
  const ratios = rows.flatMap(({ cycles, variant }) => (cycles ? [cycles / variant.cycles] : []));
  const missed = rows.filter(({ cycles, variant }) => !cycles || cycles > barOf(variant));
  const seconds = rows.flatMap(({ compileSeconds }) => compileSeconds ?? []).sort((a, b) => a - b);
  const routing = rows.flatMap(({ cycles, ideal }) => (cycles && ideal ? [{ cycles, ratio: cycles / ideal }] : []));
  const long = routing.filter(({ cycles }) => cycles >= 1000);
  const cells = rows.map(({ variant, cycles, ideal, bound, units, compileSeconds, problem }) => [
    variant.name,
    cycles ?? '-',
    variant.cycles,
    cycles ? (cycles / variant.cycles).toFixed(2) : '-',
    ideal ?? '-',
    cycles && ideal ? (cycles / ideal).toFixed(2) : '-',
    bound ?? '-',
    units?.pcu ?? '-',
    units?.pmu ?? '-',
    units?.ag ?? '-',
    compileSeconds?.toFixed(2) ?? '-',
    problem ?? (cycles && cycles > barOf(variant) ? 'above the bar' : ''),
  ]);
  const header = ['variant', 'cycles', "peer's", 'ratio', 'ideal', 'routed/ideal', 'bound', 'PCU', 'PMU', 'AG', 'compile s', ''];
  return [
    table([header, ...cells], { header: true, align: 'lrrrrrrrrrrl' }),
    `${ratios.length} of ${VARIANTS.length} run and match; geometric mean of the ratios ${geometricMean(ratios)}`,
    `above max(1.10 x, + 16): ${missed.map(({ variant }) => variant.name).join(', ') || 'none'}`,
    `routed over ideal network, geometric mean: ${geometricMean(routing.map(({ ratio }) => ratio))} (at most ${ROUTED_OVER_IDEAL.all})` +
      `; of the ${long.length} rows of at least 1,000 cycles ${geometricMean(long.map(({ ratio }) => ratio))} (at most ${ROUTED_OVER_IDEAL.long})`,
    `compile seconds: median ${seconds[seconds.length >> 1]?.toFixed(2)}, worst ${seconds.at(-1)?.toFixed(2)}`,
  ].join('\n');
}

const geometricMean = (ratios: readonly number[]): string =>
  Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / Math.max(1, ratios.length)).toFixed(3);
