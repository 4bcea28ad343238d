/**
 * The last rung of the ladder: a program that does not fit in one copy of everything either runs as configurations one after the other.
 * Each takes as many of the steps that are left as fit; a cut between statements is taken before one within a leaf, and of those within
 * a leaf the one with the fewest values across it, unless that gives much less to do.
 */
import { DiagnosticError } from '../../base/diagnostic.ts';
import { type Compiled, type CompileOptions, compile } from '../../compiler/compile.ts';
import { type Cut, cutAfter } from '../../compiler/sections/cut.ts';
import { inOrderOfNeed } from '../../compiler/sections/order.ts';
import { stepsOf } from '../../compiler/sections/steps.ts';
import type { Fabric } from '../../fabric/graph.ts';
import { withCopiesAtMost } from '../../ir/copies.ts';
import { legalise } from '../../ir/legalise.ts';
import type { DramArray, LoopProgram } from '../../ir/loops.ts';
import { otherSections } from './messages.ts';

/** Sections that a program may have. */
const MOST_SECTIONS = 64;
/** Cuts that are looked at first, of a leaf with more. */
const SAMPLES = 24;
/** The least share of the steps that fit which a cut with fewer values across it may leave. */
const ENOUGH = 0.7;

/** Compiled sections; `steps` of what was left, for all but the last. */
export interface Sequence {
  readonly whole: LoopProgram;
  readonly sections: readonly { readonly compiled: Compiled; readonly steps?: number }[];
  /** Bytes that the sections leave for each other. */
  readonly keptBytes: number;
}

/** The program as cuts see it: one copy of everything, operations of the table, few values at a time. */
export const beforeCuts = (program: LoopProgram): LoopProgram => inOrderOfNeed(legalise(withCopiesAtMost(program, 1)));

/** The program in sections, each placed and routed; nothing where a step alone does not fit, or no cut helps. */
export function compileSequence(program: LoopProgram, fabric: Fabric, options: CompileOptions): Sequence | undefined {
  const whole = beforeCuts(program);
  const sections: { compiled: Compiled; steps?: number }[] = [];
  let keptBytes = 0;
  for (let rest = whole; sections.length < MOST_SECTIONS; ) {
    const last = compiledOf(rest, fabric, options);
    if (last) return { whole, sections: [...sections, { compiled: last }], keptBytes };
    const found = longestCut(rest, fabric, options);
    if (!found) return undefined;
    sections.push({ compiled: found.compiled, steps: found.steps });
    keptBytes += bytesOf(found.cut.kept);
    rest = found.cut.rest;
  }
  return undefined;
}

interface Found {
  readonly steps: number;
  readonly cut: Cut;
  readonly compiled: Compiled;
}

/** The cut with the most to do before it that fits. */
function longestCut(program: LoopProgram, fabric: Fabric, options: CompileOptions): Found | undefined {
  const steps = stepsOf(program);
  const cuts = steps.map((_, i) => cutAfter(program, i + 1));
  const tried = new Map<number, Found | undefined>();
  const fits = (count: number): Found | undefined => {
    if (!tried.has(count)) {
      const cut = cuts[count - 1];
      const compiled = cut && compiledOf(cut.first, fabric, options);
      tried.set(count, cut && compiled && { steps: count, cut, compiled });
    }
    return tried.get(count);
  };
  const counts = (within: boolean, peeled: boolean) =>
    steps.flatMap(({ value }, i) => ((value !== undefined) === within && cuts[i]?.peeled === peeled ? [i + 1] : []));
  // All iterations of a loop rather than one.
  for (const peeled of [false, true]) {
    const between = lastThat(counts(false, peeled), fits);
    if (between) return between;
    const inside = counts(true, peeled);
    const most = lastThat(inside, fits);
    if (!most) continue;
    let best = most;
    for (const count of inside.filter((one) => one < most.steps && one >= ENOUGH * most.steps).toReversed()) {
      if ((cuts[count - 1]?.kept.length ?? Number.POSITIVE_INFINITY) >= best.cut.kept.length) continue;
      best = fits(count) ?? best;
    }
    return best;
  }
  return undefined;
}

/**
 * What the last of a list of numbers gives that gives something. A later cut may have fewer values across it and fit where an earlier one
 * does not, so this is no bisection: some of the numbers first, then all between the last good one and the next.
 */
function lastThat<T>(counts: readonly number[], of: (count: number) => T | undefined): T | undefined {
  if (counts.length === 0) return undefined;
  const stride = Math.ceil(counts.length / SAMPLES);
  const sampled = Array.from({ length: Math.ceil(counts.length / stride) }, (_, i) => counts.length - 1 - i * stride);
  const good = sampled.find((at) => of(counts[at]) !== undefined) ?? -1;
  for (let at = Math.min(counts.length - 1, good + stride - 1); at > good; at--) {
    const found = of(counts[at]);
    if (found) return found;
  }
  return good < 0 ? undefined : of(counts[good]);
}

function compiledOf(program: LoopProgram, fabric: Fabric, options: CompileOptions): Compiled | undefined {
  try {
    return compile(program, fabric, options);
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** The program in sections cut behind the given steps; throws what does not fit. */
export function compileCuts(program: LoopProgram, fabric: Fabric, steps: readonly number[], options: CompileOptions): Sequence {
  const { sections, kept } = cutsBySteps(program, steps);
  return {
    whole: beforeCuts(program),
    sections: sections.map((section, i) => ({ compiled: compile(section, fabric, options), ...(i < steps.length && { steps: steps[i] }) })),
    keptBytes: bytesOf(kept),
  };
}

/** The sections of a program by the steps of all but the last; for a file that names them. Throws where it has changed since. */
export function cutsBySteps(
  program: LoopProgram,
  steps: readonly number[],
): { readonly sections: readonly LoopProgram[]; readonly kept: readonly DramArray[] } {
  const sections: LoopProgram[] = [];
  const kept: DramArray[] = [];
  let rest = beforeCuts(program);
  for (const [i, count] of steps.entries()) {
    const cut = cutAfter(rest, count);
    if (!cut) throw new DiagnosticError(otherSections(program.name, i + 1));
    sections.push(cut.first);
    kept.push(...cut.kept);
    rest = cut.rest;
  }
  return { sections: [...sections, rest], kept };
}

const bytesOf = (arrays: readonly DramArray[]): number =>
  arrays.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
