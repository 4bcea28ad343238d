/** Waves, and runs that begin with random registers: what is not reset must not matter. */

import { readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assemble } from '../../src/bitstream/asm.ts';
import { buildRtl } from '../../src/cosim/build.ts';
import { runRtl } from '../../src/cosim/run.ts';
import { inputWords } from '../../src/frontend/check.ts';
import { programNamed } from '../../src/programs/index.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { dramImage } from '../../src/sweep/point/image.ts';
import { inputsOf } from '../../src/sweep/point/inputs.ts';
import { withScratch } from '../../src/tools/scratch.ts';
import { observed, runGolden } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';

const tiny = fabricNamed('tiny');
const BUILD_MS = 900_000;

function program(name: string): Uint8Array {
  return assemble(tiny, readFileSync(new URL(`hand/${name}.kasm`, import.meta.url), 'utf8'), `${name}.kasm`);
}
const image = new Uint8Array(Float32Array.from({ length: 256 }, (_, i) => i / 8).buffer);

test(
  'a run leaves its waves in a file, with the same outcome',
  async () => {
    await withScratch('waves', async (dir) => {
      const waves = join(dir, 'rows.vcd');
      const rtl = await runRtl(tiny, program('rows'), { image, waves });
      expect(observed(rtl)).toEqual(observed(runGolden(tiny, program('rows'), { image })));
      expect((await stat(waves)).size).toBeGreaterThan(100_000);
      const file = await open(waves);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1 << 16), 0, 1 << 16, 0);
      await file.close();
      expect(buffer.toString('latin1', 0, bytesRead)).toMatch(/\$var wire\s+1 \S+ clk_i \$end/);
    });
  },
  BUILD_MS,
);

test(
  'registers without a reset may begin with anything',
  async () => {
    await buildRtl(tiny, { unknowns: 'unique' });
    // Streams, trees and rings; predicates and the compactor with its flush.
    for (const name of ['sum', 'rows', 'filter']) {
      const golden = observed(runGolden(tiny, program(name), { image, args: [7] }));
      for (const seed of [1, 2, 3]) {
        const rtl = await runRtl(tiny, program(name), { image, args: [7], unknowns: 'unique', seed });
        expect(observed(rtl), `seed ${seed}`).toEqual(golden);
      }
    }
  },
  BUILD_MS,
);

test.each([
  ['innerproduct', { n: 64 }],
  ['outerproduct', { m: 8, n: 8 }],
  ['gemm', { m: 8, n: 8, k: 8 }],
] as [string, Record<string, number>][])(
  'nor does %s, compiled, rely on them',
  async (name, params) => {
    const { program: made, params: resolved, loops, kbit, host } = buildProgram(tiny, programNamed(name), params, {});
    const words = inputWords(inputsOf(made, resolved, loops, { arrays: new Map(), args: new Map(), seed: 1 }));
    const start = dramImage(tiny.arch, host, kbit, words);
    const golden = observed(runGolden(tiny, kbit, { image: start }));
    expect(golden.status).toBe('done');
    for (const seed of process.env.KILN_FULL ? [1, 2, 3, 4, 5] : [1, 2, 3]) {
      expect(observed(await runRtl(tiny, kbit, { image: start, unknowns: 'unique', seed })), `seed ${seed}`).toEqual(golden);
    }
  },
  BUILD_MS,
);
