/** Mutates the modules of a bench, and looks which mutants the recordings betray. */
import type { Betrayal } from '../../src/cosim/replay.ts';
import type { MutationBench } from './benches.ts';
import { EQUIVALENT } from './equivalent.ts';
import { MUTANT_PACKAGE, type Mutant, schemataOf } from './schemata.ts';

export interface MutationOptions {
  /** Mutants a module at most. */
  readonly mutants: number;
  /** Recordings, roughly; each kind of bench takes what it needs of them. */
  readonly cases: number;
  readonly seed: string;
  readonly modules?: readonly string[];
  /** Tries only some of the mutants that are chosen. */
  readonly only?: (mutant: Mutant) => boolean;
}

export interface ModuleScore {
  readonly bench: string;
  readonly module: string;
  /** Mutants that could be made, and places fixed at elaboration, which schemata cannot reach. */
  readonly possible: number;
  readonly fixed: number;
  readonly mutants: number;
  readonly caught: number;
  readonly equivalent: readonly Mutant[];
  readonly survivors: readonly Mutant[];
}

/** The share of caught mutants among those that are other hardware. */
export function scoreOf(scores: readonly Pick<ModuleScore, 'mutants' | 'caught' | 'equivalent'>[]): number {
  const sum = (of: (score: Pick<ModuleScore, 'mutants' | 'caught' | 'equivalent'>) => number) =>
    scores.reduce((total, score) => total + of(score), 0);
  const real = sum(({ mutants }) => mutants) - sum(({ equivalent }) => equivalent.length);
  return real === 0 ? 1 : sum(({ caught }) => caught) / real;
}

/** What only keeps tools quiet about bits that nobody reads drives nothing. */
const drivesNothing = ({ line }: Mutant): boolean => /^(assign )?unused\w*( =|,|;)/.test(line);

export const isKnownEquivalent = (mutant: Mutant): boolean =>
  drivesNothing(mutant) ||
  EQUIVALENT.some(
    ({ module, line, what, column }) =>
      module === mutant.module && line === mutant.line && what === mutant.what && (column === undefined || column === mutant.column),
  );

/** A function that is kept apart may not look at the choice of the mutant. */
const inlined = (text: string | undefined): string | undefined => text?.replaceAll('/* verilator no_inline_task */', '');

export async function mutate(bench: MutationBench, options: MutationOptions): Promise<ModuleScore[]> {
  const wanted = bench.texts().filter(({ module }) => bench.modules.includes(module) && (options.modules?.includes(module) ?? true));
  let next = 1;
  const schemata = new Map(
    [...new Map(wanted.map((one) => [one.module, one.text]))].map(([module, text]) => {
      const made = schemataOf(module, text, options.mutants, next, options.seed);
      next += made.mutants.length;
      return [module, made] as const;
    }),
  );
  const built = await bench.build({
    rewrite: (modules) => [
      MUTANT_PACKAGE,
      ...modules.map((one) => ({ module: one.module, text: inlined(schemata.get(one.module)?.text) ?? one.text })),
    ],
    // What is not reset may be anything, so that a reset that is missing shows.
    poison: true,
    // Mutants do what good style forbids: indices out of range, loops, constants compared.
    flags: ['-Wno-fatal', '-Wno-lint', '-Wno-style', '-Wno-UNOPTFLAT'],
  });
  const recordings = bench.record(built, options.cases);
  const differences = (await built.check(recordings)).filter((difference) => difference !== undefined);
  if (differences.length > 0) throw new Error(`${bench.name}: without a mutant ${differences.length} recordings differ`);
  const tried = (mutants: readonly Mutant[]) => (options.only ? mutants.filter(options.only) : mutants);
  const all = [...schemata.values()].flatMap(({ mutants }) => tried(mutants));
  const found: Map<number, Betrayal | undefined> = await built.mutants(
    recordings,
    all.map(({ id }) => id),
    120,
  );
  return [...schemata].map(([module, { mutants: chosen, possible, fixed }]) => {
    const mutants = tried(chosen);
    const alive = mutants.filter(({ id }) => found.get(id) === undefined);
    const equivalent = alive.filter(isKnownEquivalent);
    return {
      bench: bench.name,
      module,
      possible,
      fixed,
      mutants: mutants.length,
      caught: mutants.length - alive.length,
      equivalent,
      survivors: alive.filter((mutant) => !isKnownEquivalent(mutant)),
    };
  });
}
