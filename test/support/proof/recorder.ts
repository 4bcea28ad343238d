/** Writes a recording cycle by cycle: what goes into a module, and which bits must come out. */
import type { Recording, ReplayLayout } from '../../../src/cosim/replay.ts';
import { putBits } from './bits.ts';

export class Recorder {
  /** The cycle that is being written; 0 is the one in which `clear_i` is high. */
  cycle = 0;
  readonly #constants: Uint32Array;
  readonly #stimulus: Uint32Array;
  readonly #want: Uint32Array;
  readonly #care: Uint32Array;

  constructor(
    readonly bench: ReplayLayout,
    /** Cycles in all. */
    readonly cycles: number,
    constants: ArrayLike<number> = [],
  ) {
    this.#constants = new Uint32Array(bench.constants.words);
    this.#constants.set(constants);
    this.#stimulus = new Uint32Array(cycles * bench.stimulus.words);
    this.#want = new Uint32Array(cycles * bench.answer.words);
    this.#care = new Uint32Array(cycles * bench.answer.words);
  }

  /** Drives bits of an input in this cycle; what is not driven is 0. */
  put(port: string, lsb: number, width: number, value: number): void {
    const { stimulus } = this.bench;
    putBits(this.#stimulus, (this.cycle * stimulus.words + stimulus.at(port)) * 32 + lsb, width, value);
  }

  /** Bits that an output must show in this cycle. */
  want(port: string, lsb: number, width: number, value: number | boolean): void {
    const { answer } = this.bench;
    const at = (this.cycle * answer.words + answer.at(port)) * 32 + lsb;
    putBits(this.#want, at, width, Number(value));
    putBits(this.#care, at, width, -1);
  }

  next(): void {
    this.cycle++;
  }

  get recording(): Recording {
    return { constants: this.#constants, stimulus: this.#stimulus, want: this.#want, care: this.#care };
  }
}

/** One recording after another on the same module: the second begins with what the first left behind, and clears it. */
export function afterwards(first: Recording, second: Recording): Recording {
  const join = (a: Uint32Array, b: Uint32Array) => {
    const all = new Uint32Array(a.length + b.length);
    all.set(a);
    all.set(b, a.length);
    return all;
  };
  return {
    constants: second.constants,
    stimulus: join(first.stimulus, second.stimulus),
    want: join(first.want, second.want),
    care: join(first.care, second.care),
  };
}
