/**
 * Random configurations of single units, legal by the design rules, dense in corner cases: zero trips, dynamic bounds,
 * every mask, accumulators, trees, taps, tokens, N-buffers, guards.
 */
import type { Arch } from '../../src/arch/schema.ts';
import { zeroOf } from '../../src/base/bitstruct.ts';
import type { Rng } from '../../src/base/rng.ts';
import {
  type AgConfig,
  agLayout,
  type ChainConfig,
  INIT,
  INPUT,
  OPERAND,
  type PcuConfig,
  type PmuConfig,
  pcuLayout,
  pmuLayout,
} from '../../src/fabric/config.ts';
import { laneInverse } from '../../src/fabric/lane-inverse.ts';
import { OP_NAMES, OPS, TREE_OPS } from '../../src/ops/table.ts';

interface ChainOptions {
  readonly counters: number;
  readonly lanes: number;
  /** Scalar inputs that may bound counters; taken ones are removed. */
  readonly bounds: number[];
  readonly zeroTrips: boolean;
  /** Scalar inputs there are. */
  readonly scalarIn: number;
  /** Share of counters with a bound, as far as there are inputs; 0.15 if not said. */
  readonly bounded?: number;
}

/** Counters near the ends of what 32 bits hold: comparisons do not wrap. */
const FAR = [
  { min: 0x7ffffff0, stride: 8, max: 0x7fffffff },
  { min: -0x7ffffff0, stride: -8, max: -0x80000000 },
  { min: -0x70000000, stride: 0x60000000, max: 0x7fffffff },
  { min: 0x70000000, stride: -0x60000000, max: -0x70000000 },
];

export function randomChain(rng: Rng, { counters, lanes, bounds, zeroTrips, scalarIn, bounded = 0.15 }: ChainOptions): ChainConfig {
  const count = rng.int(zeroTrips ? 0 : 1, Math.min(4, counters));
  const idle = rng.chance(0.5);
  return {
    count,
    par: rng.int(1, lanes),
    laneStep: rng.chance(0.05) ? rng.int(-0x8000, 0x7fff) : rng.int(-2, 3),
    counters: Array.from({ length: counters }, (_, c) => {
      // What stands in counters that are not in use says nothing.
      if (c >= count)
        return idle
          ? { min: 0, stride: 0, max: 0, bound: 0 }
          : { min: rng.int32(), stride: rng.int32(), max: rng.int32(), bound: rng.int(0, scalarIn) };
      if (rng.chance(0.03)) return { ...rng.pick(FAR), bound: 0 };
      const stride = rng.pick([1, 1, 2, 3, -1, -2]) * (c === 0 ? rng.int(1, 4) : 1);
      const min = rng.int(-5, 5);
      const trips = rng.int(zeroTrips && rng.chance(0.3) ? 0 : 1, 5);
      const slack = trips === 0 ? rng.int(0, 2) : rng.int(0, Math.abs(stride) - 1);
      const max = min + trips * stride - Math.sign(stride) * slack;
      const bound = bounds.length > 0 && rng.chance(bounded) ? 1 + (bounds.shift() as number) : 0;
      return { min, stride, max, bound };
    }),
  };
}

const randomMask = (rng: Rng, counters: number, count: number): number => {
  // Mostly levels (the lowest bits), sometimes any set, sometimes counters that are not in use.
  if (rng.chance(0.75)) return (1 << rng.int(0, Math.min(count, counters))) - 1;
  return rng.int(0, (1 << counters) - 1);
};

/** Tokens that a counter begins with: few, or next to none left to give. */
const randomInit = (rng: Rng, most: number): number => (rng.chance(0.12) ? rng.int(250, 255) : rng.int(0, most));

const affineOf = (rng: Rng, counters: number, base: number, spread: number) => ({
  base,
  inc: Array.from({ length: counters }, () => rng.int(-spread, spread)),
});

export function randomPcu(arch: Arch, rng: Rng): PcuConfig {
  const { pcu } = arch;
  const config = zeroOf(pcuLayout(arch));
  const ops = OP_NAMES.filter((op) => pcu.float || !OPS[op].float);
  const scalars = rng.shuffle(Array.from({ length: pcu.scalarIn }, (_, p) => p));
  const bounds = scalars.splice(0, rng.int(0, 1));
  config.enable = 1;
  config.chain = randomChain(rng, {
    counters: pcu.counters,
    lanes: pcu.lanes,
    bounds,
    zeroTrips: true,
    scalarIn: pcu.scalarIn,
  });
  const { count } = config.chain;
  const mask = () => randomMask(rng, pcu.counters, count);
  if (rng.chance(0.3))
    config.guard = { used: 1, limit: rng.int(0, 12), lane: rng.int(-1, 2), at: affineOf(rng, pcu.counters, rng.int(-4, 4), 3) };
  const vectors = rng.shuffle(Array.from({ length: pcu.vectorIn }, (_, p) => p));
  const tap = vectors.length > 1 && rng.chance(0.4) ? vectors.pop() : undefined;
  if (tap !== undefined) config.tapIn = { used: 1, port: tap };
  const used = vectors.slice(0, rng.int(0, vectors.length));
  for (const p of used) config.vectorIn[p] = { used: 1, pop: rng.chance(0.5) ? 0 : mask(), masks: rng.int(0, 1) };
  const usedScalars = scalars.slice(0, rng.int(0, scalars.length));
  for (const p of usedScalars) config.scalarIn[p] = { used: 1, pop: mask() };
  config.tokenIn.forEach((_, i) => {
    if (rng.chance(0.4)) config.tokenIn[i] = { used: 1, mask: mask(), init: randomInit(rng, 3) };
  });
  config.inputs.forEach((_, r) => {
    const kinds: { kind: number; index: number }[] = [{ kind: INPUT.zero, index: 0 }];
    if (count > 0) kinds.push({ kind: INPUT.counter, index: rng.int(0, count - 1) });
    if (used.length > 0) kinds.push({ kind: INPUT.vector, index: rng.pick(used) }, { kind: INPUT.vector, index: rng.pick(used) });
    if (usedScalars.length > 0) kinds.push({ kind: INPUT.scalar, index: rng.pick(usedScalars) });
    config.inputs[r] = rng.pick(kinds);
  });
  const tree = rng.chance(0.5);
  if (tree) config.tree = { used: 1, source: rng.int(0, pcu.stages - 2) };
  let taps = 0;
  config.stages.forEach((stage, s) => {
    const isTree = tree && s === pcu.stages - 1;
    const op = rng.pick(isTree ? TREE_OPS.filter((name) => ops.includes(name)) : ops);
    const latency = arch.latency[OPS[op].latency];
    stage.op = OPS[op].code;
    stage.imm = rng.chance(0.5) ? rng.int(0, 20) : rng.next32();
    stage.lane = rng.int(0, pcu.lanes - 1);
    stage.write = rng.int(0, 1);
    stage.dst = rng.int(0, pcu.registers - 1);
    stage.pass = rng.chance(0.6) ? (1 << pcu.registers) - 1 : rng.int(0, (1 << pcu.registers) - 1);
    stage.predicate = rng.chance(0.3) ? 1 : 0;
    const accumulates = latency <= pcu.ring && rng.chance(isTree ? 0.7 : 0.3);
    if (accumulates) {
      const wantsTap = tap !== undefined && taps === 0 && rng.chance(0.5);
      if (wantsTap) taps++;
      const inits = isTree ? [INIT.none, INIT.imm] : [INIT.none, INIT.imm, INIT.reg];
      const last = mask();
      stage.acc = {
        used: 1,
        first: rng.chance(0.7) ? last : mask(),
        last,
        length: rng.int(latency, pcu.ring),
        init: wantsTap ? INIT.tap : rng.pick(inits),
        initReg: rng.int(0, pcu.registers - 1),
      };
      stage.tapOut = !isTree && rng.chance(0.5) ? 1 : 0;
    }
    for (const name of ['a', 'b', 'c'] as const) {
      const kinds: number[] = [OPERAND.zero, OPERAND.imm, OPERAND.reg, OPERAND.reg, OPERAND.lane];
      if (accumulates && !isTree) kinds.push(OPERAND.acc, OPERAND.acc);
      stage[name] = { kind: rng.pick(kinds), index: rng.int(0, pcu.registers - 1) };
    }
  });
  const output = () => ({ used: 1, source: rng.int(0, pcu.stages), mask: mask(), when: rng.int(0, 1) });
  for (const list of [config.vectorOut, config.scalarOut, config.tokenOut]) {
    list.forEach((_, i) => {
      if (rng.chance(0.7)) Object.assign(list[i], output());
    });
  }
  if (tree && rng.chance(0.7))
    Object.assign(config.scalarOut[0], { used: 1, source: pcu.stages - 1, mask: config.stages[pcu.stages - 1].acc.last });
  for (const output of config.vectorOut) output.drop = rng.chance(0.3) ? 1 : 0;
  if (rng.chance(0.2)) {
    config.hold = { used: 1, mask: mask() };
    for (const stage of config.stages) stage.tapOut ||= stage.acc.used && rng.chance(0.7) ? 1 : 0;
    if (rng.chance(0.8)) Object.assign(config.vectorOut[pcu.vectorOut - 1], { used: 1, source: pcu.stages });
  }
  if (rng.chance(0.3)) config.compact = { used: 1, flush: rng.chance(0.5) ? (1 << count) - 1 : mask() };
  return config;
}

export function randomPmu(arch: Arch, rng: Rng): PmuConfig {
  const { pmu, pcu } = arch;
  const config = zeroOf(pmuLayout(arch));
  const words = pmu.bankWords * pcu.lanes;
  const scalars = rng.shuffle(Array.from({ length: pmu.scalarIn }, (_, p) => p));
  const vectors = rng.shuffle(Array.from({ length: pmu.vectorIn }, (_, p) => p));
  const n = pmu.counters;
  // Small windows, so that reads meet writes; sometimes over the edge of the memory.
  const near = rng.pick([0, 4, 40]);
  const base = () => (rng.chance(0.1) ? rng.pick([-2, words - 3]) : rng.int(0, near));
  const address = (lane: number) => ({ ...affineOf(rng, n, base(), 5), lane, laneInverse: laneInverse(lane, pcu.lanes) });
  const region = (count: number) =>
    rng.chance(0.4)
      ? { count: rng.int(2, 4), stride: rng.int(-3, 20), mask: randomMask(rng, n, count) }
      : { count: rng.int(0, 1), stride: 5, mask: 0 };
  const chain = () =>
    randomChain(rng, {
      counters: n,
      lanes: pcu.lanes,
      bounds: rng.chance(0.2) ? scalars.splice(0, 1) : [],
      zeroTrips: true,
      scalarIn: pmu.scalarIn,
    });
  for (let w = 0; w < pmu.writeContexts; w++) {
    if (!rng.chance(0.8)) continue;
    const scalar = rng.chance(0.3) && scalars.length > 0;
    const port = scalar ? scalars.shift() : vectors.shift();
    if (port === undefined) continue;
    const own = chain();
    config.write[w] = {
      enable: 1,
      chain: own,
      source: scalar ? pmu.vectorIn + port : port,
      fill: rng.int(0, 1),
      address: address(rng.pick([1, 1, 1, 3, 5, -1])),
      region: region(own.count),
      part: rng.chance(0.3) ? 1 : 0,
    };
  }
  for (let r = 0; r < pmu.readContexts; r++) {
    if (!rng.chance(0.8)) continue;
    const own = chain();
    config.read[r] = {
      enable: 1,
      chain: own,
      address: address(rng.pick([1, 1, 0, 3, -3])),
      region: region(own.count),
      part: rng.chance(0.3) ? 1 : 0,
      zero: { used: rng.chance(0.2) ? 1 : 0, mask: randomMask(rng, n, own.count) },
      vector: rng.int(0, 1),
      scalar: rng.int(0, 1),
    };
  }
  const contexts = pmu.writeContexts + pmu.readContexts;
  config.tokenOut.forEach((_, j) => {
    if (!rng.chance(0.5)) return;
    config.tokenOut[j] = {
      used: 1,
      context: rng.int(0, contexts - 1),
      mask: randomMask(rng, n, 2),
      net: j < pmu.controlOut ? rng.int(0, 1) : 0,
    };
  });
  const nets = rng.shuffle(Array.from({ length: pmu.controlIn }, (_, p) => p));
  config.tokenIn.forEach((_, i) => {
    if (!rng.chance(0.4)) return;
    // Of two counters that hear one input the lower one is fed.
    const net = rng.chance(0.1) ? rng.int(0, pmu.controlIn - 1) : rng.chance(0.5) ? nets.shift() : undefined;
    const source = net ?? pmu.controlIn + rng.int(0, pmu.tokens - 1);
    config.tokenIn[i] = { used: 1, context: rng.int(0, contexts - 1), mask: randomMask(rng, n, 2), init: randomInit(rng, 4), source };
  });
  return config;
}

export function randomAg(arch: Arch, rng: Rng): AgConfig {
  const { ag } = arch;
  const config = zeroOf(agLayout(arch));
  const n = ag.counters;
  const scalars = rng.shuffle(Array.from({ length: ag.scalarIn }, (_, p) => p));
  config.enable = 1;
  config.write = rng.int(0, 1);
  const bounds = rng.chance(0.5) ? scalars.splice(0, rng.int(0, scalars.length)) : [];
  const zeroTrips = rng.chance(0.5);
  config.chain = { ...randomChain(rng, { counters: n, lanes: 1, bounds, zeroTrips, scalarIn: ag.scalarIn, bounded: 0.4 }), par: 1 };
  const mask = () => randomMask(rng, n, config.chain.count);
  // What is not in use says nothing; two words may come from one input.
  const word = (often: number) => ({
    used: rng.chance(often) ? 1 : 0,
    port: scalars.length > 0 && rng.chance(0.9) ? rng.pick(scalars) : rng.int(0, ag.scalarIn - 1),
    mask: mask(),
  });
  config.run = rng.pick([1, 2, rng.int(1, 20), rng.int(1, 100), 64]);
  config.address = affineOf(rng, n, rng.int(2000, 3000), 70);
  config.offset = word(0.3);
  if (rng.chance(0.4)) config.row = { used: 1, limit: rng.int(0, 6), at: affineOf(rng, n, rng.int(-2, 2), 2) };
  config.column.from = word(0.3);
  // Limits at the ends of what 32 bits hold, too: the difference is exact.
  const limit = rng.chance(0.1) ? rng.pick([0x7fffffff, -0x80000000]) : rng.int(0, 60);
  if (rng.chance(0.5)) Object.assign(config.column, { used: 1, limit, at: affineOf(rng, n, rng.int(-4, 10), 10) });
  config.tokenIn.forEach((_, i) => {
    if (rng.chance(0.3)) config.tokenIn[i] = { used: 1, mask: mask(), init: randomInit(rng, 3) };
  });
  config.tokenOut.forEach((_, i) => {
    if (rng.chance(0.6)) config.tokenOut[i] = { used: 1, mask: mask() };
  });
  return config;
}
