/**
 * Loops or a kernel? A program that is one contraction may be mapped as a whole; it is where that is predicted to take
 * fewer cycles than its loops would.
 */
import type { Fabric } from '../../fabric/graph.ts';
import type { LoopProgram } from '../../ir/loops.ts';
import { sitesOf } from '../analysis/sites.ts';
import { elementsOf } from '../chain.ts';
import { allocateDram, type Lowered } from '../lower/lower.ts';
import { stationaryLoops } from './stationary/loops.ts';
import { stationaryNetlist } from './stationary/netlist.ts';
import { type StationaryPlan, stationaryPlans } from './stationary/plan.ts';
import { stationaryShape } from './stationary/shape.ts';

/** A kernel instead of a program's loops. */
export interface Kernel {
  readonly plan: StationaryPlan;
  /** What it computes, bit for bit. */
  readonly program: LoopProgram;
}

export type AcceptPlan = (plan: StationaryPlan) => boolean;

/** The best kernel for a program, unless its loops are predicted to be as fast; the best that `accept` admits, if it is given. */
export function selectKernel(program: LoopProgram, fabric: Fabric, accept?: AcceptPlan): Kernel | undefined {
  const shape = stationaryShape(program);
  if (!shape) return undefined;
  const offer = { pcu: fabric.tilesOf('pcu').length, pmu: fabric.tilesOf('pmu').length, ag: fabric.tilesOf('ag').length };
  const [plan] = stationaryPlans(fabric.arch, offer, shape, accept);
  // Windows have no tiles: their loops keep everything in one memory unit, and rarely fit.
  const loopsWin = plan && shape.right.kind === 'panel' && plan.cycles.total >= loopCycles(program);
  if (!plan || (loopsWin && !accept)) return undefined;
  return { plan, program: stationaryLoops(program, plan) };
}

/** Issues of the busiest leaf: what the loops take at least. */
function loopCycles(program: LoopProgram): number {
  const issues = sitesOf(program).map(({ statement, outer }) => {
    if (statement.kind !== 'leaf') return 0;
    const lanes = statement.loops.length - 1;
    const own = statement.loops.map((loop, i) => Math.ceil(elementsOf(loop) / (i === lanes ? loop.par : 1)));
    return [...outer.map((loop) => Math.ceil(elementsOf(loop) / loop.par)), ...own].reduce((product, trips) => product * trips, 1);
  });
  return Math.max(0, ...issues);
}

/** The units of a kernel. */
export function lowerKernel(fabric: Fabric, { plan, program }: Kernel): Lowered {
  const { addresses, dramWords } = allocateDram(program.dram);
  const at = (name: string) => addresses.get(name) as number;
  const { left, right, contraction } = plan.shape;
  return {
    netlist: stationaryNetlist(fabric.arch, plan, { left: at(left.array), right: at(right.array), out: at(contraction.out) }),
    addresses,
    dramWords,
    busiest: plan.cycles.kernel,
    args: new Map(),
    results: new Map(),
    memories: [],
    streams: new Set(),
  };
}
