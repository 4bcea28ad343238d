import { table } from '../../src/base/text.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DEFAULT_DRAM, DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint, type Step } from '../../src/sweep/point/point.ts';
import { archNamed } from '../support/fabric.ts';

/** Cycles a second of both, and the cycles the hardware takes to load its configuration. */
export async function simulators(): Promise<string> {
  const seconds: Record<string, number> = {};
  const step: Step = async (title, work) => {
    const start = performance.now();
    const value = await work(() => {});
    seconds[title] = (performance.now() - start) / 1000;
    return value;
  };
  const fabric = new Fabric(archNamed('plasticine'));
  const built = buildProgram(fabric, programNamed('gemm'), { m: 128, n: 128, k: 128, copies: 4 }, {});
  const witnesses = new Set(['golden', 'rtl'] as const);
  const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
  const options = { witnesses, given, profile: DRAM_PROFILES[DEFAULT_DRAM], network: 'routed' } as const;
  const { golden, rtl, problems } = await runPoint(fabric, built, options, step);
  if (!golden || !rtl) throw new Error('both were asked for');
  const rows = [
    ['golden', golden.cycles, seconds['golden'].toFixed(2), Math.round(golden.cycles / seconds['golden'])],
    ['RTL', rtl.cycles, rtl.seconds.run.toFixed(2), Math.round(rtl.cycles / rtl.seconds.run)],
  ];
  return [
    table([['simulator', 'cycles', 's', 'cycles/s'], ...rows], { header: true }),
    `RTL build ${rtl.seconds.build.toFixed(1)} s (0 when cached); golden is ${(rtl.seconds.run / seconds['golden']).toFixed(1)} times as fast`,
    `loading the configuration takes the hardware ${rtl.configCycles} cycles`,
    problems.length === 0 ? 'answers and cycles agree' : problems.map(({ message }) => message).join('\n'),
  ].join('\n');
}
