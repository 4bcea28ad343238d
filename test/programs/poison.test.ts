/** No program relies on what a scratchpad holds before it is written: each runs with poisoned scratchpads, and no read of an unwritten word. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/bitstream/asm.ts';
import { programNamed } from '../../src/programs/index.ts';
import { suite } from '../../src/programs/suite/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runGolden } from '../../src/sweep/point/golden.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const profile = DRAM_PROFILES.ddr3x4;
const given = { arrays: new Map(), args: new Map(), seed: 1 };

async function problemsOf(arch: string, name: string, params: Record<string, number>): Promise<string[]> {
  const fabric = fabricNamed(arch);
  const built = buildProgram(fabric, programNamed(name), params, {});
  const witnesses = new Set(['evaluator', 'golden'] as const);
  const point = await runPoint(fabric, built, { witnesses, given, profile, network: 'routed', poison: true });
  return point.problems.map(({ code, message }) => `${code}: ${message}`);
}

test.each([
  ['innerproduct', { n: 500 }],
  ['outerproduct', { m: 20, n: 33 }],
  ['gemm', { m: 32, n: 32, k: 32 }],
  ['tpchq6', { n: 1000 }],
] as [string, Record<string, number>][])('%s %o', async (name, params) => {
  expect(await problemsOf('demo', name, params)).toEqual([]);
});

describe.runIf(process.env.KILN_FULL)('the suite', () => {
  test.each(suite.map(({ name }) => [name]))('%s', async (name) => {
    expect(await problemsOf('sara', name, {})).toEqual([]);
  });
});

test('a reader that looks where nobody wrote is found, with its place', () => {
  const fabric = fabricNamed('tiny');
  const text = readFileSync(new URL('../cosim/hand/sum.kasm', import.meta.url), 'utf8');
  const elsewhere = assemble(fabric, text.replace('inc = [4] lane', 'base = 32 inc = [4] lane'), 'sum.kasm');
  const run = (kbit: Uint8Array) =>
    runGolden(fabric, kbit, new Uint8Array(1024), new Map(), { profile, network: 'routed', poison: true }).unwritten;
  // Words 32 to 95 are written, 0 to 63 are read.
  expect(run(elsewhere)).toMatchObject([{ x: 1, y: 1, address: 0 }]);
  expect(run(assemble(fabric, text, 'sum.kasm'))).toEqual([]);
});
