/** Fabrics for tests: the files in `arch/` and variants that stretch every dimension. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Arch, archSchema } from '../../../src/arch/schema.ts';
import { unpackBits, widthOf } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import { type MemoryWords, type TileConfig, tileLayout } from '../../../src/fabric/config.ts';
import { Fabric } from '../../../src/fabric/graph.ts';

/** An architecture of `arch/`, by name. */
export function archNamed(name: string): Arch {
  return archSchema.parse(parse(readFileSync(new URL(`../../../arch/${name}.yaml`, import.meta.url), 'utf8')));
}

export function fabricNamed(name: string): Fabric {
  return new Fabric(archNamed(name));
}

/** One lane, one of everything. */
export const leastFabric = new Fabric(
  archSchema.parse({
    name: 'least',
    grid: { columns: 1, rows: 2 },
    pcu: {
      lanes: 1,
      stages: 2,
      registers: 2,
      counters: 1,
      ring: 4,
      vectorIn: 1,
      vectorOut: 1,
      scalarIn: 1,
      scalarOut: 1,
      controlIn: 1,
      controlOut: 1,
    },
    pmu: {
      bankWords: 16,
      writeContexts: 1,
      readContexts: 1,
      counters: 1,
      vectorIn: 1,
      scalarIn: 1,
      controlIn: 1,
      controlOut: 1,
      tokens: 1,
    },
    ag: { sides: ['west'], counters: 1, controlIn: 1, controlOut: 1 },
    network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 },
    memory: { ports: 1, addressBits: 20 },
  }),
);

/** More than 16 columns, 32 lanes, address generators on all sides. */
export const wideFabric = new Fabric(
  archSchema.parse({
    name: 'wide',
    grid: { columns: 17, rows: 2, pattern: 'columns' },
    pcu: { lanes: 32, stages: 8, registers: 7, float: false },
    ag: { sides: ['west', 'east', 'north', 'south'], scalarIn: 3 },
    network: { vectorTracks: 2, scalarTracks: 3, controlTracks: 5 },
  }),
);

/** Configurations with random bits in every field of about `share` of the tiles. */
export function randomConfigs(fabric: Fabric, seed: number, share = 0.6): Map<number, TileConfig> {
  const rng = new Rng(seed);
  const configs = new Map<number, TileConfig>();
  for (const tile of fabric.tiles) {
    if (rng.float01() > share) continue;
    const layout = tileLayout(fabric.arch, tile.kind);
    // Some tiles dense, some with few bits set, some with none.
    const density = rng.pick([0, 0.02, 0.5, 1]);
    const words = Array.from({ length: Math.ceil(widthOf(layout) / 32) + 1 }, () => {
      let word = 0;
      for (let bit = 0; bit < 32; bit++) if (rng.float01() < density) word |= 1 << bit;
      return word >>> 0;
    });
    const config = unpackBits(layout, words) as unknown as TileConfig;
    const memory = tile.kind === 'pmu' ? randomMemory(rng, fabric.arch) : [];
    configs.set(tile.id, memory.length > 0 ? { ...config, memory } : config);
  }
  return configs;
}

/** Runs of words, with gaps and without; one may reach the end. */
function randomMemory(rng: Rng, { pcu, pmu }: Arch): MemoryWords[] {
  const end = pcu.lanes * pmu.bankWords;
  const runs: MemoryWords[] = [];
  for (let address = rng.int(0, 3); rng.chance(0.5) && address < end; ) {
    const length = Math.min(end - address, rng.pick([1, 5, 40]));
    runs.push({ address, words: Uint32Array.from({ length }, () => (rng.chance(0.5) ? rng.next32() : rng.int(0, 9))) });
    address += length;
    address = rng.pick([address, address + 3, Math.max(address, end - 2)]);
  }
  return runs;
}
