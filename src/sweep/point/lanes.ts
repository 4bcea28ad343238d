/** The first rung of the ladder: a program that asks for more lanes than the fabric has runs in as many as there are. */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { Program } from '../../frontend/program.ts';
import { type FewerCopies, fewerLanes, withLanesAtMost } from '../../ir/copies.ts';
import { lanesLowered, lanesParamLowered } from './messages.ts';

type Params = Readonly<Record<string, number | string>>;

export interface InLanes {
  /** The program with no leaf in more lanes than the fabric has. */
  readonly program: Program;
  readonly params: Params;
  /** One for each loop and parameter that gets fewer; of loops once the program is built. */
  readonly warnings: () => readonly Diagnostic[];
}

/** Loops with too many lanes, and parameters that are numbers of lanes, get as many as there are. */
export function inLanesOf({ arch }: Fabric, program: Program, params: Params): InLanes {
  const { lanes } = arch.pcu;
  const lowered = Object.entries(program.params).filter(
    ([name, spec]) => 'free' in spec && spec.free === 'lanes' && Number(params[name]) > lanes,
  );
  let loops: readonly FewerCopies[] = [];
  return {
    program: {
      ...program,
      build: (given, target) => {
        const built = program.build(given, target);
        loops = fewerLanes(built, lanes);
        return withLanesAtMost(built, lanes);
      },
    },
    params: { ...params, ...Object.fromEntries(lowered.map(([name]) => [name, lanes])) },
    warnings: () => [
      ...lowered.map(([name]) => lanesParamLowered(name, Number(params[name]), lanes, arch.name)),
      ...loops.map((one) => lanesLowered(one, arch.name)),
    ],
  };
}
