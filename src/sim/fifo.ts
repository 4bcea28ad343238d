/**
 * Two-phase queues: everything a unit can see of another during a cycle is the registered state of
 * such a queue (count, head, payload), and a push or pop changes it only at the clock edge. So the
 * order in which units are evaluated inside a cycle cannot matter.
 *
 * One class serves streams of every width, so that the hot paths see one shape of object: a token
 * counter is a queue of records without words.
 */

/** A unit that sleeps until a queue it looks at changes. */
export interface Sleeper {
  awake: boolean;
}

/** What moves the head of a queue onwards (a switch), listed only while the queue has a head. */
export interface Mover {
  listed: boolean;
  readonly source: Fifo;
  /** One cycle with a head at the source. True if anything was taken. */
  step(): boolean;
}

/** The clock edge: the queues that were touched in this cycle. */
export class ClockEdge {
  /** Queues with a push or a pop in this cycle. */
  readonly touched: Fifo[] = [];
  touchedCount = 0;
  /** Movers whose source has a head. */
  readonly movers: Mover[] = [];

  /** Ends the cycle: pushes and pops become visible, and whoever looks at a changed queue wakes up. */
  commit(): void {
    const { touched } = this;
    for (let i = 0; i < this.touchedCount; i++) {
      const fifo = touched[i];
      fifo.count += fifo.pushes - fifo.pops;
      fifo.head = (fifo.head + fifo.pops) & fifo.wrap;
      fifo.pushes = 0;
      fifo.pops = 0;
      if (fifo.owner !== null) fifo.owner.awake = true;
      const mover = fifo.mover;
      if (mover !== null && !mover.listed && fifo.count > 0) {
        mover.listed = true;
        this.movers.push(mover);
      }
    }
    this.touchedCount = 0;
  }
}

export class Fifo {
  /** Payload: `width` words an entry, the same memory read as integers and as floats. */
  readonly words: Int32Array;
  readonly floats: Float32Array;
  /** Lane mask (or byte strobes of a beat, a bit a word) and `last` of every entry. */
  readonly masks: Int32Array;
  readonly lasts: Uint8Array;
  /** Number of slots minus one; slots are a power of two, `depth` need not be. */
  readonly wrap: number;
  head = 0;
  /** Registered number of entries. */
  count = 0;
  pushes = 0;
  pops = 0;
  /** The unit to wake on a change, and the switch fed by the head. */
  owner: Sleeper | null = null;
  mover: Mover | null = null;

  constructor(
    readonly edge: ClockEdge,
    /** Entries at most; 0: never ready. */
    readonly depth: number,
    /** Words of an entry. */
    readonly width: number,
  ) {
    let slots = 1;
    while (slots < depth) slots *= 2;
    this.wrap = slots - 1;
    const stored = width === 0 ? 0 : slots;
    this.words = new Int32Array(stored * width);
    this.floats = new Float32Array(this.words.buffer);
    this.masks = new Int32Array(stored);
    this.lasts = new Uint8Array(stored);
  }

  /** Room for one more, by registers. */
  get ready(): boolean {
    return this.count < this.depth;
  }

  /** A head is there, by registers. */
  get valid(): boolean {
    return this.count > 0;
  }

  /** Where this cycle's push goes; `words` of the entry begin at `tail * width`. */
  get tail(): number {
    return (this.head + this.count) & this.wrap;
  }

  /** Word `i` of the head. */
  word(i = 0): number {
    return this.words[this.head * this.width + i];
  }

  /** Takes the head at the end of the cycle; once a cycle. */
  pop(): void {
    if (this.pushes + this.pops === 0) this.edge.touched[this.edge.touchedCount++] = this;
    this.pops = 1;
  }

  /** Enters what was written at `tail` (for tokens: one more) at the end of the cycle. */
  pushed(): void {
    if (this.pushes + this.pops === 0) this.edge.touched[this.edge.touchedCount++] = this;
    this.pushes++;
  }

  /** Copies the head of another queue of the same width. */
  pushHeadOf(from: Fifo): void {
    const { width } = this;
    if (width > 0) {
      const slot = (this.head + this.count) & this.wrap;
      const { words } = this;
      const source = from.words;
      const at = slot * width;
      const start = from.head * width;
      for (let i = 0; i < width; i++) words[at + i] = source[start + i];
      this.masks[slot] = from.masks[from.head];
      this.lasts[slot] = from.lasts[from.head];
    }
    this.pushed();
  }

  /** Pushes the given words (missing ones are 0). */
  push(values: ArrayLike<number>, mask = 0, last = 0): void {
    const slot = this.tail;
    for (let i = 0; i < this.width; i++) this.words[slot * this.width + i] = i < values.length ? values[i] : 0;
    if (this.width > 0) {
      this.masks[slot] = mask;
      this.lasts[slot] = last;
    }
    this.pushed();
  }
}
