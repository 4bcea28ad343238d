/** Configurations of a PCU that random ones seldom are: aimed at one piece of state each. */
import type { Arch } from '../../../src/arch/schema.ts';
import { zeroOf } from '../../../src/base/bitstruct.ts';
import type { Rng } from '../../../src/base/rng.ts';
import { INIT, INPUT, OPERAND, type PcuConfig, pcuLayout } from '../../../src/fabric/config.ts';
import { OP_NAMES, OPS } from '../../../src/ops/table.ts';
import type { Rates } from './streams.ts';

/** Reductions over an inner loop whose bound is a scalar: shorter than the ring, longer, and empty ones follow each other. */
export function varyingTree(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  const two = pcu.counters > 1;
  config.chain = { ...config.chain, count: two ? 2 : 1, par: rng.pick([1, pcu.lanes, rng.int(1, pcu.lanes)]), laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: config.chain.par, max: 4, bound: 1 };
  if (two) config.chain.counters[1] = { min: 0, stride: 1, max: 1000, bound: 0 };
  config.vectorIn[0] = { used: 1, pop: 0, masks: rng.int(0, 1) };
  config.inputs[0] = { kind: INPUT.vector, index: 0 };
  // Lanes that are masked hold something, too.
  const b = { kind: rng.pick([OPERAND.zero, OPERAND.imm]), index: 0 };
  config.stages[0] = { ...config.stages[0], op: OPS.add.code, a: { kind: OPERAND.reg, index: 0 }, b, imm: 1 + rng.int(0, 9), write: 1 };
  if (arch.latency.simple <= pcu.ring && rng.chance(0.5)) {
    config.stages[0].b = { kind: OPERAND.acc, index: 0 };
    const length = rng.int(arch.latency.simple, pcu.ring);
    config.stages[0].acc = { ...config.stages[0].acc, used: 1, first: 1, last: 1, length, init: INIT.imm };
  }
  const last = pcu.stages - 1;
  config.tree = { used: 1, source: 0 };
  const init = rng.pick([INIT.none, INIT.imm]);
  const slow = pcu.ring >= Math.max(arch.latency.multiply, arch.latency.float);
  const op = rng.pick([OPS.add, OPS.max, OPS.xor, ...(slow ? [OPS.mul] : []), ...(slow && pcu.float ? [OPS.fadd] : [])]);
  const shortest = Math.min(pcu.ring, arch.latency[op.latency]);
  config.stages[last].op = op.code;
  config.stages[last].imm = rng.int(0, 9);
  config.stages[last].acc = {
    ...config.stages[last].acc,
    used: 1,
    first: 1,
    last: 1,
    length: rng.int(shortest, pcu.ring),
    init,
  };
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
  // Without it nothing is ever tapped, and the context stands.
  config.tapIn = { used: rng.chance(0.85) ? 1 : 0, port: pcu.vectorIn - 1 };
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

/** A reduction in a loop that is often empty as a whole: its null elements pass the tree and change nothing in it. */
export function emptyReductions(arch: Arch, rng: Rng): PcuConfig {
  const config = varyingTree(arch, rng);
  if (arch.pcu.counters < 3) return config;
  const [inner, outer] = config.chain.counters;
  Object.assign(inner, { max: 2 * config.chain.par, bound: 0 });
  Object.assign(outer, { max: 4, bound: 1 });
  config.chain.count = 3;
  config.chain.counters[2] = { min: 0, stride: 1, max: 200, bound: 0 };
  const mask = rng.pick([1, 3, 2]);
  for (const list of [config.vectorOut, config.scalarOut, config.tokenOut]) list[0].mask = mask;
  config.stages[arch.pcu.stages - 1].acc.last = rng.pick([1, mask]);
  return config;
}

/** Registers that pass stages of every latency, and are read at the end. */
export function carriedRegisters(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 1, par: pcu.lanes, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: 1000, bound: 0 };
  config.vectorIn.forEach((port) => {
    port.used = 1;
  });
  config.inputs.forEach((_, r) => {
    config.inputs[r] = rng.pick([
      { kind: INPUT.vector, index: rng.int(0, pcu.vectorIn - 1) },
      { kind: INPUT.vector, index: rng.int(0, pcu.vectorIn - 1) },
      { kind: INPUT.counter, index: 0 },
    ]);
  });
  const register = () => ({ kind: OPERAND.reg, index: rng.int(0, pcu.registers - 1) });
  const ops = [OPS.add, OPS.sel, OPS.mac, OPS.mul, ...(pcu.float ? [OPS.fadd, OPS.fmul] : [])];
  for (const stage of config.stages) {
    const kept = rng.chance(0.6);
    const [a, b, c] = [register(), register(), register()];
    Object.assign(stage, { op: rng.pick(ops).code, a, b, c, write: kept ? 0 : 1, dst: rng.int(0, pcu.registers - 1) });
    stage.pass = (1 << pcu.registers) - 1 - (rng.chance(0.4) ? 1 << rng.int(0, pcu.registers - 1) : 0);
  }
  const last = pcu.stages - 1;
  Object.assign(config.stages[last], { op: OPS.xor.code });
  Object.assign(config.vectorOut[0], { used: 1, source: last });
  return config;
}

/** Loops that are often empty: what an empty one takes from the inputs, reads and sends. */
export function emptyLoops(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  const count = Math.min(2, pcu.counters);
  const masks = (1 << count) - 1;
  const bound = pcu.scalarIn - 1;
  config.chain = { ...config.chain, count, par: pcu.lanes, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: rng.pick([1, pcu.lanes]), max: 4, bound: bound + 1 };
  if (count > 1) config.chain.counters[1] = { min: 0, stride: 1, max: 200, bound: 0 };
  config.vectorIn.forEach((_, p) => {
    config.vectorIn[p] = { used: p === 0 ? 1 : rng.int(0, 1), pop: rng.int(0, masks), masks: 0 };
  });
  config.scalarIn.forEach((_, p) => {
    if (p !== bound) config.scalarIn[p] = { used: rng.int(0, 1), pop: rng.int(0, masks) };
  });
  config.inputs.forEach((_, r) => {
    config.inputs[r] = rng.pick([
      { kind: INPUT.vector, index: 0 },
      { kind: INPUT.counter, index: rng.int(0, count - 1) },
      { kind: INPUT.counter, index: 0 },
    ]);
    if (bound > 0 && rng.chance(0.3) && config.scalarIn[0].used) config.inputs[r] = { kind: INPUT.scalar, index: 0 };
  });
  // Half of them send what an empty loop leaves in an accumulator that starts from a register.
  const aimed = rng.chance(0.5);
  const visited = aimed ? 0 : rng.int(0, 1);
  config.stages.forEach((stage, s) => {
    Object.assign(stage, {
      op: rng.pick([OPS.add, OPS.xor, OPS.sub]).code,
      a: { kind: OPERAND.reg, index: rng.int(0, pcu.registers - 1) },
      b: { kind: rng.pick([OPERAND.reg, OPERAND.imm]), index: rng.int(0, pcu.registers - 1) },
      imm: rng.int(0, 9),
      pass: (1 << pcu.registers) - 1,
      write: rng.int(0, 1),
      dst: rng.int(0, pcu.registers - 1),
    });
    // An entry may be visited before anything was first: it goes on from the start of the run.
    if (aimed) stage.write = 0;
    if (s === visited && arch.latency.simple <= pcu.ring) {
      stage.a = { kind: OPERAND.acc, index: 0 };
      const init = aimed ? INIT.reg : rng.pick([INIT.none, INIT.imm, INIT.reg]);
      const first = (aimed ? 1 : rng.pick([2, 2, 3, 1])) & masks;
      stage.acc = { ...stage.acc, used: 1, first, last: rng.int(0, masks), length: rng.int(arch.latency.simple, pcu.ring), init };
      stage.acc.initReg = rng.int(0, pcu.registers - 1);
    }
  });
  const output = () => ({ used: 1, source: rng.int(0, pcu.stages - 1), mask: rng.int(0, masks) });
  for (const list of [config.vectorOut, config.scalarOut, config.tokenOut]) for (const one of list) Object.assign(one, output());
  if (aimed) Object.assign(config.scalarOut[0], { source: 0, mask: 1 });
  return config;
}

/** One output alone, of any class and stage: the unit is quiet when nothing comes to it any more. */
export function oneOutput(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 1, par: pcu.lanes, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: rng.int(1, 8), bound: 0 };
  config.inputs[0] = { kind: INPUT.counter, index: 0 };
  const slow = pcu.float ? [OPS.fadd, OPS.fmul] : [OPS.mul];
  for (const stage of config.stages)
    Object.assign(stage, { op: rng.pick([OPS.add, ...slow, ...slow]).code, a: { kind: OPERAND.reg, index: 0 }, pass: 1 });
  if (rng.chance(0.3)) config.tree = { used: 1, source: rng.int(0, pcu.stages - 2) };
  if (config.tree.used) config.stages[pcu.stages - 1].op = OPS.add.code;
  const output = rng.pick([...config.vectorOut, ...config.scalarOut, ...config.tokenOut]);
  Object.assign(output, { used: 1, source: rng.int(0, pcu.stages - 1), mask: 0 });
  return config;
}

/** Predicates that hang on one bit of a word, and everything that looks at them. */
export function oneBitPredicates(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 1, par: pcu.lanes, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: 1000, bound: 0 };
  config.vectorIn[0] = { used: 1, pop: 0, masks: rng.int(0, 1) };
  config.inputs[0] = { kind: INPUT.vector, index: 0 };
  for (const stage of config.stages) {
    const imm = 2 ** rng.pick([0, 31, rng.int(0, 31)]);
    Object.assign(stage, { op: OPS.and.code, a: { kind: OPERAND.reg, index: 0 }, b: { kind: OPERAND.imm, index: 0 }, imm, pass: 1 });
    stage.predicate = rng.chance(0.6) ? 1 : 0;
  }
  for (const list of [config.vectorOut, config.scalarOut, config.tokenOut])
    for (const one of list) Object.assign(one, { used: 1, source: rng.int(0, pcu.stages - 1), mask: 0, when: rng.int(0, 1) });
  for (const one of config.vectorOut) one.drop = rng.int(0, 1);
  config.compact = { used: rng.int(0, 1), flush: 1 };
  return config;
}

/** In every stage an operation of its own on what comes in, most of them slow ones; an output for as many stages as there are. */
export function everyOperation(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 1, par: pcu.lanes, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: 1000, bound: 0 };
  config.inputs.forEach((_, r) => {
    config.inputs[r] = { kind: INPUT.vector, index: r % pcu.vectorIn };
    config.vectorIn[r % pcu.vectorIn].used = 1;
  });
  const known = OP_NAMES.map((name) => OPS[name]).filter(({ float }) => pcu.float || !float);
  const slow = known.filter(({ latency }) => latency !== 'simple');
  const operand = () => ({ kind: OPERAND.reg, index: rng.int(0, pcu.registers - 1) });
  for (const stage of config.stages) {
    const { code } = rng.pick(rng.chance(0.8) ? slow : known);
    Object.assign(stage, { op: code, a: operand(), b: operand(), c: operand(), pass: (1 << pcu.registers) - 1 });
  }
  [...config.vectorOut, ...config.scalarOut].forEach((output, i) => {
    Object.assign(output, { used: 1, source: i % pcu.stages, mask: 0 });
  });
  return config;
}

/** Vectors of which some lanes are masked, one after the other. */
export const sparseVectors = {
  rates: { in: () => 1, out: () => 1, token: () => 1 },
  mix: { floats: false, small: 0.5, whole: 0.1, bounds: [-1, 9] as const },
};

/** A token each cycle. */
export function manyTokens(arch: Arch, rng: Rng): PcuConfig {
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 1, par: 1, laneStep: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: rng.pick([255, 256, 256, 258, 400]), bound: 0 };
  for (const token of config.tokenOut) Object.assign(token, { used: rng.int(0, 1), source: rng.int(0, arch.pcu.stages - 1), mask: 0 });
  Object.assign(config.tokenOut[0], { used: 1 });
  return config;
}

/** Rates by which tokens pile up, and are taken after a while. */
export const lateTakers = (rng: Rng): Rates => ({
  in: () => 1,
  out: () => 1,
  token: () => 1,
  tokensWait: rng.pick([250, 300, 600]),
});
