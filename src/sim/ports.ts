/** The AXI memory ports: arbiters over the address generators, and the order of write data. */
import type { Ag } from './ag/ag.ts';
import { BEAT_WORDS } from './ag/run.ts';
import { type ClockEdge, Fifo } from './fifo.ts';

/** Bytes of a beat. */
const BEAT_BYTES = 64;
/** Write bursts whose data may be outstanding on a port. */
const ORDER_DEPTH = 4;

/**
 * What the ports see of the memory outside. Ready and heads are functions of its registers; the
 * calls are the handshakes of the cycle, which `tick` ends.
 */
export interface Memory {
  arReady(port: number): boolean;
  ar(port: number, request: { id: number; address: number; beats: number }): void;
  awReady(port: number): boolean;
  aw(port: number, request: { id: number; address: number; beats: number }): void;
  wReady(port: number): boolean;
  w(port: number, beat: { data: Uint32Array; strobe: number; last: boolean }): void;
  rHead(port: number): { id: number; data: Uint32Array; last: boolean } | undefined;
  bHead(port: number): { id: number } | undefined;
  tick(): void;
  idle(): boolean;
}

export class AxiPort {
  readonly #read = new RoundRobin();
  readonly #write = new RoundRobin();
  readonly #order: Fifo;
  readonly #byId = new Map<number, Ag>();
  /** Beats of the order queue's head already sent. */
  #sent = 0;
  readonly #data = new Uint32Array(BEAT_WORDS);

  constructor(
    private readonly port: number,
    /** Address generators of the port by position; undefined where one is not configured. */
    private readonly ags: readonly (Ag | undefined)[],
    edge: ClockEdge,
  ) {
    this.#order = new Fifo(edge, ORDER_DEPTH, 2);
    for (const ag of ags) if (ag) this.#byId.set(ag.index, ag);
  }

  get idle(): boolean {
    return this.#order.count === 0;
  }

  /** The handshakes of one cycle. True if there was any. */
  step(memory: Memory): boolean {
    const read = this.#offerRead(memory);
    const write = this.#offerWrite(memory);
    const data = this.#sendData(memory);
    const answers = this.#receive(memory);
    return read || write || data || answers;
  }

  #offerRead(memory: Memory): boolean {
    const position = this.#read.grant(this.ags, offersRead);
    if (position < 0) return false;
    const accepted = memory.arReady(this.port);
    if (accepted) {
      const { index, readAddresses } = this.ags[position]!;
      memory.ar(this.port, { id: index, address: readAddresses.word(0) * BEAT_BYTES, beats: readAddresses.word(1) });
      readAddresses.pop();
    }
    this.#read.settle(position, accepted, this.ags.length);
    return accepted;
  }

  #offerWrite(memory: Memory): boolean {
    if (!this.#order.ready) return false;
    const position = this.#write.grant(this.ags, offersWrite);
    if (position < 0) return false;
    const accepted = memory.awReady(this.port);
    if (accepted) {
      const ag = this.ags[position]!;
      const beats = ag.writeAddresses.word(1);
      memory.aw(this.port, { id: ag.index, address: ag.writeAddresses.word(0) * BEAT_BYTES, beats });
      this.#order.push([position, beats]);
      ag.takeWriteAddress();
    }
    this.#write.settle(position, accepted, this.ags.length);
    return accepted;
  }

  #sendData(memory: Memory): boolean {
    if (this.#order.count === 0) return false;
    const { writeBeats } = this.ags[this.#order.word(0)]!;
    if (writeBeats.count === 0 || !memory.wReady(this.port)) return false;
    const at = writeBeats.head * BEAT_WORDS;
    for (let i = 0; i < BEAT_WORDS; i++) this.#data[i] = writeBeats.words[at + i];
    const last = ++this.#sent === this.#order.word(1);
    memory.w(this.port, { data: this.#data, strobe: writeBeats.masks[writeBeats.head], last });
    writeBeats.pop();
    if (last) {
      this.#order.pop();
      this.#sent = 0;
    }
    return true;
  }

  /** Read beats and write responses; both are always taken. */
  #receive(memory: Memory): boolean {
    const beat = memory.rHead(this.port);
    if (beat !== undefined) {
      const fifo = this.#byId.get(beat.id)?.responses;
      if (fifo !== undefined) {
        const at = fifo.tail * BEAT_WORDS;
        for (let i = 0; i < BEAT_WORDS; i++) fifo.words[at + i] = beat.data[i];
        fifo.pushed();
      }
    }
    const response = memory.bHead(this.port);
    if (response !== undefined) this.#byId.get(response.id)?.answer();
    return beat !== undefined || response !== undefined;
  }
}

const offersRead = (ag: Ag): boolean => ag.readAddresses.count > 0;
const offersWrite = (ag: Ag): boolean => ag.offersWrite;

/** Grants the first at or after a pointer; an offer that is not accepted stays granted. */
class RoundRobin {
  #pointer = 0;

  /** The granted position, or -1. */
  grant(ags: readonly (Ag | undefined)[], offers: (ag: Ag) => boolean): number {
    for (let k = 0; k < ags.length; k++) {
      let position = this.#pointer + k;
      if (position >= ags.length) position -= ags.length;
      const ag = ags[position];
      if (ag !== undefined && offers(ag)) return position;
    }
    return -1;
  }

  settle(position: number, accepted: boolean, count: number): void {
    this.#pointer = accepted ? (position + 1) % count : position;
  }
}
