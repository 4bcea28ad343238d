/** `SURVIVORS.md`: the figures of the last full run of each bench, and the mutants that lived. Rewritten by `--write`. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ModuleScore } from './run.ts';
import type { Mutant } from './schemata.ts';

const FILE = new URL('SURVIVORS.md', import.meta.url);

const HEAD = `# Mutants that live

Written by \`npm run mutate -- BENCH... --write\`: the figures of the last full run of each bench, and below them the mistakes that no
recording betrays and that are not in \`equivalent.ts\`. Each is to be killed by better recordings (\`test/support/proof\`), or shown to be no
other hardware. \`npm run mutate -- BENCH... --alive\` tries those alone.

`;

/** The figures of one bench. */
export interface BenchFigures {
  readonly bench: string;
  readonly possible: number;
  readonly mutants: number;
  readonly caught: number;
  readonly equivalent: number;
  readonly alive: number;
}

/** How the list names a mutant. */
export const nameOf = ({ module, column, what, line }: Pick<Mutant, 'module' | 'column' | 'what' | 'line'>): string =>
  `${module}, column ${column}: \`${what}\` in \`${line}\``;

export interface Survivors {
  readonly figures: readonly BenchFigures[];
  /** Names of the mutants that lived, by bench. */
  readonly alive: ReadonlyMap<string, readonly string[]>;
}

export function readSurvivors(): Survivors {
  const figures: BenchFigures[] = [];
  const alive = new Map<string, string[]>();
  let bench = '';
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    const [, name, ...numbers] = /^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|/.exec(line) ?? [];
    if (name !== undefined && name !== 'all') {
      const [possible, mutants, caught, equivalent, living] = numbers.map(Number);
      figures.push({ bench: name, possible, mutants, caught, equivalent, alive: living });
    }
    if (line.startsWith('## ')) bench = line.slice(3);
    if (line.startsWith('- ')) alive.set(bench, [...(alive.get(bench) ?? []), line.slice(2)]);
  }
  return { figures, alive };
}

/** Puts the scores of whole benches in the place of what stood there. */
export function writeSurvivors(order: readonly string[], scores: readonly ModuleScore[]): void {
  const old = readSurvivors();
  const sections = order.flatMap((bench) => {
    const own = scores.filter((score) => score.bench === bench);
    if (own.length === 0) {
      const figures = old.figures.find((one) => one.bench === bench);
      return figures ? [{ figures, alive: old.alive.get(bench) ?? [] }] : [];
    }
    const sum = (of: (score: ModuleScore) => number) => own.reduce((total, score) => total + of(score), 0);
    const figures: BenchFigures = {
      bench,
      possible: sum(({ possible }) => possible),
      mutants: sum(({ mutants }) => mutants),
      caught: sum(({ caught }) => caught),
      equivalent: sum(({ equivalent }) => equivalent.length),
      alive: sum(({ survivors }) => survivors.length),
    };
    return [{ figures, alive: own.flatMap(({ survivors }) => survivors.map(nameOf)) }];
  });
  const row = ({ bench, possible, mutants, caught, equivalent, alive }: BenchFigures) =>
    `| ${bench} | ${possible} | ${mutants} | ${caught} | ${equivalent} | ${alive} | ${((100 * caught) / (mutants - equivalent)).toFixed(1)} % |\n`;
  const all = sections.reduce(
    (total, { figures }) => ({
      bench: 'all',
      possible: total.possible + figures.possible,
      mutants: total.mutants + figures.mutants,
      caught: total.caught + figures.caught,
      equivalent: total.equivalent + figures.equivalent,
      alive: total.alive + figures.alive,
    }),
    { bench: 'all', possible: 0, mutants: 0, caught: 0, equivalent: 0, alive: 0 } as BenchFigures,
  );
  const table = `| bench | possible | mutants | caught | equivalent | alive | score |\n|---|---|---|---|---|---|---|\n${[...sections.map(({ figures }) => figures), all].map(row).join('')}`;
  const lists = sections
    .filter(({ alive }) => alive.length > 0)
    .map(({ figures, alive }) => `\n## ${figures.bench}\n\n${alive.map((name) => `- ${name}\n`).join('')}`);
  writeFileSync(FILE, HEAD + table + lists.join(''));
}
