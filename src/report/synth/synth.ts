/** `kiln synth` as a function: Yosys on the RTL of a unit, and what its figures come to. */
import { join } from 'node:path';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { invariant } from '../../base/invariant.ts';
import { cachedText } from '../../tools/cached.ts';
import { readText, writeAtomic } from '../../tools/files.ts';
import { inParallel } from '../../tools/parallel.ts';
import { withScratch } from '../../tools/scratch.ts';
import { requireTools } from '../../tools/versions.ts';
import { countSelected, runYosys } from '../../tools/yosys.ts';
import { type Count, countNetlist, moduleName } from './count.ts';
import { type Library, lacksOf, notLiberty, parseLiberty } from './liberty.ts';
import { blifName, type Netlist, parseBlif } from './netlist.ts';
import { type LongestPath, longestPath } from './path.ts';
import { type ElaboratedModule, jobText, splitRtlil } from './rtlil.ts';
import { elaborateCommands, mapCommands, SYNTH_FILES } from './script.ts';

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
  /** Told what goes on. */
  readonly onProgress?: (step: string) => void;
}

export interface SynthReport extends Count {
  readonly unit: SynthUnit;
  readonly top: string;
  readonly yosys: string;
  /** Seconds by the clock; modules that were synthesised before cost none. */
  readonly seconds: number;
  /** Distinct modules, and how many of them were at hand from a run before. */
  readonly synthesised: { readonly modules: number; readonly cached: number };
  /** What areas are counted in. */
  readonly areaUnit: 'transistors' | 'µm²';
  /** The longest path between registers over the whole unit; of a fabric, the longest inside one of its parts. */
  readonly path?: LongestPath & { readonly part: string };
}

const LIBRARY_NAME = 'cells.lib';

/** Synthesises and counts. */
export async function synthesise(input: SynthInput): Promise<SynthReport> {
  const { unit, files, bankBits, libertyPath, onProgress } = input;
  const begin = performance.now();
  const loaded = libertyPath === undefined ? undefined : await loadLibrary(libertyPath);
  const { yosys } = await requireTools('yosys');
  const top = SYNTH_UNITS[unit];
  onProgress?.('elaborating');
  const design = splitRtlil(await elaborated(files, top, yosys.version));
  const modules = [...below(top, design)].filter(({ blackBox }) => !blackBox);
  // The longest first, so that none is left alone at the end.
  const order = [...modules].sort((a, b) => b.text.length - a.text.length);
  const done = new Map<string, Mapped>();
  // Four at most: each may take a gigabyte.
  await inParallel(order, async (module) => {
    const made = await mapped(module, design, loaded?.text, yosys.version);
    done.set(blifName(module.name), made);
    onProgress?.(`${done.size} of ${order.length} modules: ${moduleName(module.name)}${made.cached ? ', as before' : ''}`);
  });
  // Netlists name what they instantiate as BLIF does.
  const netlists = new Map(modules.map(({ name }) => [blifName(name), done.get(blifName(name))?.netlist as Netlist]));
  onProgress?.('looking for the longest path');
  const count = countNetlist({
    top,
    modules: [...netlists].map(([name, { counts }]) => ({ name, cells: counts })),
    memoryBits: new Map(modules.map(({ name, memoryBits }) => [blifName(name), memoryBits])),
    copies: new Map([...done].map(([name, { copies }]) => [name, copies])),
    bankBits,
    ...(loaded ? { library: loaded.library.cells } : {}),
  });
  const parts = unit === 'fabric' ? (design.get(top)?.uses ?? []).map(blifName).filter((part) => netlists.has(part)) : [top];
  const path = parts
    .flatMap((part) => {
      const found = longestPath(part, netlists, loaded?.library);
      return found ? [{ ...found, part: moduleName(part) }] : [];
    })
    .reduce<SynthReport['path']>((a, b) => (a && (a.ns ?? a.levels) >= (b.ns ?? b.levels) ? a : b), undefined);
  return {
    ...count,
    unit,
    top,
    yosys: yosys.version,
    seconds: (performance.now() - begin) / 1000,
    synthesised: { modules: done.size, cached: [...done.values()].filter(({ cached }) => cached).length },
    areaUnit: loaded ? 'µm²' : 'transistors',
    ...(path ? { path } : {}),
  };
}

/** The elaborated design as Yosys writes it. */
async function elaborated(files: SynthInput['files'], top: string, version: string): Promise<string> {
  const commands = elaborateCommands(
    files.map(({ path }) => path),
    top,
  );
  const { text } = await cachedText('synth', [version, ...commands, ...files.map((file) => file.text)], () =>
    withScratch('synth', async (dir) => {
      for (const { path, text: content } of files) await writeAtomic(join(dir, path), content);
      await runYosys(dir, commands);
      return readText(join(dir, SYNTH_FILES.design), 'output of Yosys');
    }),
  );
  return text;
}

interface Mapped {
  readonly netlist: Netlist;
  /** Flip-flops that copy bits of configuration. */
  readonly copies: number;
  readonly cached: boolean;
}

/** One module, synthesised by itself or at hand. */
async function mapped(
  module: ElaboratedModule,
  design: ReadonlyMap<string, ElaboratedModule>,
  liberty: string | undefined,
  version: string,
): Promise<Mapped> {
  const job = jobText(module, design);
  const commands = mapCommands(liberty === undefined ? undefined : LIBRARY_NAME);
  const { text, cached } = await cachedText('synth', [version, ...commands, liberty ?? '', job], () =>
    withScratch('synth', async (dir) => {
      await writeAtomic(join(dir, SYNTH_FILES.job), job);
      if (liberty !== undefined) await writeAtomic(join(dir, LIBRARY_NAME), liberty);
      await runYosys(dir, commands);
      const [copies, blif] = await Promise.all(
        [SYNTH_FILES.configuration, SYNTH_FILES.cells].map((file) => readText(join(dir, file), 'output of Yosys')),
      );
      return `${countSelected(copies)}\n${blif}`;
    }),
  );
  const end = text.indexOf('\n');
  return { netlist: parseBlif(text.slice(end + 1)), copies: Number(text.slice(0, end)), cached };
}

/** A module and all it instantiates. */
function below(top: string, design: ReadonlyMap<string, ElaboratedModule>): Set<ElaboratedModule> {
  const found = new Set<ElaboratedModule>();
  const visit = (name: string) => {
    const module = design.get(name);
    invariant(module, () => `no module \`${name}\``);
    if (found.has(module)) return;
    found.add(module);
    module.uses.forEach(visit);
  };
  visit(top);
  return found;
}

async function loadLibrary(path: string): Promise<{ text: string; library: Library }> {
  const text = await readText(path, 'Liberty file');
  try {
    const library = parseLiberty(text);
    const lack = lacksOf(library);
    if (lack !== undefined) throw new DiagnosticError(notLiberty(path, lack));
    return { text, library };
  } catch (error) {
    if (error instanceof SyntaxError) throw new DiagnosticError(notLiberty(path, error.message));
    throw error;
  }
}
