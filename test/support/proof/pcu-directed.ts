/** Configurations of a PCU that random ones seldom are: aimed at one piece of state each. */
import type { Arch } from '../../../src/arch/schema.ts';
import { zeroOf } from '../../../src/base/bitstruct.ts';
import type { Rng } from '../../../src/base/rng.ts';
import { INIT, INPUT, OPERAND, type PcuConfig, pcuLayout } from '../../../src/fabric/config.ts';
import { OPS } from '../../../src/ops/table.ts';

/** Reductions over an inner loop whose bound is a scalar: shorter than the ring, longer, and empty ones follow each other. */
export function varyingTree(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  const two = pcu.counters > 1;
  config.chain = { ...config.chain, count: two ? 2 : 1, par: rng.int(1, pcu.lanes), laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: config.chain.par, max: 4, bound: 1 };
  if (two) config.chain.counters[1] = { min: 0, stride: 1, max: 1000, bound: 0 };
  config.vectorIn[0] = { used: 1, pop: 0, masks: rng.int(0, 1) };
  config.inputs[0] = { kind: INPUT.vector, index: 0 };
  config.stages[0] = { ...config.stages[0], op: OPS.mov.code, a: { kind: OPERAND.reg, index: 0 }, write: 1 };
  const last = pcu.stages - 1;
  config.tree = { used: 1, source: 0 };
  const init = rng.pick([INIT.none, INIT.imm]);
  config.stages[last].op = rng.pick([OPS.add, OPS.max, OPS.xor]).code;
  config.stages[last].imm = rng.int(0, 9);
  config.stages[last].acc = { ...config.stages[last].acc, used: 1, first: 1, last: 1, length: Math.max(2, pcu.ring), init };
  Object.assign(config.scalarOut[0], { used: 1, source: last, mask: 1 });
  Object.assign(config.vectorOut[0], { used: 1, source: last, mask: 1 });
  Object.assign(config.tokenOut[0], { used: 1, source: last, mask: 1 });
  return config;
}

/** Two accumulating stages that begin with tapped values, often in the same cycle. */
export function twoTaps(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 1, par: pcu.lanes, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: 400, bound: 0 };
  config.tapIn = { used: 1, port: pcu.vectorIn - 1 };
  config.inputs[0] = { kind: INPUT.counter, index: 0 };
  const stages = rng.shuffle(Array.from({ length: pcu.stages }, (_, s) => s)).slice(0, 2);
  config.stages.forEach((stage, s) => {
    stage.op = OPS.add.code;
    stage.pass = 1;
    stage.a = { kind: OPERAND.reg, index: 0 };
    if (!stages.includes(s)) return;
    stage.b = { kind: OPERAND.acc, index: 0 };
    stage.acc = { ...stage.acc, used: 1, first: rng.int(0, 1), last: 0, length: pcu.ring, init: INIT.tap };
    stage.tapOut = 1;
  });
  Object.assign(config.vectorOut[0], { used: 1, source: pcu.stages, mask: 0 });
  Object.assign(config.scalarOut[0], { used: 1, source: stages[1], mask: 0 });
  return config;
}

/** Rows of sums in whole rings: some or all stages hold them, the context closes behind every row or two. */
export function heldSums(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  const trips = pcu.counters > 2 ? [pcu.ring, rng.int(1, 4), rng.int(1, 9)] : [rng.int(1, 2 * pcu.ring)];
  config.chain = { ...config.chain, count: trips.length, par: rng.int(1, pcu.lanes), laneStep: 1 };
  for (const [c, max] of trips.entries()) config.chain.counters[c] = { min: 0, stride: 1, max, bound: 0 };
  config.vectorIn[0] = { used: 1, pop: 0, masks: rng.int(0, 1) };
  config.inputs[0] = { kind: INPUT.vector, index: 0 };
  const inner = trips.length > 1 ? 0b011 : 0b001;
  for (const stage of config.stages) {
    stage.op = OPS.add.code;
    stage.pass = 1;
    stage.a = { kind: OPERAND.reg, index: 0 };
    stage.b = { kind: OPERAND.acc, index: 0 };
    stage.imm = rng.int(0, 9);
    const length = rng.chance(0.8) ? pcu.ring : rng.int(arch.latency.simple, pcu.ring);
    stage.acc = { ...stage.acc, used: 1, first: inner, last: inner, length, init: INIT.imm };
    stage.tapOut = rng.chance(0.8) ? 1 : 0;
  }
  config.hold = { used: 1, mask: rng.chance(0.7) ? inner : (1 << trips.length) - 1 };
  Object.assign(config.vectorOut[0], { used: 1, source: pcu.stages, mask: 0 });
  Object.assign(config.scalarOut[0], { used: 1, source: pcu.stages, mask: 0 });
  Object.assign(config.tokenOut[0], { used: 1, source: rng.pick([0, pcu.stages]), mask: inner });
  return config;
}
