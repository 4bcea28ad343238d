/** Hand-assembled programs on tiny: golden machine and RTL agree with arithmetic, and with each other to the cycle. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../src/bitstream/asm.ts';
import { buildRtl } from '../../src/cosim/build.ts';
import { runRtl } from '../../src/cosim/run.ts';
import { DRAM_PROFILES } from '../../src/sim/dram.ts';
import { type Both, observed, runBoth } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';

const tiny = fabricNamed('tiny');

beforeAll(() => buildRtl(tiny), 900_000);

function program(name: string, change: (text: string) => string = (text) => text): Uint8Array {
  const text = readFileSync(new URL(`hand/${name}.kasm`, import.meta.url), 'utf8');
  return assemble(tiny, change(text), `${name}.kasm`);
}

/** Word i holds i, as an integer or a float. */
function counting(words: number, as: 'int' | 'float'): Uint8Array {
  const list = Array.from({ length: words }, (_, i) => i);
  return new Uint8Array((as === 'int' ? Int32Array.from(list) : Float32Array.from(list)).buffer);
}

function wordsOf({ image }: { image: Uint8Array }): Int32Array {
  return new Int32Array(image.slice().buffer);
}

function expectEqual({ golden, rtl }: Both): void {
  expect(observed(rtl)).toEqual(observed(golden));
}

describe.each(Object.values(DRAM_PROFILES))('with $name', (dram) => {
  test('sum: a run of 64 words, scaled, stored and summed', async () => {
    const both = await runBoth(tiny, program('sum'), { image: counting(256, 'int'), args: [-3 >>> 0], dram });
    expect(both.golden.status).toBe('done');
    expect(both.golden.residue).toBe(false);
    expect(both.golden.results[0]).toBe((-3 * 64 * 63) / 2);
    expect([...wordsOf(both.golden).slice(60, 130)]).toEqual([
      ...[60, 61, 62, 63],
      ...Array.from({ length: 64 }, (_, i) => (i === 0 ? 0 : -3 * i)),
      ...[128, 129],
    ]);
    expectEqual(both);
  });

  test('rows: unaligned runs, two regions, the float tree with its ring', async () => {
    const both = await runBoth(tiny, program('rows'), { image: counting(256, 'float'), dram });
    expect(both.golden.status).toBe('done');
    const sums = Array.from({ length: 5 }, (_, r) => {
      let sum = 0.25;
      for (let j = 0; j < 7; j++) sum += (r < 3 ? 5 + 10 * r + j : 0) + 0.5 + 1000 * r;
      return sum;
    });
    const floats = new Float32Array(wordsOf(both.golden).buffer);
    expect(sums.map((_, r) => floats[77 + 3 * r])).toEqual(sums);
    expect(floats[78]).toBe(78);
    expect(both.golden.results[2]).toBe(new Int32Array(Float32Array.of(sums[4]).buffer)[0]);
    expectEqual(both);
  });
});

test('filter: words below a bound, packed, and their number', async () => {
  const words = Float32Array.from({ length: 256 }, (_, i) => ((i * 37) % 64) / 8);
  const both = await runBoth(tiny, program('filter'), { image: new Uint8Array(words.slice().buffer) });
  expect([both.golden.status, both.golden.residue]).toEqual(['done', false]);
  const kept = [...words.slice(0, 64)].filter((x) => x < 5.25);
  expect(kept).toHaveLength(42);
  expect(both.golden.results[0]).toBe(42);
  expect([...new Float32Array(wordsOf(both.golden).buffer).slice(64, 106)]).toEqual(kept);
  expectEqual(both);
});

test('table: words that come with the bitstream, in a part of a larger memory', async () => {
  const both = await runBoth(tiny, program('table'), { image: counting(16, 'int') });
  expect([both.golden.status, both.golden.residue, both.golden.errors]).toEqual(['done', false, []]);
  expect(both.golden.results[0]).toBe(5 + 2 - 1 - 4 - 7 + 1_000_000_000 + 18 * 3);
  expectEqual(both);
});

describe('ends other than done', () => {
  const image = counting(256, 'int');

  test('a run that waits for a token that never comes hangs in the same cycle', async () => {
    const both = await runBoth(
      tiny,
      program('sum', (text) => text.replace('tokens[0].expect = 1', 'tokens[0].expect = 2')),
      { image },
    );
    expect(both.golden.status).toBe('hang');
    expectEqual(both);
  });

  test('the limit stops the run', async () => {
    const { golden, rtl } = await runBoth(tiny, program('sum'), { image, maxCycles: 50 });
    expect([golden.status, golden.cycles]).toEqual(['limit', 50]);
    expect([rtl.status, rtl.cycles]).toEqual(['limit', 50]);
  });

  test('a scratchpad address out of range is the first error', async () => {
    const both = await runBoth(
      tiny,
      program('sum', (text) => text.replace('inc = [4] lane', 'base = 1000 inc = [4] lane')),
      { image, args: [1] },
    );
    expect(both.golden.errors[0]).toMatchObject({ cause: 16, x: 1, y: 1, info: 1024 });
    expectEqual(both);
  });

  test.each([
    ['the magic', 0, 1],
    ['the fingerprint', 8, 2],
    ['the CRC of the header', 60, 3],
    ['a frame', 64 * 3 + 4, 4],
    ['the header of a frame, in the row', 64 + 4 + 2, 5],
  ])('the loader refuses a flipped bit in %s', async (_what, byte, cause) => {
    const kbit = program('sum').slice();
    kbit[byte] ^= 0x10;
    const { status, errors } = await runRtl(tiny, kbit, { image });
    expect([status, errors[0]?.cause]).toEqual(['refused', cause]);
  });
});
