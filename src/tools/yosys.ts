/** Yosys: a script over files in a directory, and the figures it prints. */
import { join } from 'node:path';
import { readText, writeAtomic } from './files.ts';
import { run } from './run.ts';
import { requireTools } from './versions.ts';

export interface YosysResult {
  /** As Yosys prints it: `0.23`. */
  readonly version: string;
  readonly seconds: number;
}

/** The slowest logic of a module that ABC mapped, in picoseconds, by the module; empty without a library. */
export function parseDelays(text: string): Map<string, number> {
  const delays = new Map<string, number>();
  let module = '';
  for (const line of text.split('\n')) {
    const next = /Extracting gate netlist of module `\\?(.*)' to/.exec(line);
    if (next) module = next[1];
    const delay = /\bDelay = +([\d.]+) ps/.exec(line);
    if (delay && module !== '') delays.set(module, Math.max(delays.get(module) ?? 0, Number(delay[1])));
  }
  return delays;
}

/** Runs `commands` in `directory`; what they `tee` and write lies there afterwards. Throws E0901 to E0904. */
export async function runYosys(directory: string, commands: readonly string[], timeoutSeconds = 3600): Promise<YosysResult> {
  const { yosys } = await requireTools('yosys');
  await writeAtomic(join(directory, 'script.ys'), `${commands.join('\n')}\n`);
  const { seconds } = await run(yosys.command, ['-q', 'script.ys'], { cwd: directory, timeoutSeconds });
  return { version: yosys.version, seconds };
}

/** One module of a netlist: how many cells of each type it holds itself. */
export interface ModuleCells {
  /** The name as Yosys has it, parameters and all. */
  readonly name: string;
  readonly cells: Readonly<Record<string, number>>;
  /** Bits of memories, where they are not cells yet. */
  readonly memoryBits: number;
}

/** Reads what `stat -json` wrote to a file of `directory`. */
export async function readStat(directory: string, file: string): Promise<ModuleCells[]> {
  return parseStat(await readText(join(directory, file), 'figures of Yosys'));
}

/** The modules of a `stat -json`. Below them some versions print the hierarchy in between, which is no JSON; we count it ourselves. */
export function parseStat(text: string): ModuleCells[] {
  const start = text.indexOf('{', text.indexOf('"modules"'));
  const end = text.indexOf('\n   }', start);
  if (start < 0 || end < 0) throw new Error('`stat -json` printed no modules');
  const modules = JSON.parse(`${text.slice(start, end)}}`) as Record<
    string,
    { num_cells_by_type?: Record<string, number>; num_memory_bits?: number }
  >;
  return Object.entries(modules).map(([name, { num_cells_by_type, num_memory_bits }]) => ({
    name: name.replace(/^\\/, ''),
    cells: Object.fromEntries(Object.entries(num_cells_by_type ?? {}).map(([type, count]) => [type.replace(/^\\/, ''), count])),
    memoryBits: num_memory_bits ?? 0,
  }));
}

/** The length `ltp` printed, in cells; undefined where it found nothing. */
export function parseLongestPath(text: string): number | undefined {
  const found = /Longest topological path in .* \(length=(\d+)\)/.exec(text);
  return found ? Number(found[1]) : undefined;
}

/** How many objects of each module `select -list` names, as `module/object` lines. */
export function countSelected(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const slash = line.indexOf('/');
    if (slash <= 0) continue;
    const module = line.slice(0, slash).replace(/^\\/, '');
    counts.set(module, (counts.get(module) ?? 0) + 1);
  }
  return counts;
}
