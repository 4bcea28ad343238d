/** The compute unit passes Verilator, Icarus Verilog and Yosys without a message, whatever its parameters. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { libModules, type ModuleText, pcuModules } from '../../src/rtl/pcu.ts';
import { archNamed } from '../support/fabric.ts';

const run = promisify(execFile);

/** Takes Yosys a minute. */
const MOST = archNamed('tiny', { pcu: { lanes: 32, ring: 8, counters: 8 }, latency: { multiply: 6, float: 6 } });

const ARCHS = {
  tiny: archNamed('tiny'),
  demo: archNamed('demo'),
  plasticine: archNamed('plasticine'),
  'one lane': archNamed('tiny', { pcu: { lanes: 1 } }),
  'the least of everything': archNamed('tiny', {
    pcu: {
      lanes: 2,
      float: false,
      ring: 1,
      stages: 2,
      registers: 3,
      vectorIn: 1,
      scalarIn: 1,
      vectorOut: 1,
      scalarOut: 1,
      controlIn: 1,
      controlOut: 1,
      counters: 1,
    },
    latency: { simple: 1, multiply: 1 },
  }),
  'odd numbers': archNamed('tiny', {
    pcu: { ring: 5, stages: 3, registers: 5, vectorIn: 3 },
    latency: { simple: 2, multiply: 3, float: 5 },
  }),
  ...(process.env.KILN_FULL ? { 'the most of everything': MOST } : {}),
};

test.each(Object.entries(ARCHS))('the PCU of %s', { timeout: 600_000 }, async (_, arch) => {
  await lint('kiln_pcu', [...libModules(arch, 'a test'), ...pcuModules(arch, 'a test')]);
});

/** Runs the three tools on the modules that `top` needs; each must end well and say nothing. */
async function lint(top: string, modules: readonly ModuleText[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-lint-'));
  try {
    const files: string[] = [];
    for (const { module, text } of used(top, modules)) {
      await writeFile(join(directory, `${module}.sv`), text);
      files.push(`${module}.sv`);
    }
    const yosys = `read_verilog -sv ${files.join(' ')}; hierarchy -check -top ${top}; proc; check -assert`;
    const calls: [string, string[]][] = [
      ['verilator', ['--lint-only', '-Wall', '--top-module', top, ...files]],
      ['iverilog', ['-g2012', '-Wall', '-s', top, '-o', 'lint.vvp', ...files]],
      ['yosys', ['-q', '-p', yosys]],
    ];
    for (const [tool, args] of calls) {
      const { stdout, stderr } = await run(tool, args, { cwd: directory, maxBuffer: 1 << 26 });
      expect(`${stdout}${stderr}`, tool).toBe('');
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** `top` and what it instantiates, directly or not, in the order given. */
function used(top: string, modules: readonly ModuleText[]): ModuleText[] {
  const texts = new Map(modules.map(({ module, text }) => [module, text]));
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const [word] of texts.get(name)!.matchAll(/^ *kiln_\w+(?= #?\(| u_)/gm)) if (texts.has(word.trim())) visit(word.trim());
  };
  visit(top);
  return modules.filter(({ module }) => found.has(module));
}
