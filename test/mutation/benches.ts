/** Where mutants are looked for: a unit, its modules that are mutated there, and the recordings that must betray them. */

import { Rng } from '../../src/base/rng.ts';
import type { Recording, ReplayBench } from '../../src/cosim/replay.ts';
import { Fabric } from '../../src/fabric/graph.ts';
import { OP_NAMES, OPS } from '../../src/ops/table.ts';
import { archNamed } from '../support/fabric.ts';
import { allTrips } from '../support/loop-reference.ts';
import { playEmptyAg, playFullAg, playRandomAg } from '../support/proof/ag.ts';
import { CHAIN_ARCH, chainBench, playLoops, playRandomChain } from '../support/proof/chain.ts';
import { playFu, UNASSIGNED } from '../support/proof/fu.ts';
import { playRandomHost } from '../support/proof/host.ts';
import { LOADER_MODULES, loaderBench, playLoads } from '../support/proof/loader.ts';
import { type BenchOptions, moduleBench, modulesBelow } from '../support/proof/module.ts';
import * as directed from '../support/proof/pcu-directed.ts';
import { playRandomPort, portBench } from '../support/proof/port.ts';
import { seedsOf } from '../support/proof/prove.ts';
import { playRandomSwitch } from '../support/proof/switch.ts';
import { playPcu, playRandomPcu, playRandomPmu } from '../support/proof/units.ts';

export interface MutationBench {
  readonly name: string;
  /** Modules that are mutated in this bench. */
  readonly modules: readonly string[];
  /** Their generated texts. */
  texts(): readonly { readonly module: string; readonly text: string }[];
  build(options: BenchOptions): Promise<ReplayBench>;
  /** At least `cases` recordings. */
  record(bench: ReplayBench, cases: number): Recording[];
}

/** Shallow queues run full, few registers and counters are all in use: what may go wrong does so soon. */
const SMALL = {
  grid: { columns: 3, rows: 3 },
  pcu: { lanes: 4, stages: 4, registers: 3, counters: 3, vectorIn: 2, vectorOut: 2, scalarIn: 2, scalarOut: 2, ring: 7 },
  pmu: { bankWords: 16, counters: 3, vectorIn: 2, scalarIn: 2, controlIn: 2, controlOut: 2, tokens: 4 },
  ag: { sides: ['west', 'east', 'north', 'south'], counters: 3, responseBeats: 8, writeBeats: 8, commands: 4 },
  host: { args: 2, results: 2, tokens: 2 },
  fifo: { vector: 4, scalar: 4, output: 4 },
  network: { vectorTracks: 2, scalarTracks: 1, controlTracks: 2 },
};
const arch = archNamed('tiny', SMALL);
const fabric = new Fabric(arch);
const fuArch = archNamed('tiny', { pcu: { lanes: 2 } });

const unit = (
  name: string,
  top: string,
  modules: readonly string[],
  record: MutationBench['record'],
  of = arch,
  options: BenchOptions = {},
): MutationBench => ({
  name,
  modules,
  texts: () => modulesBelow(of, top).filter(({ module }) => modules.includes(module)),
  build: (given) => moduleBench(of, top, { ...given, ...options }),
  record,
});

/** More columns than a beat has words; small tiles, so that a load is short. */
const wide = archNamed('tiny', {
  grid: { columns: 16, rows: 3 },
  pcu: {
    lanes: 1,
    stages: 3,
    registers: 2,
    counters: 1,
    vectorIn: 1,
    vectorOut: 1,
    scalarIn: 1,
    scalarOut: 1,
    controlIn: 1,
    controlOut: 1,
  },
  pmu: { bankWords: 16, counters: 1, writeContexts: 1, readContexts: 1, vectorIn: 1, scalarIn: 1, controlIn: 1, controlOut: 1, tokens: 1 },
  ag: { counters: 1, controlIn: 1, controlOut: 1 },
  network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 },
});

const twoPorts = archNamed('tiny', { memory: { ports: 2, addressBits: 32 } });

const { varyingTree, twoTaps, emptyLoops, emptyReductions, heldSums, oneBitPredicates, everyOperation } = directed;
const DIRECTED = [varyingTree, twoTaps, emptyLoops, emptyReductions, heldSums, oneBitPredicates, everyOperation] as const;

const kiln = (names: string): string[] => names.split(' ').map((name) => `kiln_${name}`);

export const BENCHES: readonly MutationBench[] = [
  {
    name: 'chain',
    modules: kiln('chain affine event'),
    texts: () => ['kiln_chain', 'kiln_affine', 'kiln_event'].flatMap((part) => modulesBelow(CHAIN_ARCH, part)),
    build: chainBench,
    record: (bench, cases) => [
      ...allTrips(3, 3).flatMap((trips) => [playLoops(bench, trips, false), playLoops(bench, trips, true)]),
      ...seedsOf('chain', cases).map((seed) => playRandomChain(bench, seed, 120)),
    ],
  },
  unit('host', 'kiln_host', kiln('host'), (bench, cases) => seedsOf('host', cases).map((seed) => playRandomHost(arch, bench, seed, 300))),
  unit('ag', 'kiln_ag', kiln('ag ag_word ag_pack ag_read ag_request'), (bench, cases) => [
    ...seedsOf('ag', cases).map((seed) => playRandomAg(arch, bench, seed, 600)),
    ...seedsOf('full', Math.ceil(cases / 2)).map((seed) => playFullAg(arch, bench, seed, 600)),
    ...seedsOf('empty', Math.ceil(cases / 10)).map((seed) => playEmptyAg(arch, bench, seed)),
  ]),
  unit('switch', 'kiln_switch_pcu', kiln('switch_pcu switch_pcu_vector switch_pcu_control'), (bench, cases) =>
    seedsOf('switch', cases).map((seed) => playRandomSwitch(fabric, 'pcu', bench, seed, 200)),
  ),
  unit(
    'pmu',
    'kiln_pmu',
    kiln('pmu pmu_banks pmu_context pmu_lanes pmu_oldest pmu_tokens ram_1r1w'),
    (bench, cases) => seedsOf('pmu', 3 * cases).map((seed) => playRandomPmu(arch, bench, seed, 400)),
    arch,
    { poison: false },
  ),
  unit(
    'pcu',
    'kiln_pcu',
    kiln('pcu pcu_issue pcu_bank pcu_pick stage tree combiner delay latency fifo token_in token_out'),
    (bench, cases) => [
      ...seedsOf('pcu', 3 * cases).map((seed) => playRandomPcu(arch, bench, seed, 250)),
      ...seedsOf('directed', 5 * cases).map((seed, i) => {
        const rng = new Rng(seed);
        return playPcu(arch, bench, DIRECTED[i % DIRECTED.length](arch, rng), rng, { cycles: 250 });
      }),
      ...[directed.oneOutput, directed.carriedRegisters].flatMap((make) =>
        seedsOf(make.name, 4 * cases).map((seed) => {
          const rng = new Rng(seed);
          return playPcu(arch, bench, make(arch, rng), rng, { cycles: 60, rates: directed.sparseVectors.rates });
        }),
      ),
      ...seedsOf('sparse', 2 * cases).map((seed) => {
        const rng = new Rng(seed);
        return playPcu(arch, bench, varyingTree(arch, rng), rng, { cycles: 250, ...directed.sparseVectors });
      }),
      ...seedsOf('tokens', Math.ceil(cases / 2)).map((seed) => {
        const rng = new Rng(seed);
        return playPcu(arch, bench, directed.manyTokens(arch, rng), rng, { cycles: 900, rates: directed.lateTakers(rng) });
      }),
    ],
  ),
  {
    name: 'loader',
    modules: LOADER_MODULES,
    texts: () => LOADER_MODULES.flatMap((part) => modulesBelow(wide, part)),
    build: (options) => loaderBench(wide, options),
    record: (bench, cases) => seedsOf('loads', cases).map((seed) => playLoads(wide, bench, seed, 2000)),
  },
  {
    name: 'port',
    modules: kiln('coalescer round_robin'),
    texts: () => modulesBelow(twoPorts, 'kiln_coalescer').filter(({ module }) => module !== 'kiln_fifo'),
    build: (options) => portBench(twoPorts, 4, 1, options),
    record: (bench, cases) => seedsOf('port', 2 * cases).map((seed) => playRandomPort(twoPorts, bench, 4, 1, seed, 300)),
  },
  unit(
    'fu',
    'kiln_fu',
    kiln('fu fu_simple fu_multiply fu_product fu_float fu_unpack fu_pair'),
    (bench, cases) =>
      [...OP_NAMES.map((op) => OPS[op].code), ...UNASSIGNED].map((code) => playFu(fuArch, bench, `fu/${code}`, code, 60 * cases)),
    fuArch,
    { constants: [] },
  ),
];
