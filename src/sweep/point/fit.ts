/**
 * A program that does not fit: everything that is too large for the architecture, and the smallest change of it with which the
 * program would fit.
 *
 * Every misfit names a field and a value; the architecture is changed so and asked again, which finds the next misfit behind it, until
 * the program is placed and routed. Then each field goes back as far as the program lets it.
 */
import { differences, fieldOf, legalFrom, legalTowards, withField } from '../../arch/change.ts';
import type { Arch } from '../../arch/schema.ts';
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import { type CompileOptions, compile, mapProgram } from '../../compiler/compile.ts';
import { lowerKernel } from '../../compiler/kernels/select.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { smallestGrid } from '../../compiler/place/budget.ts';
import { Fabric } from '../../fabric/graph.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import type { Netlist } from '../../ir/netlist.ts';
import { fitsWith } from './messages.ts';

/** Misfits that are looked for, one behind the other. */
const ROUNDS = 48;
/** Placements that are tried: each may take seconds. */
const PLACEMENTS = 6;

/** What to compile for a fabric: programs may look at it. */
export type BuildFor = (fabric: Fabric) => LoopProgram;

/** The misfits behind a failed compilation, the first of them given, with the change of architecture that would do. */
export function explainMisfit(fabric: Fabric, build: BuildFor, first: readonly Diagnostic[], options: CompileOptions): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  const grown = grow(fabric, build, first, options, found);
  const all = [...found.values()];
  if (!grown) return all;
  const least = shrink(fabric.arch, grown, build, options);
  const fields = differences(fabric.arch, least.arch, least.fields);
  const change = [...settings(fabric.arch, least.arch, fields)];
  return change.length > 0 ? [...all.slice(0, -1), fitsWith(all[all.length - 1], change)] : all;
}

interface Grown {
  readonly arch: Arch;
  /** Fields that were changed, in this order. */
  readonly fields: readonly string[];
}

/** Changes the architecture until the program fits; nothing where no change helps. */
function grow(
  fabric: Fabric,
  build: BuildFor,
  first: readonly Diagnostic[],
  options: CompileOptions,
  found: Map<string, Diagnostic>,
): Grown | undefined {
  let { arch } = fabric;
  const fields: string[] = [];
  let problems = first;
  for (let round = 0, placements = 0; round < ROUNDS; round++) {
    for (const problem of problems) {
      if (!found.has(keyOf(problem))) found.set(keyOf(problem), problem);
    }
    const limits = problems.flatMap(({ limit }) => (limit ? [limit] : []));
    const missing = problems.some(({ code }) => code === 'E0601');
    if (limits.length === 0 && !missing) return undefined;
    for (const { field, value } of limits) {
      if (!fields.includes(field)) fields.push(field);
      const now = fieldOf(arch, field);
      const legal = typeof value === 'number' && typeof now === 'number' && value > now ? legalFrom(field, value) : value;
      if (legal === undefined) return undefined;
      arch = withField(arch, field, legal);
    }
    if (missing) {
      const grid = smallestGrid(arch, netlistOf(arch, build, options));
      if (!grid || (grid.columns === arch.grid.columns && grid.rows === arch.grid.rows)) return undefined;
      arch = { ...arch, grid: { ...arch.grid, ...grid } };
    }
    const lowered = misfits(arch, build, options);
    if (lowered.length === 0 && ++placements > PLACEMENTS) return undefined;
    problems = lowered.length > 0 ? lowered : attempt(() => compiled(arch, build, options));
    if (problems.length === 0) return { arch, fields };
  }
  return undefined;
}

/** What is told once: more of the same field at the same place shows as the others are changed, and routing on every network once. */
const keyOf = ({ code, limit, message, span }: Diagnostic): string =>
  limit?.field.startsWith('network.') ? limit.field : `${code} ${limit?.field ?? message} ${span?.file}:${span?.line}`;

/** Takes back of every change what the program does not need. */
function shrink(before: Arch, { arch: grown, fields }: Grown, build: BuildFor, options: CompileOptions): Grown {
  let arch = grown;
  for (const field of fields) {
    const asked = fieldOf(before, field);
    while (typeof asked === 'number' && fieldOf(arch, field) !== asked) {
      const smaller = withField(arch, field, legalTowards(field, fieldOf(arch, field) as number, asked));
      if (misfits(smaller, build, options).length > 0 || attempt(() => compiled(smaller, build, options)).length > 0) break;
      arch = smaller;
    }
  }
  return { arch, fields };
}

/** What does not fit before placement: cheap to ask. */
function misfits(arch: Arch, build: BuildFor, options: CompileOptions): readonly Diagnostic[] {
  return attempt(() => netlistOf(arch, build, options));
}

function netlistOf(arch: Arch, build: BuildFor, { accept }: CompileOptions): Netlist {
  const fabric = new Fabric(arch);
  const { program, kernel } = mapProgram(build(fabric), fabric, accept);
  return (kernel ? lowerKernel(fabric, kernel) : lower(arch, program)).netlist;
}

function compiled(arch: Arch, build: BuildFor, options: CompileOptions): void {
  const fabric = new Fabric(arch);
  compile(build(fabric), fabric, options);
}

function attempt(work: () => unknown): readonly Diagnostic[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

/** As they are written on the command line. */
function* settings(before: Arch, after: Arch, fields: readonly string[]): Generator<string> {
  for (const field of fields) yield `--set ${field}=${fieldOf(after, field)}`;
  const { columns, rows } = after.grid;
  if (columns !== before.grid.columns || rows !== before.grid.rows) yield `--grid ${columns}x${rows}`;
}
