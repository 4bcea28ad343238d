/**
 * The elements in flight. The pipeline moves as one, so an element needs no moving: it keeps the
 * slot of its issue, counted in advancing cycles, and stage s finds its element by looking back.
 */
export class Elements {
  /** Advancing cycles so far; the element issued now goes to slot `time & wrap`. */
  time = 0;
  readonly wrap: number;
  readonly occupied: Uint8Array;
  /** Lane mask. */
  readonly lanes: Int32Array;
  readonly final: Uint8Array;
  readonly isNull: Uint8Array;
  /** Outputs whose mask is last at this element, a bit an output in the order of `PcuOutputs`. */
  readonly sends: Int32Array;
  /** A bit a stage: its accumulation takes part, begins, is complete with this element. */
  readonly acts: Int32Array;
  readonly begins: Int32Array;
  readonly complete: Int32Array;
  #lastIssue = -1_000_000;

  /** `depth`: advancing cycles to the output of the last stage; `leaves`: after which nothing comes from an element. */
  constructor(
    private readonly depth: number,
    private readonly leaves: number,
  ) {
    let slots = 2;
    while (slots < depth + 2) slots *= 2;
    this.wrap = slots - 1;
    this.occupied = new Uint8Array(slots);
    this.lanes = new Int32Array(slots);
    this.final = new Uint8Array(slots);
    this.isNull = new Uint8Array(slots);
    this.sends = new Int32Array(slots);
    this.acts = new Int32Array(slots);
    this.begins = new Int32Array(slots);
    this.complete = new Int32Array(slots);
  }

  get slots(): number {
    return this.wrap + 1;
  }

  /** An element is somewhere between its issue and the output of the last stage. */
  get inFlight(): boolean {
    return this.time - this.#lastIssue <= this.depth;
  }

  /** Something may still come from an element. */
  get awaited(): boolean {
    return this.time - this.#lastIssue <= this.leaves;
  }

  /** The slot of the element issued `ago` advancing cycles before, or -1. */
  at(ago: number): number {
    const slot = (this.time - ago) & this.wrap;
    return this.occupied[slot] !== 0 ? slot : -1;
  }

  /** Ends an advancing cycle. */
  advance(issued: boolean): void {
    this.occupied[this.time & this.wrap] = issued ? 1 : 0;
    if (issued) this.#lastIssue = this.time;
    this.time++;
  }
}
