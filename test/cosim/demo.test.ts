/** A fabric whose tiles are models of their own, and still equal to the golden machine in every cycle. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { assemble } from '../../src/bitstream/asm.ts';
import { buildRtl } from '../../src/cosim/build.ts';
import type { VerilatorBuild } from '../../src/tools/verilator.ts';
import { observed, runBoth } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
let build: VerilatorBuild;
beforeAll(async () => {
  build = await buildRtl(demo);
}, 1_800_000);

test('every kind of tile is compiled once: the top stays small', () => {
  expect(build.blocks).toEqual([]);
  // The flat build has 86 MB of C++.
  expect(build.topCppBytes).toBeLessThan(10e6);
});

test('a program across the fabric', async () => {
  const text = readFileSync(new URL('hand/sum_demo.kasm', import.meta.url), 'utf8');
  const image = new Uint8Array(Int32Array.from({ length: 256 }, (_, i) => i * i).buffer);
  const both = await runBoth(demo, assemble(demo, text, 'sum_demo.kasm'), { image, args: [5] });
  const squares = Array.from({ length: 64 }, (_, i) => 5 * i * i);
  expect(both.golden.results[0]).toBe(squares.reduce((a, b) => a + b));
  expect([...new Int32Array(both.rtl.image.slice(256, 512).buffer)]).toEqual(squares);
  expect(observed(both.rtl)).toEqual(observed(both.golden));
});
