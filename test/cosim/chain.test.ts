/** Counter chains of the RTL: three nested counters exhaustively against loops, and at random against the golden chain. */
import { beforeAll, expect, test } from 'vitest';
import type { ReplayBench } from '../../src/cosim/replay.ts';
import { allTrips } from '../support/loop-reference.ts';
import { chainBench, playLoops, playRandomChain } from '../support/proof/chain.ts';
import { proveAll, seedsOf } from '../support/proof/prove.ts';

const CASES = process.env.KILN_FULL ? 5000 : 300;

let bench: ReplayBench;
beforeAll(async () => {
  bench = await chainBench();
}, 600_000);

test.each([false, true])('trips 0 to 3 of three counters, every mask (bounds from scalars: %s)', async (dynamic) => {
  const all = allTrips(3, 3);
  expect(all).toHaveLength(64);
  await proveAll(bench, all.map(String), (trips) => playLoops(bench, trips.split(',').map(Number), dynamic));
});

test('random chains, stalls and bounds that come late', async () => {
  await proveAll(bench, seedsOf('chain', CASES), (seed) => playRandomChain(bench, seed, 120));
});
