/**
 * The RTL in Icarus Verilog, a second simulator with a bench and a DRAM model of its own and with X: the same values and
 * the same cycles as the golden simulator, for programs written by hand and compiled ones.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/bitstream/asm.ts';
import { runOnIcarus } from '../../src/cosim/icarus.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { observed, runGolden } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';

const tiny = fabricNamed('tiny');
const long = { timeout: 300_000 };
const counting = (as: 'int' | 'float'): Uint8Array => {
  const list = Array.from({ length: 256 }, (_, i) => i);
  return new Uint8Array((as === 'int' ? Int32Array.from(list) : Float32Array.from(list)).buffer);
};

function program(name: string, change: (text: string) => string = (text) => text): Uint8Array {
  return assemble(tiny, change(readFileSync(new URL(`hand/${name}.kasm`, import.meta.url), 'utf8')), `${name}.kasm`);
}

const BY_HAND = [
  ['rows', 'float', DRAM_PROFILES.pir2020],
  ['sum', 'int', DRAM_PROFILES.ddr3x4],
] as const;

// Loading and running takes Icarus five seconds of processor time each: the full suite has them all.
test.each(process.env.KILN_FULL ? BY_HAND : BY_HAND.slice(0, 1))('%s, by hand', long, async (name, as, dram) => {
  const options = { image: counting(as), args: [-3 >>> 0], dram };
  const icarus = await runOnIcarus(tiny, program(name), options);
  expect(icarus.status).toBe('done');
  expect(observed(icarus)).toEqual(observed(runGolden(tiny, program(name), options)));
});

test.runIf(process.env.KILN_FULL)('an error has its place, and a flipped bit is refused', long, async () => {
  const image = counting('int');
  const wrong = program('sum', (text) => text.replace('inc = [4] lane', 'base = 1000 inc = [4] lane'));
  // Reads beyond the scratchpad give 0, so all is known.
  expect(observed(await runOnIcarus(tiny, wrong, { image, args: [1] }))).toEqual(observed(runGolden(tiny, wrong, { image, args: [1] })));
  const damaged = program('sum').slice();
  damaged[64 * 3 + 4] ^= 0x10;
  const { status, errors } = await runOnIcarus(tiny, damaged, { image });
  expect([status, errors[0]?.cause]).toEqual(['refused', 4]);
});

const SMALL = [
  ['innerproduct', { n: 64 }],
  ['outerproduct', { m: 8, n: 8 }],
] as const;
const LARGE = [
  ['innerproduct', { n: 512 }],
  ['outerproduct', { m: 16, n: 16 }],
] as const;

test.each(process.env.KILN_FULL ? [...SMALL, ...LARGE] : SMALL)('%s %o, compiled', long, async (name, params) => {
  const given = { arrays: new Map(), args: new Map(), seed: 1 };
  const witnesses = new Set(['evaluator', 'golden', 'icarus'] as const);
  const built = buildProgram(tiny, programNamed(name), params, {});
  const point = await runPoint(tiny, built, { witnesses, given, profile: DRAM_PROFILES.ddr3x4, network: 'routed' });
  expect(point.problems).toEqual([]);
  expect(point.icarus?.cycles).toBe(point.golden?.cycles);
});

test('a fabric that is too large is refused before anything is made', async () => {
  const run = runOnIcarus(fabricNamed('plasticine'), new Uint8Array(), { image: new Uint8Array(64) });
  await expect(run).rejects.toMatchObject({ diagnostics: [{ code: 'E0871' }] });
});
