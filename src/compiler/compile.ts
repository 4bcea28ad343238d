/** The compiler as one function: a loop program and a fabric in, configured tiles and their story out. */
import { DiagnosticError } from '../base/diagnostic.ts';
import type { TileConfig } from '../fabric/config.ts';
import type { Fabric } from '../fabric/graph.ts';
import { legalise } from '../ir/legalise.ts';
import type { LoopProgram } from '../ir/loops.ts';
import type { Netlist } from '../ir/netlist.ts';
import { addDelays } from './delay.ts';
import { type AcceptPlan, type Kernel, lowerKernel, selectKernel } from './kernels/select.ts';
import { type Lowered, lower } from './lower/lower.ts';
import { fuseAccumulation } from './passes/accumulate.ts';
import { splitBlocks } from './passes/blocks.ts';
import { resolveBranches } from './passes/branches.ts';
import { fillStarts } from './passes/fill.ts';
import { predicateGuards } from './passes/guarded-writes.ts';
import { matchPredicates } from './passes/match.ts';
import { resolvePredicates } from './passes/predicates.ts';
import { fuseRanges } from './passes/ranges.ts';
import { keepResident } from './passes/resident.ts';
import { simplifySingle } from './passes/single.ts';
import { unroll } from './passes/unroll.ts';
import { fillUnwritten } from './passes/zeros.ts';
import { placeAndRoute, type Routed } from './pnr.ts';
import { checkSlack, slackDiagnostics } from './slack.ts';
import { waysOf } from './ways.ts';

export interface CompileOptions {
  readonly seed?: number;
  /** A clock in milliseconds for the step times; without one they are 0. */
  readonly now?: () => number;
  /** Which mappings of contractions come into question; by default all. */
  readonly accept?: AcceptPlan;
}

export interface Compiled {
  /** The program as mapped: by a kernel, or its loops unrolled, predicates fused. Its evaluation is the expected answer, bit for bit. */
  readonly program: LoopProgram;
  readonly lowered: Lowered;
  readonly routed: Routed;
  /** By tile id; a tile without an entry stays disabled. */
  readonly configs: ReadonlyMap<number, TileConfig>;
  readonly units: Readonly<Record<'pcu' | 'pmu' | 'ag', number>>;
  readonly seconds: Readonly<Record<'lower' | 'place' | 'route', number>>;
}

/** Passes before lowering, in order, each with the reason for its place; they get the program and the lanes of the fabric. */
export const PASSES = [
  { name: 'legalise', run: legalise, why: 'first: everything below knows operations of the table only' },
  { name: 'branches', run: resolveBranches, why: 'before unroll: arms that take turns are plain loops for all that follows' },
  { name: 'accumulate', run: fuseAccumulation, why: 'before unroll: the copies of a loop then know what they reduce' },
  { name: 'unroll', run: unroll, why: 'early: everything below knows lanes only' },
  { name: 'blocks', run: splitBlocks, why: 'after unroll, whose copies write parts of one memory' },
  {
    name: 'resident',
    run: keepResident,
    why: 'after unroll, whose copies are nests of their own; before fill, which is for those that stay carried',
  },
  { name: 'fill', run: fillStarts, why: 'after unroll, which makes accumulations of copies' },
  { name: 'single', run: simplifySingle, why: 'after unroll, which leaves loops of one iteration' },
  { name: 'predicates', run: resolvePredicates, why: 'after single: the numbers of copies and single iterations are constants then' },
  { name: 'match', run: matchPredicates, why: 'after predicates, which leave those that are really asked' },
  { name: 'guards', run: predicateGuards, why: 'after single, whose constants it needs; before zeros, which looks at predicates' },
  { name: 'zeros', run: fillUnwritten, why: 'after predicates: only those that are really asked leave words unwritten' },
  { name: 'ranges', run: fuseRanges, why: 'before stages are counted' },
] as const;

/** The program as mapped, by its loops or by a kernel. */
export function mapProgram(
  program: LoopProgram,
  fabric: Fabric,
  accept?: AcceptPlan,
): { readonly program: LoopProgram; readonly kernel?: Kernel } {
  const kernel = selectKernel(program, fabric, accept);
  return kernel
    ? { program: kernel.program, kernel }
    : { program: PASSES.reduce<LoopProgram>((value, pass) => pass.run(value, fabric.arch.pcu.lanes), program) };
}

/** Compiles, or throws `DiagnosticError` with everything that does not fit. */
export function compile(program: LoopProgram, fabric: Fabric, options: CompileOptions = {}): Compiled {
  const now = options.now ?? (() => 0);
  const begin = now();
  const { program: mapped, kernel } = mapProgram(program, fabric, options.accept);
  const direct = kernel ? lowerKernel(fabric, kernel) : lower(fabric.arch, mapped);
  // The units of a kernel keep step by construction.
  const delayed = kernel ? direct.netlist : addDelays(direct.netlist, fabric.arch, freeMemories(direct.netlist, fabric));
  const lowerSeconds = (now() - begin) / 1000;
  const pnr = { seed: options.seed ?? 1, now: () => now() / 1000 };
  let lowered = { ...direct, netlist: delayed };
  let { value: routed, diagnostics } = placeAndRoute(delayed, fabric, pnr);
  if (!routed && delayed !== direct.netlist) {
    // Slower, but it may have a place.
    lowered = direct;
    ({ value: routed, diagnostics } = placeAndRoute(direct.netlist, fabric, pnr));
  }
  if (!routed) throw new DiagnosticError(diagnostics);
  const ways = waysOf(lowered.netlist, fabric, routed.placement, routed.routes);
  const stuck = checkSlack(lowered.netlist, fabric.arch, ways).filter(({ kind }) => kind === 'deadlock');
  if (stuck.length > 0) throw new DiagnosticError(slackDiagnostics(stuck));
  const count = (kind: string) => lowered.netlist.units.filter((unit) => unit.kind === kind).length;
  return {
    program: mapped,
    lowered,
    routed,
    configs: routed.configs,
    units: { pcu: count('pcu'), pmu: count('pmu'), ag: count('ag') },
    seconds: { lower: lowerSeconds, place: routed.stats.seconds.place, route: routed.stats.seconds.route },
  };
}

/** Memory units that a program leaves free. */
function freeMemories({ units }: Netlist, { tiles }: Fabric): number {
  return tiles.filter(({ kind }) => kind === 'pmu').length - units.filter(({ kind }) => kind === 'pmu').length;
}
