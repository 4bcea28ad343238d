/** Transfers in branches and loops that end at run time, and transfers that go where data says: against plain loops. */
import { describe, expect, test } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import type { Program } from '../../src/index.ts';
import type { LoopProgram } from '../../src/ir/loops.ts';
import { parseLoops } from '../../src/ir/loops-parse.ts';
import { printLoops } from '../../src/ir/loops-print.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram, certify } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';
import { chained, columns, gated, lists, rounds } from '../support/transfer-programs.ts';

const sara = fabricNamed('sara');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;

/** Reference = evaluator = golden, in no less cycles than the certificate says. */
async function agree(one: Program, profile: keyof typeof DRAM_PROFILES = 'ideal'): Promise<void> {
  const built = buildProgram(sara, one, {}, {});
  const options = {
    witnesses: new Set(['evaluator', 'golden'] as const),
    given,
    profile: DRAM_PROFILES[profile],
    network: 'routed',
  } as const;
  const { problems, golden } = await runPoint(sara, built, options);
  expect(problems).toEqual([]);
  // The certificate may not promise more than the machine keeps.
  expect(golden?.cycles).toBeGreaterThanOrEqual(certify(sara, built, DRAM_PROFILES[profile]).cycles);
}

const flags: readonly (readonly [string, readonly number[]])[] = [
  ['never', [0, 0, 0, 0, 0]],
  ['always', [1, 1, 1, 1, 1]],
  ['every other time', [1, 0, 1, 0, 1, 0]],
  ['only the first time', [-1, 0, 0]],
  ['only the last time', [0, 0, 0, 9]],
];

describe.each(flags)('a branch taken %s', (_, taken) => {
  test('loads and stores in one arm', async () => {
    await agree(gated(taken, 8, false));
    await agree(gated(taken, 1, false), 'pir2020');
  });
  test('stores in both arms', async () => {
    await agree(gated(taken, 8), 'pir2020');
  });
  test('order through memory across arms', async () => {
    await agree(chained(taken, 8));
    await agree(chained(taken, 8), 'pir2020');
  });
});

test.each([
  ['empty lists', [0, 5, 99, 17], [0, 0, 0, 0]],
  ['aligned and whole', [0, 16, 32, 48], [24, 16, 24, 8]],
  ['ragged, unaligned', [3, 17, 30, 31, 64], [5, 24, 1, 0, 23]],
  ['over both ends, and longer than a list may be', [-4, 90, 99, 100, 2000000000, 76], [10, 24, 3, 5, 4, 1000]],
] as const)('lists: %s', async (_, starts, lengths) => {
  await agree(lists(starts, lengths, 8));
  await agree(lists(starts, lengths, 1), 'pir2020');
});

test.each([
  ['inside', [0, 5, 26], [12, 7, 1]],
  ['over the edge', [30, 38, 39, 40], [12, 12, 12, 12]],
  ['nothing', [3, 4], [0, -3]],
] as const)('boxes of rows: %s', async (_, starts, widths) => {
  await agree(columns(starts, widths, 4));
});

test.each([
  ['ends of all kinds', [0, 4, 1, 3, 9, -1], [1, 1, 1, 1, 1, 1]],
  ['not taken between', [2, 2, 0, 4, 4], [1, 0, 1, 0, 1]],
  ['never', [3, 3, 3], [0, 0, 0]],
] as const)('loops that end at run time: %s', async (_, ends, taken) => {
  await agree(rounds(ends, taken, 8));
  await agree(rounds(ends, taken, 8), 'pir2020');
});

test.each(Array.from({ length: process.env.KILN_FULL ? 60 : 4 }, (_, seed) => seed))('random lists and branches, seed %d', async (seed) => {
  const rng = new Rng(`transfers/${seed}`);
  const some = (n: number, low: number, high: number) => Array.from({ length: n }, () => rng.int(low, high));
  const lanes = rng.pick([1, 4, 16]);
  const n = rng.int(1, 12);
  await agree(lists(some(n, -3, 110), some(n, -1, 26), lanes), rng.pick(['ideal', 'pir2020']));
  await agree(gated(some(n, 0, 1), lanes, rng.chance(0.5)));
  await agree(chained(some(n, 0, 1), lanes), rng.pick(['ideal', 'pir2020']));
});

test('are printed and read back', () => {
  const text = printLoops(lists([1], [2], 4).build({}));
  expect(text).toContain(' from at$');
  expect(text).toContain(' below words$');
  expect(printLoops(parseLoops(text) as LoopProgram)).toBe(text);
});
