/** The address generator: streams on one side, a memory port with latency and stalls of its own on the other. */
import type { Arch } from '../../../src/arch/schema.ts';
import { packBits, zeroOf } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayLayout } from '../../../src/cosim/replay.ts';
import { type AgConfig, agLayout } from '../../../src/fabric/config.ts';
import type { NetClass } from '../../../src/fabric/ports.ts';
import type { Ag } from '../../../src/sim/ag/ag.ts';
import { createAg } from '../../../src/sim/bench.ts';
import { randomAg } from '../random-units.ts';
import { Recorder } from './recorder.ts';
import { queuesOf, type Rates, randomRates, StreamPlayer } from './streams.ts';
import { ARMED, type Played, withPast } from './units.ts';

const BEAT_WORDS = 16;

/** A random configuration and a random run. */
export function playRandomAg(arch: Arch, bench: ReplayLayout, seed: string, cycles: number): Played & Recording {
  const rng = new Rng(seed);
  const config = randomAg(arch, rng);
  return withPast(rng, cycles, (some) => playAg(arch, bench, config, rng, some));
}

/** Many runs of whole beats, faster than the memory takes them. */
export function playFullAg(arch: Arch, bench: ReplayLayout, seed: string, cycles: number): Played {
  const rng = new Rng(seed);
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  config.write = 1;
  config.run = rng.pick([16 * rng.int(1, 8), rng.int(1, 20)]);
  config.chain = { ...config.chain, count: 1, par: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: rng.pick([1, 2, 100]), bound: 0 };
  config.address = { ...config.address, base: 16 * rng.int(0, 300) + rng.pick([0, 0, 4, 3]) };
  config.address.inc[0] = rng.pick([config.run, 64, 96]);
  return playAg(arch, bench, config, rng, cycles, { in: () => 1, out: () => 1, token: () => 1 }, () => rng.pick([0.03, 0.1, 1]));
}

/** Runs without real words: a token each cycle, and for long nobody who takes it. */
export function playEmptyAg(arch: Arch, bench: ReplayLayout, seed: string): Played {
  const rng = new Rng(seed);
  const config = zeroOf(agLayout(arch));
  config.enable = 1;
  config.write = rng.int(0, 1);
  config.run = rng.int(1, arch.pcu.lanes);
  config.chain = { ...config.chain, count: 1, par: 1 };
  config.chain.counters[0] = { min: 0, stride: 1, max: rng.pick([255, 256, 400]), bound: 0 };
  config.column = { ...config.column, used: 1, limit: -1 };
  config.tokenOut.forEach((token) => {
    token.used = 1;
  });
  return playAg(arch, bench, config, rng, 720, { in: () => 1, out: () => 1, token: () => 1, tokensWait: rng.pick([250, 350, 600]) });
}

/** `memoryRate`: how often a channel of the memory moves. */
export function playAg(
  arch: Arch,
  bench: ReplayLayout,
  config: AgConfig,
  rng: Rng,
  cycles: number,
  rates: Rates = randomRates(rng),
  memoryRate: () => number = () => rng.pick([1, 1, 0.6, 0.25, 0.05]),
): Played {
  const golden = createAg(arch, config);
  const { unit } = golden;
  const recorder = new Recorder(bench, cycles + 1, packBits(agLayout(arch), config));
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  // Sometimes no more vectors come than the runs that have been issued need, and words only when they are asked for, so
  // that nothing is left at the end.
  const exact = rng.chance(0.4);
  const vectors = Math.ceil(config.run / arch.pcu.lanes);
  const offers = (net: NetClass, port: number, taken: number) => {
    if (!exact || net === 'control') return true;
    if (net === 'scalar') return unit.waiting().some(({ missing }) => missing.endsWith(`scalar input ${port}`));
    const { issues: all, nullIssues } = unit.activity[0];
    return taken < config.write * (all - nullIssues) * vectors;
  };
  let issues = 0;
  const player = new StreamPlayer(recorder, arch, unit, rng, rates, { floats: false, small: 0.2 }, false, offers);
  const memory = new MemorySide(recorder, arch, unit, rng, memoryRate);
  const queues = queuesOf(unit);
  let active = false;
  for (; recorder.cycle <= cycles; recorder.next()) {
    const armed = recorder.cycle >= ARMED;
    recorder.put('armed_i', 0, 1, Number(armed));
    recorder.want('active_o', 0, 1, active);
    recorder.want('error_o', 0, 1, golden.errors.length > 0);
    recorder.want('quiet_o', 0, 1, unit.quiet() && queues.every(({ valid }) => !valid));
    player.cycle();
    memory.cycle();
    golden.cycle(armed);
    active = unit.issued !== 0;
    if (active) issues++;
  }
  return {
    ...recorder.recording,
    pushed: player.pushed,
    popped: player.popped + memory.beats,
    issues,
    errors: golden.errors.length,
  };
}

/** A memory that answers in order, after a latency, when it likes. */
class MemorySide {
  beats = 0;
  readonly #rates: Record<'ar' | 'r' | 'aw' | 'w' | 'b', number>;
  readonly #latency: number;
  /** Read beats to come, words of write bursts announced, responses to come. */
  readonly #reads: number[] = [];
  readonly #bursts: number[] = [];
  readonly #responses: number[] = [];

  constructor(
    private readonly recorder: Recorder,
    private readonly arch: Arch,
    private readonly ag: Ag,
    private readonly rng: Rng,
    rate: () => number,
  ) {
    this.#rates = { ar: rate(), r: rate(), aw: rate(), w: rate(), b: rate() };
    this.#latency = rng.int(1, 30);
  }

  cycle(): void {
    this.#expect();
    this.#read();
    this.#write();
  }

  #expect(): void {
    const { recorder, ag } = this;
    recorder.want('ar_valid_o', 0, 1, ag.readAddresses.valid);
    recorder.want('aw_valid_o', 0, 1, ag.offersWrite);
    recorder.want('w_valid_o', 0, 1, ag.writeBeats.valid);
    if (ag.readAddresses.valid) this.#address('ar', ag.readAddresses.word(0), ag.readAddresses.word(1));
    if (ag.offersWrite) this.#address('aw', ag.writeAddresses.word(0), ag.writeAddresses.word(1));
    if (!ag.writeBeats.valid) return;
    const strobe = ag.writeBeats.masks[ag.writeBeats.head];
    for (let i = 0; i < BEAT_WORDS; i++) {
      recorder.want('w_data_o', 32 * i, 32, ag.writeBeats.word(i));
      recorder.want('w_strb_o', 4 * i, 4, (strobe >> i) & 1 ? 15 : 0);
    }
  }

  #address(channel: 'ar' | 'aw', beat: number, beats: number): void {
    const { recorder } = this;
    const { addressBits } = this.arch.memory;
    recorder.want(`${channel}_addr_o`, 0, Math.min(32, addressBits), beat * 64);
    if (addressBits > 32) recorder.want(`${channel}_addr_o`, 32, addressBits - 32, Math.floor(beat / 2 ** 26));
    recorder.want(`${channel}_len_o`, 0, 8, beats - 1);
  }

  #read(): void {
    const { recorder, ag, rng } = this;
    if (rng.chance(this.#rates.ar)) {
      recorder.put('ar_ready_i', 0, 1, 1);
      if (ag.readAddresses.valid) {
        for (let i = 0; i < ag.readAddresses.word(1); i++) this.#reads.push(recorder.cycle + this.#latency);
        ag.readAddresses.pop();
      }
    }
    if (this.#reads.length === 0 || this.#reads[0] > recorder.cycle || !rng.chance(this.#rates.r)) return;
    this.#reads.shift();
    const words = Array.from({ length: BEAT_WORDS }, () => rng.int32());
    recorder.put('r_valid_i', 0, 1, 1);
    words.forEach((word, i) => {
      recorder.put('r_data_i', 32 * i, 32, word);
    });
    ag.responses.push(words);
    this.beats++;
  }

  #write(): void {
    const { recorder, ag, rng } = this;
    if (this.#bursts.length > 0 && rng.chance(this.#rates.w)) {
      recorder.put('w_ready_i', 0, 1, 1);
      if (ag.writeBeats.valid) {
        ag.writeBeats.pop();
        this.beats++;
        if (--this.#bursts[0] === 0) {
          this.#bursts.shift();
          this.#responses.push(recorder.cycle + this.#latency);
        }
      }
    }
    if (this.#responses.length > 0 && this.#responses[0] <= recorder.cycle && rng.chance(this.#rates.b)) {
      this.#responses.shift();
      recorder.put('b_valid_i', 0, 1, 1);
      ag.answer();
    }
    if (!rng.chance(this.#rates.aw)) return;
    recorder.put('aw_ready_i', 0, 1, 1);
    if (!ag.offersWrite) return;
    this.#bursts.push(ag.writeAddresses.word(1));
    ag.takeWriteAddress();
  }
}
