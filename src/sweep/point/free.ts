/**
 * Parallelisation left to Kiln: values of a program's free parameters, chosen by what programs are predicted to take.
 *
 * The search begins with all lanes, one copy and the tiles as they are, and takes the step that is predicted to save most:
 * one parameter to its next value or, where no single one helps, two at a time, as copies of a stage are worth nothing
 * before the stage that feeds it has as many. It ends where no step is worth its units.
 */
import { type Prediction, predict } from '../../compiler/predict.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { NumberParam, Program } from '../../frontend/program.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import { targetOf } from './target.ts';

type Params = Readonly<Record<string, number | string>>;

export interface Choice extends Prediction {
  readonly params: Params;
}

/** The parameters that are left to Kiln: the free ones that are not given. */
export const freeParams = ({ params }: Program, given: Params = {}): [string, NumberParam][] =>
  Object.entries(params).flatMap(([name, spec]) =>
    'free' in spec && spec.free !== undefined && !Object.hasOwn(given, name) ? [[name, spec] as [string, NumberParam]] : [],
  );

/** Share of the cycles that a step must save. */
const WORTH = 0.02;

/** Share of units below which a step counts as free. */
const LEAST_SHARE = 0.02;

/** Tiles are tried down to an eighth and up to eight times of what they are. */
const TILES = 8;

interface Axis {
  readonly name: string;
  readonly values: readonly number[];
  readonly start: number;
}

/** Cycles up to which choices are run rather than believed: on the golden machine these take less than a second together. */
const SHORT = 8000;

/** How many choices are run, the parameters as they are apart. */
const RUNS = 3;

/**
 * The choices that are worth a run: the best by prediction and the parameters as they are, so that a choice is never worse than
 * these. Nothing where one of them is long, as predictions of long runs are close.
 */
export function shortlist(choices: readonly Choice[], asked: Params): Choice[] {
  const same = ({ params }: Choice) => Object.entries(asked).every(([name, value]) => params[name] === value);
  const list = [...choices.slice(0, RUNS), ...choices.slice(RUNS).filter(same)];
  return list.every(({ expected }) => expected <= SHORT) ? list : [];
}

/**
 * Parameters from the best to the worst that was looked at, those that do not fit left out: the fewest expected cycles, and of
 * those within 2 % of that the fewest units first. The parameters as they are, are among them.
 */
export function choicesOf(fabric: Fabric, program: Program, given: Params, memory: DramProfile): Choice[] {
  const resolved = program.resolve(given);
  const target = targetOf(fabric.arch);
  const axes = freeParams(program, given).map(([name, spec]) => axisOf(name, spec, Number(resolved[name]), target.lanes));
  const found = new Map<string, Choice | undefined>();
  const look = (params: Params): Choice | undefined => {
    const key = axes.map(({ name }) => params[name]).join();
    if (!found.has(key)) {
      const prediction = predict(program.build(params, target), fabric, memory);
      found.set(key, prediction && { params, ...prediction });
    }
    return found.get(key);
  };
  const at = (steps: readonly number[]): Choice | undefined =>
    axes.every(({ values }, i) => steps[i] >= 0 && steps[i] < values.length)
      ? look({ ...resolved, ...Object.fromEntries(axes.map(({ name, values }, i) => [name, values[steps[i]]])) })
      : undefined;
  look(resolved);
  for (let here = axes.map(({ start }) => start), now = at(here); ; ) {
    const best = bestOf(now, single(here), at) ?? bestOf(now, double(here), at);
    if (!best) break;
    [here, now] = [best.steps, best.choice];
  }
  return ranked([...found.values()].filter((choice) => choice !== undefined));
}

function axisOf(name: string, { free, min, max }: NumberParam, now: number, lanes: number): Axis {
  if (free === 'tile') {
    const values = [];
    for (let factor = 1 / TILES; factor <= TILES; factor *= 2) values.push(Math.ceil(now * factor));
    const within = [...new Set(values)].filter((value) => value >= min && value <= max);
    return { name, values: within, start: within.indexOf(now) };
  }
  const most = free === 'lanes' ? Math.min(max, lanes) : max;
  const values = [];
  for (let value = 1; value <= most; value *= 2) if (value >= min) values.push(value);
  return { name, values, start: free === 'lanes' ? values.length - 1 : 0 };
}

/** Places that one of the axes leads to, up or down. */
const single = (here: readonly number[]): number[][] =>
  here.flatMap((_, i) => [1, -1].map((by) => here.map((step, j) => (i === j ? step + by : step))));

/** Places that two of the axes lead to, both up. */
const double = (here: readonly number[]): number[][] =>
  here.flatMap((_, i) => here.flatMap((_, j) => (j > i ? [here.map((step, k) => (k === i || k === j ? step + 1 : step))] : [])));

/** The step that saves most for the share of the scarcest units that it takes; nothing where none saves enough. */
function bestOf(now: Choice | undefined, places: readonly number[][], at: (steps: readonly number[]) => Choice | undefined) {
  let best: { steps: number[]; choice: Choice; gain: number } | undefined;
  for (const steps of places) {
    const choice = at(steps);
    if (!choice || (now && choice.expected > (1 - WORTH) * now.expected)) continue;
    const saved = now ? Math.log(now.expected / choice.expected) : 1 / choice.expected;
    const gain = saved / Math.max(LEAST_SHARE, choice.share - (now?.share ?? 0));
    if (!best || gain > best.gain) best = { steps, choice, gain };
  }
  return best;
}

function ranked(choices: readonly Choice[]): Choice[] {
  const fastest = Math.min(...choices.map(({ expected }) => expected));
  const near = ({ expected }: Choice) => expected <= fastest / (1 - WORTH);
  return [
    ...choices.filter(near).sort((a, b) => a.units - b.units),
    ...choices.filter((one) => !near(one)).sort((a, b) => a.expected - b.expected),
  ];
}
