/** `kiln synth` as a function: Yosys on the RTL of a unit, and what its figures come to. */
import { join } from 'node:path';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { readText, writeAtomic } from '../../tools/files.ts';
import { withScratch } from '../../tools/scratch.ts';
import { requireTools } from '../../tools/versions.ts';
import { countSelected, parseDelays, parseLongestPath, readStat, runYosys } from '../../tools/yosys.ts';
import { type Count, countNetlist, moduleName } from './count.ts';
import { type Library, lacksOf, notLiberty, parseLiberty } from './liberty.ts';
import { SYNTH_FILES, synthCommands } from './script.ts';

/** What can be synthesised, and its module. */
export const SYNTH_UNITS = {
  pcu: 'kiln_pcu',
  pmu: 'kiln_pmu',
  switch: 'kiln_switch_pcu',
  ag: 'kiln_ag',
  host: 'kiln_host',
  loader: 'kiln_loader',
  fabric: 'kiln_top',
} as const;
export type SynthUnit = keyof typeof SYNTH_UNITS;

export interface SynthInput {
  readonly unit: SynthUnit;
  /** Verilog files in order. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Bits of one scratchpad bank. */
  readonly bankBits: number;
  readonly libertyPath?: string;
}

export interface SynthReport extends Count {
  readonly unit: SynthUnit;
  readonly top: string;
  readonly yosys: string;
  readonly seconds: number;
  /** What areas are counted in. */
  readonly areaUnit: 'transistors' | 'µm²';
  /** Cells on the longest path between registers, over the whole unit; not for a fabric. */
  readonly levels?: number;
  /** With a library: the slowest logic inside one module, in ns. A path may cross several. */
  readonly slowest?: { readonly module: string; readonly ns: number };
}

const LIBRARY_NAME = 'cells.lib';

/** Synthesises and counts. */
export async function synthesise({ unit, files, bankBits, libertyPath }: SynthInput): Promise<SynthReport> {
  await requireTools('yosys');
  const loaded = libertyPath === undefined ? undefined : await loadLibrary(libertyPath);
  const top = SYNTH_UNITS[unit];
  return withScratch('synth', async (dir) => {
    for (const { path, text } of files) await writeAtomic(join(dir, path), text);
    if (loaded) await writeAtomic(join(dir, LIBRARY_NAME), loaded.text);
    const longestPath = unit !== 'fabric';
    const commands = synthCommands({
      files: files.map(({ path }) => path),
      top,
      longestPath,
      ...(loaded ? { liberty: LIBRARY_NAME } : {}),
    });
    const { version, seconds } = await runYosys(dir, commands);
    const memories = await readStat(dir, SYNTH_FILES.memories);
    const read = (file: string) => readText(join(dir, file), 'output of Yosys');
    const count = countNetlist({
      top,
      modules: await readStat(dir, SYNTH_FILES.cells),
      memoryBits: new Map(memories.map(({ name, memoryBits }) => [name, memoryBits])),
      copies: countSelected(await read(SYNTH_FILES.configuration)),
      bankBits,
      ...(loaded ? { library: loaded.library } : {}),
    });
    const levels = longestPath ? parseLongestPath(await read(SYNTH_FILES.path)) : undefined;
    const [slowest] = loaded ? [...parseDelays(await read(SYNTH_FILES.abc))].sort((a, b) => b[1] - a[1]) : [];
    return {
      ...count,
      unit,
      top,
      yosys: version,
      seconds,
      areaUnit: loaded ? 'µm²' : 'transistors',
      ...(levels === undefined ? {} : { levels }),
      ...(slowest ? { slowest: { module: moduleName(slowest[0]), ns: slowest[1] / 1000 } } : {}),
    };
  });
}

async function loadLibrary(path: string): Promise<{ text: string; library: Library }> {
  const text = await readText(path, 'Liberty file');
  const library = parseLiberty(text);
  const lack = lacksOf(library);
  if (lack !== undefined) throw new DiagnosticError(notLiberty(path, lack));
  return { text, library };
}
