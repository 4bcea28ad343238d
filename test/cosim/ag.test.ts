/**
 * The address generator against its golden model, cycle for cycle: random configurations, random
 * back-pressure on every stream and on the memory port; every output in every cycle.
 */
import { describe, expect, test } from 'vitest';
import { packBits, widthOf } from '../../src/base/bitstruct.ts';
import { Rng } from '../../src/base/rng.ts';
import { type ReplayBench, type ReplayPort, replayBench } from '../../src/cosim/replay.ts';
import { agLayout } from '../../src/fabric/config.ts';
import { payloadBits } from '../../src/fabric/ports.ts';
import { renderTemplate } from '../../src/rtl/env.ts';
import { AG_TEMPLATES, agView } from '../../src/rtl/view/ag.ts';
import { libTemplates, libView } from '../../src/rtl/view/lib.ts';
import { Ag } from '../../src/sim/ag/ag.ts';
import { ClockEdge } from '../../src/sim/fifo.ts';
import { archNamed } from '../support/fabric.ts';
import { randomAg } from '../support/random-units.ts';

type Arch = ReturnType<typeof archNamed>;

const CASES = process.env.KILN_FULL ? 300 : 60;
const CYCLES = 900;

describe.each([1, 4, 16, 32])('%i lanes', (lanes) => {
  const arch = archNamed('tiny', { pcu: { lanes }, ag: { responseBeats: 16, writeBeats: 8 } });

  test('every output in every cycle', { timeout: 600_000 }, async () => {
    const bench = await benchOf(arch, lanes);
    let moved = 0;
    for (let seed = 1; seed <= CASES; seed++) {
      const { config, stimulus, answers, transfers } = record(arch, bench, new Rng(seed * 64 + lanes));
      moved += transfers;
      const got = await bench.replay(config, stimulus);
      expect(firstDifference(bench, answers, got), `seed ${seed}`).toBeUndefined();
    }
    expect(moved).toBeGreaterThan(CASES * 20);
  });
});

function portsOf(arch: Arch): { inputs: ReplayPort[]; outputs: ReplayPort[] } {
  const vector = payloadBits(arch, 'vector');
  const { ag, memory } = arch;
  const port = (name: string, width = 1): ReplayPort => ({ name, width });
  return {
    inputs: [
      ...['clear_i', 'armed_i', 'vin_valid_i', 'vout_ready_i', 'ar_ready_i', 'r_valid_i', 'aw_ready_i', 'w_ready_i', 'b_valid_i'].map(
        (name) => port(name),
      ),
      port('vin_data_i', vector),
      port('cin_valid_i', ag.controlIn),
      port('cout_ready_i', ag.controlOut),
      port('r_data_i', 512),
    ],
    outputs: [
      ...['vin_ready_o', 'vout_valid_o', 'ar_valid_o', 'aw_valid_o', 'w_valid_o'].map((name) => port(name)),
      port('vout_data_o', vector),
      port('cin_ready_o', ag.controlIn),
      port('cout_valid_o', ag.controlOut),
      port('ar_addr_o', memory.addressBits),
      port('ar_len_o', 8),
      port('aw_addr_o', memory.addressBits),
      port('aw_len_o', 8),
      port('w_data_o', 512),
      port('w_strb_o', 64),
    ],
  };
}

function benchOf(arch: Arch, lanes: number): Promise<ReplayBench> {
  const render = (templates: readonly { module: string; template: string }[], view: object) =>
    templates.map(({ module, template }) => ({ path: `${module}.sv`, text: renderTemplate(template, view) }));
  const files = [...render(libTemplates(), libView(arch, 'a test')), ...render(AG_TEMPLATES, agView(arch, 'a test'))];
  return replayBench(
    { top: 'kiln_ag', files, constants: [{ name: 'cfg_i', width: widthOf(agLayout(arch)) }], ...portsOf(arch) },
    `build/cosim/ag-${lanes}`,
  );
}

/** What an output must be; undefined while its valid is 0. */
type Expected = ReadonlyMap<string, readonly number[]>;

/** Plays a random run on the golden unit and writes down what went in and what came out. */
function record(arch: Arch, bench: ReplayBench, rng: Rng) {
  const { lanes } = arch.pcu;
  const settings = randomAg(arch, rng);
  const config = packBits(agLayout(arch), settings);
  const edge = new ClockEdge();
  const ag = new Ag({ arch, edge, raise: () => {} }, settings);
  const stimulus = new Uint32Array((CYCLES + 1) * bench.stimulus.words);
  const answers: Expected[] = [new Map()];
  const put = (cycle: number, name: string, ...words: number[]) =>
    stimulus.set(words, cycle * bench.stimulus.words + bench.stimulus.at(name));
  put(0, 'clear_i', 1);
  const rate = () => rng.pick([1, 1, 0.6, 0.25]);
  const [rIn, rOut, rAr, rR, rAw, rW, rB, rToken] = Array.from({ length: 8 }, rate);
  const latency = rng.int(1, 30);
  const beats: { at: number; words: number[] }[] = [];
  const bursts: number[] = [];
  const responses: number[] = [];
  let waiting: { words: number[]; mask: number; last: number } | undefined;
  let transfers = 0;
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    const [vin] = ag.inputs.vector;
    const [vout] = ag.outputs.vector;
    // Outputs, from registers.
    const expected = new Map<string, number[]>([
      ['vin_ready_o', [Number(vin.ready)]],
      ['vout_valid_o', [Number(vout.valid)]],
      ['ar_valid_o', [Number(ag.readAddresses.valid)]],
      ['aw_valid_o', [Number(ag.offersWrite)]],
      ['w_valid_o', [Number(ag.writeBeats.valid)]],
      ['cin_ready_o', [bitsOf(ag.inputs.control.map((fifo) => fifo.ready))]],
      ['cout_valid_o', [bitsOf(ag.outputs.control.map((fifo) => fifo.valid))]],
    ]);
    if (vout.valid)
      expected.set(
        'vout_data_o',
        vectorWords(lanes, (i) => vout.word(i), vout.masks[vout.head], vout.lasts[vout.head]),
      );
    const byteAddress = (beat: number) => (arch.memory.addressBits > 32 ? [beat * 64, Math.floor(beat / 2 ** 26)] : [beat * 64]);
    if (ag.readAddresses.valid) {
      expected.set('ar_addr_o', byteAddress(ag.readAddresses.word(0)));
      expected.set('ar_len_o', [ag.readAddresses.word(1) - 1]);
    }
    if (ag.offersWrite) {
      expected.set('aw_addr_o', byteAddress(ag.writeAddresses.word(0)));
      expected.set('aw_len_o', [ag.writeAddresses.word(1) - 1]);
    }
    if (ag.writeBeats.valid) {
      expected.set(
        'w_data_o',
        Array.from({ length: 16 }, (_, i) => ag.writeBeats.word(i)),
      );
      const strobes = Array.from({ length: 64 }, (_, i) => ((ag.writeBeats.masks[ag.writeBeats.head] >> Math.floor(i / 4)) & 1) === 1);
      expected.set('w_strb_o', [bitsOf(strobes.slice(0, 32)), bitsOf(strobes.slice(32))]);
    }
    answers.push(expected);

    // Inputs, at random; a valid stays until it is taken.
    const armed = cycle >= 3;
    put(cycle, 'armed_i', Number(armed));
    if (!waiting && rng.chance(rIn)) {
      const mask = rng.chance(0.5) ? -1 : rng.int(0, 2 ** 31 - 1);
      const on = (i: number) => ((mask >> i) & 1) === 1;
      waiting = { words: Array.from({ length: lanes }, (_, i) => (on(i) ? rng.int(0, 2 ** 31) : 0)), mask, last: rng.int(0, 1) };
    }
    if (waiting) {
      const { words, mask, last } = waiting;
      put(cycle, 'vin_valid_i', 1);
      put(cycle, 'vin_data_i', ...vectorWords(lanes, (i) => words[i], mask, last));
      if (vin.ready) {
        vin.push(words, mask, last);
        waiting = undefined;
        transfers++;
      }
    }
    if (rng.chance(rOut)) {
      put(cycle, 'vout_ready_i', 1);
      if (vout.valid) {
        vout.pop();
        transfers++;
      }
    }
    const arriving = ag.inputs.control.map(() => rng.chance(rToken * 0.2));
    put(cycle, 'cin_valid_i', bitsOf(arriving));
    ag.inputs.control.forEach((fifo, i) => {
      if (arriving[i] && fifo.ready) fifo.pushed();
    });
    const leaving = ag.outputs.control.map(() => rng.chance(rToken));
    put(cycle, 'cout_ready_i', bitsOf(leaving));
    ag.outputs.control.forEach((fifo, i) => {
      if (leaving[i] && fifo.valid) fifo.pop();
    });
    if (rng.chance(rAr)) {
      put(cycle, 'ar_ready_i', 1);
      if (ag.readAddresses.valid) {
        for (let i = 0; i < ag.readAddresses.word(1); i++)
          beats.push({ at: cycle + latency, words: Array.from({ length: 16 }, () => rng.int(0, 2 ** 32 - 1)) });
        ag.readAddresses.pop();
      }
    }
    if (beats.length > 0 && beats[0].at <= cycle && rng.chance(rR)) {
      const { words } = beats.shift()!;
      put(cycle, 'r_valid_i', 1);
      put(cycle, 'r_data_i', ...words);
      ag.responses.push(words);
    }
    if (bursts.length > 0 && rng.chance(rW)) {
      put(cycle, 'w_ready_i', 1);
      ag.writeBeats.pop();
      if (--bursts[0] === 0) {
        bursts.shift();
        responses.push(cycle + latency);
      }
    }
    if (responses.length > 0 && responses[0] <= cycle && rng.chance(rB)) {
      responses.shift();
      put(cycle, 'b_valid_i', 1);
      ag.answer();
    }
    if (rng.chance(rAw)) {
      put(cycle, 'aw_ready_i', 1);
      if (ag.offersWrite) {
        bursts.push(ag.writeAddresses.word(1));
        ag.takeWriteAddress();
      }
    }
    if (armed) ag.step(cycle);
    edge.commit();
  }
  return { config, stimulus, answers, transfers };
}

const bitsOf = (flags: readonly boolean[]): number => flags.reduce((sum, flag, i) => (flag ? sum | (1 << i) : sum), 0) >>> 0;

function vectorWords(lanes: number, word: (i: number) => number, mask: number, last: number): number[] {
  const words = Array.from({ length: lanes + Math.ceil((lanes + 1) / 32) }, (_, i) => (i < lanes ? word(i) >>> 0 : 0));
  for (let i = 0; i < lanes; i++) words[lanes] |= ((mask >> i) & 1) << i;
  words[lanes + (lanes >> 5)] |= last << (lanes & 31);
  return words.map((value) => value >>> 0);
}

/** The first output that is not as expected, in words. */
function firstDifference(bench: ReplayBench, answers: readonly Expected[], got: Uint32Array): string | undefined {
  for (let cycle = 1; cycle < answers.length; cycle++) {
    for (const [name, words] of answers[cycle]) {
      const at = cycle * bench.answer.words + bench.answer.at(name);
      for (let i = 0; i < words.length; i++) {
        const is = got[at + i];
        if (is !== words[i] >>> 0) return `cycle ${cycle}, ${name} word ${i}: ${is.toString(16)}, not ${(words[i] >>> 0).toString(16)}`;
      }
    }
  }
  return undefined;
}
