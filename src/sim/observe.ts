/** What a context did with its cycles. A sleeping unit costs nothing: only changes of state are noted. */
export const DOING = { idle: 0, issue: 1, input: 2, token: 3, output: 4, port: 5, finished: 6 } as const;
export type Doing = (typeof DOING)[keyof typeof DOING];

/** The names, in the order of the numbers: what a context that does not issue waits for. */
export const DOING_NAMES = ['idle', 'issue', 'input', 'token', 'output', 'port', 'finished'] as const;

export class Activity {
  issues = 0;
  nullIssues = 0;
  firstIssue = 0;
  lastIssue = 0;
  /** Sum over the issues of the valid lanes. */
  laneIssues = 0;
  /** Operations executed on functional units (those of valid lanes). */
  operations = 0;
  readonly #cycles = new Float64Array(DOING_NAMES.length);
  #state: Doing = DOING.idle;
  #since = 1;

  /** From `cycle` on the context does this (called at least when it changes). */
  note(state: Doing, cycle: number): void {
    if (state === this.#state) return;
    this.#cycles[this.#state] += cycle - this.#since;
    this.#state = state;
    this.#since = cycle;
  }

  issue(cycle: number, isNull: boolean): void {
    this.note(DOING.issue, cycle);
    if (this.issues === 0) this.firstIssue = cycle;
    this.lastIssue = cycle;
    this.issues++;
    if (isNull) this.nullIssues++;
  }

  /** Cycles spent in each state up to `cycle`, exclusive. */
  cycles(cycle: number): Record<(typeof DOING_NAMES)[number], number> {
    const spent = this.#cycles.slice();
    spent[this.#state] += cycle - this.#since;
    return Object.fromEntries(DOING_NAMES.map((name, i) => [name, spent[i]])) as Record<(typeof DOING_NAMES)[number], number>;
  }
}
