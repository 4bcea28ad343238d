/**
 * The compute unit against its golden model, cycle for cycle: random configurations, random
 * streams, random back-pressure; every output in every cycle.
 */
import { describe, expect, test } from 'vitest';
import type { Arch } from '../../src/arch/schema.ts';
import { packBits, widthOf } from '../../src/base/bitstruct.ts';
import { Rng } from '../../src/base/rng.ts';
import { type ReplayBench, type ReplayPort, replayBench } from '../../src/cosim/replay.ts';
import { pcuLayout } from '../../src/fabric/config.ts';
import { payloadBits } from '../../src/fabric/ports.ts';
import { libModules, pcuModules } from '../../src/rtl/pcu.ts';
import { createPcu } from '../../src/sim/bench.ts';
import { archNamed } from '../support/fabric.ts';
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
    const bench = await benchOf(arch, name);
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
});

const port = (name: string, width = 1): ReplayPort => ({ name, width });

function benchOf(arch: Arch, name: string): Promise<ReplayBench> {
  const { pcu } = arch;
  const vector = payloadBits(arch, 'vector');
  const scalar = payloadBits(arch, 'scalar');
  const modules = [...libModules(arch, 'a test'), ...pcuModules(arch, 'a test')];
  return replayBench(
    {
      top: 'kiln_pcu',
      files: modules.map(({ module, text }) => ({ path: `${module}.sv`, text })),
      constants: [port('cfg_i', widthOf(pcuLayout(arch)))],
      inputs: [
        port('clear_i'),
        port('armed_i'),
        port('vin_valid_i', pcu.vectorIn),
        port('vin_data_i', pcu.vectorIn * vector),
        port('sin_valid_i', pcu.scalarIn),
        port('sin_data_i', pcu.scalarIn * scalar),
        port('cin_valid_i', pcu.controlIn),
        port('vout_ready_i', pcu.vectorOut),
        port('sout_ready_i', pcu.scalarOut),
        port('cout_ready_i', pcu.controlOut),
      ],
      outputs: [
        port('vin_ready_o', pcu.vectorIn),
        port('sin_ready_o', pcu.scalarIn),
        port('cin_ready_o', pcu.controlIn),
        port('vout_valid_o', pcu.vectorOut),
        port('vout_data_o', pcu.vectorOut * vector),
        port('sout_valid_o', pcu.scalarOut),
        port('sout_data_o', pcu.scalarOut * scalar),
        port('cout_valid_o', pcu.controlOut),
        port('active_o'),
        port('quiet_o'),
        port('error_o', 2),
      ],
    },
    `build/cosim/pcu-${name}`,
  );
}

/** Bits that an output must have: a value for a run of bits of the port. */
interface Expected {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
  readonly value: number;
}

/** Plays a random run on the golden unit and writes down what went in and what came out. */
function record(arch: Arch, bench: ReplayBench, seed: string) {
  const rng = new Rng(seed);
  const settings = randomPcu(arch, rng);
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

function putBits(words: Uint32Array, at: number, width: number, value: number): void {
  const bits = width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
  const word = at >>> 5;
  const shift = at & 31;
  words[word] = (words[word] | (bits << shift)) >>> 0;
  if (shift + width > 32) words[word + 1] = (words[word + 1] | (bits >>> (32 - shift))) >>> 0;
}

function getBits(words: Uint32Array, at: number, width: number): number {
  const word = at >>> 5;
  const shift = at & 31;
  let value = words[word] >>> shift;
  if (shift + width > 32) value |= words[word + 1] << (32 - shift);
  return width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
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
