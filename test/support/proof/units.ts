/** The compute unit and the memory unit: a random run of the golden unit as a recording for its RTL. */
import type { Arch } from '../../../src/arch/schema.ts';
import { packBits } from '../../../src/base/bitstruct.ts';
import { Rng } from '../../../src/base/rng.ts';
import type { Recording, ReplayLayout } from '../../../src/cosim/replay.ts';
import { type MemoryWords, type PcuConfig, type PmuConfig, pcuLayout, pmuLayout } from '../../../src/fabric/config.ts';
import type { NetClass } from '../../../src/fabric/ports.ts';
import { createPcu, createPmu, type UnitBench } from '../../../src/sim/bench.ts';
import { CAUSE } from '../../../src/sim/unit.ts';
import { randomPcu, randomPmu } from '../random-units.ts';
import { afterwards, Recorder } from './recorder.ts';
import { queuesOf, type Rates, randomRates, StreamPlayer, type WordMix } from './streams.ts';

/** A recording, and what happened in it: a proof is worth something only if things move. */
export interface Played extends Recording {
  readonly pushed: number;
  readonly popped: number;
  readonly issues: number;
  readonly errors: number;
}

export interface PlayOptions {
  readonly cycles: number;
  readonly rates?: Rates;
  readonly mix?: WordMix;
  /** Of a memory: words are loaded before the run. */
  readonly loads?: boolean;
}

/** The first armed cycle of a recording; `clear_i` is high in cycle 0. */
export const ARMED = 3;

/** A random configuration and a random run of a PCU. */
export function playRandomPcu(arch: Arch, bench: ReplayLayout, seed: string, cycles: number): Played {
  const rng = new Rng(seed);
  return playPcu(arch, bench, randomPcu(arch, rng), rng, { cycles });
}

export function playPcu(arch: Arch, bench: ReplayLayout, config: PcuConfig, rng: Rng, options: PlayOptions): Played {
  const words = packBits(pcuLayout(arch), config);
  const before = (recorder: Recorder, golden: UnitBench, wasActive: boolean) => {
    recorder.want('active_o', 0, 1, wasActive);
    const has = (cause: number) => golden.errors.some((error) => error.cause === cause);
    recorder.want('error_o', 0, 1, has(CAUSE.tokenOverflow));
    recorder.want('error_o', 1, 1, has(CAUSE.tapCollision));
  };
  const needs = rng.chance(0.4) ? needsOf(arch, () => createPcu(arch, config)) : undefined;
  return withPast(rng, options.cycles, (cycles) =>
    play(arch, bench, createPcu(arch, config), words, rng, { ...options, cycles, polite: false, needs }, before),
  );
}

/** A random configuration and a random run of a PMU. */
export function playRandomPmu(arch: Arch, bench: ReplayLayout, seed: string, cycles: number): Played {
  const rng = new Rng(seed);
  return playPmu(arch, bench, randomPmu(arch, rng), rng, { cycles, loads: true });
}

export function playPmu(arch: Arch, bench: ReplayLayout, config: PmuConfig, rng: Rng, options: PlayOptions): Played {
  const words = packBits(pmuLayout(arch), config);
  const active = (recorder: Recorder, golden: UnitBench) => recorder.want('active_o', 0, 1, golden.unit.issued !== 0);
  const sticky = (recorder: Recorder, golden: UnitBench) => {
    const range = golden.errors.find(({ cause }) => cause === CAUSE.range);
    recorder.want('error_o', 0, 1, range !== undefined);
    if (range) recorder.want('range_addr_o', 0, 32, range.info);
    recorder.want(
      'error_o',
      1,
      1,
      golden.errors.some(({ cause }) => cause === CAUSE.tokenOverflow),
    );
  };
  const needs = rng.chance(0.4) ? needsOf(arch, () => createPmu(arch, config)) : undefined;
  let memory: Int32Array | undefined;
  return withPast(rng, options.cycles, (cycles) => {
    const loaded = options.loads ? randomWords(arch, rng) : [];
    const golden = createPmu(arch, config);
    // A new run finds what the run before it has written, and what was loaded since.
    if (memory) golden.unit.words.set(memory);
    for (const { address, words: run } of loaded) {
      run.forEach((word, i) => {
        if (address + i < golden.unit.words.length) golden.unit.words[address + i] = word;
      });
    }
    memory = golden.unit.words;
    const load = loadSteps(rng, loaded);
    return play(arch, bench, golden, words, rng, { ...options, cycles, polite: true, needs, load }, sticky, active);
  });
}

/** What a bitstream might put into a memory: where random runs look, and over its end, where nothing comes of it. */
function randomWords({ pcu, pmu }: Arch, rng: Rng): { address: number; words: number[] }[] {
  const end = pcu.lanes * pmu.bankWords;
  return Array.from({ length: rng.pick([0, 0, 1, 3]) }, () => ({
    address: rng.chance(0.8) ? rng.int(0, 40) % end : rng.int(end - 4, end + 4),
    words: Array.from({ length: rng.int(1, 3 * pcu.lanes) }, () => rng.int32()),
  }));
}

/** A cycle of a load: the word, if there is one, and whether it is an address. */
interface LoadStep {
  readonly valid: boolean;
  readonly first: boolean;
  readonly word: number;
}

/** Words as the column sends them, with pauses between. */
function loadSteps(rng: Rng, runs: readonly MemoryWords[]): LoadStep[] {
  const steps: LoadStep[] = [];
  const put = (word: number, first: boolean) => {
    while (rng.chance(0.1)) steps.push({ valid: false, first: rng.chance(0.5), word: rng.int32() });
    steps.push({ valid: true, first, word });
  };
  for (const { address, words } of runs) {
    put(address, true);
    for (const word of Array.from(words)) put(word, false);
  }
  return steps;
}

/** How many entries a run takes from each input. */
export type Needs = Readonly<Record<'vector' | 'scalar', readonly number[]>>;

/** What a unit takes until it has finished, when that does not hang on what it is given: a run with so much ends with nothing left. */
export function needsOf(arch: Arch, create: () => UnitBench, longest = 400): Needs | undefined {
  const taken = (word: number): Needs | undefined => {
    const golden = create();
    const { unit } = golden;
    const given = { vector: unit.inputs.vector.map(() => 0), scalar: unit.inputs.scalar.map(() => 0) };
    for (let cycle = 0; !unit.quiet(); cycle++) {
      if (cycle === longest) return undefined;
      for (const net of ['vector', 'scalar', 'control'] as const) {
        const words = new Array<number>(net === 'vector' ? arch.pcu.lanes : 1).fill(word);
        unit.inputs[net].forEach((fifo, i) => {
          if (!fifo.ready) return;
          fifo.push(words, -1, 0);
          if (net !== 'control') given[net][i]++;
        });
        for (const fifo of unit.outputs[net]) if (fifo.valid) fifo.pop();
      }
      golden.cycle(true);
    }
    const from = (net: 'vector' | 'scalar') => unit.inputs[net].map((fifo, i) => given[net][i] - fifo.count);
    return { vector: from('vector'), scalar: from('scalar') };
  };
  const one = taken(2);
  return one && JSON.stringify(one) === JSON.stringify(taken(5)) ? one : undefined;
}

/** Half of the runs come after another one of the same configuration that was cut off. */
export function withPast<T extends Recording>(rng: Rng, cycles: number, run: (cycles: number) => T): T {
  if (rng.chance(0.5)) return run(cycles);
  const past = run(rng.int(8, 60));
  const present = run(cycles);
  return { ...present, ...afterwards(past, present) };
}

/** `before` and `after`: what else is looked at, by registers, and by what the unit does in the cycle. */
function play(
  arch: Arch,
  bench: ReplayLayout,
  golden: UnitBench,
  config: Uint32Array,
  rng: Rng,
  options: PlayOptions & { readonly polite: boolean; readonly needs?: Needs | undefined; readonly load?: readonly LoadStep[] },
  before: (recorder: Recorder, golden: UnitBench, wasActive: boolean) => void,
  after?: (recorder: Recorder, golden: UnitBench) => void,
): Played {
  const { polite, load = [] } = options;
  const cycles = load.length + options.cycles;
  const recorder = new Recorder(bench, cycles + 1, config);
  for (const { valid, first, word } of load) {
    recorder.put('load_i', 0, 1, Number(valid));
    recorder.put('load_first_i', 0, 1, Number(first));
    recorder.put('load_word_i', 0, 32, word);
    recorder.next();
  }
  recorder.put('clear_i', 0, 1, 1);
  recorder.next();
  const mix = options.mix ?? { floats: rng.chance(0.5), small: rng.pick([0.2, 0.2, 0.9]) };
  const offers = (net: NetClass, i: number, taken: number) => net === 'control' || !options.needs || taken < options.needs[net][i];
  const player = new StreamPlayer(recorder, arch, golden.unit, rng, options.rates ?? randomRates(rng), mix, polite, offers);
  const queues = queuesOf(golden.unit);
  let issues = 0;
  let active = false;
  for (; recorder.cycle <= cycles; recorder.next()) {
    const armed = recorder.cycle >= load.length + ARMED;
    recorder.put('armed_i', 0, 1, Number(armed));
    before(recorder, golden, active);
    recorder.want('quiet_o', 0, 1, golden.unit.quiet() && queues.every(({ valid }) => !valid));
    player.cycle();
    golden.cycle(armed);
    active = golden.unit.issued !== 0;
    if (active) issues++;
    after?.(recorder, golden);
  }
  return { ...recorder.recording, pushed: player.pushed, popped: player.popped, issues, errors: golden.errors.length };
}
