/** What a run's observers counted, ready for reports. */
import type { Fabric } from '../fabric/graph.ts';
import type { DOING_NAMES } from './observe.ts';
import { Pmu } from './pmu/pmu.ts';
import type { UnitModel } from './unit.ts';

export interface ContextStats {
  readonly tile: number;
  readonly kind: string;
  readonly context: string;
  readonly issues: number;
  readonly nullIssues: number;
  /** Cycle numbers; 0 if it never issued. */
  readonly firstIssue: number;
  readonly lastIssue: number;
  /** Valid lanes over all issues (AG: words). */
  readonly laneIssues: number;
  readonly operations: number;
  /** Cycles in each state. */
  readonly cycles: Record<(typeof DOING_NAMES)[number], number>;
}

export interface RunStats {
  readonly contexts: readonly ContextStats[];
  /** Operations executed on functional units. */
  readonly operations: number;
  /** Functional units of the array. */
  readonly functionalUnits: number;
  /** operations / (functionalUnits * cycles). */
  readonly utilisation: number;
  /** First and last issue of any PCU; 0 if there was none. */
  readonly firstIssue: number;
  readonly lastIssue: number;
  /** The same from the first to the last PCU issue. */
  readonly kernelUtilisation: number;
}

/** Counts of runs one after the other: numbers of cycles are those of each, shares those of all cycles together. */
export function statsInSequence(runs: readonly { readonly stats: RunStats; readonly cycles: number }[]): RunStats {
  const [{ stats: first }] = runs;
  if (runs.length === 1) return first;
  const sum = (of: (stats: RunStats) => number) => runs.reduce((total, { stats }) => total + of(stats), 0);
  const operations = sum((stats) => stats.operations);
  const cycles = runs.reduce((total, run) => total + run.cycles, 0);
  const kernel = sum(({ firstIssue, lastIssue }) => (lastIssue > 0 ? lastIssue - firstIssue + 1 : 0));
  const share = (span: number) => (span > 0 && first.functionalUnits > 0 ? operations / (first.functionalUnits * span) : 0);
  return {
    ...first,
    contexts: runs.flatMap(({ stats }) => stats.contexts),
    operations,
    lastIssue: runs[runs.length - 1].stats.lastIssue,
    utilisation: share(cycles),
    kernelUtilisation: share(kernel),
  };
}

export function statsOf(fabric: Fabric, units: ReadonlyMap<number, UnitModel>, cycles: number): RunStats {
  const contexts: ContextStats[] = [];
  for (const [tile, unit] of units) {
    const names = unit instanceof Pmu ? unit.contextNames : ['context'];
    unit.activity.forEach((activity, i) => {
      const { issues, nullIssues, firstIssue, lastIssue, laneIssues, operations } = activity;
      contexts.push({
        tile,
        kind: unit.kind,
        context: names[i],
        issues,
        nullIssues,
        firstIssue,
        lastIssue,
        laneIssues,
        operations,
        cycles: activity.cycles(cycles),
      });
    });
  }
  const compute = contexts.filter(({ kind, issues }) => kind === 'pcu' && issues > 0);
  const operations = compute.reduce((sum, context) => sum + context.operations, 0);
  const { lanes, stages } = fabric.arch.pcu;
  const functionalUnits = fabric.tilesOf('pcu').length * lanes * stages;
  const firstIssue = compute.reduce((least, context) => Math.min(least, context.firstIssue), Number.POSITIVE_INFINITY);
  const lastIssue = compute.reduce((most, context) => Math.max(most, context.lastIssue), 0);
  const share = (span: number) => (span > 0 && functionalUnits > 0 ? operations / (functionalUnits * span) : 0);
  return {
    contexts,
    operations,
    functionalUnits,
    utilisation: share(cycles),
    firstIssue: compute.length > 0 ? firstIssue : 0,
    lastIssue,
    kernelUtilisation: compute.length > 0 ? share(lastIssue - firstIssue + 1) : 0,
  };
}
