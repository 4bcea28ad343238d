/** The host's unit against its golden model, cycle for cycle: arguments, results, tokens, and when all are as expected. */
import { describe, expect, test } from 'vitest';
import { archNamed } from '../support/fabric.ts';
import { playRandomHost } from '../support/proof/host.ts';
import { moduleBench } from '../support/proof/module.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';

const FULL = Boolean(process.env.KILN_FULL);
const CASES = FULL ? 1000 : 80;
const CYCLES = 300;

const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['as published', {}],
  ['one of each', { host: { args: 1, results: 1, tokens: 1 }, fifo: { scalar: 2 } }],
];
const MORE: typeof SHAPES = [['16 of each', { host: { args: 16, results: 16, tokens: 16 } }]];

describe.each(FULL ? [...SHAPES, ...MORE] : SHAPES)('%s', (name, change) => {
  const arch = archNamed('tiny', change);

  test('every output in every cycle', { timeout: 600_000 }, async () => {
    const bench = await moduleBench(arch, 'kiln_host');
    const played = await proveAll(bench, seedsOf(name, CASES), (seed) => playRandomHost(arch, bench, seed, CYCLES));
    expect(sumOf(played, 'pushed')).toBeGreaterThan(CASES * 50);
    expect(sumOf(played, 'oks')).toBeGreaterThan(CASES * 5);
  });
});
