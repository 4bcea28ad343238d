/**
 * The compute unit against its golden model, cycle for cycle: random configurations, random
 * streams, random back-pressure; every output in every cycle.
 */
import { describe, expect, test } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { archNamed } from '../support/fabric.ts';
import { moduleBench } from '../support/proof/module.ts';
import * as directed from '../support/proof/pcu-directed.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';
import { playPcu, playRandomPcu } from '../support/proof/units.ts';

const FULL = Boolean(process.env.KILN_FULL);
const CASES = FULL ? 3000 : 200;
const CYCLES = 250;

const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['4 lanes, 6 stages', {}],
  ['1 lane, 3 stages', { pcu: { lanes: 1, stages: 3, registers: 3 } }],
  ['32 lanes, long latencies', { pcu: { lanes: 32, stages: 4, registers: 5, ring: 13 }, latency: { simple: 2, multiply: 3, float: 5 } }],
  ['8 lanes, integers only', { pcu: { lanes: 8, stages: 8, registers: 4, ring: 2, float: false } }],
];
const MORE: typeof SHAPES = [
  ['16 lanes as published', { pcu: { lanes: 16 } }],
  [
    '2 lanes, 10 stages, latencies 6',
    { pcu: { lanes: 2, stages: 10, registers: 8, ring: 6 }, latency: { simple: 6, multiply: 6, float: 6 } },
  ],
  [
    '4 lanes, 3 stages, shallow FIFOs, all latencies 1',
    { pcu: { stages: 3, registers: 2, ring: 1 }, latency: { simple: 1, multiply: 1, float: 1 }, fifo: { vector: 2, scalar: 2, output: 4 } },
  ],
  [
    '4 lanes, 1 counter, one port of each class, deep FIFOs',
    {
      pcu: { counters: 1, vectorIn: 1, vectorOut: 1, scalarIn: 1, scalarOut: 1, controlIn: 1, controlOut: 1 },
      fifo: { vector: 64, scalar: 64, output: 16 },
    },
  ],
  [
    '4 lanes, 8 counters, many ports',
    {
      pcu: { counters: 8, vectorIn: 8, vectorOut: 6, scalarIn: 8, scalarOut: 6, controlIn: 8, controlOut: 8 },
      latency: { multiply: 4, float: 3 },
    },
  ],
];

describe.each(FULL ? [...SHAPES, ...MORE] : SHAPES)('a PCU of %s', (name, change) => {
  const arch = archNamed('tiny', change);

  test('gives every output in every cycle', { timeout: 3_600_000 }, async () => {
    const bench = await moduleBench(arch, 'kiln_pcu');
    const played = await proveAll(bench, seedsOf(name, CASES), (seed) => playRandomPcu(arch, bench, seed, CYCLES));
    // The proof is worth something only if things come out.
    expect(sumOf(played, 'popped')).toBeGreaterThan(CASES * 5);
    expect(sumOf(played, 'issues')).toBeGreaterThan(CASES * 5);
  });

  test('reduces runs of varying length, carries registers past every latency, takes what empty loops take, counts tokens, and more', {
    timeout: 3_600_000,
  }, async () => {
    const bench = await moduleBench(arch, 'kiln_pcu');
    for (const [what, make, how] of [
      ['tree', directed.varyingTree, () => ({})],
      ['sparse tree', directed.varyingTree, () => directed.sparseVectors],
      ['empty reductions', directed.emptyReductions, () => directed.sparseVectors],
      ['taps', directed.twoTaps, () => ({})],
      ['held', directed.heldSums, () => ({})],
      ['registers', directed.carriedRegisters, () => ({})],
      ['empty loops', directed.emptyLoops, () => ({})],
      ['one output', directed.oneOutput, () => ({})],
      ['predicates', directed.oneBitPredicates, () => ({})],
      ['operations', directed.everyOperation, () => ({})],
      ['tokens', directed.manyTokens, (rng: Rng) => ({ cycles: 720, rates: directed.lateTakers(rng) })],
    ] as const) {
      const played = await proveAll(bench, seedsOf(`${name}/${what}`, CASES / 8), (seed) => {
        const rng = new Rng(seed);
        return playPcu(arch, bench, make(arch, rng), rng, { cycles: CYCLES, ...how(rng) });
      });
      expect(sumOf(played, 'popped'), what).toBeGreaterThan(CASES / 4);
    }
  });
});
