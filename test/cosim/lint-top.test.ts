/**
 * `kiln_top` passes Verilator, Icarus and Yosys without a message: the smallest fabric whole, larger
 * ones with tiles that are only their ports (a tile is the same in every fabric and is linted by
 * itself). The whole one also shows that no link closes a loop.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { portsOnly } from '../../src/report/lint/lint.ts';
import { emitRtl, modulePath, RTL_PATHS, TOP_MODULE } from '../../src/rtl/emit.ts';
import type { ModuleSignature } from '../../src/rtl/signature.ts';
import { run } from '../../src/tools/run.ts';
import { requireTools } from '../../src/tools/versions.ts';
import { fabricNamed } from '../support/fabric.ts';

const long = { timeout: 900_000 };
const FOUR_SIDES = { ag: { sides: ['west', 'east', 'north', 'south'] } };
let tools: Record<'verilator' | 'iverilog' | 'yosys', { command: string }>;
beforeAll(async () => {
  tools = await requireTools('verilator', 'iverilog', 'yosys');
});

test('tiny, whole', long, async () => {
  const files = new Map(emitRtl(fabricNamed('tiny')).map(({ path, text }) => [path, text]));
  await expectSilence('whole', files, files.get(RTL_PATHS.list)!.trim().split('\n'));
});

test.each([
  ['demo', 'demo', {}],
  ['plasticine', 'plasticine', {}],
  ['four sides, more ports than generators', 'tiny', { ...FOUR_SIDES, memory: { ports: 16, addressBits: 34 } }],
  [
    'one lane, one track, two beats a row',
    'tiny',
    { grid: { columns: 15, rows: 1 }, pcu: { lanes: 1 }, network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 } },
  ],
  ['32 lanes, small memory', 'tiny', { pcu: { lanes: 32 }, memory: { ports: 2, addressBits: 20 } }],
])('%s, tiles as ports', long, async (title, name, change) => {
  const files = new Map(emitRtl(fabricNamed(name, change)).map(({ path, text }) => [path, text]));
  const { modules } = JSON.parse(files.get(RTL_PATHS.signature)!) as { modules: ModuleSignature[] };
  const byName = new Map(modules.map((module) => [module.name, module]));
  const list: string[] = [];
  const visit = (module: string) => {
    const path = modulePath(module);
    if (list.includes(path)) return;
    if (module.startsWith('kiln_tile_')) files.set(path, portsOnly(byName.get(module)!));
    else byName.get(module)!.uses.forEach(visit);
    list.push(path);
  };
  visit(TOP_MODULE);
  expect(list.filter((path) => path.includes('kiln_tile_')).length).toBeGreaterThan(3);
  await expectSilence(title.replace(/\W+/g, '-'), files, list);
  if (title.startsWith('four')) {
    // What stands on the border, whole.
    for (const top of ['kiln_ag', 'kiln_host']) await expectSilence(`whole-${top}`, files, [...under(top, byName)], top);
  }
});

/** The files of a module and of all below it, parts first. */
function under(top: string, modules: ReadonlyMap<string, ModuleSignature>): Set<string> {
  const paths = new Set<string>();
  for (const used of modules.get(top)!.uses) for (const path of under(used, modules)) paths.add(path);
  return paths.add(modulePath(top));
}

async function expectSilence(title: string, files: ReadonlyMap<string, string>, list: readonly string[], top = TOP_MODULE): Promise<void> {
  const dir = join('build', 'lint-top', title);
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, 'rtl'), { recursive: true });
  for (const path of [...list, RTL_PATHS.waivers]) await writeFile(join(dir, path), files.get(path)!);
  const said = async (command: string, args: string[]) => {
    const { stdout, stderr } = await run(command, args, { cwd: dir, accept: [0, 1], timeoutSeconds: 800 });
    return `${stdout}${stderr}`.trim();
  };
  expect(await said(tools.verilator.command, ['--lint-only', '-Wall', '--top-module', top, RTL_PATHS.waivers, ...list])).toBe('');
  expect(await said(tools.iverilog.command, ['-g2012', '-Wall', '-s', top, '-o', '/dev/null', ...list])).toBe('');
  const script = `read_verilog -sv ${list.join(' ')}; hierarchy -check -top ${top}; proc; check -assert`;
  expect(await said(tools.yosys.command, ['-q', '-p', script])).toBe('');
}
