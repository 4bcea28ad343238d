/** The host tile: arguments in, results and tokens out, and the condition for done. */
import type { HostConfig } from '../fabric/config.ts';
import { Fifo } from './fifo.ts';
import type { Activity } from './observe.ts';
import { tokenCounter } from './tokens.ts';
import type { UnitContext, UnitModel, UnitPorts, Waiting } from './unit.ts';

export class Host implements UnitModel {
  readonly kind = 'host';
  awake = false;
  issued = 0;
  readonly inputs: UnitPorts;
  readonly outputs: UnitPorts;
  readonly activity: readonly Activity[] = [];
  /** Result registers and how many values each has received. */
  readonly results: Int32Array;
  readonly counts: Float64Array;
  readonly #config: HostConfig;

  /** `args` are the argument registers; the sources offer them from the first armed cycle on. */
  constructor(context: UnitContext, config: HostConfig, args: ArrayLike<number>) {
    const { arch, edge } = context;
    this.#config = config;
    const queue = (depth: number): Fifo => {
      const fifo = new Fifo(edge, depth, 1);
      fifo.owner = this;
      return fifo;
    };
    const tokens = config.tokens.map(() => tokenCounter(edge, true));
    for (const counter of tokens) counter.owner = this;
    this.inputs = { vector: [], scalar: config.results.map(() => queue(arch.fifo.scalar)), control: tokens };
    this.outputs = { vector: [], scalar: config.args.map(() => queue(1)), control: [] };
    this.results = new Int32Array(config.results.length);
    this.counts = new Float64Array(config.results.length);
    this.#args = Array.from(config.args, (_, i) => args[i] ?? 0);
  }
  readonly #args: number[];

  /** In the cycle before the units are armed: the arguments in use become heads of their streams. */
  start(): void {
    this.#config.args.forEach(({ used }, i) => {
      if (used) this.outputs.scalar[i].push([this.#args[i]], 0, 1);
    });
  }

  step(): void {
    let moved = false;
    this.inputs.scalar.forEach((fifo, i) => {
      if (fifo.count === 0) return;
      this.results[i] = fifo.word();
      this.counts[i]++;
      fifo.pop();
      moved = true;
    });
    this.awake = moved;
  }

  /** Everything expected has arrived, by registers: looked at before `step`. */
  get ok(): boolean {
    const { results, tokens } = this.#config;
    for (let i = 0; i < results.length; i++) if (this.counts[i] !== results[i].expect) return false;
    for (let i = 0; i < tokens.length; i++) if (this.inputs.control[i].count !== tokens[i].expect) return false;
    return true;
  }

  quiet(): boolean {
    return true;
  }

  waiting(): Waiting[] {
    const found: Waiting[] = [];
    this.#config.results.forEach(({ expect }, i) => {
      if (this.counts[i] !== expect) found.push({ context: `result ${i}`, missing: `${expect} values (${this.counts[i]} have come)` });
    });
    this.#config.tokens.forEach(({ expect }, i) => {
      const { count } = this.inputs.control[i];
      if (count !== expect) found.push({ context: `token ${i}`, missing: `${expect} tokens (${count} have come)` });
    });
    return found;
  }
}
