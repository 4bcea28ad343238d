/**
 * The memory unit against its golden model, cycle for cycle: random configurations (N-buffers, tokens
 * among its own contexts, unaligned, strided and broadcast accesses, addresses outside the memory)
 * under random back-pressure; every output and every error in every cycle.
 */
import { describe, expect, test } from 'vitest';
import type { Arch } from '../../src/arch/schema.ts';
import { Rng } from '../../src/base/rng.ts';
import type { PmuConfig } from '../../src/fabric/config.ts';
import { laneInverse } from '../../src/fabric/lane-inverse.ts';
import { archNamed } from '../support/fabric.ts';
import { moduleBench } from '../support/proof/module.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';
import { ARMED, playPmu, playRandomPmu } from '../support/proof/units.ts';
import { randomPmu } from '../support/random-units.ts';

const FULL = Boolean(process.env.KILN_FULL);
const CASES = FULL ? 1000 : 80;
const CYCLES = 500;

const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['1 lane, 1 context a port', { pcu: { lanes: 1 }, pmu: { bankWords: 64, writeContexts: 1, readContexts: 1, tokens: 2 } }],
  ['4 lanes', {}],
  ['16 lanes, shallow FIFOs', { pcu: { lanes: 16 }, pmu: { bankWords: 16 }, fifo: { vector: 2, scalar: 2 } }],
  [
    '32 lanes, 4 write and 3 read contexts',
    { pcu: { lanes: 32 }, pmu: { bankWords: 32, writeContexts: 4, readContexts: 3, vectorIn: 5, counters: 8 } },
  ],
];
const MORE: typeof SHAPES = [
  [
    '2 lanes, one of everything',
    { pcu: { lanes: 2 }, pmu: { bankWords: 16, counters: 1, vectorIn: 1, scalarIn: 1, controlIn: 1, controlOut: 1, tokens: 1 } },
  ],
  [
    '8 lanes, many ports and tokens, deep FIFOs',
    {
      pcu: { lanes: 8 },
      pmu: { bankWords: 128, vectorIn: 8, scalarIn: 8, controlIn: 8, controlOut: 8, tokens: 16, counters: 3 },
      fifo: { vector: 64, scalar: 4, output: 16 },
    },
  ],
];

describe.each(FULL ? [...SHAPES, ...MORE] : SHAPES)('%s', (name, change) => {
  const arch = archNamed('tiny', change);

  test('every output in every cycle', { timeout: 3_600_000 }, async () => {
    const bench = await moduleBench(arch, 'kiln_pmu');
    const played = await proveAll(bench, seedsOf(name, CASES), (seed) => playRandomPmu(arch, bench, seed, CYCLES));
    // The cases are worth something.
    expect(sumOf(played, 'issues')).toBeGreaterThan(CASES * 12);
    expect(sumOf(played, 'pushed')).toBeGreaterThan(CASES * 5);
    expect(sumOf(played, 'popped')).toBeGreaterThan(CASES * 5);
    expect(sumOf(played, 'errors')).toBeGreaterThan(0);
  });
});

test('a double buffer streams one vector a cycle and keeps its rows apart', { timeout: 600_000 }, async () => {
  const arch = archNamed('tiny');
  const bench = await moduleBench(arch, 'kiln_pmu');
  const rows = 8;
  const length = 6;
  const always = () => 1;
  const run = playPmu(arch, bench, doubleBuffer(arch, rows, length), new Rng(7), {
    cycles: CYCLES,
    rates: { in: always, out: always, token: () => 0.3 },
  });
  expect(await bench.check([run])).toEqual([undefined]);
  const got = await bench.replay(run.constants, run.stimulus);
  const word = (cycle: number, port: string) => got[cycle * bench.answer.words + bench.answer.at(port)];
  const arrivals = Array.from({ length: CYCLES }, (_, cycle) => cycle).filter((cycle) => word(cycle, 'vout_valid_o') & 1);
  expect(arrivals.length).toBe(rows * length);
  // First push in cycle 1: the writes of a row take `length` cycles, its token is there in the next, when the
  // first word is read, which is at the output two cycles later. From then on nothing waits.
  expect(arrivals[0]).toBe(ARMED + length + 2);
  expect(arrivals[arrivals.length - 1]).toBe(arrivals[0] + rows * length - 1);
});

/** One writer and one reader that pass two regions to and fro. */
function doubleBuffer(arch: Arch, rows: number, length: number): PmuConfig {
  const config = randomPmu(arch, new Rng(0));
  const { lanes } = arch.pcu;
  const idle = { min: 0, stride: 0, max: 0, bound: 0 };
  const chain = {
    count: 2,
    par: lanes,
    laneStep: 1,
    counters: config.write[0].chain.counters.map((_, c) => {
      if (c > 1) return idle;
      return c === 0 ? { min: 0, stride: lanes, max: length * lanes, bound: 0 } : { min: 0, stride: 1, max: rows, bound: 0 };
    }),
  };
  const address = { base: 0, inc: chain.counters.map((_, c) => (c === 0 ? lanes : 0)), lane: 1, laneInverse: laneInverse(1, lanes) };
  const region = { count: 2, stride: length * lanes, mask: 1 };
  for (const context of [...config.write, ...config.read]) context.enable = 0;
  config.write[0] = { enable: 1, chain, source: 0, fill: 1, address, region, part: 0 };
  config.read[0] = { enable: 1, chain, address, region, part: 0, zero: { used: 0, mask: 0 }, vector: 1, scalar: 0 };
  const reader = arch.pmu.writeContexts;
  for (const token of [...config.tokenIn, ...config.tokenOut]) token.used = 0;
  // Counter 0: rows to read; counter 1: regions to write, two at the start.
  config.tokenIn[0] = { used: 1, context: reader, mask: 1, init: 0, source: arch.pmu.controlIn };
  config.tokenIn[1] = { used: 1, context: 0, mask: 1, init: 2, source: arch.pmu.controlIn + 1 };
  config.tokenOut[0] = { used: 1, context: 0, mask: 1, net: 0 };
  config.tokenOut[1] = { used: 1, context: reader, mask: 1, net: 0 };
  return config;
}
