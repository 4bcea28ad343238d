/**
 * Verilating a large fabric: each kind of tile becomes a model of its own, compiled once; in `kiln_top` a proxy stands
 * for every tile and steps its model at the clock edge. Build time then grows with the number of *kinds* of tiles.
 *
 * Exact by the Moore rule (nothing that leaves a tile depends on its inputs of the same cycle), which flat builds of
 * small fabrics prove: they raise no UNOPTFLAT. Verilator's own hierarchical mode takes every block for a combinational
 * function of its inputs and settles 180 tiles again and again: measured on plasticine, 6 ms a cycle.
 */
import { join } from 'node:path';
import { invariant } from '../base/invariant.ts';
import { RTL_PATHS, type RtlFile, TOP_MODULE } from '../rtl/emit.ts';
import { renderTemplate } from '../rtl/env.ts';
import type { ModuleSignature } from '../rtl/signature.ts';
import { writeAtomic } from '../tools/files.ts';
import { buildVerilator, type VerilatorBuild } from '../tools/verilator.ts';

export interface TileModels {
  /** SystemVerilog of the top with proxies in place of tiles, in order. */
  readonly fileList: readonly string[];
  /** C++ that connects proxies and models. */
  readonly cpp: string;
  readonly libraries: readonly VerilatorBuild[];
}

const PROXY_CPP = 'tile_proxy.cpp';

/**
 * Builds the models of all kinds of tiles in `files`, which lie in `dir`, and writes the proxies beside them. `probes`: what
 * is bound into which tile of a watched simulation.
 */
export async function buildTileModels(
  dir: string,
  files: readonly RtlFile[],
  onProgress?: (step: string) => void,
  probes?: readonly { readonly tile: string; readonly path: string }[],
): Promise<TileModels> {
  const listed = files.find((file) => file.path === RTL_PATHS.signature);
  invariant(listed, 'the RTL comes with signatures');
  const { modules } = JSON.parse(listed.text) as { modules: ModuleSignature[] };
  const byName = new Map(modules.map((module) => [module.name, module]));
  const tiles = modules.filter((module) => module.name.startsWith('kiln_tile_'));
  const libraries: VerilatorBuild[] = [];
  for (const tile of tiles) {
    const needed = usedBy(tile.name, byName);
    libraries.push(
      await buildVerilator({
        dir,
        top: tile.name,
        fileList: [
          ...modules.filter((module) => needed.has(module.name)).map((module) => `rtl/${module.name}.sv`),
          ...(probes ?? []).filter((probe) => probe.tile === tile.name).map(({ path }) => path),
        ],
        cpp: [],
        hierarchical: false,
        trace: 'none',
        ...(onProgress ? { onProgress: (step: string) => onProgress(`${step} ${tile.name}`) } : {}),
      }),
    );
  }
  const watched = probes !== undefined;
  const views = tiles.map((tile) => ({ ...proxyView(tile), watched }));
  for (const view of views) await writeAtomic(join(dir, `proxy/${view.module}.sv`), renderTemplate('tb/tile_proxy.sv.njk', view));
  await writeAtomic(join(dir, PROXY_CPP), renderTemplate('tb/tile_proxy.cpp.njk', { tiles: views, watched }));
  // What the top uses other than through tiles.
  const kept = usedBy(TOP_MODULE, new Map([...byName].filter(([name]) => !name.startsWith('kiln_tile_'))));
  const fileList = modules.flatMap(({ name }) => {
    if (name.startsWith('kiln_tile_')) return [`proxy/${name}.sv`];
    return kept.has(name) ? [`rtl/${name}.sv`] : [];
  });
  return { fileList, cpp: PROXY_CPP, libraries };
}

function usedBy(top: string, modules: ReadonlyMap<string, ModuleSignature>): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const module = modules.get(name);
    if (module === undefined || seen.has(name)) return;
    seen.add(name);
    module.uses.forEach(visit);
  };
  visit(top);
  return seen;
}

function proxyView(tile: ModuleSignature) {
  const ports = tile.ports.map(({ name, direction, width }) => {
    invariant(typeof width === 'number', `tile port ${name} has a plain width`);
    return { name, direction, range: `[${width - 1}:0]`, actual: direction === 'input' ? name : `step_${name}` };
  });
  const scalarClock = ports.map((port) => (port.name === 'clk_i' ? { ...port, range: '' } : port));
  const args = ports.filter((port) => port.name !== 'clk_i');
  return {
    module: tile.name,
    ports: scalarClock,
    arguments: args,
    inputs: args.filter((port) => port.direction === 'input'),
    outputs: args.filter((port) => port.direction === 'output'),
  };
}
