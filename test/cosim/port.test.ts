/** A memory port against its golden model, cycle for cycle: who is granted, the order of write data, answers to their streams. */
import { describe, expect, test } from 'vitest';
import { archNamed } from '../support/fabric.ts';
import { playRandomPort, portBench } from '../support/proof/port.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';

const FULL = Boolean(process.env.KILN_FULL);
const CASES = FULL ? 1000 : 80;
const CYCLES = 600;

/** Generators of the port, its number, and the ports and address bits of the memory. */
const SHAPES: readonly (readonly [string, number, number, Record<string, unknown>])[] = [
  ['3 generators', 3, 0, {}],
  ['the last of 4 ports, 5 generators, wide addresses', 5, 3, { memory: { ports: 4, addressBits: 34 } }],
];
const MORE: typeof SHAPES = [
  ['1 generator', 1, 0, {}],
  ['16 generators on the second of 2 ports', 16, 1, { memory: { ports: 2 } }],
];

describe.each(FULL ? [...SHAPES, ...MORE] : SHAPES)('%s', (name, generators, port, change) => {
  const arch = archNamed('tiny', change);

  test('every output in every cycle', { timeout: 1_200_000 }, async () => {
    const bench = await portBench(arch, generators, port);
    const played = await proveAll(bench, seedsOf(name, CASES), (seed) => playRandomPort(arch, bench, generators, port, seed, CYCLES));
    expect(sumOf(played, 'bursts')).toBeGreaterThan(CASES * 20);
    expect(sumOf(played, 'beats')).toBeGreaterThan(CASES * 50);
  });
});
