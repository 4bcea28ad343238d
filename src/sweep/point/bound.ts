/**
 * What no machine of this architecture could beat at the program's own parallelisation: the issues of its busiest
 * compute context, and the bytes it moves over the rates of the memory. The largest binds.
 */

import { type Site, sitesOf } from '../../compiler/analysis/sites.ts';
import { elementsOf } from '../../compiler/chain.ts';
import type { DramArray, LoopProgram, Transfer } from '../../ir/loops.ts';
import type { DramProfile } from '../../sim/dram-profile.ts';

export interface Bound {
  readonly cycles: number;
  readonly binding: 'compute' | 'dram-read' | 'dram';
  readonly compute: number;
  /** Bytes that must move, at least. */
  readonly bytes: { readonly read: number; readonly write: number };
}

export function boundOf(program: LoopProgram, profile: DramProfile): Bound {
  const sites = sitesOf(program);
  const compute = Math.max(1, ...sites.map(issuesOf));
  const bytes = { read: 0, write: 0 };
  for (const site of sites) {
    const { statement } = site;
    if (statement.kind === 'leaf') continue;
    const array = program.dram.find(({ name }) => name === statement.dram) as DramArray;
    bytes[statement.kind === 'load' ? 'read' : 'write'] += 4 * wordsOf(statement, array, site);
  }
  const limits = {
    compute,
    'dram-read': Math.ceil((bytes.read * profile.unit) / profile.read),
    dram: Math.ceil(((bytes.read + bytes.write) * profile.unit) / profile.total),
  };
  const binding = (['compute', 'dram-read', 'dram'] as const).reduce((a, b) => (limits[b] > limits[a] ? b : a));
  return { cycles: limits[binding], binding, compute, bytes };
}

/** One issue a cycle: the trips of a leaf's loops, the last one in lanes. */
function issuesOf({ statement, outer }: Site): number {
  if (statement.kind !== 'leaf') return 0;
  const loops = [...outer, ...statement.loops];
  return loops.reduce((n, loop, i) => n * Math.ceil(elementsOf(loop) / (i === loops.length - 1 ? loop.par : 1)), 1);
}

/** Words inside the array over all iterations of the loops around a transfer; never too many. */
function wordsOf({ offset, extent }: Transfer, { shape }: DramArray, { outer }: Site): number {
  const trips = outer.reduce((n, loop) => n * elementsOf(loop), 1);
  // In each dimension the least that lies inside over the loops: exact where the tiles divide the array.
  const least = shape.map((size, d) => {
    const last = offset[d].terms.reduce((sum, { var: name, coef }) => {
      const loop = outer.find((around) => around.var === name);
      return loop && coef > 0 ? sum + coef * (loop.min + (elementsOf(loop) - 1) * loop.step) : sum;
    }, offset[d].base);
    return Math.max(0, Math.min(extent[d], size - last));
  });
  return trips * least.reduce((product, size) => product * size, 1);
}
