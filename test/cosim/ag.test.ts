/**
 * The address generator against its golden model, cycle for cycle: random configurations, random
 * back-pressure on every stream and on the memory port; every output in every cycle.
 */
import { describe, expect, test } from 'vitest';
import { archNamed } from '../support/fabric.ts';
import { playEmptyAg, playFullAg, playRandomAg } from '../support/proof/ag.ts';
import { moduleBench } from '../support/proof/module.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';

const FULL = Boolean(process.env.KILN_FULL);
const CASES = FULL ? 600 : 60;
const CYCLES = 900;

const few = { responseBeats: 16, writeBeats: 8 };
const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['1 lane', { pcu: { lanes: 1 }, ag: few }],
  ['4 lanes', { pcu: { lanes: 4 }, ag: few }],
  ['16 lanes', { pcu: { lanes: 16 }, ag: few }],
  ['32 lanes', { pcu: { lanes: 32 }, ag: few }],
];
const MORE: typeof SHAPES = [
  [
    '2 lanes, bursts of one beat, few commands',
    { pcu: { lanes: 2 }, ag: { ...few, burstBeats: 1, commands: 2, counters: 1, controlIn: 1, controlOut: 1 } },
  ],
  [
    '8 lanes, bursts of 16 beats, wide addresses',
    {
      pcu: { lanes: 8 },
      ag: { burstBeats: 16, counters: 8, controlIn: 8, controlOut: 8 },
      memory: { addressBits: 34 },
      fifo: { vector: 2, output: 16 },
    },
  ],
];

describe.each(FULL ? [...SHAPES, ...MORE] : SHAPES)('%s', (name, change) => {
  const arch = archNamed('tiny', change);

  test('every output in every cycle', { timeout: 3_600_000 }, async () => {
    const bench = await moduleBench(arch, 'kiln_ag');
    const played = await proveAll(bench, seedsOf(name, CASES), (seed) => playRandomAg(arch, bench, seed, CYCLES));
    expect(sumOf(played, 'pushed') + sumOf(played, 'popped')).toBeGreaterThan(CASES * 20);
    expect(sumOf(played, 'issues')).toBeGreaterThan(CASES * 3);
  });

  test('beats faster than the memory takes them, and tokens beyond what it counts', { timeout: 3_600_000 }, async () => {
    const bench = await moduleBench(arch, 'kiln_ag');
    const full = await proveAll(bench, seedsOf(`${name}/full`, CASES / 4), (seed) => playFullAg(arch, bench, seed, CYCLES));
    expect(sumOf(full, 'popped')).toBeGreaterThan(CASES);
    const empty = await proveAll(bench, seedsOf(`${name}/empty`, CASES / 6), (seed) => playEmptyAg(arch, bench, seed));
    expect(sumOf(empty, 'errors')).toBeGreaterThan(0);
  });
});
