/**
 * What can be known of a PCU before the first cycle: when an element reaches each stage, and which
 * value every register of every bank is. Registers only copy, so a bank needs no storage: register
 * r of bank s is a constant 0, an input of the element, or the result of an earlier stage.
 */
import { INIT, INPUT, OPERAND, type PcuConfig } from '../../fabric/config.ts';
import { OPS, type Op, opOfCode } from '../../ops/table.ts';
import type { Arch } from '../unit.ts';

export type StageConfig = PcuConfig['stages'][number];

/** What a register holds: nothing, input register r of the element, the result R(s). */
export type Value =
  | { readonly kind: 'zero' }
  | { readonly kind: 'input'; readonly r: number }
  | { readonly kind: 'result'; readonly s: number };

export interface StagePlan {
  readonly s: number;
  readonly config: StageConfig;
  /** Undefined: the result is 0. */
  readonly op: Op | undefined;
  /** Advancing cycles from the issue until an element enters, and until it is at the output. */
  readonly entry: number;
  readonly depth: number;
  /** Ring entries; 0 without accumulation. */
  readonly length: number;
  /** Starts an accumulation from the tap-in FIFO. */
  readonly taps: boolean;
}

export interface TreePlan {
  /** The stage whose result is reduced. */
  readonly source: number;
  /** When the root arrives and the accumulation step happens, and when the result is at the output. */
  readonly arrival: number;
  readonly depth: number;
  /** Cycles of the combiner. */
  readonly combineTime: number;
}

export interface PcuPlan {
  readonly lanes: number;
  /** Stages in order; in tree mode the last one is the tree. */
  readonly stages: readonly StagePlan[];
  readonly tree: TreePlan | undefined;
  /** Stages that are not the tree. */
  readonly straight: readonly StagePlan[];
  /** banks[s][r]: what register r is when stage s reads it. */
  readonly banks: readonly (readonly Value[])[];
  /** Advancing cycles after which an element has left every stage. */
  readonly depth: number;
  /** Advancing cycles after which nothing comes from an element any more. */
  readonly leaves: number;
}

const ZERO: Value = { kind: 'zero' };

export function planPcu(arch: Arch, config: PcuConfig): PcuPlan {
  const { lanes, stages: count } = arch.pcu;
  const inTree = config.tree.used === 1;
  const stages: StagePlan[] = [];
  const banks: Value[][] = [config.inputs.map((input, r) => (input.kind === INPUT.zero ? ZERO : { kind: 'input', r }))];
  let tree: TreePlan | undefined;
  let entry = 0;
  config.stages.forEach((stage, s) => {
    const op = builtOp(arch, stage.op);
    const latency = arch.latency[op === undefined ? 'simple' : OPS[op].latency];
    const length = stage.acc.used ? Math.max(1, stage.acc.length) : 0;
    if (inTree && s === count - 1) {
      const source = Math.min(config.tree.source, count - 2);
      const arrival = stages[source].depth + Math.log2(lanes) * latency;
      tree = { source, arrival, depth: arrival + latency, combineTime: combineTime(length, latency) };
    }
    const depth = tree?.depth ?? entry + latency;
    stages.push({ s, config: stage, op, entry, depth, length, taps: length > 0 && stage.acc.init === INIT.tap });
    entry = depth;
    banks.push(banks[s].map((value, r) => (stage.write && stage.dst === r ? { kind: 'result', s } : (stage.pass >> r) & 1 ? value : ZERO)));
  });
  const straight = inTree ? stages.slice(0, -1) : stages;
  const sources = [...config.vectorOut, ...config.scalarOut, ...config.tokenOut].flatMap(({ used, source }) => (used ? [source] : []));
  const last = Math.max(-1, ...sources.filter((source) => !inTree || source !== count - 1).map((source) => Math.min(source, count - 1)));
  const leaves = Math.max(straight[Math.min(last, straight.length - 1)]?.depth ?? 0, tree?.depth ?? 0);
  return { lanes, stages, tree, straight, banks, depth: Math.max(...stages.map((stage) => stage.depth)), leaves };
}

/** What an operand of a stage is, the accumulator and the immediate apart. */
export function operandValue(plan: PcuPlan, s: number, operand: StageConfig['a']): Value {
  if (operand.kind !== OPERAND.reg && operand.kind !== OPERAND.lane) return ZERO;
  return plan.banks[s][operand.index] ?? ZERO;
}

/** The operation of an opcode, if it is assigned and this architecture builds it. */
function builtOp(arch: Arch, code: number): Op | undefined {
  const op = opOfCode(code);
  return op !== undefined && OPS[op].float && !arch.pcu.float ? undefined : op;
}

/** Pairs are combined one a cycle, and a round begins when the last result of the one before is there. */
function combineTime(length: number, latency: number): number {
  let time = 0;
  for (let d = 1; d < length; d *= 2) time += Math.ceil((length - d) / (2 * d)) - 1 + latency;
  return time;
}
