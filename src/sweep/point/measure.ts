/** What a bitstream takes on the golden simulator with the program's own data: for choices that predictions cannot tell apart. */

import type { Fabric } from '../../fabric/graph.ts';
import { argWords, inputWords } from '../../frontend/check.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';
import type { Built } from './build.ts';
import { dramImage } from './image.ts';
import { inputsOf } from './inputs.ts';
import { goldenInSequence, runGoldenSections } from './sections.ts';

/** The seed of the data: a choice is the same every time. */
const SEED = 1;

/** Cycles of a run, or nothing when it is not done after `limit` of them or reports an error. */
export function measuredCycles(fabric: Fabric, built: Built, profile: DramProfile, limit: number): number | undefined {
  const { program, params, loops, sections, kbit, host } = built;
  const inputs = inputsOf(program, params, loops, { arrays: new Map(), args: new Map(), seed: SEED });
  const image = dramImage(fabric.arch, host, kbit, inputWords(inputs));
  const options = { profile, network: 'routed', maxCycles: limit } as const;
  const run = goldenInSequence(runGoldenSections(fabric, sections, image, argWords(loops, inputs), options));
  return run.status === 'done' && run.errors.length === 0 ? run.cycles : undefined;
}
