/** A functional unit alone, printed, and built with the harness that proves it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { OP_NAMES, OPS } from '../../src/ops/table.ts';
import { renderTemplate } from '../../src/rtl/env.ts';
import { type FuParams, fuTemplates, fuView } from '../../src/rtl/view/fu.ts';

const scratch = fileURLToPath(new URL('../../build/fu/', import.meta.url));
const harness = fileURLToPath(new URL('../../templates/tb/fu_prove.cpp', import.meta.url));

export const unit = (lanes: number, float: boolean, simple: number, multiply: number, floatCycles: number): FuParams => ({
  lanes,
  float,
  latency: { simple, multiply, float: floatCycles },
});

export function nameOf({ lanes, float, latency }: FuParams): string {
  const cycles = [latency.simple, latency.multiply, ...(float ? [latency.float] : [])];
  return `${lanes}-lanes-${float ? 'float' : 'integer'}-${cycles.join('-')}`;
}

/** What the harness is to run: every operation of the table, and codes that are not assigned. */
export function operations({ float }: FuParams): string[] {
  const missing = [59, 62, 63].map((code) => `code${code}:${code}:simple`);
  return [...OP_NAMES.map((name) => `${name}:${OPS[name].code}:${OPS[name].float && !float ? 'simple' : OPS[name].latency}`), ...missing];
}

export function render(params: FuParams): { module: string; text: string }[] {
  const view = fuView(params, 'a test');
  return fuTemplates(view).map(({ module, template }) => ({ module, text: renderTemplate(template, view) }));
}

/** Renders the modules into a fresh scratch directory. */
export function write(name: string, params: FuParams): { dir: string; names: string[] } {
  const dir = `${scratch}${name}/`;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const names = render(params).map(({ module, text }) => {
    writeFileSync(`${dir}${module}.sv`, text);
    return `${module}.sv`;
  });
  return { dir, names };
}

/** What the harness must know of a unit, before the operations. */
export function settings({ lanes, latency, float }: FuParams, vectors: string, seed: string): string[] {
  return [lanes, latency.simple, latency.multiply, latency.float, float ? 1 : 0, vectors, seed].map(String);
}

/** Builds what `write` has written; gives the path of the program. */
export async function build({ dir, names }: { dir: string; names: string[] }): Promise<string> {
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
