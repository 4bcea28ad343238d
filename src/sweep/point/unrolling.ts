/**
 * The rung of the ladder below another placement: a program that does not fit with all the copies it asks for runs with fewer. Loops (and
 * parameters that are copies) with the most give them up first, all down to one number; the largest that fits is taken.
 */
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import { type Compiled, type CompileOptions, compile } from '../../compiler/compile.ts';
import type { Fabric } from '../../fabric/graph.ts';
import type { Program } from '../../frontend/program.ts';
import { fewerCopies, mostCopies, withCopiesAtMost } from '../../ir/copies.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { copiesLowered, copiesParamLowered } from './messages.ts';
import { choosingTarget } from './target.ts';

type Params = Readonly<Record<string, number | string>>;

export interface Fewer {
  readonly params: Params;
  readonly compiled: Compiled;
  /** One for each loop and parameter that gets fewer. */
  readonly warnings: readonly Diagnostic[];
}

/** The parameters that are numbers of copies. */
const copiesParams = (program: Program): string[] =>
  Object.entries(program.params).flatMap(([name, spec]) => ('free' in spec && spec.free === 'copies' ? [name] : []));

/** Parameters with none that is a number of copies above `most`. */
export function withParamsAtMost(program: Program, asked: Params, most: number): Params {
  const copies = copiesParams(program);
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [name, copies.includes(name) ? Math.min(Number(value), most) : value]),
  );
}

/** The program in fewer copies; nothing where one copy does not fit either. `why`: what failed with all. */
export function compileFewer(
  program: Program,
  asked: Params,
  fabric: Fabric,
  options: CompileOptions,
  why: readonly Diagnostic[],
): Fewer | undefined {
  const copies = copiesParams(program);
  const paramsWith = (most: number): Params => withParamsAtMost(program, asked, most);
  const buildWith = (params: Params): LoopProgram => program.build(params, choosingTarget(fabric));
  const tryWith = (most: number): Compiled | undefined => {
    try {
      return compile(withCopiesAtMost(buildWith(paramsWith(most)), most), fabric, options);
    } catch (error) {
      if (error instanceof DiagnosticError) return undefined;
      throw error;
    }
  };
  // Halved until it fits, then back up by bisection: `low` fits, `high` does not.
  let high = Math.max(mostCopies(buildWith(asked)), ...copies.map((name) => Number(asked[name])));
  let low = high;
  let best: Compiled | undefined;
  while (!best && low > 1) {
    high = low;
    low = Math.floor(low / 2);
    best = tryWith(low);
  }
  if (!best) return undefined;
  while (high - low > 1) {
    const between = Math.floor((low + high) / 2);
    const found = tryWith(between);
    if (found) [low, best] = [between, found];
    else high = between;
  }
  const params = paramsWith(low);
  const warnings = [
    ...copies.filter((name) => params[name] !== asked[name]).map((name) => copiesParamLowered(name, Number(asked[name]), low, why[0])),
    ...fewerCopies(buildWith(params), low).map((one) => copiesLowered(one, why[0])),
  ];
  return { params, compiled: best, warnings };
}
