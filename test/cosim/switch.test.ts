/** A switch under random configurations and back-pressure against section 2 of HARDWARE.md written down in C++. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { renderTemplate } from '../../src/rtl/env.ts';
import { switchTemplates } from '../../src/rtl/view/switch.ts';
import { run } from '../../src/tools/run.ts';
import { buildVerilator } from '../../src/tools/verilator.ts';
import { archNamed } from '../support/fabric.ts';

const BENCH = fileURLToPath(new URL('bench/switch.cpp', import.meta.url));
const SEEDS = process.env.KILN_FULL ? 40 : 4;

let binary: string;
beforeAll(async () => {
  const dir = 'build/cosim/switch';
  await mkdir(dir, { recursive: true });
  const fileList: string[] = [];
  for (const { module, template, view } of switchTemplates(archNamed('tiny'), 'pcu')) {
    await writeFile(join(dir, `${module}.sv`), renderTemplate(template, view));
    fileList.push(`${module}.sv`);
  }
  ({ binary } = await buildVerilator({ dir, top: 'kiln_switch_pcu', fileList, cpp: [BENCH], hierarchical: false, trace: 'none' }));
}, 300_000);

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('seed %i', async (seed) => {
  const { stdout } = await run(binary, [`${seed}`, '20000'], { timeoutSeconds: 120 });
  const takes = Number(/^ok (\d+) takes$/m.exec(stdout)?.[1]);
  expect(takes).toBeGreaterThan(100_000);
});
