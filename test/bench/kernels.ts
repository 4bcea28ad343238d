import { table } from '../../src/base/text.ts';
import type { Program } from '../../src/frontend/program.ts';
import { conv } from '../../src/programs/conv.ts';
import { gemm } from '../../src/programs/gemm.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { reportOf } from '../../src/sweep/point/report.ts';
import { fabricNamed } from '../support/fabric.ts';

const cube = (size: number) => ({ m: size, n: size, k: size });
const cases: readonly (readonly [string, Program, Readonly<Record<string, number>>])[] = [
  ['ml', gemm, cube(512)],
  ['ml', gemm, cube(1024)],
  ['ml', conv, { channels: 128, filters: 128, height: 28, width: 28 }],
  ['ml', conv, { channels: 64, filters: 64, height: 56, width: 56 }],
  ['plasticine', gemm, cube(512)],
  ['plasticine', conv, { channels: 256, filters: 384, height: 15, width: 15, padding: 0 }],
];

/** Contractions from their pattern programs: how busy the functional units are while computing, and what bounds the whole run. */
export async function kernels(): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const [name, program, params] of cases) {
    const start = performance.now();
    const fabric = fabricNamed(name);
    const built = buildProgram(fabric, program, params, {});
    const given = { arrays: new Map(), args: new Map(), seed: 1 };
    const options = { witnesses: new Set(['golden'] as const), given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' } as const;
    const point = await runPoint(fabric, built, options);
    const { cycles, bound, utilisation } = reportOf(fabric, point, DRAM_PROFILES.ddr3x4, {});
    const golden = cycles.golden ?? 0;
    const sizes = Object.values(params).join('x');
    const right = point.problems.length === 0 ? 'right' : 'WRONG';
    const ratio = (golden / bound.cycles).toFixed(2);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    rows.push([`${program.name} ${sizes}`, name, right, golden, ratio, `${(100 * (utilisation.kernel ?? 0)).toFixed(2)} %`, seconds]);
  }
  return table([['program', 'architecture', 'answer', 'cycles', 'over bound', 'of the array while computing', 's'], ...rows], {
    header: true,
  });
}
