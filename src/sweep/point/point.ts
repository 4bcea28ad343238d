/**
 * One point: one program on one architecture, from data to a report. Every answer asked for is made, each is
 * compared bit for bit with the one before it, and the first with the program's reference.
 *
 *   build -> data -> reference -> evaluator = golden = rtl -> report
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Certificate } from '../../compiler/certificate/certificate.ts';
import type { RtlBuildOptions } from '../../cosim/build.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { argWords, inputWords } from '../../frontend/check.ts';
import type { Inputs } from '../../frontend/program.ts';
import type { Answers } from '../../ir/evaluate.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import type { NetworkMode } from '../../sim/network.ts';
import { type Built, certify, namesOf, readsForNothing } from './build.ts';
import { compareAnswers, compareReference, runProblems } from './compare.ts';
import type { GoldenRun } from './golden.ts';
import { dramImage } from './image.ts';
import { type GivenData, inputsOf, referenceOf } from './inputs.ts';
import { cyclesDiffer, readUnwritten } from './messages.ts';
import { whereTheyPart } from './part.ts';
import { RTL_SIMULATORS, type RtlPointRun, type RtlSimulator, runOnRtl } from './rtl.ts';
import { evaluateSections, goldenInSequence, runGoldenSections, runsInSequence } from './sections.ts';
import { WITNESSES, type Witness } from './witness.ts';

/** Runs one step, tells of it, measures it. */
export type Step = <T>(title: string, work: (detail: (text: string) => void) => Promise<T> | T) => Promise<T>;

export interface PointOptions {
  readonly witnesses: ReadonlySet<Witness>;
  readonly given: GivenData;
  readonly profile: DramProfile;
  readonly network: NetworkMode;
  readonly maxCycles?: number;
  /** The golden simulator notices reads of scratchpad words that nothing wrote. */
  readonly poison?: boolean;
  /** A file for the waves of the RTL. */
  readonly waves?: string;
  /** Changes a file of the Verilated RTL: for tests that plant a fault. */
  readonly rewrite?: RtlBuildOptions['rewrite'];
}

export interface Point {
  readonly built: Built;
  readonly inputs: Inputs;
  readonly certificate: Certificate;
  /** All sections one after the other, as one run. */
  readonly golden?: GoldenRun;
  readonly rtl?: RtlPointRun;
  readonly icarus?: RtlPointRun;
  /** The runs of each section; none where the witness was not asked. */
  readonly sections: { readonly golden: readonly GoldenRun[]; readonly rtl: readonly RtlPointRun[] };
  /** Answers by witness, in the order of `WITNESSES`. */
  readonly answers: ReadonlyMap<Witness, Answers>;
  /** Everything that does not agree or did not end well; empty exactly when all is well. */
  readonly problems: readonly Diagnostic[];
}

/** Tells nobody. */
const quiet: Step = async (_title, work) => work(() => {});

export async function runPoint(fabric: Fabric, built: Built, options: PointOptions, step: Step = quiet): Promise<Point> {
  const { program, params, loops, sections, host } = built;
  const { witnesses, profile, network, maxCycles } = options;
  const inputs = await step('data', () => inputsOf(program, params, loops, options.given));
  const words = inputWords(inputs);
  const args = argWords(loops, inputs);
  const expected = await step('reference', () => referenceOf(program, params, loops, inputs));

  const answers = new Map<Witness, Answers>();
  const problems: Diagnostic[] = [];
  if (witnesses.has('evaluator'))
    answers.set(
      'evaluator',
      await step('evaluator', () => evaluateSections(loops, sections, words, args, { latency: fabric.arch.latency })),
    );
  const image = dramImage(fabric.arch, host, built.kbit, words);
  const named = sections.map(({ kbit, compiled }) => ({ kbit, names: compiled && namesOf(compiled) }));
  let goldenRuns: readonly GoldenRun[] = [];
  let golden: GoldenRun | undefined;
  if (witnesses.has('golden')) {
    const run = { profile, network, maxCycles, poison: options.poison };
    goldenRuns = await step('golden', () => runGoldenSections(fabric, named, image, args, run));
    golden = goldenInSequence(goldenRuns);
    answers.set('golden', golden.answers);
    const unwritten = goldenRuns.flatMap((run, i) =>
      run.unwritten.filter(({ tile, context }) => !readsForNothing(sections[i], tile, context)),
    );
    problems.push(...runProblems('golden', golden), ...unwritten.map((read) => readUnwritten(program.name, read)));
  }
  let rtlRuns: readonly RtlPointRun[] = [];
  const simulated: Partial<Record<RtlSimulator, RtlPointRun>> = {};
  for (const simulator of RTL_SIMULATORS) {
    if (!witnesses.has(simulator)) continue;
    const given = { profile, maxCycles, waves: options.waves, rewrite: options.rewrite };
    const runs = await step(simulator, (onProgress) => runOnRtl(simulator, fabric, sections, image, args, { ...given, onProgress }));
    if (simulator === 'rtl') rtlRuns = runs;
    const run = runsInSequence(runs);
    simulated[simulator] = run;
    answers.set(simulator, run.answers);
    // The hardware tells that it stands still, not why; the golden simulator does.
    const waiting = golden?.waiting ?? ['`--on golden` tells what every unit waits for'];
    problems.push(...runProblems(simulator, { ...run, waiting }));
  }
  const { rtl, icarus } = simulated;

  // A run that did not end has no answer to compare.
  const ended = WITNESSES.filter(
    (witness) => answers.has(witness) && ({ evaluator: undefined, golden, rtl, icarus }[witness]?.status ?? 'done') === 'done',
  );
  ended.slice(1).forEach((right, i) => {
    const left = ended[i];
    problems.push(...compareAnswers(loops, [left, right], answers.get(left) as Answers, answers.get(right) as Answers));
  });
  if (ended.length > 0)
    problems.push(...compareReference(loops, ended[0], answers.get(ended[0]) as Answers, expected, program.tolerance(params)));
  for (const run of [rtl, icarus])
    if (golden && run && network === 'routed' && golden.cycles !== run.cycles) problems.push(cyclesDiffer(golden.cycles, run.cycles));
  if (golden && rtl && rtl.status !== 'refused') {
    const k = goldenRuns.findIndex((run, i) => rtlRuns[i] && !alike(loops, run, rtlRuns[i], network));
    if (k >= 0) {
      const given = { profile, network, names: named[k].names, rewrite: options.rewrite };
      const ends = { golden: goldenRuns[k].cycles, rtl: rtlRuns[k].cycles };
      const before = k === 0 ? image : goldenRuns[k - 1].image;
      const { kbit, host: own } = sections[k];
      problems.push(
        await step('first difference', (onProgress) => whereTheyPart(fabric, kbit, own, before, args, ends, { ...given, onProgress })),
      );
    }
  }
  return {
    built,
    inputs,
    certificate: certify(fabric, built, profile),
    golden,
    rtl,
    icarus,
    sections: { golden: goldenRuns, rtl: rtlRuns },
    answers,
    problems,
  };
}

/** The same end, at the same time where the network is the same, with the same answers and the same first error. */
function alike(loops: LoopProgram, golden: GoldenRun, rtl: RtlPointRun, network: NetworkMode): boolean {
  if (golden.status !== rtl.status) return false;
  if (network === 'routed' && golden.cycles !== rtl.cycles) return false;
  return golden.status !== 'done' || compareAnswers(loops, ['golden', 'rtl'], golden.answers, rtl.answers).length === 0;
}
