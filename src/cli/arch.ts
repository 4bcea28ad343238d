/** Architectures as commands name them: a file, or the name of one in `arch/`. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { type ParsedArch, parseArch } from '../arch/parse.ts';
import type { Override } from '../arch/place.ts';
import type { Arch } from '../arch/schema.ts';
import { DiagnosticError } from '../base/diagnostic.ts';
import { didYouMean, naturalSort } from '../base/text.ts';
import { readText, repositoryRoot } from '../tools/files.ts';
import { noSuchArch } from './messages.ts';
import type { Output } from './output.ts';

export interface ArchOptions {
  readonly grid?: string;
  readonly set?: readonly string[];
}

/** Adds `--arch`, `--grid` and `--set`. */
export function withArch(command: Command): Command {
  return withOverrides(command.requiredOption('--arch <ARCH>', 'the architecture: a file, or the name of one in arch/'));
}

/** Adds `--grid` and `--set`. */
export function withOverrides(command: Command): Command {
  return command
    .option('--grid <CxR>', 'columns and rows of units in place of those of the architecture')
    .option('--set <path=value>', 'change one field, as `pcu.lanes=8`; may be repeated', collect, []);
}

export const collect = (value: string, former: readonly string[]): string[] => [...former, value];

/** The checked architecture; its warnings are printed, its errors thrown. */
export async function loadArch(name: string, options: ArchOptions, out: Output): Promise<Arch> {
  const { arch, diagnostics } = await parseNamed(name, options, out);
  if (arch === undefined) throw new DiagnosticError(diagnostics);
  out.diagnostics(diagnostics);
  return arch;
}

/** Everything there is to say about an architecture; `out` learns the texts. */
export async function parseNamed(name: string, options: ArchOptions, out: Output): Promise<ParsedArch> {
  const { path, shown } = findArch(name);
  const parsed = parseArch(await readText(path, 'architecture'), shown, overridesOf(options));
  out.know(parsed.texts);
  return parsed;
}

/** Names of the architectures in `arch/`. */
export function shippedArchs(): string[] {
  const names = readdirSync(join(repositoryRoot, 'arch')).filter((file) => file.endsWith('.yaml'));
  return naturalSort(names.map((file) => basename(file, '.yaml')));
}

function findArch(name: string): { path: string; shown: string } {
  if (existsSync(name)) return { path: name, shown: name };
  const known = shippedArchs();
  if (!known.includes(name)) throw new DiagnosticError(noSuchArch(name, didYouMean(name, known), known));
  return { path: join(repositoryRoot, 'arch', `${name}.yaml`), shown: `arch/${name}.yaml` };
}

function overridesOf({ grid, set = [] }: ArchOptions): Override[] {
  const overrides: Override[] = grid === undefined ? [] : [{ flag: '--grid', text: grid }];
  return [...overrides, ...set.map((text) => ({ flag: '--set', text }) as const)];
}
