/** What write and read contexts of a PMU share: chain, tokens, address and region pointer. */
import type { PmuConfig } from '../../fabric/config.ts';
import { Affine, narrow24 } from '../affine.ts';
import { Chain } from '../chain.ts';
import type { Fifo } from '../fifo.ts';
import { Activity, DOING, type Doing } from '../observe.ts';
import { TokenInputs } from '../tokens.ts';

export type AddressedConfig = Pick<PmuConfig['read'][number], 'enable' | 'chain' | 'address' | 'region'>;

export class PmuContext {
  readonly activity = new Activity();
  readonly chain: Chain;
  readonly tokens: TokenInputs;
  /** Word of the cycle of the last grant; never granted counts as oldest. */
  granted = -1;
  readonly #address: Affine;
  /** Address difference between neighbouring lanes. */
  readonly lane: number;
  readonly #region: AddressedConfig['region'];
  #regionPointer = 0;
  #regionOffset = 0;
  /** Token outputs that belong to this context: [number, mask]. */
  readonly tokenOut: readonly (readonly [number, number])[];

  constructor(
    /** Number in the unit: write contexts first. */
    readonly number: number,
    readonly name: string,
    config: AddressedConfig,
    unit: PmuConfig,
    scalars: readonly Fifo[],
    counters: readonly Fifo[],
  ) {
    this.#address = new Affine(config.address);
    this.lane = config.address.lane;
    this.#region = config.region;
    this.chain = new Chain(config.chain, scalars, [this.#address]);
    const mine = unit.tokenIn.map((_, t) => t).filter((t) => unit.tokenIn[t].used && unit.tokenIn[t].context === number);
    this.tokens = new TokenInputs(
      mine.map((t) => counters[t]),
      mine.map((t) => unit.tokenIn[t].mask),
      mine,
    );
    this.tokenOut = unit.tokenOut.flatMap(({ used, context, mask }, t) => (used && context === number ? [[t, mask] as const] : []));
  }

  /** Address of lane 0 of the next issue; the others follow in steps of `lane`, wrapping at 24 bits. */
  address(): number {
    return narrow24(this.#address.value + this.#regionOffset);
  }

  /** What keeps the context from being eligible, as far as bounds and tokens go. */
  hinders(): Doing {
    if (this.chain.finished) return DOING.finished;
    if (!this.chain.look()) return DOING.input;
    return this.tokens.missing(this.chain) >= 0 ? DOING.token : DOING.issue;
  }

  /** The rest of an issue: tokens consumed, region pointer and counters stepped. */
  finishIssue(): void {
    this.tokens.consume(this.chain);
    const { count, stride, mask } = this.#region;
    if (count > 1 && this.chain.isLast(mask)) {
      this.#regionPointer++;
      this.#regionOffset = narrow24(this.#regionOffset + stride);
      if (this.#regionPointer === count) {
        this.#regionPointer = 0;
        this.#regionOffset = 0;
      }
    }
    this.chain.step();
  }

  /** The missing bound or token, in words. */
  lack(): string | undefined {
    if (this.chain.finished) return undefined;
    if (!this.chain.look()) return `a bound on scalar input ${this.chain.missingBound()}`;
    const token = this.tokens.missing(this.chain);
    return token >= 0 ? `a token on counter ${token}` : undefined;
  }
}
