/** Programs as commands name them: a shipped one, a TypeScript file, or a bitstream and the program it came from. */
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { DiagnosticError } from '../base/diagnostic.ts';
import { didYouMean } from '../base/text.ts';
import { decodeSections } from '../bitstream/sections.ts';
import type { Fabric } from '../fabric/graph.ts';
import { sourceOf } from '../frontend/dsl/caller.ts';
import type { Program } from '../frontend/program.ts';
import type { Source } from '../ir/loops.ts';
import { programs } from '../programs/index.ts';
import { DEFAULT_DRAM, DRAM_PROFILES, type DramProfile } from '../sim/dram-profile.ts';
import { type Built, buildFromKbit, buildProgram } from '../sweep/point/build.ts';
import { freeParams } from '../sweep/point/free.ts';
import { readBytes } from '../tools/files.ts';
import { noSuchProgram, notAProgram, nothingFree, programFailed } from './messages.ts';
import type { Output } from './output.ts';
import type { Progress } from './progress.ts';

export type Pairs = Readonly<Record<string, string>>;

/** Adds `--free`. */
export function withFree(command: Command): Command {
  return command.option(
    '--free',
    'lanes, copies and tiles that `--param` does not give are chosen by prediction (explicit programs; patterns always choose)',
  );
}

/** Adds `--param`. */
export function withParams(command: Command): Command {
  return command.option('--param <NAME=VALUE>', 'a parameter of the program; may be repeated', pair, {});
}

/** Gathers `NAME=VALUE` options. */
export function pair(text: string, former: Pairs): Pairs {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new InvalidArgumentError('It is written NAME=VALUE.');
  return { ...former, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** A program by its name, or by the path of the file whose default export it is. */
export async function loadProgram(name: string): Promise<Program> {
  const shipped = programs.get(name);
  if (shipped) return shipped;
  if (!existsSync(name)) throw new DiagnosticError(noSuchProgram(name, didYouMean(name, programs.keys())));
  const loaded = await importFile(name);
  const found = (loaded as { default?: unknown }).default;
  if (!isProgram(found))
    throw new DiagnosticError(notAProgram(name, found === undefined ? 'it has no default export' : 'its default export is something else'));
  return found;
}

/** Adds `--exact`. */
export function withExact(command: Command): Command {
  return command.option('--exact', 'all the copies that the program asks for, or an error; else fewer where not all fit, with a warning');
}

export interface BuildRequest {
  readonly param: Pairs;
  readonly exact?: boolean;
  readonly seed?: number;
  readonly free?: boolean;
  /** The memory that `free` chooses for. */
  readonly dram?: DramProfile;
}

/** The bitstream of a program, compiled here, or read with the program it names. */
export async function build(name: string, fabric: Fabric, options: BuildRequest, progress: Progress, out: Output): Promise<Built> {
  const { param, seed, exact, free, dram } = options;
  if (extname(name) === '.kbit') {
    if (free) throw new DiagnosticError(nothingFree(name, 'a bitstream is chosen already'));
    const kbit = new Uint8Array(await readBytes(name, 'bitstream'));
    const program = await loadProgram(decodeSections(fabric, kbit)[0].interface.program);
    return progress.step('read', () => buildFromKbit(fabric, program, kbit));
  }
  const program = await loadProgram(name);
  if (free && freeParams(program, param).length === 0)
    throw new DiagnosticError(nothingFree(name, 'none of its parameters that are not given is lanes, copies or a tile'));
  const now = () => performance.now();
  const chosen = free && { free: dram ?? DRAM_PROFILES[DEFAULT_DRAM] };
  const built = await progress.step('compile', () =>
    buildProgram(fabric, program, param, { seed, now, explain: true, fewer: !exact, ...chosen }),
  );
  out.diagnostics(built.warnings ?? []);
  return built;
}

async function importFile(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    throw new DiagnosticError(programFailed(path, ...placeOf(error)));
  }
}

/** What a file that could not be loaded says, and where: a mistake of syntax as `file:line:column: ERROR: …`, or the line that threw. */
function placeOf(error: unknown): [why: string, source?: Source] {
  if (!(error instanceof Error)) return [String(error)];
  const [, file, line, column, why] = /^(.+?):(\d+):(\d+): ERROR: (.*)$/m.exec(error.message) ?? [];
  // The place of a mistake of syntax counts columns from 0.
  if (file !== undefined) return [why, { file, line: Number(line), column: Number(column) + 1 }];
  return [error.message.split('\n')[0], sourceOf(error.stack ?? '')];
}

function isProgram(value: unknown): value is Program {
  const parts = ['resolve', 'build', 'data', 'reference', 'tolerance'];
  return (
    typeof value === 'object' && value !== null && parts.every((part) => typeof (value as Record<string, unknown>)[part] === 'function')
  );
}
