/** The Verilated `kiln_top` of an architecture with the harness around it, built once and found again. */
import { join } from 'node:path';
import type { Fabric } from '../fabric/graph.ts';
import { emitRtl, modulePath, RTL_PATHS, type RtlFile, TOP_MODULE } from '../rtl/emit.ts';
import { repositoryRoot, writeAtomic } from '../tools/files.ts';
import { withScratch } from '../tools/scratch.ts';
import { buildVerilator, type VerilatorBuild } from '../tools/verilator.ts';
import { probeFiles } from './probes.ts';
import { buildTileModels } from './tiles.ts';

export interface RtlBuildOptions {
  /** `none` by default; a traced build is another build. */
  readonly trace?: 'none' | 'vcd' | 'fst';
  /** Builds each kind of tile once and apart; by default where it pays. */
  readonly hierarchical?: boolean;
  /** What X becomes: `unique` draws registers without reset from the seed of the run. */
  readonly unknowns?: 'fast' | 'unique';
  /** Tells what moves on every stream (see `probes.ts`); another build. */
  readonly watched?: boolean;
  /** Changes the text of a file on its way: for tests that plant a fault. */
  readonly rewrite?: (file: RtlFile) => string;
  /** Simulation threads, for long runs of large flat builds. */
  readonly threads?: number;
  readonly jobs?: number;
  readonly onProgress?: (step: string) => void;
}

/**
 * From this many tiles on each kind of tile is built once and apart. demo (24 tiles): 86 MB of C++ flat, 9 MB so,
 * and a seventh of the time to build; tiny (8 tiles) gains little, and a mostly idle run is four times slower.
 */
const HIERARCHY_PAYS = 12;

/** Builds the RTL of a fabric, or finds it in the cache. */
export function buildRtl(fabric: Fabric, options: RtlBuildOptions = {}): Promise<VerilatorBuild> {
  const testbench = join(repositoryRoot, 'templates', 'tb');
  return withScratch('rtl', async (dir) => {
    const files = emitRtl(fabric);
    for (const file of files) await writeAtomic(join(dir, file.path), options.rewrite?.(file) ?? file.text);
    const probes = options.watched ? probeFiles(fabric) : undefined;
    for (const { path, text } of probes ?? []) await writeAtomic(join(dir, path), text);
    const trace = options.trace ?? 'none';
    // Waves show the inside of tiles, so a traced build has them in the model of the top.
    const large = options.watched === true || fabric.tiles.length >= HIERARCHY_PAYS;
    const apart = trace === 'none' && options.unknowns !== 'unique' && options.hierarchical === undefined && large;
    const models = apart ? await buildTileModels(dir, files, options.onProgress, probes) : undefined;
    const hierarchical = !apart && (options.hierarchical ?? fabric.tiles.length >= HIERARCHY_PAYS);
    const flat = () => [...files.map(({ path }) => path).filter((path) => path.endsWith('.sv')), ...(probes ?? []).map(({ path }) => path)];
    return buildVerilator({
      dir,
      top: TOP_MODULE,
      fileList: models?.fileList ?? flat(),
      ...(probes ? { extraCFlags: ['-DKILN_PROBES'] } : {}),
      // The harness is a host like any other: it drives the fabric with the driver of the hand-off kit.
      cpp: [join(testbench, 'harness.cpp'), RTL_PATHS.driver, ...(models ? [models.cpp] : [])],
      headers: [join(testbench, 'dram.h'), join(testbench, 'shuffled_dram.h'), RTL_PATHS.header, RTL_PATHS.driverHeader],
      ...(models ? { libraries: models.libraries } : { waiver: RTL_PATHS.waivers }),
      hierarchical,
      // A block built apart is one function of all its inputs, so that every ring of tiles looks like a loop.
      // Flat builds keep the warning: there the Moore rule is visible, and they prove that no loop is real.
      extraFlags: models ? ['-Wno-fatal', '-Wno-lint', '-Wno-style'] : hierarchical ? ['-Wno-UNOPTFLAT'] : [],
      trace,
      ...(options.unknowns ? { unknowns: options.unknowns } : {}),
      ...(options.threads ? { threads: options.threads } : {}),
      ...(options.jobs ? { jobs: options.jobs } : {}),
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    });
  });
}

/** The file of the top module, below the folder of the emitted files. */
export const TOP_PATH = modulePath(TOP_MODULE);
