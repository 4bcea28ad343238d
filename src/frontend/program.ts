/**
 * `program`: what Kiln runs. A program has parameters with defaults and ranges, a seeded data generator and
 * a reference: the answer in plain TypeScript arithmetic, which shares no code with the operations table.
 */
import { DiagnosticError } from '../base/diagnostic.ts';
import type { Rng } from '../base/rng.ts';
import type { LoopProgram } from '../ir/loops.ts';
import { badParam, brokenRelation, givesNothing, needsFloat, unknownParam } from './messages.ts';
import { calling } from './user-code.ts';

/** A whole number from `min` to `max`. */
export interface NumberParam {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
  /** How the program runs and not what it answers, so that it can be left to Kiln (`--free`): lanes of a loop, copies of it, or the size of its tiles. */
  readonly free?: 'lanes' | 'copies' | 'tile';
}

/** One word of a list. */
export interface ChoiceParam {
  readonly default: string;
  readonly choices: readonly string[];
  readonly doc: string;
}

export type ParamSpecs = Readonly<Record<string, NumberParam | ChoiceParam>>;

/** Concrete parameters: numbers, and words of their lists. */
export type ParamsOf<P extends ParamSpecs> = {
  readonly [K in keyof P]: P[K] extends { readonly choices: readonly (infer C)[] } ? C : number;
};

/** What a program may know of the fabric it is built for. */
export interface Target {
  /** Lanes of a vector. */
  readonly lanes: number;
  /** Words of one on-chip memory. */
  readonly memoryWords: number;
  /** Entries of an accumulator ring. */
  readonly ring: number;
  /** Cycles of each class of operation. */
  readonly latency: { readonly simple: number; readonly multiply: number; readonly float: number };
  /** float32 operations are there. */
  readonly float: boolean;
  /** What a program would take here, at the least, or nothing where it does not fit. Without it patterns run in one copy. */
  readonly predict?: (program: LoopProgram) => { readonly cycles: number; readonly units: number } | undefined;
  /** So many of the best choices have been found to have no place or no routes: take the next one. */
  readonly retreat?: number;
  /** The choice that a program was made with (`LoopProgram.choice`), to make it again. */
  readonly choice?: number;
}

/** The published Plasticine parameters. */
export const defaultTarget: Target = { lanes: 16, memoryWords: 65536, ring: 4, latency: { simple: 1, multiply: 2, float: 4 }, float: true };

/** Words of a run, as typed arrays: i32 arrays are Int32Array, f32 arrays Float32Array. */
export type Words = Int32Array | Float32Array;

/** What the host gives: arrays and scalars by name. */
export interface Inputs {
  readonly arrays: Readonly<Record<string, Words>>;
  readonly args?: Readonly<Record<string, number>>;
}

/** What a reference answers. Float answers may be in double precision. */
export interface Expected {
  readonly outputs?: Readonly<Record<string, ArrayLike<number>>>;
  readonly results?: Readonly<Record<string, number>>;
}

/** |answer - reference| <= absolute + relative * |reference|, for f32; i32 is compared exactly. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

export interface ProgramSpec<P extends ParamSpecs> {
  readonly name: string;
  /** One line for `kiln list`. */
  readonly doc?: string;
  readonly params: P;
  /** What parameters must be to each other, by the words that tell it: `N is at least K`. */
  readonly relations?: Readonly<Record<string, (params: ParamsOf<P>) => boolean>>;
  readonly build: (params: ParamsOf<P>, target: Target) => LoopProgram;
  readonly data: (params: ParamsOf<P>, rng: Rng) => Inputs;
  readonly reference: (params: ParamsOf<P>, inputs: Inputs) => Expected;
  readonly tolerance?: Tolerance | ((params: ParamsOf<P>) => Tolerance);
}

/** A program whose parameters are not known by type: what the command line handles. */
export interface Program {
  readonly name: string;
  readonly doc: string;
  readonly params: ParamSpecs;
  /** Checks parameters given as numbers or text and fills in the defaults. */
  resolve(given?: Readonly<Record<string, number | string>>): Record<string, number | string>;
  build(params: Readonly<Record<string, number | string>>, target?: Target): LoopProgram;
  data(params: Readonly<Record<string, number | string>>, rng: Rng): Inputs;
  reference(params: Readonly<Record<string, number | string>>, inputs: Inputs): Expected;
  tolerance(params: Readonly<Record<string, number | string>>): Tolerance;
}

/** Makes a program. */
export function program<const P extends ParamSpecs>(spec: ProgramSpec<P>): Program {
  const typed = (params: Readonly<Record<string, number | string>>) => params as ParamsOf<P>;
  return {
    name: spec.name,
    doc: spec.doc ?? '',
    params: spec.params,
    resolve: (given = {}) => {
      const params = resolveParams(spec.name, spec.params, given);
      const broken = Object.entries(spec.relations ?? {}).filter(([, holds]) => !holds(typed(params)));
      if (broken.length > 0) throw new DiagnosticError(broken.map(([says]) => brokenRelation(spec.name, says, params)));
      return params;
    },
    build: (params, target = defaultTarget) => {
      const built = calling(spec.name, 'build', () => spec.build(typed(params), target));
      if (!Array.isArray(built?.dram))
        throw new DiagnosticError(givesNothing(spec.name, 'build', 'what `explicit(…)` or `patterns(…)` gives'));
      const types = [...built.dram, ...built.memories, ...built.args, ...built.results];
      if (!target.float && types.some(({ type }) => type === 'f32')) throw new DiagnosticError(needsFloat(spec.name));
      return { ...built, name: spec.name, params };
    },
    data: (params, rng) => {
      const data = calling(spec.name, 'data', () => spec.data(typed(params), rng));
      if (typeof data?.arrays !== 'object')
        throw new DiagnosticError(givesNothing(spec.name, 'data', '`{ arrays: { x: … } }`, an array for every input'));
      return data;
    },
    reference: (params, inputs) => {
      const expected = calling(spec.name, 'reference', () => spec.reference(typed(params), inputs));
      if (typeof expected !== 'object')
        throw new DiagnosticError(givesNothing(spec.name, 'reference', '`{ outputs: { y: … }, results: { s: … } }`'));
      return expected;
    },
    tolerance: (params) =>
      typeof spec.tolerance === 'function' ? spec.tolerance(typed(params)) : (spec.tolerance ?? { relative: 1e-5, absolute: 1e-6 }),
  };
}

function resolveParams(name: string, specs: ParamSpecs, given: Readonly<Record<string, number | string>>): Record<string, number | string> {
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(specs, key));
  const problems = unknown.map((key) => unknownParam(name, key, Object.keys(specs)));
  const params: Record<string, number | string> = {};
  for (const [key, spec] of Object.entries(specs)) {
    const value = Object.hasOwn(given, key) ? given[key] : spec.default;
    if ('choices' in spec) {
      if (!spec.choices.includes(String(value))) problems.push(badParam(name, key, value, `one of ${spec.choices.join(', ')}`));
      params[key] = String(value);
    } else {
      const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
      if (!Number.isInteger(number) || number < spec.min || number > spec.max)
        problems.push(badParam(name, key, value, `a whole number from ${spec.min} to ${spec.max}`));
      params[key] = number;
    }
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return params;
}
