/**
 * `kiln_top` passes Verilator, Icarus and Yosys without a message: the smallest fabric whole, larger
 * ones with tiles that are only their ports (a tile is the same in every fabric and is linted by
 * itself). The whole one also shows that no link closes a loop.
 */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { portsOnly } from '../../src/report/lint/lint.ts';
import { emitRtl, modulePath, RTL_PATHS, TOP_MODULE } from '../../src/rtl/emit.ts';
import type { ModuleSignature } from '../../src/rtl/signature.ts';
import { fabricNamed } from '../support/fabric.ts';
import { expectSilence } from '../support/lint.ts';

const long = { timeout: 900_000 };
const FOUR_SIDES = { ag: { sides: ['west', 'east', 'north', 'south'] } };

test('tiny, whole', long, async () => {
  const files = new Map(emitRtl(fabricNamed('tiny')).map(({ path, text }) => [path, text]));
  await silent(files, files.get(RTL_PATHS.list)!.trim().split('\n'));
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
  await silent(files, list);
  if (title.startsWith('four')) {
    // What stands on the border, whole.
    for (const top of ['kiln_ag', 'kiln_host']) await silent(files, [...under(top, byName)], top);
  }
});

/** The files of a module and of all below it, parts first. */
function under(top: string, modules: ReadonlyMap<string, ModuleSignature>): Set<string> {
  const paths = new Set<string>();
  for (const used of modules.get(top)!.uses) for (const path of under(used, modules)) paths.add(path);
  return paths.add(modulePath(top));
}

/** The modules of a list, with the waivers of the generated RTL. */
function silent(files: ReadonlyMap<string, string>, list: readonly string[], top = TOP_MODULE): Promise<void> {
  const texts = list.map((path) => ({ module: basename(path, '.sv'), text: files.get(path)! }));
  return expectSilence(top, texts, { waivers: files.get(RTL_PATHS.waivers)! });
}
