/**
 * Proves the functional units against the arithmetic of this machine, at the corners of what an
 * architecture may ask for: lanes, latencies and the float feature. What the operations compute is
 * stated once more in `templates/tb/fu_prove.cpp`, from the host's own floats.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { OP_NAMES, OPS } from '../../src/ops/table.ts';
import { renderTemplate } from '../../src/rtl/env.ts';
import { strict } from '../../src/rtl/strict.ts';
import { type FuParams, fuTemplates, fuView } from '../../src/rtl/view/fu.ts';

/** Random vectors an operation, besides the corners. */
const vectors = process.env.KILN_FU_VECTORS ?? (process.env.KILN_FULL ? '2000000' : '200000');
const seed = process.env.KILN_SEED ?? '1';

const scratch = fileURLToPath(new URL('../../build/fu/', import.meta.url));
const harness = fileURLToPath(new URL('../../templates/tb/fu_prove.cpp', import.meta.url));
const long = { timeout: 3_600_000 };

const unit = (lanes: number, float: boolean, simple: number, multiply: number, floatCycles: number): FuParams => ({
  lanes,
  float,
  latency: { simple, multiply, float: floatCycles },
});

/** Every way of cutting the pipelines, and every width of a port: C++ has four. */
const proved = [
  unit(16, true, 1, 2, 4),
  unit(1, true, 1, 1, 1),
  unit(1, true, 1, 2, 1),
  unit(2, true, 2, 1, 2),
  unit(3, true, 1, 3, 3),
  unit(4, true, 6, 6, 5),
  unit(33, true, 2, 2, 6),
  unit(4, false, 1, 2, 4),
];

const linted = [1, 16].flatMap((lanes) => [
  ...[1, 2, 3, 4, 5, 6].map((cycles) => unit(lanes, true, 1, 2, cycles)),
  unit(lanes, true, 2, 1, 4),
  unit(lanes, false, 1, 1, 4),
  unit(lanes, false, 6, 6, 4),
]);

describe('gives the answers of the host', () => {
  test.each(proved.map((params) => [nameOf(params), params] as const))('%s', long, async (name, params) => {
    const files = write(`prove-${name}`, params);
    const binary = await build(files);
    const { simple, multiply, float } = params.latency;
    const settings = [params.lanes, simple, multiply, float, params.float ? 1 : 0, vectors, seed].map(String);
    const { stdout } = await execa(binary, [...settings, ...operations(params)], { reject: false });
    const lines = stdout.split('\n').map((line) => line.split(' '));
    expect(lines.map(([op]) => op)).toEqual(operations(params).map((text) => text.split(':')[0]));
    expect(lines.filter(([, , mismatches]) => mismatches !== '0')).toEqual([]);
    expect(lines.filter(([, count]) => Number(count) < Number(vectors))).toEqual([]);
  });
});

describe('passes verilator, iverilog and yosys without a word', () => {
  test.each(linted.map((params) => [nameOf(params), params] as const))('%s', long, async (name, params) => {
    const { dir, names } = write(`lint-${name}`, params);
    const yosys = `read_verilog -sv ${names.join(' ')}; hierarchy -check -top kiln_fu; proc; check -assert`;
    expect(await said('verilator', ['--lint-only', '-Wall', '--top-module', 'kiln_fu', ...names], dir)).toBe('');
    expect(await said('iverilog', ['-g2012', '-Wall', '-o', '/dev/null', '-s', 'kiln_fu', ...names], dir)).toBe('');
    expect(await said('yosys', ['-q', '-p', yosys], dir)).toBe('');
  });
});

test('prints tidy text, the same every time', () => {
  for (const params of [...proved, ...linted]) {
    const texts = render(params);
    expect(render(params)).toEqual(texts);
    for (const { module, text } of texts) {
      expect(
        text.split('\n').filter((line) => line.length > 100 || /\s$|\t/.test(line)),
        module,
      ).toEqual([]);
      expect(text, module).not.toMatch(/undefined|\bNaN\b|\[object|\n\n\n|^\n|\n\n$/);
    }
  }
});

test('a view refuses a key it does not have, and says where', () => {
  const view = strict({ ports: [{ name: 'a' }] } as { ports: { name: string; width?: number }[] }, 'm');
  expect(view.ports[0].name).toBe('a');
  expect(() => view.ports[0].width).toThrow('the view has no `m.ports[0].width`');
});

test('refuses a latency below one cycle', () => {
  expect(() => fuView(unit(16, true, 1, 2, 0))).toThrow();
});

function nameOf({ lanes, float, latency }: FuParams): string {
  const cycles = [latency.simple, latency.multiply, ...(float ? [latency.float] : [])];
  return `${lanes}-lanes-${float ? 'float' : 'integer'}-${cycles.join('-')}`;
}

/** What the harness is to run: every operation of the table, and codes that are not assigned. */
function operations({ float }: FuParams): string[] {
  const missing = [59, 62, 63].map((code) => `code${code}:${code}:simple`);
  return [...OP_NAMES.map((name) => `${name}:${OPS[name].code}:${OPS[name].float && !float ? 'simple' : OPS[name].latency}`), ...missing];
}

function render(params: FuParams): { module: string; text: string }[] {
  const view = fuView(params, 'a test');
  return fuTemplates(view).map(({ module, template }) => ({ module, text: renderTemplate(template, view) }));
}

/** Renders the modules into a fresh scratch directory. */
function write(name: string, params: FuParams): { dir: string; names: string[] } {
  const dir = `${scratch}${name}/`;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const names = render(params).map(({ module, text }) => {
    writeFileSync(`${dir}${module}.sv`, text);
    return `${module}.sv`;
  });
  return { dir, names };
}

/** Everything a tool prints; a tool that fails without a word says its exit code. */
async function said(command: string, args: string[], cwd: string): Promise<string> {
  const { all, exitCode } = await execa(command, args, { cwd, all: true, reject: false });
  return exitCode === 0 ? all : all || `exit code ${exitCode}`;
}

async function build({ dir, names }: { dir: string; names: string[] }): Promise<string> {
  const settings = '-O3 --x-assign fast --x-initial fast --noassert --compiler clang'.split(' ');
  const ccache = await execa('ccache', ['--version'], { reject: false });
  await execa(
    'verilator',
    [
      '--cc',
      '--exe',
      ...settings,
      '-Mdir',
      'obj',
      '--top-module',
      'kiln_fu',
      '-CFLAGS',
      '-ffp-contract=off',
      '-o',
      'fu_prove',
      ...names,
      harness,
    ],
    { cwd: dir },
  );
  const optimise = ['OPT_FAST=-O1', 'OPT_SLOW=-O0', 'OPT_GLOBAL=-Os', 'CFG_CXXFLAGS_NO_UNUSED='];
  const compilers = ['CXX=clang++', 'LINK=clang++', ...(ccache.exitCode === 0 ? ['OBJCACHE=ccache'] : [])];
  await execa('make', ['-C', 'obj', '-f', 'Vkiln_fu.mk', `-j${availableParallelism()}`, ...compilers, ...optimise], { cwd: dir });
  return `${dir}obj/fu_prove`;
}
