/**
 * Which stages are computed together, when, and which of their results must be kept.
 *
 * Stages are functions of their element and of accumulators that see elements in order, so nobody
 * can tell when a stage is computed, as long as it is before its result is looked at. Only a stage
 * that starts from the tap-in FIFO must wait for its own cycle. So the stages fall into segments:
 * the first begins at the issue, a further one at every stage that taps. Within a segment all
 * stages share one loop over the lanes, unless a stage broadcasts a lane of an earlier result.
 */
import { INIT, OPERAND, type PcuConfig } from '../../fabric/config.ts';
import { OPS } from '../../ops/table.ts';
import { predicateAt } from './outputs.ts';
import { operandValue, type PcuPlan, type StagePlan, type Value } from './plan.ts';

export interface Segment {
  /** Advancing cycles after the issue. */
  readonly entry: number;
  /** The stage that taps, or -1. */
  readonly tapStage: number;
  readonly loops: readonly (readonly StagePlan[])[];
}

export interface Segments {
  readonly segments: readonly Segment[];
  /** loopOf[s]: a number for the loop that computes stage s. */
  readonly loopOf: readonly number[];
  /** Stages whose results outlive their loop, and input registers that outlive the issue. */
  readonly keptResults: ReadonlySet<number>;
  readonly keptInputs: ReadonlySet<number>;
  /** Stages that compute something anybody looks at. */
  readonly live: ReadonlySet<number>;
}

/** The operands a stage reads, named. */
export function operandsOf(stage: StagePlan): { readonly kind: number; readonly index: number }[] {
  if (stage.op === undefined) return [];
  const { a, b, c } = stage.config;
  return [a, b, c].slice(0, OPS[stage.op].arity);
}

export function splitStages(plan: PcuPlan, config: PcuConfig): Segments {
  const segments: { entry: number; tapStage: number; loops: StagePlan[][] }[] = [{ entry: 0, tapStage: -1, loops: [[]] }];
  const loopOf: number[] = [];
  const segmentOf: number[] = [];
  let loop = 0;
  for (const stage of plan.straight) {
    let segment = segments[segments.length - 1];
    if (stage.taps && stage.s > 0) {
      segment = { entry: stage.entry, tapStage: stage.s, loops: [[]] };
      segments.push(segment);
      loop++;
    } else {
      if (stage.taps) segment.tapStage = 0;
      const broadcasts = operandsOf(stage).some((operand) => {
        const value = operandValue(plan, stage.s, operand);
        return operand.kind === OPERAND.lane && value.kind === 'result' && loopOf[value.s] === loop;
      });
      if (broadcasts) {
        segment.loops.push([]);
        loop++;
      }
    }
    segment.loops[segment.loops.length - 1].push(stage);
    loopOf.push(loop);
    segmentOf.push(segments.length - 1);
  }
  return { segments, loopOf, ...liveness(plan, config, loopOf, segmentOf) };
}

function liveness(plan: PcuPlan, config: PcuConfig, loopOf: readonly number[], segmentOf: readonly number[]) {
  const keptResults = new Set<number>(sentResults(plan, config));
  const keptInputs = new Set<number>();
  const live = new Set<number>(keptResults);
  for (const stage of [...plan.straight].reverse()) {
    if (stage.length > 0) live.add(stage.s);
    if (!live.has(stage.s)) continue;
    for (const value of valuesRead(plan, stage)) {
      if (value.kind === 'input' && segmentOf[stage.s] > 0) keptInputs.add(value.r);
      if (value.kind !== 'result') continue;
      live.add(value.s);
      if (loopOf[value.s] !== loopOf[stage.s]) keptResults.add(value.s);
    }
  }
  return { keptResults, keptInputs, live };
}

/** Results that outputs, the tap-out bus or the tree take from the pipeline. */
function sentResults(plan: PcuPlan, config: PcuConfig): number[] {
  const straight = plan.straight.length;
  const taken = [...config.vectorOut, ...config.scalarOut]
    .filter((output) => output.used && output.source < straight)
    .map(({ source }) => source);
  for (const { used, when, source } of [...config.vectorOut, ...config.scalarOut, ...config.tokenOut]) {
    const predicate = used && when ? predicateAt(config, source) : -1;
    if (predicate >= 0) taken.push(predicate);
  }
  for (const stage of plan.straight) if (stage.config.tapOut) taken.push(stage.s);
  if (plan.tree) taken.push(plan.tree.source);
  return taken;
}

function valuesRead(plan: PcuPlan, stage: StagePlan): Value[] {
  const values = operandsOf(stage).map((operand) => operandValue(plan, stage.s, operand));
  const { acc } = stage.config;
  if (stage.length > 0 && acc.init === INIT.reg) values.push(plan.banks[stage.s][acc.initReg] ?? { kind: 'zero' });
  return values;
}
