/** A program cut into sections somewhere, at places that a seed draws: the sections run on, whether the program needs them or not. */

import type { Rng } from '../../src/base/rng.ts';
import { cutAfter } from '../../src/compiler/sections/cut.ts';
import { stepsOf } from '../../src/compiler/sections/steps.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import type { Program } from '../../src/frontend/program.ts';
import type { LoopProgram } from '../../src/ir/loops.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { builtInSections } from '../../src/sweep/point/build.ts';
import { type Point, runPoint } from '../../src/sweep/point/point.ts';
import { beforeCuts, compileCuts } from '../../src/sweep/point/sequence.ts';
import { choosingTarget } from '../../src/sweep/point/target.ts';
import type { Witness } from '../../src/sweep/point/witness.ts';

const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;

/** Steps behind which a program is cut, one cut behind the other; none where it cannot be cut. */
export function randomCuts(loops: LoopProgram, rng: Rng, most = 3): number[] {
  const steps: number[] = [];
  let rest = beforeCuts(loops);
  for (let k = rng.int(1, most); k > 0; k--) {
    const legal = stepsOf(rest).flatMap((_, i) => (cutAfter(rest, i + 1) ? [i + 1] : []));
    if (legal.length === 0) break;
    const step = legal[rng.int(0, legal.length - 1)];
    steps.push(step);
    rest = cutAfter(rest, step)?.rest as LoopProgram;
  }
  return steps;
}

/** The program in as many sections as the cuts make, words that nothing wrote poisoned; throws what does not fit. */
export async function runCuts(
  fabric: Fabric,
  program: Program,
  params: Readonly<Record<string, number | string>>,
  draw: (loops: LoopProgram) => readonly number[],
  on: Witness = 'golden',
): Promise<{ readonly steps: readonly number[]; readonly point?: Point }> {
  const resolved = program.resolve(params);
  const loops = program.build(resolved, choosingTarget(fabric));
  const steps = draw(loops);
  if (steps.length === 0) return { steps };
  const built = builtInSections(fabric, program, resolved, compileCuts(loops, fabric, steps, {}));
  const witnesses: ReadonlySet<Witness> = new Set(['evaluator', 'golden', on]);
  const options = { witnesses, given, profile: DRAM_PROFILES.ideal, network: 'routed', poison: true } as const;
  return { steps, point: await runPoint(fabric, built, options) };
}
