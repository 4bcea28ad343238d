/**
 * `npm run suite`: the suite on `sara` with the memory of the peer's log, every row run on the golden machine and checked: at the
 * peer's parallelisation, and at the one that Kiln chooses when it is free to.
 * `npm run suite -- GEMM_0 TPCHQ6_0` runs only those; `--json FILE` writes the rows there; `--fixed` leaves out the free ones.
 */
import { writeFileSync } from 'node:fs';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { table } from '../../src/base/text.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { programNamed } from '../../src/programs/index.ts';
import { VARIANTS, type Variant } from '../../src/programs/suite/variants.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { archNamed } from '../support/fabric.ts';

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
  /** As run. */
  readonly params?: Readonly<Record<string, number | string>>;
  readonly problem?: string;
}

export interface RowOptions {
  /** Also run on the ideal network. */
  readonly ideal?: boolean;
  /** Lanes, copies and tiles are those that Kiln chooses. */
  readonly free?: boolean;
}

/** Compiles and runs one variant; the answer is compared with the evaluator's, bit for bit, and with the reference. */
export async function suiteRow(variant: Variant, fabric = new Fabric(archNamed('sara')), options: RowOptions = {}): Promise<SuiteRow> {
  try {
    const begin = performance.now();
    const built = buildProgram(fabric, programNamed(`suite/${variant.name}`), {}, options.free ? { free: profile } : {});
    const compileSeconds = (performance.now() - begin) / 1000;
    const point = await runPoint(fabric, built, { witnesses, given, profile, network: 'routed' });
    const onIdeal = options.ideal
      ? await runPoint(fabric, built, { witnesses: new Set(['golden']), given, profile, network: 'ideal' })
      : undefined;
    const [problem] = [...point.problems, ...(onIdeal?.problems ?? [])];
    const ideal = onIdeal?.golden?.cycles;
    const { units, params } = built;
    const row = { variant, ideal, bound: point.certificate.cycles, units, params, compileSeconds };
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

interface Pair {
  readonly fixed: SuiteRow;
  readonly free?: SuiteRow;
}

async function pairsOf(variants: readonly Variant[], withFree: boolean): Promise<Pair[]> {
  const fabric = new Fabric(archNamed('sara'));
  const pairs: Pair[] = [];
  for (const variant of variants) {
    const fixed = await suiteRow(variant, fabric, { ideal: true });
    // The parallelisation of the row is among the choices, so each row has its own.
    pairs.push({ fixed, ...(withFree && { free: await suiteRow(variant, fabric, { free: true }) }) });
  }
  return pairs;
}

/** Cycles of every variant beside the peer's; below 1 we are faster. */
export async function suiteCycles(): Promise<string> {
  return textOf(await pairsOf(VARIANTS, true));
}

const over = (cycles: number | undefined, peers: number): string => (cycles ? (cycles / peers).toFixed(2) : '-');

function textOf(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ fixed }) => fixed);
  const ratios = rows.flatMap(({ cycles, variant }) => (cycles ? [cycles / variant.cycles] : []));
  const freeRatios = pairs.flatMap(({ fixed: { variant }, free }) => (free?.cycles ? [free.cycles / variant.cycles] : []));
  const slower = pairs.filter(({ fixed, free }) => free && !((free.cycles ?? Number.POSITIVE_INFINITY) <= (fixed.cycles ?? 0)));
  const missed = rows.filter(({ cycles, variant }) => !cycles || cycles > barOf(variant));
  const seconds = rows.flatMap(({ compileSeconds }) => compileSeconds ?? []).sort((a, b) => a - b);
  const routing = rows.flatMap(({ cycles, ideal }) => (cycles && ideal ? [{ cycles, ratio: cycles / ideal }] : []));
  const long = routing.filter(({ cycles }) => cycles >= 1000);
  const cells = pairs.map(({ fixed: { variant, cycles, ideal, bound, units, compileSeconds, problem }, free }) => [
    variant.name,
    cycles ?? '-',
    variant.cycles,
    over(cycles, variant.cycles),
    free?.cycles ?? '-',
    over(free?.cycles, variant.cycles),
    ideal ?? '-',
    ideal ? over(cycles, ideal) : '-',
    bound ?? '-',
    units?.pcu ?? '-',
    units?.pmu ?? '-',
    units?.ag ?? '-',
    compileSeconds?.toFixed(2) ?? '-',
    problem ?? free?.problem ?? (cycles && cycles > barOf(variant) ? 'above the bar' : ''),
  ]);
  const header = [
    'variant',
    'cycles',
    "peer's",
    'ratio',
    'free',
    'ratio',
    'ideal',
    'routed/ideal',
    'bound',
    'PCU',
    'PMU',
    'AG',
    'compile s',
    '',
  ];
  return [
    table([header, ...cells], { header: true, align: 'lrrrrrrrrrrrrl' }),
    `${ratios.length} of ${rows.length} run and match; geometric mean of the ratios ${geometricMean(ratios)}`,
    `parallelisation free: ${freeRatios.length} of ${rows.length} run and match; geometric mean of the ratios ${geometricMean(freeRatios)}`,
    `slower free than as asked: ${slower.map(({ fixed: { variant } }) => variant.name).join(', ') || 'none'}`,
    `above max(1.10 x, + 16): ${missed.map(({ variant }) => variant.name).join(', ') || 'none'}`,
    `routed over ideal network, geometric mean: ${geometricMean(routing.map(({ ratio }) => ratio))} (at most ${ROUTED_OVER_IDEAL.all})` +
      `; of the ${long.length} rows of at least 1,000 cycles ${geometricMean(long.map(({ ratio }) => ratio))} (at most ${ROUTED_OVER_IDEAL.long})`,
    `compile seconds: median ${seconds[seconds.length >> 1]?.toFixed(2)}, worst ${seconds.at(-1)?.toFixed(2)}`,
  ].join('\n');
}

const geometricMean = (ratios: readonly number[]): string =>
  Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / Math.max(1, ratios.length)).toFixed(3);

async function main(given: readonly string[]): Promise<void> {
  const at = given.indexOf('--json');
  const file = at < 0 ? undefined : given[at + 1];
  const names = given.filter((word, i) => !word.startsWith('--') && (at < 0 || i !== at + 1));
  const asked = VARIANTS.filter(({ name, family }) => names.length === 0 || names.includes(name) || names.includes(family));
  const pairs = await pairsOf(asked, !given.includes('--fixed'));
  if (file) writeFileSync(file, `${JSON.stringify(pairs.map(rowOf), null, 2)}\n`);
  console.log(textOf(pairs));
}

/** A row as JSON. */
const rowOf = ({ fixed: { variant, ...fixed }, free }: Pair) => ({
  variant: variant.name,
  peer: variant.cycles,
  fixed,
  ...(free && { free: { ...free, variant: undefined } }),
});

if (process.argv[1]?.endsWith('suite.ts')) await main(process.argv.slice(2));
