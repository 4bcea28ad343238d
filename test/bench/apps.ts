/**
 * `npm run apps`: the ten applications of the Plasticine paper (ISCA 2017) on `plasticine` with the memory `ddr3x4`, on the
 * golden machine, answers against the reference. `npm run apps -- gda sgd` runs only those.
 *
 * Streaming applications run at two sizes; the slope between them gives the cycles at the paper's own size.
 */
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { table } from '../../src/base/text.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint, type Step } from '../../src/sweep/point/point.ts';
import { reportOf } from '../../src/sweep/point/report.ts';
import { archNamed } from '../support/fabric.ts';

type Params = Readonly<Record<string, number | string>>;

export interface Application {
  readonly name: string;
  /** What is run; the last is the largest. */
  readonly sizes: readonly Params[];
  /** Share of the functional units in use that the paper gives. */
  readonly published: number;
  /** The paper's size: how many of what the sizes count, by the parameters' names. */
  readonly paper?: { readonly size: string; readonly of: (params: Params) => number; readonly count: number };
}

/** Elements or rows: the parameter that a streaming application grows by. */
const grows = (name: string) => (params: Params) => Number(params[name]);

export const APPLICATIONS: readonly Application[] = [
  {
    name: 'innerproduct',
    sizes: [{ n: 7_000_000 }, { n: 14_000_000 }],
    published: 69.8,
    paper: { size: '768 M', of: grows('n'), count: 768e6 },
  },
  {
    name: 'outerproduct',
    sizes: [
      { m: 3600, n: 3600 },
      { m: 5120, n: 5120 },
    ],
    published: 21.6,
    paper: { size: '76,800 x 76,800', of: ({ m, n }) => Number(m) * Number(n), count: 76_800 ** 2 },
  },
  {
    name: 'blackscholes',
    sizes: [{ n: 1_900_000 }, { n: 2_400_000 }],
    published: 25.1,
    paper: { size: '96 M', of: grows('n'), count: 96e6 },
  },
  {
    name: 'tpchq6',
    sizes: [{ n: 3_500_000 }, { n: 7_000_000 }],
    published: 70.8,
    paper: { size: '960 M', of: grows('n'), count: 960e6 },
  },
  { name: 'gemm', sizes: [{ m: 47, k: 7680, n: 3840 }], published: 56 },
  {
    name: 'conv',
    sizes: [{ channels: 256, filters: 384, height: 15, width: 15, kernel: 3, padding: 0 }],
    published: 62.5,
  },
  {
    name: 'gda',
    sizes: [
      { n: 32_768, d: 96 },
      { n: 65_536, d: 96 },
    ],
    published: 8.1,
    paper: { size: '3.84 M', of: grows('n'), count: 3.84e6 },
  },
  { name: 'logreg', sizes: [{ n: 1536, d: 384, epochs: 5 }], published: 30.2 },
  {
    name: 'sgd',
    sizes: [
      { batches: 150, batch: 64, d: 768, epochs: 2 },
      { batches: 150, batch: 64, d: 768, epochs: 3 },
    ],
    published: 34.3,
    paper: {
      size: '38,400 points in minibatches of 64, 30 times',
      of: ({ batches, epochs }) => Number(batches) * Number(epochs),
      count: 600 * 30,
    },
  },
  { name: 'kmeans', sizes: [{ n: 1536, d: 96, k: 20, epochs: 50 }], published: 35.5 },
];

export interface Run {
  readonly params: Params;
  readonly cycles?: number;
  readonly bound?: number;
  readonly binding?: string;
  /** Were every functional unit busy and every array moved once. */
  readonly free?: number;
  /** Share of the functional units of the compute units in use. */
  readonly fu?: number;
  readonly units?: Readonly<Record<'pcu' | 'pmu' | 'ag', number>>;
  readonly compileSeconds?: number;
  readonly golden?: number;
  readonly problem?: string;
}

const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const profile = DRAM_PROFILES.ddr3x4;

/** One application at one size on the golden machine. */
export async function runApplication(name: string, params: Params, fabric: Fabric): Promise<Run> {
  const seconds: Record<string, number> = {};
  const step: Step = async (title, work) => {
    const begin = performance.now();
    try {
      return await work(() => {});
    } finally {
      seconds[title] = (performance.now() - begin) / 1000;
    }
  };
  try {
    const built = await step('compile', () => buildProgram(fabric, programNamed(name), params, {}));
    const options = { witnesses: new Set(['golden'] as const), given, profile, network: 'routed' } as const;
    const point = await runPoint(fabric, built, options, step);
    const { cycles, bound, certificate, utilisation, units } = reportOf(fabric, point, profile, seconds);
    const [problem] = point.problems;
    return {
      params,
      bound: bound.cycles,
      binding: bound.binding,
      free: certificate.free.cycles,
      // The paper's share is of the units that a program has.
      fu: ((utilisation.fu ?? 0) * fabric.tilesOf('pcu').length) / Math.max(1, units.pcu),
      units,
      compileSeconds: seconds.compile,
      golden: seconds.golden,
      ...(problem ? { problem: `${problem.code}: ${problem.message}` } : { cycles: cycles.golden ?? undefined }),
    };
  } catch (error) {
    if (error instanceof DiagnosticError) return { params, problem: error.message.split('\n')[0] };
    throw error;
  }
}

/** Largest ratio of cycles to the certificate's bound that an application may take. */
export const BAR = 1.15;

const ratio = (a: number | undefined, b: number | undefined) => (a && b ? (a / b).toFixed(3) : '-');

async function main(names: readonly string[]): Promise<void> {
  const fabric = new Fabric(archNamed('plasticine'));
  const asked = APPLICATIONS.filter(({ name }) => names.length === 0 || names.includes(name));
  const header = [
    'application',
    'cycles',
    'bound',
    'ratio',
    'set by',
    '/roofline',
    'FU %',
    "paper's",
    'PCU',
    'PMU',
    'AG',
    'compile s',
    'run s',
    '',
  ];
  const cells: (string | number)[][] = [];
  const slopes: string[] = [];
  let missed = 0;
  for (const { name, sizes, published, paper } of asked) {
    const runs: Run[] = [];
    for (const params of sizes) {
      const run = await runApplication(name, params, fabric);
      console.error(`${name} ${JSON.stringify(params)}: ${run.cycles ?? run.problem} cycles, ${run.golden?.toFixed(1)} s`);
      runs.push(run);
      const above = !run.cycles || !run.bound || run.cycles > BAR * run.bound;
      if (above) missed++;
      cells.push([
        `${name} ${Object.entries(params)
          .map(([key, value]) => `${key}=${value}`)
          .join(' ')}`,
        run.cycles ?? '-',
        run.bound ?? '-',
        ratio(run.cycles, run.bound),
        run.binding ?? '-',
        ratio(run.cycles, run.free),
        run.fu === undefined ? '-' : (100 * run.fu).toFixed(1),
        published.toFixed(1),
        run.units?.pcu ?? '-',
        run.units?.pmu ?? '-',
        run.units?.ag ?? '-',
        run.compileSeconds?.toFixed(2) ?? '-',
        run.golden?.toFixed(1) ?? '-',
        run.problem ?? (above ? 'above the bar' : ''),
      ]);
    }
    const [small, large] = runs;
    if (paper && small?.cycles && large?.cycles) {
      const each = (large.cycles - small.cycles) / (paper.of(large.params) - paper.of(small.params));
      const cycles = large.cycles + each * (paper.count - paper.of(large.params));
      slopes.push(`${name}: ${each.toPrecision(4)} cycles each, ${cycles.toPrecision(4)} at the paper's ${paper.size}`);
    }
  }
  console.log(table([header, ...cells.map((row) => row.map(String))], { header: true, align: 'lrrrlrrrrrrrrl' }));
  for (const line of slopes) console.log(line);
  console.log(`${cells.length - missed} of ${cells.length} within ${BAR} of their bounds`);
}

if (process.argv[1]?.endsWith('apps.ts')) await main(process.argv.slice(2));
