import { hash32 } from './hash.ts';
import { invariant } from './invariant.ts';

/**
 * The one source of randomness: xoshiro128**, seeded through splitmix32.
 * The same seed gives the same sequence on every machine.
 */
export class Rng {
  readonly seed: string;
  readonly #state: Uint32Array;

  constructor(seed: number | string) {
    this.seed = String(seed);
    this.#state = new Uint32Array(4);
    let mix = hash32(this.seed);
    for (let i = 0; i < 4; i++) {
      mix = (mix + 0x9e3779b9) >>> 0;
      let z = mix;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[i] = z ^ (z >>> 15);
    }
  }

  /** The next 32 bits, as an unsigned number. */
  next32(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A uniform integer from `lo` to `hi`, both included; at most 2^32 values. */
  int(lo: number, hi: number): number {
    const count = hi - lo + 1;
    invariant(Number.isInteger(lo) && count >= 1 && count <= 0x1_0000_0000, () => `no integers from ${lo} to ${hi}`);
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % count);
    let draw = this.next32();
    while (draw >= limit) draw = this.next32();
    return lo + (draw % count);
  }

  /** A uniform signed 32-bit integer. */
  int32(): number {
    return this.next32() | 0;
  }

  /** A uniform number in [0, 1) with 53 random bits. */
  float01(): number {
    const high = this.next32() >>> 5;
    const low = this.next32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** A uniform number in [lo, hi), rounded to binary32. */
  float32(lo = 0, hi = 1): number {
    return Math.fround(lo + (hi - lo) * this.float01());
  }

  /** A binary32 bit pattern: half uniform, half from the corners (zeros, subnormals, infinities, NaN, powers of two and their neighbours). */
  float32Bits(): number {
    const bits = this.next32();
    if (bits & 1) return this.next32();
    const sign = (bits & 2) << 30;
    if (bits & 4) return (sign | this.pick(corners)) >>> 0;
    const exponent = this.int(0, 255) << 23;
    return (sign | ((exponent + this.int(-1, 1)) & 0x7fffffff)) >>> 0;
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.float01() < p;
  }

  /** A uniform element of a non-empty list. */
  pick<T>(list: readonly T[]): T {
    invariant(list.length > 0, 'picked from an empty list');
    return list[this.int(0, list.length - 1)];
  }

  /** Shuffles in place (Fisher–Yates) and returns the list. */
  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  /** An independent generator made from the seed and a label, whatever has been drawn before. */
  fork(label: number | string): Rng {
    return new Rng(`${this.seed}/${label}`);
  }
}

const corners = [
  0, 1, 0x007fffff, 0x00800000, 0x3f800000, 0x7f7fffff, 0x7f800000, 0x7fc00000, 0x7f800001, 0x4effffff, 0x4f000000, 0x4f7fffff,
];

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
