/** Switches, the memory unit and the tiles around them pass Verilator, Icarus and Yosys without a message. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TILE_KINDS } from '../../src/fabric/ports.ts';
import { printModule } from '../../src/rtl/emit.ts';
import { modulesOf } from '../../src/rtl/modules.ts';
import { signatureOf } from '../../src/rtl/signature.ts';
import { run } from '../../src/tools/run.ts';
import { requireTools } from '../../src/tools/versions.ts';
import { fabricNamed } from '../support/fabric.ts';

const SIDES = { ag: { sides: ['west', 'east', 'north', 'south'] } };
const one = { pcu: { lanes: 1 }, network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 }, fifo: { vector: 2, scalar: 2 } };
const few = { bankWords: 16, writeContexts: 1, readContexts: 1, counters: 1, vectorIn: 1, scalarIn: 1, controlIn: 1, tokens: 1 };
const many = { writeContexts: 4, readContexts: 3, counters: 8, vectorIn: 5, scalarIn: 6, controlIn: 7, controlOut: 2, tokens: 16 };

const SHAPES: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ['tiny', 'tiny', SIDES],
  ['demo', 'demo', SIDES],
  ['plasticine', 'plasticine', { ...SIDES, grid: { columns: 2, rows: 2 } }],
  ['one lane, one of everything', 'tiny', { ...SIDES, ...one, pmu: few }],
  ['many contexts and tokens', 'tiny', { ...SIDES, pmu: many, network: { vectorTracks: 5, scalarTracks: 3, controlTracks: 8 } }],
];

const TOPS = TILE_KINDS.map((kind) => `kiln_tile_${kind}`);

describe.each(SHAPES)('%s', (_, name, change) => {
  const { arch, modules } = printed(name, change);

  test.each(TOPS.filter((top) => top !== 'kiln_tile_pcu').concat('kiln_switch_pcu'))('%s', { timeout: 600_000 }, async (top) => {
    const tools = await requireTools('verilator', 'iverilog', 'yosys');
    const dir = `build/lint/${arch}-${SHAPES.findIndex(([, n, c]) => n === name && c === change)}`;
    await mkdir(dir, { recursive: true });
    const files: string[] = [];
    for (const module of below(top, modules)) {
      const file = `${module}.sv`;
      await writeFile(join(dir, file), modules.get(module)!.text);
      files.push(file);
    }
    expect(files.length).toBeGreaterThan(3);
    const said = async (command: string, args: string[]) => {
      const { stdout, stderr } = await run(command, args, { cwd: dir, accept: [0, 1] });
      return `${stdout}${stderr}`.trim();
    };
    expect(await said(tools.verilator.command, ['--lint-only', '-Wall', '--top-module', top, ...files])).toBe('');
    expect(await said(tools.iverilog.command, ['-g2012', '-Wall', '-s', top, '-o', '/dev/null', ...files])).toBe('');
    const script = `read_verilog -sv ${files.join(' ')}; hierarchy -check -top ${top}; proc; check -assert`;
    expect(await said(tools.yosys.command, ['-q', '-p', script])).toBe('');
  });
});

/** The modules of an architecture by name: text and the modules each instantiates. */
function printed(name: string, change: Record<string, unknown>) {
  const fabric = fabricNamed(name, change);
  const modules = new Map<string, { readonly text: string; readonly uses: readonly string[] }>();
  for (const source of modulesOf(fabric, 'a test')) {
    if (!/^kiln_(?!top|fu|pcu|tile_pcu)/.test(source.module)) continue;
    const text = printModule(source);
    modules.set(source.module, { text, uses: signatureOf(source.module, source.template, text).uses });
  }
  return { arch: name, modules };
}

/** `top` and everything below it, parts first. */
function below(top: string, modules: ReadonlyMap<string, { readonly uses: readonly string[] }>): string[] {
  const found: string[] = [];
  const visit = (name: string) => {
    if (found.includes(name)) return;
    for (const used of modules.get(name)!.uses) visit(used);
    found.push(name);
  };
  visit(top);
  return found;
}
