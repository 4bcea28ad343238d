/**
 * The compute unit against its golden model, cycle for cycle: random configurations, random
 * streams, random back-pressure; every output in every cycle.
 */
import { describe, expect, test } from 'vitest';
import type { Arch } from '../../src/arch/schema.ts';
import { packBits, zeroOf } from '../../src/base/bitstruct.ts';
import { Rng } from '../../src/base/rng.ts';
import type { ReplayBench } from '../../src/cosim/replay.ts';
import { INIT, INPUT, OPERAND, type PcuConfig, pcuLayout } from '../../src/fabric/config.ts';
import { payloadBits } from '../../src/fabric/ports.ts';
import { OPS } from '../../src/ops/table.ts';
import { createPcu } from '../../src/sim/bench.ts';
import { archNamed } from '../support/fabric.ts';
import { getBits, pcuBench, putBits } from '../support/pcu-bench.ts';
import { randomPcu } from '../support/random-units.ts';

const CASES = process.env.KILN_FULL ? 3000 : 200;
const CYCLES = 250;

const ARCHS: Record<string, Arch> = {
  tiny: archNamed('tiny'),
  oneLane: archNamed('tiny', { pcu: { lanes: 1, stages: 3, registers: 3 } }),
  wide: archNamed('tiny', { pcu: { lanes: 32, stages: 4, registers: 5, ring: 8 }, latency: { simple: 2, multiply: 3, float: 5 } }),
  integer: archNamed('tiny', { pcu: { lanes: 8, stages: 8, registers: 4, ring: 2, float: false } }),
};

describe.each(Object.keys(ARCHS))('a PCU of %s', (name) => {
  const arch = ARCHS[name];

  test('gives every output in every cycle', { timeout: 900_000 }, async () => {
    const bench = await pcuBench(arch, name);
    let sent = 0;
    for (let i = 0; i < CASES; i++) {
      const seed = `${name}/${i}`;
      const run = record(arch, bench, seed);
      sent += run.sent;
      const got = await bench.replay(run.config, run.stimulus);
      expect(firstDifference(bench, run.answers, got), seed).toBeUndefined();
    }
    // The proof is worth something only if things come out.
    expect(sent).toBeGreaterThan(CASES * 10);
  });

  test('reduces runs of varying length, and lets two stages want one tap', { timeout: 900_000 }, async () => {
    const bench = await pcuBench(arch, name);
    let sent = 0;
    for (let i = 0; i < CASES / 4; i++) {
      const rng = new Rng(`${name}/directed/${i}`);
      const settings = i % 2 ? varyingTree(arch, rng) : twoTaps(arch, rng);
      const run = record(arch, bench, `${name}/directed/${i}`, rng, settings);
      sent += run.sent;
      expect(firstDifference(bench, run.answers, await bench.replay(run.config, run.stimulus)), `directed ${i}`).toBeUndefined();
    }
    expect(sent).toBeGreaterThan(CASES);
  });
});

/** Reductions over an inner loop whose bound is a scalar: shorter than the ring, longer, and empty ones follow each other. */
function varyingTree(arch: Arch, rng: Rng): PcuConfig {
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
  config.scalarOut[0] = { used: 1, source: last, mask: 1 };
  config.vectorOut[0] = { used: 1, source: last, mask: 1 };
  config.tokenOut[0] = { used: 1, source: last, mask: 1 };
  return config;
}

/** Two accumulating stages that begin with tapped values, often in the same cycle. */
function twoTaps(arch: Arch, rng: Rng): PcuConfig {
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
  config.vectorOut[0] = { used: 1, source: pcu.stages, mask: 0 };
  config.scalarOut[0] = { used: 1, source: stages[1], mask: 0 };
  return config;
}

/** Bits that an output must have: a value for a run of bits of the port. */
interface Expected {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
  readonly value: number;
}

/** Plays a random run on the golden unit and writes down what went in and what came out. */
function record(arch: Arch, bench: ReplayBench, seed: string, rng = new Rng(seed), settings = randomPcu(arch, rng)) {
  const golden = createPcu(arch, settings);
  const { unit } = golden;
  const { lanes } = arch.pcu;
  const vector = payloadBits(arch, 'vector');
  const scalar = payloadBits(arch, 'scalar');
  const stimulus = new Uint32Array((CYCLES + 1) * bench.stimulus.words);
  const put = (cycle: number, name: string, lsb: number, width: number, value: number) =>
    putBits(stimulus, (cycle * bench.stimulus.words + bench.stimulus.at(name)) * 32 + lsb, width, value);
  put(0, 'clear_i', 0, 1, 1);
  const answers: Expected[][] = [[]];
  const eager = rng.pick([0.3, 0.7, 1]);
  const drain = rng.pick([0.2, 0.7, 1]);
  const floats = rng.chance(0.5);
  const word = () => (rng.chance(0.2) ? rng.int(-4, 6) : floats ? rng.float32Bits() : rng.int32()) | 0;
  const full = lanes === 32 ? -1 : (1 << lanes) - 1;
  let sent = 0;
  let active = 0;
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    const expected: Expected[] = [];
    const expectBits = (name: string, lsb: number, width: number, value: number) => expected.push({ name, lsb, width, value: value >>> 0 });
    const { inputs, outputs } = unit;
    const fifos = [...inputs.vector, ...inputs.scalar, ...outputs.vector, ...outputs.scalar];
    expectBits('active_o', 0, 1, active);
    expectBits('quiet_o', 0, 1, Number(unit.quiet() && fifos.every((fifo) => fifo.count === 0)));
    expectBits('error_o', 0, 1, Number(golden.errors.some(({ cause }) => cause === 17)));
    expectBits('error_o', 1, 1, Number(golden.errors.some(({ cause }) => cause === 18)));
    inputs.vector.forEach((fifo, p) => {
      expectBits('vin_ready_o', p, 1, Number(fifo.ready));
      if (!rng.chance(eager)) return;
      const mask = rng.chance(0.6) ? full : rng.int32() & full;
      const data = Array.from({ length: lanes }, (_, i) => ((mask >> i) & 1 ? word() : 0));
      put(cycle, 'vin_valid_i', p, 1, 1);
      for (let i = 0; i < lanes; i++) put(cycle, 'vin_data_i', p * vector + 32 * i, 32, data[i]);
      put(cycle, 'vin_data_i', p * vector + 32 * lanes, lanes, mask);
      if (fifo.ready) fifo.push(data, mask, 0);
    });
    inputs.scalar.forEach((fifo, p) => {
      expectBits('sin_ready_o', p, 1, Number(fifo.ready));
      if (!rng.chance(eager)) return;
      const value = rng.chance(0.7) ? rng.int(-3, 8) : word();
      put(cycle, 'sin_valid_i', p, 1, 1);
      put(cycle, 'sin_data_i', p * scalar, 32, value);
      if (fifo.ready) fifo.push([value]);
    });
    inputs.control.forEach((counter, p) => {
      expectBits('cin_ready_o', p, 1, Number(counter.ready));
      if (!rng.chance(eager)) return;
      put(cycle, 'cin_valid_i', p, 1, 1);
      if (counter.ready) counter.pushed();
    });
    outputs.vector.forEach((fifo, p) => {
      expectBits('vout_valid_o', p, 1, Number(fifo.valid));
      if (fifo.valid) {
        for (let i = 0; i < lanes; i++) expectBits('vout_data_o', p * vector + 32 * i, 32, fifo.word(i));
        expectBits('vout_data_o', p * vector + 32 * lanes, lanes, fifo.masks[fifo.head] & full);
        expectBits('vout_data_o', p * vector + 33 * lanes, 1, fifo.lasts[fifo.head]);
      }
      if (!rng.chance(drain)) return;
      put(cycle, 'vout_ready_i', p, 1, 1);
      if (!fifo.valid) return;
      sent++;
      fifo.pop();
    });
    outputs.scalar.forEach((fifo, p) => {
      expectBits('sout_valid_o', p, 1, Number(fifo.valid));
      if (fifo.valid) {
        expectBits('sout_data_o', p * scalar, 32, fifo.word());
        expectBits('sout_data_o', p * scalar + 32, 1, fifo.lasts[fifo.head]);
      }
      if (!rng.chance(drain)) return;
      put(cycle, 'sout_ready_i', p, 1, 1);
      if (!fifo.valid) return;
      sent++;
      fifo.pop();
    });
    outputs.control.forEach((counter, p) => {
      expectBits('cout_valid_o', p, 1, Number(counter.valid));
      if (!rng.chance(drain)) return;
      put(cycle, 'cout_ready_i', p, 1, 1);
      if (counter.valid) counter.pop();
    });
    const armed = cycle >= 3;
    put(cycle, 'armed_i', 0, 1, Number(armed));
    golden.cycle(armed);
    active = Number(unit.issued === 1);
    answers.push(expected);
  }
  return { config: packBits(pcuLayout(arch), settings), stimulus, answers, sent };
}

/** The first output that is not as expected. */
function firstDifference(bench: ReplayBench, answers: readonly (readonly Expected[])[], got: Uint32Array): string | undefined {
  for (let cycle = 1; cycle < answers.length; cycle++) {
    for (const { name, lsb, width, value } of answers[cycle]) {
      const is = getBits(got, (cycle * bench.answer.words + bench.answer.at(name)) * 32 + lsb, width);
      if (is !== value) return `cycle ${cycle}, ${name}[${lsb} +: ${width}]: ${is.toString(16)}, not ${value.toString(16)}`;
    }
  }
  return undefined;
}
