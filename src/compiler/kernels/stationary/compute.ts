/** The compute units: stage s of each holds row s of a block, one accumulator a lane and vector. */
import type { Arch } from '../../../arch/schema.ts';
import { zeroOf } from '../../../base/bitstruct.ts';
import { INIT, INPUT, OPERAND, type PcuConfig, pcuLayout } from '../../../fabric/config.ts';
import { OPS } from '../../../ops/table.ts';
import { innermost, setTrips } from './chains.ts';
import type { StationaryPlan } from './plan.ts';

/** Vector inputs of a compute unit. */
export const PORT = { left: 0, right: 1, sums: 2 } as const;

/**
 * Stage s: acc[s][p] = left[s] * right[p] + acc[s][p]; `left` is held while p runs; the sums leave by the tap bus.
 * A later link begins with the sums of the one before, which come in by the tap-in bus. Sums that are held leave when
 * the whole block is done.
 */
export function multiplyAdd(arch: Arch, plan: StationaryPlan, link: number): PcuConfig {
  const { lanes, vectors, held, depth, groups, blocks } = plan;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  setTrips(config.chain, [vectors, depth, groups * blocks], lanes);
  config.vectorIn[PORT.left] = { used: 1, pop: innermost(1), masks: 0 };
  config.vectorIn[PORT.right] = { used: 1, pop: 0, masks: 0 };
  config.inputs[0] = { kind: INPUT.vector, index: PORT.left };
  config.inputs[1] = { kind: INPUT.vector, index: PORT.right };
  for (let s = 0; s < plan.rows; s++) {
    const stage = config.stages[s];
    stage.op = OPS[plan.operation].code;
    stage.a = { kind: OPERAND.lane, index: 0 };
    stage.b = { kind: OPERAND.reg, index: 1 };
    stage.c = { kind: OPERAND.acc, index: 0 };
    stage.lane = s;
    stage.pass = 0b11;
    stage.acc = { used: 1, first: 0b011, last: 0b010, length: vectors, init: link > 0 ? INIT.tap : INIT.imm, initReg: 0 };
    stage.tapOut = 1;
  }
  if (held) config.hold = { used: 1, mask: innermost(2) };
  if (link > 0) config.tapIn = { used: 1, port: PORT.sums };
  config.vectorOut[0] = { ...config.vectorOut[0], used: 1, source: arch.pcu.stages };
  return config;
}
