/** The address generator: streams on one side, a memory port with latency and stalls of its own on the other. */
import type { Arch } from '../../../src/arch/schema.ts';
import { packBits } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayLayout } from '../../../src/cosim/replay.ts';
import { type AgConfig, agLayout } from '../../../src/fabric/config.ts';
import type { Ag } from '../../../src/sim/ag/ag.ts';
import { createAg } from '../../../src/sim/bench.ts';
import { randomAg } from '../random-units.ts';
import { Recorder } from './recorder.ts';
import { queuesOf, randomRates, StreamPlayer } from './streams.ts';
import { ARMED, type Played, withPast } from './units.ts';

const BEAT_WORDS = 16;

/** A random configuration and a random run. */
export function playRandomAg(arch: Arch, bench: ReplayLayout, seed: string, cycles: number): Played & Recording {
  const rng = new Rng(seed);
  const config = randomAg(arch, rng);
  return withPast(rng, cycles, (some) => playAg(arch, bench, config, rng, some));
}

export function playAg(arch: Arch, bench: ReplayLayout, config: AgConfig, rng: Rng, cycles: number): Played {
  const golden = createAg(arch, config);
  const { unit } = golden;
  const recorder = new Recorder(bench, cycles + 1, packBits(agLayout(arch), config));
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  const player = new StreamPlayer(recorder, arch, unit, rng, randomRates(rng), { floats: false, small: 0.2 }, false);
  const memory = new MemorySide(recorder, arch, unit, rng);
  const queues = queuesOf(unit);
  let issues = 0;
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
  ) {
    const rate = () => rng.pick([1, 1, 0.6, 0.25]);
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
