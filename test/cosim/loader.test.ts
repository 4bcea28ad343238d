/** Loading against FORMAT.md: every output of loader and columns in every cycle, of bitstreams that are whole and that are not. */
import { expect, test } from 'vitest';
import { archNamed } from '../support/fabric.ts';
import { loaderBench, playLoads } from '../support/proof/loader.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';

const CASES = process.env.KILN_FULL ? 600 : 40;

test.each([
  ['a row of words in one beat', {}],
  ['more columns than a beat has words', { grid: { columns: 16, rows: 1 } }],
  ['bursts of one beat', { ag: { burstBeats: 1 }, grid: { columns: 1, rows: 3 } }],
])('%s', { timeout: 3_600_000 }, async (name, change) => {
  const arch = archNamed('tiny', { pcu: { lanes: 2, stages: 3, registers: 2 }, ...change });
  const bench = await loaderBench(arch);
  const played = await proveAll(bench, seedsOf(`loads/${name}`, CASES), (seed) => playLoads(arch, bench, seed, 1500));
  expect(sumOf(played, 'loads')).toBeGreaterThan(CASES);
  expect(sumOf(played, 'refused')).toBeGreaterThan(CASES / 4);
});
