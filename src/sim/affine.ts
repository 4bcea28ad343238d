/** Affine functions of a chain's counters, kept by adding as the counters step. */
export interface AffineConfig {
  readonly base: number;
  readonly inc: readonly number[];
}

export class Affine {
  /** base + sum of the offsets, wrapped to int32; a user of fewer bits narrows it (see `narrow24`). */
  value: number;
  readonly #inc: Int32Array;
  readonly #offset: Int32Array;

  constructor(config: AffineConfig) {
    this.value = config.base | 0;
    this.#inc = Int32Array.from(config.inc);
    this.#offset = new Int32Array(config.inc.length);
  }

  /** Counter c has advanced by its stride. */
  advance(c: number): void {
    this.#offset[c] += this.#inc[c];
    this.value = (this.value + this.#inc[c]) | 0;
  }

  /** Counter c is back at its first value. */
  rewind(c: number): void {
    this.value = (this.value - this.#offset[c]) | 0;
    this.#offset[c] = 0;
  }
}

/** The low 24 bits, read as signed: the address arithmetic of a PMU. */
export const narrow24 = (value: number): number => (value << 8) >> 8;
