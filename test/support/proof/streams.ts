/**
 * Units whose ports are streams (PCU, PMU), and the streams of those that have other ports too: random entries with
 * random stalls go into the golden unit, and every output in every cycle is written down.
 */
import type { Arch } from '../../../src/arch/schema.ts';
import type { Rng } from '../../../src/base/rng.ts';
import { type NetClass, payloadBits } from '../../../src/fabric/ports.ts';
import type { Fifo } from '../../../src/sim/fifo.ts';
import type { UnitPorts } from '../../../src/sim/unit.ts';
import type { Recorder } from './recorder.ts';

const PREFIX: Record<NetClass, string> = { vector: 'v', scalar: 's', control: 'c' };
const NETS: readonly NetClass[] = ['vector', 'scalar', 'control'];

/** One entry of a stream. */
export interface Entry {
  readonly words: readonly number[];
  readonly mask: number;
  readonly last: number;
}

export const NO_ENTRY: Entry = { words: [], mask: 0, last: 0 };
export const allOf = (lanes: number): number => (lanes === 32 ? -1 : (1 << lanes) - 1);

/** Random words: small ones, any, and floats near the corners. */
export interface WordMix {
  readonly floats: boolean;
  readonly small: number;
  /** Share of vectors without a masked lane; 0.6 if not said. */
  readonly whole?: number;
  /** What scalars lie between, if they are all bounds of counters. */
  readonly bounds?: readonly [number, number];
}

export function randomEntry(rng: Rng, net: NetClass, lanes: number, mix: WordMix): Entry {
  const word = () => (rng.chance(mix.small) ? rng.int(-4, 6) : mix.floats ? rng.float32Bits() : rng.int32()) | 0;
  if (net === 'control') return NO_ENTRY;
  // Scalars are mostly bounds of counters.
  if (net === 'scalar' && mix.bounds) return { words: [rng.int(...mix.bounds)], mask: 0, last: rng.int(0, 1) };
  if (net === 'scalar') return { words: [rng.chance(0.7) ? rng.int(-3, 8) : word()], mask: 0, last: rng.int(0, 1) };
  const mask = rng.chance(mix.whole ?? 0.6) ? allOf(lanes) : rng.int32() & allOf(lanes);
  return { words: Array.from({ length: lanes }, (_, i) => ((mask >> i) & 1 ? word() : 0)), mask, last: rng.int(0, 1) };
}

export function headOf(fifo: Fifo): Entry {
  const words = Array.from({ length: fifo.width }, (_, i) => fifo.word(i));
  return { words, mask: fifo.masks[fifo.head], last: fifo.lasts[fifo.head] };
}

/** Calls `at` with every field of a payload: lowest bit, width, value. */
export function eachField(net: NetClass, lanes: number, entry: Entry, at: (lsb: number, width: number, value: number) => void): void {
  if (net === 'control') return;
  const words = net === 'scalar' ? 1 : lanes;
  for (let i = 0; i < words; i++) at(32 * i, 32, entry.words[i] ?? 0);
  if (net === 'vector') at(32 * lanes, lanes, entry.mask & allOf(lanes));
  at(net === 'scalar' ? 32 : 33 * lanes, 1, entry.last);
}

/** How often a port moves, in each cycle. */
export interface Rates {
  readonly in: () => number;
  readonly out: () => number;
  /** Of tokens that arrive. */
  readonly token: () => number;
  /** Until this cycle nobody takes a token. */
  readonly tokensWait?: number;
}

/** A rate of its own for every port; sometimes one that lets queues run full or dry. */
export function randomRates(rng: Rng): Rates {
  if (rng.chance(0.3)) {
    const fixed = { in: rng.pick([0.3, 0.7, 1]), out: rng.pick([0.2, 0.7, 1]), token: rng.pick([0.05, 0.3, 1]) };
    return { in: () => fixed.in, out: () => fixed.out, token: () => fixed.token };
  }
  const any = () => rng.pick([1, 1, 0.7, 0.3, 0.05]);
  return { in: any, out: any, token: () => any() * rng.pick([0.3, 0.3, 1]) };
}

export class StreamPlayer {
  pushed = 0;
  popped = 0;
  readonly #in: readonly (readonly number[])[];
  readonly #out: readonly (readonly number[])[];
  readonly #tokensWait: number;
  readonly #taken: readonly number[][];

  constructor(
    private readonly recorder: Recorder,
    private readonly arch: Arch,
    private readonly unit: { readonly inputs: UnitPorts; readonly outputs: UnitPorts },
    private readonly rng: Rng,
    rates: Rates,
    private readonly mix: WordMix,
    /** Offers only what is taken, as a switch does; otherwise also to full queues, which must not take it. */
    private readonly polite: boolean,
    /** Whether anything is offered to a port in this cycle, which has taken so many entries. */
    private readonly offers: (net: NetClass, port: number, taken: number) => boolean = () => true,
  ) {
    this.#in = NETS.map((net) => unit.inputs[net].map(() => (net === 'control' ? rates.token() : rates.in())));
    this.#out = NETS.map((net) => unit.outputs[net].map(() => rates.out()));
    this.#taken = NETS.map((net) => unit.inputs[net].map(() => 0));
    this.#tokensWait = rates.tokensWait ?? 0;
  }

  /** Both sides of all streams in one cycle; the unit is stepped afterwards. */
  cycle(): void {
    NETS.forEach((net, n) => {
      this.unit.inputs[net].forEach((fifo, i) => {
        this.#offer(net, fifo, i, this.#in[n][i], this.#taken[n]);
      });
      this.unit.outputs[net].forEach((fifo, i) => {
        this.#take(net, fifo, i, this.#out[n][i]);
      });
    });
  }

  #offer(net: NetClass, fifo: Fifo, i: number, rate: number, taken: number[]): void {
    const { recorder, rng } = this;
    const { lanes } = this.arch.pcu;
    const p = PREFIX[net];
    recorder.want(`${p}in_ready_o`, i, 1, fifo.ready);
    if (!rng.chance(rate) || (this.polite && !fifo.ready) || !this.offers(net, i, taken[i])) return;
    const entry = randomEntry(rng, net, lanes, this.mix);
    recorder.put(`${p}in_valid_i`, i, 1, 1);
    const lsb = i * payloadBits(this.arch, net);
    eachField(net, lanes, entry, (at, width, value) => recorder.put(`${p}in_data_i`, lsb + at, width, value));
    if (!fifo.ready) return;
    fifo.push(entry.words, entry.mask, entry.last);
    this.pushed++;
    taken[i]++;
  }

  #take(net: NetClass, fifo: Fifo, i: number, rate: number): void {
    const { recorder, rng } = this;
    const p = PREFIX[net];
    recorder.want(`${p}out_valid_o`, i, 1, fifo.valid);
    const lsb = i * payloadBits(this.arch, net);
    if (fifo.valid && net !== 'control')
      eachField(net, this.arch.pcu.lanes, headOf(fifo), (at, width, value) => recorder.want(`${p}out_data_o`, lsb + at, width, value));
    if (!rng.chance(rate) || (net === 'control' && recorder.cycle < this.#tokensWait)) return;
    recorder.put(`${p}out_ready_i`, i, 1, 1);
    if (!fifo.valid) return;
    fifo.pop();
    this.popped++;
  }
}

/** The queues of a unit that a run must leave empty: tokens do not count. */
export const queuesOf = ({ inputs, outputs }: { inputs: UnitPorts; outputs: UnitPorts }): readonly Fifo[] =>
  [inputs, outputs].flatMap(({ vector, scalar }) => [...vector, ...scalar]);
