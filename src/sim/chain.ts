/**
 * A chain of counters. `look()` works out the next issue from registers and the heads of the
 * bound inputs; `step()` performs it. Nothing here waits: the unit decides whether to issue.
 */
import type { ChainConfig } from '../fabric/config.ts';
import type { Affine } from './affine.ts';
import type { Fifo } from './fifo.ts';

/** All counters, for masks of counters. */
const ALL = -1;

export class Chain {
  finished = false;
  // Facts of the next issue, valid after `look()` has returned true and until `step()`.
  /** The empty counter that makes it a null issue, or -1. */
  z = -1;
  /** Counters at their first, at their last value; unused ones always are. */
  first = ALL;
  last = ALL;
  /** Lanes of counter 0 that are valid. */
  lanes = 0;
  /** The chain finishes with this issue. */
  final = false;

  readonly value: Int32Array;
  readonly #count: number;
  readonly #par: number;
  readonly #laneStep: number;
  readonly #parMask: number;
  readonly #min: Int32Array;
  readonly #stride: Int32Array;
  readonly #max: Int32Array;
  /** Scalar input that bounds the counter, or -1. */
  readonly #bound: Int32Array;
  readonly #dynamic: boolean;
  /** Bound popped at the start of the run, while `#held` has the counter's bit. */
  readonly #kept: Int32Array;
  #held = 0;
  #fresh = ALL;
  readonly #limit: Int32Array;
  #known = false;

  constructor(
    config: ChainConfig,
    private readonly scalars: readonly Fifo[],
    private readonly affines: readonly Affine[],
  ) {
    const n = config.counters.length;
    if (config.count > n) throw new RangeError(`a chain of ${config.count} counters where there are ${n}`);
    this.#count = config.count;
    this.#par = config.par;
    this.#laneStep = config.laneStep;
    this.#parMask = config.par >= 32 ? ALL : (1 << config.par) - 1;
    this.#min = Int32Array.from(config.counters, (c) => c.min);
    this.#stride = Int32Array.from(config.counters, (c) => c.stride);
    this.#max = Int32Array.from(config.counters, (c) => c.max);
    this.#bound = Int32Array.from(config.counters, (c, i) => (i < config.count ? c.bound - 1 : -1));
    this.#dynamic = this.#bound.some((p) => p >= 0);
    this.#kept = new Int32Array(n);
    this.#limit = new Int32Array(n);
    this.value = Int32Array.from(this.#min);
  }

  /** Works out the next issue; false if a bound it needs has not arrived. */
  look(): boolean {
    if (this.#known) return true;
    let z = -1;
    for (let c = this.#count - 1; c >= 0; c--) {
      let limit = this.#max[c];
      if (this.#bound[c] >= 0) {
        if ((this.#held >> c) & 1) limit = this.#kept[c];
        else {
          const input = this.scalars[this.#bound[c]];
          if (input === undefined || input.count === 0) return false;
          limit = input.words[input.head];
        }
      }
      this.#limit[c] = limit;
      if ((this.#fresh >> c) & 1 && (this.#stride[c] > 0 ? this.#min[c] >= limit : this.#min[c] <= limit)) {
        z = c;
        break;
      }
    }
    let last = ALL;
    for (let c = z + 1; c < this.#count; c++) {
      const next = this.value[c] + this.#stride[c];
      if (this.#stride[c] > 0 ? next < this.#limit[c] : next > this.#limit[c]) last &= ~(1 << c);
    }
    this.z = z;
    this.first = z < 0 ? this.#fresh : this.#fresh | ((2 << z) - 1);
    this.last = last;
    this.final = last === ALL;
    this.lanes = z >= 0 ? 0 : this.#validLanes();
    this.#known = true;
    return true;
  }

  #validLanes(): number {
    if (this.#count === 0) return this.#parMask;
    const limit = this.#limit[0];
    const up = this.#stride[0] > 0;
    let index = this.value[0];
    // Indices are monotonous over the lanes: both ends inside means all inside.
    const end = index + (this.#par - 1) * this.#laneStep;
    if (up ? index < limit && end < limit : index > limit && end > limit) return this.#parMask;
    let lanes = 0;
    for (let i = 0; i < this.#par; i++) {
      if (up ? index < limit : index > limit) lanes |= 1 << i;
      index += this.#laneStep;
    }
    return lanes;
  }

  /** An event with this mask takes part in the issue (on null issues only masks with bit z do). */
  acts(mask: number): boolean {
    return this.z < 0 || ((mask >> this.z) & 1) === 1;
  }

  isFirst(mask: number): boolean {
    return (mask & ~this.first) === 0 && (this.z < 0 || ((mask >> this.z) & 1) === 1);
  }

  isLast(mask: number): boolean {
    return (mask & ~this.last) === 0 && (this.z < 0 || ((mask >> this.z) & 1) === 1);
  }

  /** Performs the issue: pops bounds, steps counters and their affine values. */
  step(): void {
    const from = this.z + 1;
    if (this.#dynamic) this.#takeBounds();
    this.#known = false;
    for (let c = from; c < this.#count; c++) {
      const bit = 1 << c;
      if ((this.last & bit) === 0) {
        this.value[c] += this.#stride[c];
        this.#fresh &= ~bit;
        for (const affine of this.affines) affine.advance(c);
        return;
      }
      this.value[c] = this.#min[c];
      this.#fresh |= bit;
      this.#held &= ~bit;
      for (const affine of this.affines) affine.rewind(c);
    }
    this.finished = true;
  }

  #takeBounds(): void {
    for (let c = Math.max(this.z, 0); c < this.#count; c++) {
      if (this.#bound[c] < 0 || (this.#held >> c) & 1) continue;
      this.scalars[this.#bound[c]].pop();
      if (c === this.z) continue; // its run is over before it began
      this.#kept[c] = this.#limit[c];
      this.#held |= 1 << c;
    }
  }

  /** The bound input the next issue waits for, or -1. */
  missingBound(): number {
    if (this.#known) return -1;
    for (let c = this.#count - 1; c >= 0; c--) {
      const p = this.#bound[c];
      if (p >= 0 && !((this.#held >> c) & 1) && !(this.scalars[p]?.count > 0)) return p;
    }
    return -1;
  }
}
