/**
 * The errors of the macros, as `npm run prove -- --record` measured them: units of the last place
 * of results from 2^-126 on, of smaller ones, and the patterns of the worst arguments.
 */
import type { MacroName } from '../macros.ts';

export interface Measured {
  readonly vectors: number;
  readonly worst: number;
  readonly worstTiny: number;
  readonly at: readonly number[];
}

export const MEASURED: Partial<Record<MacroName, Measured>> = {
  reciprocal: { vectors: 4000000, worst: 0.5, worstTiny: 0.75, at: [-260046849] },
  divide: { vectors: 4000000, worst: 0.5, worstTiny: 0.75, at: [-1468910290, 674441677] },
  sqrt: { vectors: 4000000, worst: 0.5, worstTiny: 0, at: [1132462079] },
  rsqrt: { vectors: 4000000, worst: 0.991, worstTiny: 0, at: [226569851] },
  exp: { vectors: 4000000, worst: 0.862, worstTiny: 0.795, at: [1087477361] },
  log: { vectors: 4000000, worst: 0.771, worstTiny: 0, at: [1059194676] },
  pow: { vectors: 4000000, worst: 0.886, worstTiny: 0.905, at: [1065353896, -932880584] },
  sin: { vectors: 4000000, worst: 1.521, worstTiny: 0, at: [1100837801] },
  cos: { vectors: 4000000, worst: 1.55, worstTiny: 0, at: [-1022276806] },
  tanh: { vectors: 4000000, worst: 1.281, worstTiny: 0, at: [-1088668577] },
  sigmoid: { vectors: 4000000, worst: 1.466, worstTiny: 0, at: [-1059197658] },
  erf: { vectors: 4000000, worst: 0.995, worstTiny: 0.506, at: [-1083230560] },
  div: { vectors: 4000000, worst: 0, worstTiny: 0, at: [] },
  mod: { vectors: 4000000, worst: 0, worstTiny: 0, at: [] },
  fixmul: { vectors: 4000000, worst: 0, worstTiny: 0, at: [] },
  fixdiv: { vectors: 4000000, worst: 0, worstTiny: 0, at: [] },
};
