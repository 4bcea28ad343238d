/**
 * The DRAM model of the golden machine; the rules are HARDWARE.md section 9, implemented once more
 * in `templates/tb/dram.h`. One table of cases binds both (`test/unit/sim/dram-cases.json`).
 *
 * In cycle t the machine reads ready and heads, gives the handshakes of the cycle, then calls
 * `tick()`. Everything read is set by ticks alone, so the order of ports within a cycle is free.
 */
import type { DramProfile } from './dram-profile.ts';

export { DRAM_PROFILES, type DramProfile } from './dram-profile.ts';

/** Beats of a queue of one port and direction. */
const QUEUE_BEATS = 64;
/** The longest burst: an address is accepted while one of this length has room. */
const BURST_BEATS = 16;
const BEAT_BYTES = 64;
const BEAT_WORDS = 16;

export interface BurstRequest {
  readonly id: number;
  /** Byte address of the first beat, a multiple of 64. */
  readonly address: number;
  readonly beats: number;
}
export interface WriteBeat {
  /** 16 words. */
  readonly data: Uint32Array;
  /** Bit i: word i is written. */
  readonly strobe: number;
  readonly last: boolean;
}
export interface ReadHead {
  readonly id: number;
  readonly data: Uint32Array;
  readonly last: boolean;
}
export interface ResponseHead {
  readonly id: number;
}

/** Bursts waiting at one port in one direction, oldest first; a fixed ring, as a beat is its least. */
class BurstQueue {
  readonly id = new Uint32Array(QUEUE_BEATS);
  /** Beat index (byte address / 64). */
  readonly beat = new Float64Array(QUEUE_BEATS);
  readonly left = new Uint32Array(QUEUE_BEATS);
  /** The first cycle at whose end a beat may be served. */
  readonly from = new Float64Array(QUEUE_BEATS);
  head = 0;
  count = 0;
  /** Beats not served yet, over all bursts. */
  beats = 0;

  push(request: BurstRequest, from: number): void {
    const at = (this.head + this.count++) % QUEUE_BEATS;
    this.id[at] = request.id;
    this.beat[at] = Math.floor(request.address / BEAT_BYTES);
    this.left[at] = request.beats;
    this.from[at] = from;
    this.beats += request.beats;
  }

  /** Takes one beat off the oldest burst; true when it was the burst's last. */
  step(): boolean {
    this.beats--;
    this.beat[this.head]++;
    if (--this.left[this.head] > 0) return false;
    this.head = (this.head + 1) % QUEUE_BEATS;
    this.count--;
    return true;
  }
}

class Port {
  readonly reads = new BurstQueue();
  readonly writes = new BurstQueue();
  /** Write data accepted and not served: a ring of beats. */
  readonly data = new Uint32Array(QUEUE_BEATS * BEAT_WORDS);
  readonly strobe = new Uint32Array(QUEUE_BEATS);
  dataHead = 0;
  dataCount = 0;
  /** Responses under way: the cycle in which each is on the channel. */
  readonly responseId = new Uint32Array(2 * QUEUE_BEATS);
  readonly responseAt = new Float64Array(2 * QUEUE_BEATS);
  responseHead = 0;
  responseCount = 0;

  // What the fabric sees in this cycle.
  arReady = true;
  awReady = true;
  wReady = false;
  readonly r = { id: 0, data: new Uint32Array(BEAT_WORDS), last: false };
  rValid = false;
  readonly b = { id: 0 };
  bValid = false;
}

export class Dram {
  readonly #profile: DramProfile;
  readonly #ports: readonly Port[];
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #beatCost: number;
  #readCredit: number;
  #totalCredit: number;
  /** The slot (port and direction) served first. */
  #first = 0;
  #cycle = 0;
  #outOfRange: number | undefined;
  #servedReads = 0;
  #servedWrites = 0;

  constructor(profile: DramProfile, ports: number, image: Uint8Array) {
    this.#profile = profile;
    this.#ports = Array.from({ length: ports }, () => new Port());
    this.#words = new Uint32Array(Math.ceil(image.length / BEAT_BYTES) * BEAT_WORDS);
    this.#bytes = new Uint8Array(this.#words.buffer, 0, image.length);
    this.#bytes.set(image);
    this.#beatCost = BEAT_BYTES * profile.unit;
    this.#readCredit = profile.read + this.#beatCost;
    this.#totalCredit = profile.total + this.#beatCost;
  }

  /** The memory as it is now; not a copy. */
  get image(): Uint8Array {
    return this.#bytes;
  }

  /** The first byte address a beat was served for that lies beyond the image (it read 0, or was dropped). */
  get outOfRange(): number | undefined {
    return this.#outOfRange;
  }

  /** Beats served so far. */
  get served(): { readonly reads: number; readonly writes: number } {
    return { reads: this.#servedReads, writes: this.#servedWrites };
  }

  arReady(port: number): boolean {
    return this.#ports[port].arReady;
  }

  ar(port: number, request: BurstRequest): void {
    // A beat served at the end of cycle s is on R in s + 1.
    this.#ports[port].reads.push(request, this.#cycle + this.#profile.readLatency - 1);
  }

  awReady(port: number): boolean {
    return this.#ports[port].awReady;
  }

  aw(port: number, request: BurstRequest): void {
    this.#ports[port].writes.push(request, this.#cycle);
  }

  wReady(port: number): boolean {
    return this.#ports[port].wReady;
  }

  w(port: number, beat: WriteBeat): void {
    const p = this.#ports[port];
    const at = (p.dataHead + p.dataCount++) % QUEUE_BEATS;
    p.data.set(beat.data, at * BEAT_WORDS);
    p.strobe[at] = beat.strobe;
  }

  rHead(port: number): ReadHead | undefined {
    const p = this.#ports[port];
    return p.rValid ? p.r : undefined;
  }

  bHead(port: number): ResponseHead | undefined {
    const p = this.#ports[port];
    return p.bValid ? p.b : undefined;
  }

  /** Nothing waits and nothing is on its way back. */
  idle(): boolean {
    return this.#ports.every((p) => p.reads.count === 0 && p.writes.count === 0 && p.responseCount === 0 && !p.rValid && !p.bValid);
  }

  /** The end of a cycle, after its handshakes. */
  tick(): void {
    const { read, total } = this.#profile;
    const cost = this.#beatCost;
    const ports = this.#ports;
    this.#readCredit = Math.min(this.#readCredit + read, read + cost);
    this.#totalCredit = Math.min(this.#totalCredit + total, total + cost);
    for (const p of ports) p.rValid = false;
    const slots = 2 * ports.length;
    let refused = -1;
    for (let k = 0, slot = this.#first; k < slots; k++, slot = slot + 1 === slots ? 0 : slot + 1) {
      const p = ports[slot >> 1];
      const isRead = (slot & 1) === 0;
      if (!(isRead ? this.#canRead(p) : p.dataCount > 0 && p.writes.count > 0)) continue;
      if (this.#totalCredit < cost || (isRead && this.#readCredit < cost)) {
        if (refused < 0) refused = slot;
        continue;
      }
      this.#totalCredit -= cost;
      if (isRead) {
        this.#readCredit -= cost;
        this.#serveRead(p);
      } else this.#serveWrite(p);
    }
    if (refused >= 0) this.#first = refused;
    this.#cycle++;
    for (const p of ports) this.#show(p);
  }

  #canRead(p: Port): boolean {
    return p.reads.count > 0 && p.reads.from[p.reads.head] <= this.#cycle;
  }

  #serveRead(p: Port): void {
    const { reads, r } = p;
    r.id = reads.id[reads.head];
    const at = this.#wordAt(reads.beat[reads.head]);
    if (at < 0) r.data.fill(0);
    else for (let i = 0; i < BEAT_WORDS; i++) r.data[i] = this.#words[at + i];
    r.last = reads.step();
    p.rValid = true;
    this.#servedReads++;
  }

  #serveWrite(p: Port): void {
    const { writes } = p;
    const id = writes.id[writes.head];
    const at = this.#wordAt(writes.beat[writes.head]);
    const from = p.dataHead * BEAT_WORDS;
    const strobe = p.strobe[p.dataHead];
    if (at >= 0) for (let i = 0; i < BEAT_WORDS; i++) if ((strobe >>> i) & 1) this.#words[at + i] = p.data[from + i];
    p.dataHead = (p.dataHead + 1) % QUEUE_BEATS;
    p.dataCount--;
    this.#servedWrites++;
    if (!writes.step()) return;
    const slot = (p.responseHead + p.responseCount++) % p.responseId.length;
    p.responseId[slot] = id;
    p.responseAt[slot] = this.#cycle + this.#profile.writeLatency;
  }

  /** The outputs of the cycle that begins. */
  #show(p: Port): void {
    p.arReady = p.reads.beats + BURST_BEATS <= QUEUE_BEATS;
    p.awReady = p.writes.beats + BURST_BEATS <= QUEUE_BEATS;
    p.wReady = p.writes.beats > p.dataCount;
    p.bValid = p.responseCount > 0 && p.responseAt[p.responseHead] <= this.#cycle;
    if (!p.bValid) return;
    p.b.id = p.responseId[p.responseHead];
    p.responseHead = (p.responseHead + 1) % p.responseId.length;
    p.responseCount--;
  }

  /** Index of a beat's first word, or -1 beyond the image. */
  #wordAt(beat: number): number {
    const at = beat * BEAT_WORDS;
    if (at < this.#words.length) return at;
    this.#outOfRange ??= beat * BEAT_BYTES;
    return -1;
  }
}
