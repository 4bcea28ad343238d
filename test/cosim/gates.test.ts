/**
 * What Yosys makes of the units agrees with the golden models, cycle for cycle: gates, simulated by Icarus Verilog, which
 * knows x, and in the long form by Verilator too, which takes many more recordings. A construct that Yosys reads in its own
 * way shows already in what it elaborates, which takes seconds.
 */
import { describe, expect, test } from 'vitest';
import type { Arch } from '../../src/arch/schema.ts';
import { Rng } from '../../src/base/rng.ts';
import { type Recording, type ReplayLayout, replayBench, replayLayout } from '../../src/cosim/replay.ts';
import { replayOnIcarus } from '../../src/cosim/replay-icarus.ts';
import { archNamed } from '../support/fabric.ts';
import { type Level, netlistModule, VERILATED_NETLIST } from '../support/proof/gates.ts';
import { heldSums, varyingTree } from '../support/proof/pcu-directed.ts';
import { playPcu, playRandomPcu, playRandomPmu } from '../support/proof/units.ts';

const FULL = Boolean(process.env.KILN_FULL);
const long = { timeout: 1_800_000 };
const CYCLES = 200;

type Play = (arch: Arch, bench: ReplayLayout, seed: string, cycles: number) => Recording & { readonly issues: number };
type Row = readonly [title: string, unit: string, level: Level, play: Play, cases: number, change: Record<string, unknown>];

const SMALL_PCU = {
  pcu: { lanes: 1, stages: 2, registers: 2, counters: 2, ring: 2, float: false, vectorIn: 1, vectorOut: 1, scalarIn: 2, scalarOut: 1 },
  fifo: { vector: 2, scalar: 2 },
};
const SMALL_PMU = {
  pcu: { lanes: 2 },
  pmu: { bankWords: 16, writeContexts: 1, readContexts: 1, counters: 2, vectorIn: 1, scalarIn: 1, controlIn: 1, controlOut: 1, tokens: 2 },
  fifo: { vector: 2, scalar: 2 },
};
const FLOAT_PCU = { pcu: { ...SMALL_PCU.pcu, float: true }, fifo: SMALL_PCU.fifo };
const ROWS: readonly Row[] = [
  ['a PCU as elaborated', 'kiln_pcu', 'elaborated', playRandomPcu, 16, { ...SMALL_PCU, pcu: { ...SMALL_PCU.pcu, lanes: 2 } }],
  ['a PCU in gates', 'kiln_pcu', 'gates', playRandomPcu, 6, SMALL_PCU],
  ['a PMU in gates', 'kiln_pmu', 'gates', playRandomPmu, 8, SMALL_PMU],
];
const MORE: readonly Row[] = [
  ['a PCU of 4 lanes and 4 stages as elaborated', 'kiln_pcu', 'elaborated', playRandomPcu, 60, { pcu: { stages: 4, registers: 4 } }],
  ['a PCU with binary32 in gates', 'kiln_pcu', 'gates', playRandomPcu, 60, FLOAT_PCU],
  ['a PMU of 4 lanes in gates', 'kiln_pmu', 'gates', playRandomPmu, 60, { pmu: { bankWords: 16 }, fifo: { vector: 4, scalar: 2 } }],
];

describe.each(FULL ? [...ROWS, ...MORE] : ROWS)('%s', (title, unit, level, play, cases, change) => {
  test('agrees with the golden unit in every cycle', long, async () => {
    const arch = archNamed('tiny', change);
    const module = await netlistModule(arch, unit, level);
    const recordings = Array.from({ length: cases }, (_, i) => play(arch, replayLayout(module), `${title}/${i}`, CYCLES));
    expect(recordings.reduce((sum, { issues }) => sum + issues, 0)).toBeGreaterThan(cases * 2);
    expect((await replayOnIcarus(module, recordings)).map((found, i) => found && { case: i, ...found }).filter(Boolean)).toEqual([]);
  });
});

describe.runIf(FULL).each([
  ['a PCU', SMALL_PCU],
  ['a PCU with binary32', FLOAT_PCU],
])('%s in gates, in Verilator', (title, change) => {
  test('agrees with the golden unit in every cycle of many recordings', long, async () => {
    const arch = archNamed('tiny', change);
    const module = await netlistModule(arch, 'kiln_pcu', 'gates');
    const bench = await replayBench({ ...module, flags: VERILATED_NETLIST }, `build/cosim/gates-${title.replaceAll(' ', '-')}`);
    for (const directed of [undefined, heldSums, varyingTree]) {
      const recordings = Array.from({ length: directed ? 200 : 1000 }, (_, i) => {
        const seed = `${title}/${directed?.name}/${i}`;
        const rng = new Rng(seed);
        return directed ? playPcu(arch, bench, directed(arch, rng), rng, { cycles: CYCLES }) : playRandomPcu(arch, bench, seed, CYCLES);
      });
      expect((await bench.check(recordings)).map((found, i) => found && { case: i, ...found }).filter(Boolean)).toEqual([]);
    }
  });
});
