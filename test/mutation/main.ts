/**
 * `npm run mutate [-- BENCH... --mutants N --cases N --seed S --alive --write]`: single mistakes put into the RTL of
 * each unit, and which of them the recordings of the golden model betray. `--alive` tries only those of
 * `SURVIVORS.md`, `--write` puts what is found there. Exits 1 where the score of all is below 95 %.
 */
import { parseArgs } from 'node:util';
import { BENCHES } from './benches.ts';
import { BIT_TARGETS, flipBits } from './config-bits.ts';
import { type ModuleScore, mutate, scoreOf } from './run.ts';
import { nameOf, readSurvivors, writeSurvivors } from './survivors.ts';

const GOAL = 0.95;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mutants: { type: 'string', default: '40' },
    cases: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '12' },
    module: { type: 'string', multiple: true },
    alive: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const known = [...BENCHES.map(({ name }) => name), 'bits'];
for (const name of positionals) if (!known.includes(name)) stop(`unknown bench \`${name}\`; the known ones: ${known.join(' ')}`);
for (const option of ['mutants', 'cases'] as const) if (!(Number(values[option]) >= 1)) stop(`--${option} takes a number from 1 on`);

if (values.write && (values.alive || values.module)) stop('--write takes whole benches: no --alive, no --module');

const scores: ModuleScore[] = [];
if (positionals.length !== 1 || positionals[0] !== 'bits') await mutants();
if (positionals.length === 0 || positionals.includes('bits')) await bits();

/** Mistakes in the RTL. */
async function mutants(): Promise<void> {
  line('module', 'possible', 'mutants', 'caught', 'equivalent', 'survivors', 'score');
  for (const bench of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    const options = { mutants: Number(values.mutants), cases: Number(values.cases), seed: values.seed };
    const alive = new Set(values.alive ? readSurvivors().alive.get(bench.name) : []);
    if (values.alive && alive.size === 0) continue;
    const found = await mutate(bench, {
      ...options,
      ...(values.module ? { modules: values.module } : {}),
      ...(values.alive ? { only: (mutant) => alive.has(nameOf(mutant)) } : {}),
    });
    for (const score of found) {
      const { module, possible, mutants, caught, equivalent, survivors } = score;
      line(module, ...[possible, mutants, caught, equivalent.length, survivors.length].map(String), percent([score]));
    }
    for (const { survivors } of found)
      for (const { module, what, column, line: text } of survivors) console.log(`survives  ${module} column ${column}: ${what} in ${text}`);
    scores.push(...found);
  }
  const sum = (of: (score: ModuleScore) => number) => String(scores.reduce((total, score) => total + of(score), 0));
  line(
    'all',
    sum(({ possible }) => possible),
    sum(({ mutants }) => mutants),
    sum(({ caught }) => caught),
    sum(({ equivalent }) => equivalent.length),
    sum(({ survivors }) => survivors.length),
    percent(scores),
  );
  console.log(`places fixed at elaboration, not mutated: ${sum(({ fixed }) => fixed)}`);
  if (values.write)
    writeSurvivors(
      BENCHES.map(({ name }) => name),
      scores,
    );
  if (scoreOf(scores) < GOAL) process.exitCode = 1;
}

/** Flipped bits of configurations. */
async function bits(): Promise<void> {
  line('configuration', 'bits', 'changing', 'flips', 'refused', 'apart', 'alike');
  for (const target of BIT_TARGETS) {
    if (values.module && !values.module.includes(target.name)) continue;
    const {
      name,
      bits: all,
      changing,
      flips,
      refused,
      refusedApart,
      apart,
      silent,
    } = await flipBits(target, Number(values.rounds), 150, values.seed);
    const accepted = flips - refused;
    line(
      name,
      ...[all, changing, flips, refused, apart.length].map(String),
      `${((100 * (accepted - apart.length)) / accepted).toFixed(2)} %`,
    );
    if (refusedApart > 0) console.log(`  of the flips that the encoder refuses, golden model and RTL part on ${refusedApart}`);
    for (const text of apart.slice(0, 20)) console.log(`  apart: ${text}`);
    if (silent.size > 0) console.log(`  never changed anything: ${[...silent].map(([field, count]) => `${field} (${count})`).join(', ')}`);
    if (apart.length > 0) process.exitCode = 1;
  }
}

function percent(of: readonly ModuleScore[]): string {
  return `${(100 * scoreOf(of)).toFixed(1)} %`;
}

function line(name: string, ...cells: string[]): void {
  console.log(`${name.padEnd(26)}${cells.map((cell) => cell.padStart(11)).join('')}`);
}

function stop(problem: string): never {
  console.error(`error: ${problem}`);
  process.exit(2);
}
