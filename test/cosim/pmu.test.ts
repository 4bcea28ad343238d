/**
 * The memory unit against its golden model, cycle for cycle: random configurations (N-buffers, tokens
 * among its own contexts, unaligned, strided and broadcast accesses, addresses outside the memory)
 * under random back-pressure; every output and every error in every cycle.
 */
import { describe, expect, test } from 'vitest';
import { packBits, widthOf } from '../../src/base/bitstruct.ts';
import { Rng } from '../../src/base/rng.ts';
import { type ReplayBench, type ReplayPort, replayBench } from '../../src/cosim/replay.ts';
import { type PmuConfig, pmuLayout } from '../../src/fabric/config.ts';
import { laneInverse } from '../../src/fabric/lane-inverse.ts';
import { type NetClass, payloadBits, portsOf } from '../../src/fabric/ports.ts';
import { renderTemplate } from '../../src/rtl/env.ts';
import { libTemplates, libView } from '../../src/rtl/view/lib.ts';
import { pmuTemplates, pmuView } from '../../src/rtl/view/pmu.ts';
import { createPmu } from '../../src/sim/bench.ts';
import type { Fifo } from '../../src/sim/fifo.ts';
import { CAUSE } from '../../src/sim/unit.ts';
import { archNamed } from '../support/fabric.ts';
import { randomPmu } from '../support/random-units.ts';

type Arch = ReturnType<typeof archNamed>;

const CASES = process.env.KILN_FULL ? 400 : 80;
const CYCLES = 500;

const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [
  ['1 lane, 1 context a port', { pcu: { lanes: 1 }, pmu: { bankWords: 64, writeContexts: 1, readContexts: 1, tokens: 2 } }],
  ['4 lanes', {}],
  ['16 lanes, shallow FIFOs', { pcu: { lanes: 16 }, pmu: { bankWords: 16 }, fifo: { vector: 2, scalar: 2 } }],
  [
    '32 lanes, 4 write and 3 read contexts',
    { pcu: { lanes: 32 }, pmu: { bankWords: 32, writeContexts: 4, readContexts: 3, vectorIn: 5, counters: 8 } },
  ],
];

describe.each(SHAPES)('%s', (name, change) => {
  const arch = archNamed('tiny', change);

  test('every output in every cycle', { timeout: 600_000 }, async () => {
    const bench = await benchOf(arch);
    const seen = { pushed: 0, popped: 0, issues: 0, range: 0 };
    for (let seed = 1; seed <= CASES; seed++) {
      const rng = new Rng(`${name} ${seed}`);
      const run = record(arch, bench, randomPmu(arch, rng), rng, rng.chance(0.5) ? {} : { in: 1, out: 1 });
      for (const key of ['pushed', 'popped', 'issues', 'range'] as const) seen[key] += run[key];
      const got = await bench.replay(run.config, run.stimulus);
      expect(firstDifference(bench, run.answers, got), `seed ${seed}`).toBeUndefined();
    }
    // The cases are worth something.
    expect(seen.issues).toBeGreaterThan(CASES * 20);
    expect(seen.pushed).toBeGreaterThan(CASES * 5);
    expect(seen.popped).toBeGreaterThan(CASES * 5);
    expect(seen.range).toBeGreaterThan(0);
  });
});

test('a double buffer streams one vector a cycle and keeps its rows apart', { timeout: 600_000 }, async () => {
  const arch = archNamed('tiny');
  const bench = await benchOf(arch);
  const rows = 8;
  const length = 6;
  const config = doubleBuffer(arch, rows, length);
  const rng = new Rng(7);
  const run = record(arch, bench, config, rng, { in: 1, out: 1 });
  const got = await bench.replay(run.config, run.stimulus);
  expect(firstDifference(bench, run.answers, got)).toBeUndefined();
  const word = (cycle: number, port: string) => got[cycle * bench.answer.words + bench.answer.at(port)];
  const arrivals = Array.from({ length: CYCLES }, (_, cycle) => cycle).filter((cycle) => word(cycle, 'vout_valid_o') & 1);
  expect(arrivals.length).toBe(rows * length);
  // First push in cycle 1; armed from cycle 3: the writes of a row take `length` cycles, its token is there in the next, when the
  // first word is read, which is at the output two cycles later. From then on nothing waits.
  expect(arrivals[0]).toBe(3 + length + 2);
  expect(arrivals[arrivals.length - 1]).toBe(arrivals[0] + rows * length - 1);
});

/** One writer and one reader that pass two regions to and fro. */
function doubleBuffer(arch: Arch, rows: number, length: number): PmuConfig {
  const config = randomPmu(arch, new Rng(0));
  const { lanes } = arch.pcu;
  const idle = { min: 0, stride: 0, max: 0, bound: 0 };
  const chain = {
    count: 2,
    par: lanes,
    laneStep: 1,
    counters: config.write[0].chain.counters.map((_, c) => {
      if (c > 1) return idle;
      return c === 0 ? { min: 0, stride: lanes, max: length * lanes, bound: 0 } : { min: 0, stride: 1, max: rows, bound: 0 };
    }),
  };
  const address = { base: 0, inc: chain.counters.map((_, c) => (c === 0 ? lanes : 0)), lane: 1, laneInverse: laneInverse(1, lanes) };
  const region = { count: 2, stride: length * lanes, mask: 1 };
  for (const context of [...config.write, ...config.read]) context.enable = 0;
  config.write[0] = { enable: 1, chain, source: 0, fill: 1, address, region };
  config.read[0] = { enable: 1, chain, address, region, zero: { used: 0, mask: 0 }, vector: 1, scalar: 0 };
  const reader = arch.pmu.writeContexts;
  for (const token of [...config.tokenIn, ...config.tokenOut]) token.used = 0;
  // Counter 0: rows to read; counter 1: regions to write, two at the start.
  config.tokenIn[0] = { used: 1, context: reader, mask: 1, init: 0, source: arch.pmu.controlIn };
  config.tokenIn[1] = { used: 1, context: 0, mask: 1, init: 2, source: arch.pmu.controlIn + 1 };
  config.tokenOut[0] = { used: 1, context: 0, mask: 1, net: 0 };
  config.tokenOut[1] = { used: 1, context: reader, mask: 1, net: 0 };
  return config;
}

function benchOf(arch: Arch): Promise<ReplayBench> {
  const render = (templates: readonly { module: string; template: string }[], view: object) =>
    templates.map(({ module, template }) => ({ path: `${module}.sv`, text: renderTemplate(template, view) }));
  const files = [...render(libTemplates(), libView(arch, 'a test')), ...render(pmuTemplates(), pmuView(arch, 'a test'))];
  const ports = portsOf(arch, 'pmu');
  const port = (name: string, width = 1): ReplayPort => ({ name, width });
  const bits = { v: payloadBits(arch, 'vector'), s: payloadBits(arch, 'scalar') };
  return replayBench(
    {
      top: 'kiln_pmu',
      files,
      constants: [port('cfg_i', widthOf(pmuLayout(arch)))],
      inputs: [
        port('clear_i'),
        port('armed_i'),
        port('vin_valid_i', ports.vector.in),
        port('vin_data_i', ports.vector.in * bits.v),
        port('sin_valid_i', ports.scalar.in),
        port('sin_data_i', ports.scalar.in * bits.s),
        port('cin_valid_i', ports.control.in),
        port('vout_ready_i', ports.vector.out),
        port('sout_ready_i', ports.scalar.out),
        port('cout_ready_i', ports.control.out),
      ],
      outputs: [
        port('vin_ready_o', ports.vector.in),
        port('sin_ready_o', ports.scalar.in),
        port('cin_ready_o', ports.control.in),
        port('vout_valid_o', ports.vector.out),
        port('vout_data_o', ports.vector.out * bits.v),
        port('sout_valid_o', ports.scalar.out),
        port('sout_data_o', ports.scalar.out * bits.s),
        port('cout_valid_o', ports.control.out),
        port('active_o'),
        port('quiet_o'),
        port('error_o', 2),
        port('range_addr_o', 32),
      ],
    },
    `build/cosim/pmu-${arch.pcu.lanes}-${arch.pmu.readContexts}`,
  );
}

/** What bits of an output must be, from bit `at`; payloads only while valid. */
interface Expected {
  readonly port: string;
  readonly at: number;
  readonly width: number;
  readonly value: bigint;
}

/** Plays a random run on the golden unit and writes down what went in and what came out. */
function record(arch: Arch, bench: ReplayBench, settings: PmuConfig, rng: Rng, rates: { in?: number; out?: number }) {
  const { lanes } = arch.pcu;
  const golden = createPmu(arch, settings);
  const { inputs, outputs } = golden.unit;
  const stimulus = new Uint32Array((CYCLES + 1) * bench.stimulus.words);
  const answers: Expected[][] = [[]];
  let cycle = 0;
  const put = (port: string, at: number, value: bigint) => {
    for (let bit = 0; value >> BigInt(bit) !== 0n; bit++) {
      if (((value >> BigInt(bit)) & 1n) === 0n) continue;
      stimulus[cycle * bench.stimulus.words + bench.stimulus.at(port) + ((at + bit) >> 5)] |= 1 << ((at + bit) & 31);
    }
  };
  put('clear_i', 0, 1n);
  const rate = () => rng.pick([1, 1, 0.6, 0.25]);
  const inRate = rates.in ?? rate();
  const outRate = rates.out ?? rate();
  const tokenRate = rate() * 0.3;
  const counts = { pushed: 0, popped: 0, issues: 0, range: 0 };
  for (cycle = 1; cycle <= CYCLES; cycle++) {
    const expected: Expected[] = [];
    answers.push(expected);
    const flags = (port: string, fifos: readonly Fifo[], what: 'ready' | 'valid') =>
      expected.push({ port, at: 0, width: fifos.length, value: bitsOf(fifos.map((fifo) => fifo[what])) });
    flags('vin_ready_o', inputs.vector, 'ready');
    flags('sin_ready_o', inputs.scalar, 'ready');
    flags('cin_ready_o', inputs.control, 'ready');
    flags('vout_valid_o', outputs.vector, 'valid');
    flags('sout_valid_o', outputs.scalar, 'valid');
    flags('cout_valid_o', outputs.control, 'valid');
    const seen = (net: NetClass, port: string, fifos: readonly Fifo[]) => {
      const width = payloadBits(arch, net);
      fifos.forEach((fifo, i) => {
        if (fifo.valid) expected.push({ port, at: i * width, width, value: headOf(fifo, net, lanes) });
      });
    };
    seen('vector', 'vout_data_o', outputs.vector);
    seen('scalar', 'sout_data_o', outputs.scalar);
    const queues = [inputs.vector, inputs.scalar, outputs.vector, outputs.scalar].flat();
    expected.push({ port: 'quiet_o', at: 0, width: 1, value: BigInt(golden.unit.quiet() && queues.every((fifo) => !fifo.valid)) });
    const range = golden.errors.find(({ cause }) => cause === CAUSE.range);
    const lost = golden.errors.some(({ cause }) => cause === CAUSE.tokenOverflow);
    expected.push({ port: 'error_o', at: 0, width: 2, value: BigInt(Number(lost) * 2 + Number(range !== undefined)) });
    if (range) expected.push({ port: 'range_addr_o', at: 0, width: 32, value: BigInt(range.info >>> 0) });

    const armed = cycle >= 3;
    put('armed_i', 0, BigInt(armed));
    // A switch gives only what is taken.
    inputs.vector.forEach((fifo, p) => {
      if (!fifo.ready || !rng.chance(inRate)) return;
      const mask = rng.chance(0.5) ? -1 >>> (32 - lanes) : rng.int(0, 2 ** lanes - 1);
      const words = Array.from({ length: lanes }, (_, i) => ((mask >> i) & 1 ? rng.int(0, 2 ** 32 - 1) | 0 : 0));
      const last = rng.int(0, 1);
      put('vin_valid_i', p, 1n);
      put('vin_data_i', p * payloadBits(arch, 'vector'), payload(words, mask, last, lanes));
      fifo.push(words, mask | 0, last);
      counts.pushed++;
    });
    inputs.scalar.forEach((fifo, p) => {
      if (!fifo.ready || !rng.chance(inRate)) return;
      // Small numbers: some are bounds.
      const value = rng.int(-2, 6);
      put('sin_valid_i', p, 1n);
      put('sin_data_i', p * payloadBits(arch, 'scalar'), BigInt(value >>> 0));
      fifo.push([value]);
    });
    inputs.control.forEach((fifo, p) => {
      if (!fifo.ready || !rng.chance(tokenRate)) return;
      put('cin_valid_i', p, 1n);
      fifo.pushed();
    });
    const drain = (port: string, fifos: readonly Fifo[]) =>
      fifos.forEach((fifo, p) => {
        if (!rng.chance(outRate)) return;
        put(port, p, 1n);
        if (!fifo.valid) return;
        fifo.pop();
        counts.popped++;
      });
    drain('vout_ready_i', outputs.vector);
    drain('sout_ready_i', outputs.scalar);
    drain('cout_ready_i', outputs.control);
    golden.cycle(armed);
    expected.push({ port: 'active_o', at: 0, width: 1, value: BigInt(golden.unit.issued !== 0) });
    if (golden.unit.issued) counts.issues++;
  }
  counts.range = golden.errors.filter(({ cause }) => cause === CAUSE.range).length;
  return { config: packBits(pmuLayout(arch), settings), stimulus, answers, ...counts };
}

const bitsOf = (flags: readonly boolean[]): bigint => flags.reduce((sum, flag, i) => (flag ? sum | (1n << BigInt(i)) : sum), 0n);

/** Data, mask and last as one number. */
function payload(words: readonly number[], mask: number, last: number, lanes: number): bigint {
  const data = words.reduce((sum, word, i) => sum | (BigInt(word >>> 0) << BigInt(32 * i)), 0n);
  return data | (BigInt(mask >>> 0) << BigInt(32 * lanes)) | (BigInt(last) << BigInt(33 * lanes));
}

function headOf(fifo: Fifo, net: NetClass, lanes: number): bigint {
  const last = fifo.lasts[fifo.head];
  if (net === 'scalar') return BigInt(fifo.word(0) >>> 0) | (BigInt(last) << 32n);
  return payload(
    Array.from({ length: lanes }, (_, i) => fifo.word(i)),
    fifo.masks[fifo.head],
    last,
    lanes,
  );
}

/** The first output that is not as expected, in words. */
function firstDifference(bench: ReplayBench, answers: readonly Expected[][], got: Uint32Array): string | undefined {
  for (let cycle = 1; cycle < answers.length; cycle++) {
    for (const { port, at, width, value } of answers[cycle]) {
      const from = cycle * bench.answer.words + bench.answer.at(port);
      let is = 0n;
      for (let bit = 0; bit < width; bit++) is |= BigInt((got[from + ((at + bit) >> 5)] >>> ((at + bit) & 31)) & 1) << BigInt(bit);
      if (is !== value) return `cycle ${cycle}, ${port} from bit ${at}: ${is.toString(16)}, not ${value.toString(16)}`;
    }
  }
  return undefined;
}
