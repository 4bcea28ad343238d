/**
 * The compute unit on configurations written by hand, with values and cycles worked out from
 * HARDWARE.md, so that no model stands between the page and the RTL.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { packBits, zeroOf } from '../../src/base/bitstruct.ts';
import type { ReplayBench } from '../../src/cosim/replay.ts';
import { INPUT, OPERAND, type PcuConfig, pcuLayout } from '../../src/fabric/config.ts';
import { payloadBits } from '../../src/fabric/ports.ts';
import { OPS } from '../../src/ops/table.ts';
import { archNamed } from '../support/fabric.ts';
import { getBits, putBits } from '../support/proof/bits.ts';
import { moduleBench } from '../support/proof/module.ts';

const arch = archNamed('tiny');
const { pcu } = arch;
const LANES = pcu.lanes;
const VECTOR = payloadBits(arch, 'vector');
/** Cycle of the commit, and the first armed one. */
const COMMIT = 0;
const ARMED = COMMIT + arch.control.startDelay;

let bench: ReplayBench;
beforeAll(async () => {
  bench = await moduleBench(arch, 'kiln_pcu');
}, 600_000);

/** Vectors offered to input `p` in cycle `at`. */
interface Offer {
  readonly at: number;
  readonly port: number;
  readonly words: readonly number[];
}

interface Played {
  /** Cycles and lane words (scalar outputs: one word) of what leaves output 0. */
  readonly vectors: { readonly cycle: number; readonly words: number[]; readonly mask: number; readonly last: number }[];
  readonly scalars: { readonly cycle: number; readonly word: number; readonly last: number }[];
  readonly tokens: number[];
  readonly firstQuiet: number;
}

/** Plays `cycles` cycles in which everything that leaves is taken at once. */
async function play(config: PcuConfig, offers: readonly Offer[], cycles: number): Promise<Played> {
  const stimulus = new Uint32Array(cycles * bench.stimulus.words);
  const put = (cycle: number, name: string, lsb: number, width: number, value: number) =>
    putBits(stimulus, (cycle * bench.stimulus.words + bench.stimulus.at(name)) * 32 + lsb, width, value);
  put(COMMIT, 'clear_i', 0, 1, 1);
  for (let cycle = 0; cycle < cycles; cycle++) {
    put(cycle, 'armed_i', 0, 1, Number(cycle >= ARMED));
    put(cycle, 'vout_ready_i', 0, pcu.vectorOut, 2 ** pcu.vectorOut - 1);
    put(cycle, 'sout_ready_i', 0, pcu.scalarOut, 2 ** pcu.scalarOut - 1);
    put(cycle, 'cout_ready_i', 0, pcu.controlOut, 2 ** pcu.controlOut - 1);
  }
  for (const { at, port, words } of offers) {
    put(at, 'vin_valid_i', port, 1, 1);
    for (let i = 0; i < LANES; i++) put(at, 'vin_data_i', port * VECTOR + 32 * i, 32, words[i]);
    put(at, 'vin_data_i', port * VECTOR + 32 * LANES, LANES, 2 ** LANES - 1);
  }
  const got = await bench.replay(packBits(pcuLayout(arch), config), stimulus);
  const get = (cycle: number, name: string, lsb: number, width: number) =>
    getBits(got, (cycle * bench.answer.words + bench.answer.at(name)) * 32 + lsb, width);
  const played = { vectors: [], scalars: [], tokens: [], firstQuiet: -1 } as unknown as { -readonly [K in keyof Played]: Played[K] };
  for (let cycle = COMMIT + 1; cycle < cycles; cycle++) {
    if (get(cycle, 'vout_valid_o', 0, 1)) {
      const words = Array.from({ length: LANES }, (_, i) => get(cycle, 'vout_data_o', 32 * i, 32));
      const mask = get(cycle, 'vout_data_o', 32 * LANES, LANES);
      played.vectors.push({ cycle, words, mask, last: get(cycle, 'vout_data_o', 33 * LANES, 1) });
    }
    if (get(cycle, 'sout_valid_o', 0, 1))
      played.scalars.push({ cycle, word: get(cycle, 'sout_data_o', 0, 32), last: get(cycle, 'sout_data_o', 32, 1) });
    if (get(cycle, 'cout_valid_o', 0, 1)) played.tokens.push(cycle);
    if (played.firstQuiet < 0 && get(cycle, 'quiet_o', 0, 1)) played.firstQuiet = cycle;
  }
  return played;
}

const counter = (min: number, stride: number, max: number) => ({ min, stride, max, bound: 0 });
const reg = (index: number) => ({ kind: OPERAND.reg, index });

/** Sums i * i for i < `trips` with the integer tree, in `rows` rows. */
function squares(trips: number, rows: number): PcuConfig {
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain = { ...config.chain, count: 2, par: LANES, laneStep: 1 };
  config.chain.counters[0] = counter(0, LANES, trips);
  config.chain.counters[1] = counter(0, 1, rows);
  config.inputs[0] = { kind: INPUT.counter, index: 0 };
  config.stages[0] = { ...config.stages[0], op: OPS.mul.code, a: reg(0), b: reg(0) };
  const last = pcu.stages - 1;
  config.tree = { used: 1, source: 0 };
  config.stages[last].op = OPS.add.code;
  config.stages[last].acc = { ...config.stages[last].acc, used: 1, first: 1, last: 1, length: 1, init: 1 };
  Object.assign(config.scalarOut[0], { used: 1, source: last, mask: 1 });
  Object.assign(config.tokenOut[0], { used: 1, source: last, mask: 3 });
  return config;
}

const LEVELS = Math.log2(LANES);

describe('a sum of squares', () => {
  const { simple, multiply } = arch.latency;
  const trips = 30;
  const issues = Math.ceil(trips / LANES);
  const sum = Array.from({ length: trips }, (_, i) => i * i).reduce((a, b) => a + b);

  test('leaves after the multiplication, the levels of the tree and the accumulation', async () => {
    const { scalars, tokens } = await play(squares(trips, 3), [], 80);
    // The last issue of row r is in cycle ARMED + (r + 1) * issues - 1; a push is visible one cycle later.
    const first = ARMED + issues - 1 + multiply + (LEVELS + 1) * simple + 1;
    expect(scalars).toEqual([0, 1, 2].map((row) => ({ cycle: first + row * issues, word: sum, last: Number(row === 2) })));
    expect(tokens).toEqual([first + 2 * issues]);
  });

  test('of no trips is one issue a row and gives the initial value', async () => {
    const config = squares(0, 3);
    config.stages[pcu.stages - 1].imm = 7;
    const { scalars, firstQuiet } = await play(config, [], 60);
    const first = ARMED + multiply + (LEVELS + 1) * simple + 1;
    expect(scalars).toEqual([0, 1, 2].map((row) => ({ cycle: first + row, word: 7, last: Number(row === 2) })));
    expect(firstQuiet).toBe(first + 3);
  });

  test('in binary32 combines the ring entries after the last element', async () => {
    const config = squares(trips, 1);
    const { float } = arch.latency;
    const length = 4;
    // i as a float, squared, summed: two stages before the tree, all exact.
    config.stages[0] = { ...config.stages[0], op: OPS.i2f.code, write: 1, dst: 1 };
    config.stages[1] = { ...config.stages[1], op: OPS.fmul.code, a: reg(1), b: reg(1) };
    config.tree.source = 1;
    const last = config.stages[pcu.stages - 1];
    last.op = OPS.fadd.code;
    last.acc = { ...last.acc, length, init: 0 };
    const { scalars } = await play(config, [], 120);
    const combine = 2 - 1 + float + (1 - 1 + float);
    const cycle = ARMED + issues - 1 + 2 * float + (LEVELS + 1) * float + combine + 1;
    expect(scalars).toEqual([{ cycle, word: bitsOf(sum), last: 1 }]);
  });
});

describe('an output-stationary block of a matrix product', () => {
  test('keeps every stage busy and empties through the tap-out bus without a pause', async () => {
    const K = 8;
    const P = pcu.ring;
    const blocks = 2;
    const config = zeroOf(pcuLayout(arch));
    config.enable = 1;
    config.chain = { ...config.chain, count: 3, par: LANES, laneStep: 1 };
    config.chain.counters[0] = counter(0, 1, P);
    config.chain.counters[1] = counter(0, 1, K);
    config.chain.counters[2] = counter(0, 1, blocks);
    // Counter 0 walks columns, not lanes: with lane step 0 every lane sees the same index.
    config.chain.laneStep = 0;
    config.vectorIn[0] = { used: 1, pop: 1, masks: 0 };
    config.vectorIn[1] = { used: 1, pop: 0, masks: 0 };
    config.inputs[0] = { kind: INPUT.vector, index: 0 };
    config.inputs[1] = { kind: INPUT.vector, index: 1 };
    config.stages.forEach((stage, s) => {
      stage.op = OPS.fma.code;
      stage.a = { kind: OPERAND.lane, index: 0 };
      stage.b = reg(1);
      stage.c = { kind: OPERAND.acc, index: 0 };
      stage.lane = s % LANES;
      stage.pass = 0b11;
      stage.acc = { ...stage.acc, used: 1, first: 0b11, last: 0b10, length: P, init: 0 };
      stage.tapOut = 1;
    });
    Object.assign(config.vectorOut[0], { used: 1, source: pcu.stages, mask: 0 });

    const a = (block: number, k: number, lane: number) => ((block * 5 + k * 3 + lane * 7) % 11) - 5;
    const b = (block: number, k: number, p: number, lane: number) => ((block * 3 + k * 7 + p * 5 + lane * 2) % 13) - 6;
    const offers: Offer[] = [];
    let at = COMMIT + 1;
    for (let block = 0; block < blocks; block++)
      for (let k = 0; k < K; k++) {
        offers.push({ at, port: 0, words: Array.from({ length: LANES }, (_, i) => bitsOf(a(block, k, i))) });
        for (let p = 0; p < P; p++)
          offers.push({ at: at++, port: 1, words: Array.from({ length: LANES }, (_, i) => bitsOf(b(block, k, p, i))) });
      }
    const { vectors } = await play(config, offers, 160);

    const expected: Played['vectors'] = [];
    for (let block = 0; block < blocks; block++)
      for (let s = 0; s < pcu.stages; s++)
        for (let p = 0; p < P; p++) {
          const words = Array.from({ length: LANES }, (_, i) => {
            let sum = 0;
            for (let k = 0; k < K; k++) sum += a(block, k, s % LANES) * b(block, k, p, i);
            return bitsOf(sum);
          });
          const issue = ARMED + (block + 1) * K * P - P + p;
          const last = Number(block === blocks - 1 && p === P - 1);
          expected.push({ cycle: issue + (s + 1) * arch.latency.float + 1, words, mask: 2 ** LANES - 1, last });
        }
    expect(vectors).toEqual(expected);
  });
});

/** The bits of `value` as binary32. */
function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}
