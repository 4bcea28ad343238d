/** A fabric whose tiles are models of their own, and still equal to the golden machine in every cycle. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { assemble } from '../../src/bitstream/asm.ts';
import { encode } from '../../src/bitstream/encode.ts';
import { EMPTY_INTERFACE } from '../../src/bitstream/format.ts';
import { gemmKernel } from '../../src/compiler/kernels/gemm-kernel.ts';
import { placeAndRoute } from '../../src/compiler/pnr.ts';
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

test('a matrix product keeps every functional unit of a compute unit busy', async () => {
  const { stages, lanes } = demo.arch.pcu;
  const shape = { m: stages, n: 4 * lanes, k: 64, dtype: 'f32' } as const;
  const { netlist, data, operations } = gemmKernel(demo.arch, { ...shape, generators: demo.tilesOf('ag').length });
  expect(netlist.units.filter((unit) => unit.kind === 'pcu').length).toBe(1);
  expect(netlist.units.filter((unit) => unit.kind === 'pmu').length).toBe(3);
  const { value: routed } = placeAndRoute(netlist, demo);
  const rng = new Rng('gemm on RTL');
  const image = new Uint8Array(4 * data.words);
  const words = new Float32Array(image.buffer);
  for (const map of [data.a, data.b])
    for (const [word, element] of map.entries()) if (element >= 0) words[(map === data.b ? data.bBase : 0) + word] = rng.float32(-1, 1);
  const both = await runBoth(demo, encode(demo, routed!.configs, EMPTY_INTERFACE), { image });
  expect(both.golden.status).toBe('done');
  expect(observed(both.rtl)).toEqual(observed(both.golden));
  // The golden machine, equal in every cycle, tells when the compute unit issued.
  const [pcu] = both.golden.stats.contexts.filter((context) => context.kind === 'pcu' && context.issues > 0);
  expect(operations / (stages * lanes * (pcu.lastIssue - pcu.firstIssue + 1))).toBeGreaterThanOrEqual(0.99);
});
