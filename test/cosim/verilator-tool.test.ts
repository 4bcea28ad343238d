import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../../src/tools/run.ts';
import { buildVerilator, type VerilatorOptions } from '../../src/tools/verilator.ts';

const counter = `
module counter (
  input  logic        clk_i,
  input  logic        rst_ni,
  output logic [31:0] count_o
);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_o <= '0;
    else count_o <= count_o + 32'd\`STEP;
  end
endmodule
`;

const header = '#pragma once\nstatic const int cycles = 100;\n';

const main = (top: string, out: string) => `
#include "V${top}.h"
#include "lib/cycles.h"
#include <cstdio>
int main() {
  VerilatedContext context;
  V${top} dut{&context};
  for (int t = 0; t <= cycles; t++) {
    dut.rst_ni = t > 0;
    dut.clk_i = 0; dut.eval();
    dut.clk_i = 1; dut.eval();
  }
  std::printf("%u\\n", dut.${out});
}
`;

/** A block long enough to be seen in the size of the C++, used sixteen times. */
const leaf = (head: string) => `
module leaf ${head} (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [31:0] a_i,
  output logic [31:0] y_o
);
  /*verilator hier_block*/
${Array.from({ length: 96 }, (_, i) => `  logic [31:0] s${i}_q;`).join('\n')}
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
${Array.from({ length: 96 }, (_, i) => `      s${i}_q <= '0;`).join('\n')}
    end else begin
${Array.from({ length: 96 }, (_, i) => `      s${i}_q <= ${i === 0 ? 'a_i + 32\u0027d1' : `(s${i - 1}_q ^ 32\u0027d${i}) + s${(i * 7) % 96}_q`};`).join('\n')}
    end
  end
  assign y_o = s95_q;
endmodule
`;

const grid = `
module grid (
  input  logic        clk_i,
  input  logic        rst_ni,
  output logic [31:0] y_o
);
${Array.from({ length: 17 }, (_, i) => `  logic [31:0] n${i};`).join('\n')}
  assign n0 = '0;
${Array.from({ length: 16 }, (_, i) => `  leaf u_${i} (.clk_i(clk_i), .rst_ni(rst_ni), .a_i(n${i}), .y_o(n${i + 1}));`).join('\n')}
  assign y_o = n16;
endmodule
`;

let dir = '';
const steps: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kiln-verilator-'));
  vi.stubEnv('KILN_CACHE', join(dir, 'cache'));
  await run('mkdir', ['lib'], { cwd: dir });
  const files = {
    'counter.sv': counter,
    'grid.sv': grid,
    'leaf.sv': leaf(''),
    'leaf_default.sv': leaf('#(parameter int Unused = 1)'),
    'lib/cycles.h': header,
    'counter.cpp': main('counter', 'count_o'),
    'grid.cpp': main('grid', 'y_o'),
    'waivers.vlt': '`verilator_config\nlint_off -rule UNUSEDPARAM -file "*"\n',
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text)));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

const build = (options: Partial<VerilatorOptions>) =>
  buildVerilator({
    dir,
    top: 'counter',
    fileList: ['counter.sv'],
    cpp: ['counter.cpp'],
    headers: ['lib/cycles.h'],
    defines: { STEP: '1' },
    hierarchical: false,
    trace: 'none',
    onProgress: (step) => steps.push(step),
    ...options,
  });
const buildGrid = (options: Partial<VerilatorOptions>) =>
  build({ top: 'grid', fileList: ['leaf.sv', 'grid.sv'], cpp: ['grid.cpp'], defines: {}, ...options });
const output = async (binary: string) => (await run(binary, [])).stdout;

test('a second build with the same inputs does nothing; other inputs build anew', async () => {
  const first = await build({});
  expect(first.cached).toBe(false);
  expect(steps).toEqual(['verilating', 'compiling']);
  expect(await output(first.binary)).toBe('100\n');

  steps.length = 0;
  const start = performance.now();
  const second = await build({ jobs: 1 });
  expect(second).toEqual({ ...first, cached: true });
  expect(steps).toEqual([]);
  expect(performance.now() - start).toBeLessThan(1000);

  const wider = await build({ defines: { STEP: '3' } });
  expect(wider.cached).toBe(false);
  expect(await output(wider.binary)).toBe('300\n');

  await writeFile(join(dir, 'lib/cycles.h'), header.replace('100', '7'));
  const shorter = await build({});
  expect(shorter.cached).toBe(false);
  expect(await output(shorter.binary)).toBe('7\n');
  await writeFile(join(dir, 'lib/cycles.h'), header);
});

test('two that want the same build share one', async () => {
  const options = { defines: { STEP: '5' } };
  const both = await Promise.all([build(options), build(options)]);
  expect(both.map(({ cached }) => cached).sort()).toEqual([false, true]);
});

test('hierarchical blocks stay out of the top, whose C++ stays small', async () => {
  const flat = await buildGrid({});
  const tree = await buildGrid({ hierarchical: true, waiver: 'waivers.vlt', trace: 'fst' });
  expect(flat.blocks).toEqual([]);
  expect(tree.blocks).toEqual(['leaf']);
  const plain = await buildGrid({ hierarchical: true });
  expect(plain.topCppBytes).toBeLessThan(flat.topCppBytes / 4);
  const results = await Promise.all([flat, tree, plain].map(({ binary }) => output(binary)));
  expect(new Set(results).size).toBe(1);
});

test('a block that Verilator flattens in silence is an error', async () => {
  const attempt = buildGrid({ hierarchical: true, fileList: ['leaf_default.sv', 'grid.sv'] });
  await expect(attempt).rejects.toThrow('error[E0908]: Verilator flattened `leaf` instead of building a hierarchical block');
});

test('a failed build tells why and leaves neither lock nor remains', async () => {
  await writeFile(join(dir, 'bad.cpp'), 'int main() { return missing; }\n');
  await expect(build({ cpp: ['bad.cpp'] })).rejects.toMatchObject({
    diagnostics: [{ code: 'E0902', notes: [expect.stringContaining('make'), expect.stringContaining('missing')] }],
  });
  const left = (await readdir(join(dir, 'cache/verilator'))).filter((name) => name.startsWith('tmp-') || name.endsWith('.lock'));
  expect(left).toEqual([]);
  expect(existsSync(join(dir, 'obj'))).toBe(false);
  await expect(build({ fileList: ['countr.sv'] })).rejects.toThrow('error[E0905]: Verilog file');
});
