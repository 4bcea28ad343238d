/**
 * One segment -> the stages of a PCU: an operation a stage, values in pipeline registers from the stage that makes
 * them to the last stage that reads them, the tree in the last stage.
 */
import type { Arch } from '../../arch/schema.ts';
import { zeroOf } from '../../base/bitstruct.ts';
import { OPERAND, type PcuConfig, pcuLayout } from '../../fabric/config.ts';
import { OPS } from '../../ops/table.ts';
import type { TooWide } from './segments.ts';
import type { Work } from './work.ts';

type Stage = PcuConfig['stages'][number];
type Operand = Stage['a'];

export interface StagePlan {
  /** Configured stages; accumulator masks and lengths are left to the caller, who knows the counters. */
  readonly stages: Stage[];
  /** Stage whose result is the value. */
  readonly stageOf: ReadonlyMap<number, number>;
  /** Register of bank 0 for each input, in input order. */
  readonly inputRegisters: readonly number[];
  /** Stage that the tree reads, when there is one. */
  readonly treeSource?: number;
}

/** Places the items, or says what is too small. */
export function planStages(
  arch: Arch,
  items: readonly Work[],
  inputs: readonly number[],
  constants: ReadonlyMap<number, number>,
): StagePlan | TooWide {
  const { stages: stageCount, registers } = arch.pcu;
  const tree = items.find((item) => item.kind === 'tree');
  const plain = items.filter((item) => item.kind !== 'tree');
  const room = tree ? stageCount - 1 : stageCount;
  const results = items.filter((item) => item.last).length + (tree ? 1 : 0);
  if (results > arch.pcu.scalarOut) return { why: `${results} results`, field: 'pcu.scalarOut', least: results };
  if (plain.length > room)
    return {
      why: `${items.length} operations${tree ? ' with a lane tree' : ''} for ${stageCount} stages`,
      field: 'pcu.stages',
      least: items.length,
    };
  if (inputs.length > registers)
    return { why: `${inputs.length} inputs for ${registers} registers`, field: 'pcu.registers', least: inputs.length };
  if (tree && !plain.some((item) => item.id === tree.args[0]))
    return { why: 'the value of a lane tree comes from another PCU', field: 'pcu.stages' };

  const readBy = (id: number): number => plain.findLastIndex((item) => item.args.includes(id));
  const stages = zeroOf(pcuLayout(arch)).stages;
  const stageOf = new Map<number, number>();
  /** Value held by each register of the current bank. */
  let bank: (number | undefined)[] = Array.from({ length: registers }, (_, r) => inputs[r]);
  for (const [s, item] of plain.entries()) {
    const stage = stages[s];
    stage.op = OPS[item.op].code;
    if (item.predicate) stage.predicate = 1;
    const operands: Operand[] = item.args.map((id) => {
      const bits = constants.get(id);
      if (bits === 0) return { kind: OPERAND.zero, index: 0 };
      if (bits !== undefined) {
        stage.imm = bits;
        return { kind: OPERAND.imm, index: 0 };
      }
      return { kind: OPERAND.reg, index: bank.indexOf(id) };
    });
    if (item.kind === 'stationary') operands.push({ kind: OPERAND.acc, index: 0 });
    stage.a = operands[0] ?? stage.a;
    stage.b = operands[1] ?? stage.b;
    stage.c = operands[2] ?? stage.c;
    stageOf.set(item.id, s);
    const next: (number | undefined)[] = bank.map((id) => (id !== undefined && readBy(id) > s ? id : undefined));
    next.forEach((id, r) => {
      if (id !== undefined) stage.pass |= 1 << r;
    });
    if (readBy(item.id) > s) {
      const free = next.indexOf(undefined);
      if (free < 0) return { why: `more than ${registers} values alive at stage ${s}`, field: 'pcu.registers', least: registers + 1 };
      next[free] = item.id;
      stage.write = 1;
      stage.dst = free;
    }
    bank = next;
  }
  const treeSource = tree ? stageOf.get(tree.args[0]) : undefined;
  if (tree) {
    stages[stageCount - 1].op = OPS[tree.op].code;
    stageOf.set(tree.id, stageCount - 1);
  }
  return { stages, stageOf, inputRegisters: inputs.map((_, r) => r), treeSource };
}
