/** An address generator: runs of words between the fabric and a memory port. */
import type { AgConfig } from '../../fabric/config.ts';
import { Affine } from '../affine.ts';
import { Chain } from '../chain.ts';
import { Fifo } from '../fifo.ts';
import { Activity, DOING, type Doing } from '../observe.ts';
import { giveToken, TokenInputs, tokenCounter } from '../tokens.ts';
import { CAUSE, type UnitContext, type UnitModel, type UnitPorts, unitPorts, type Waiting } from '../unit.ts';
import { PackEngine, WRITE_ADDRESS_WORDS } from './pack.ts';
import { RequestEngine } from './request.ts';
import { BEAT_WORDS, COMMAND_WORDS, type Command, pushCommand } from './run.ts';
import { UnpackEngine } from './unpack.ts';
import { InputWord } from './word.ts';

/** Write bursts on their way: accepted by the port, not yet answered; and tokens that wait for those before them. */
const OUTSTANDING_BURSTS = 16;

export class Ag implements UnitModel {
  readonly kind = 'ag';
  awake = false;
  issued = 0;
  readonly inputs: UnitPorts;
  readonly outputs: UnitPorts;
  readonly activity: readonly Activity[] = [new Activity()];
  /** Read mode: {beat, length} for the AR channel, and the beats that came back. */
  readonly readAddresses: Fifo;
  readonly responses: Fifo;
  /** Write mode: bursts for the AW channel (see `pack.ts`) and beats for the W channel. */
  readonly writeAddresses: Fifo;
  readonly writeBeats: Fifo;
  /** Write bursts the port has taken, oldest first: {last of its run, tokens, no burst}. */
  readonly outstanding: Fifo;

  readonly #context: UnitContext;
  readonly #config: AgConfig;
  readonly #enabled: boolean;
  readonly #chain: Chain;
  readonly #tokens: TokenInputs;
  readonly #address: Affine;
  readonly #row: Affine;
  readonly #column: Affine;
  /** Added to the address, and what the column guard ends at, if that comes from a scalar input. */
  readonly #offset: InputWord;
  readonly #limit: InputWord;
  readonly #requests: Fifo;
  readonly #commands: Fifo;
  readonly #request: RequestEngine;
  readonly #unpack: UnpackEngine;
  readonly #pack: PackEngine;
  /** Write responses that no burst has been ended by yet. */
  #answers = 0;

  constructor(
    context: UnitContext,
    config: AgConfig,
    /** Number among the AGs: the AXI stream. */
    readonly index = 0,
  ) {
    const { arch, edge } = context;
    const { ag, pcu } = arch;
    this.#context = context;
    this.#config = config;
    this.#enabled = config.enable === 1;
    const tokens = config.tokenIn.map(({ used, init }) => tokenCounter(edge, used === 1, init));
    const pending = config.tokenOut.map(() => tokenCounter(edge, true));
    ({ inputs: this.inputs, outputs: this.outputs } = unitPorts(context, 'ag', this, { in: tokens, out: pending }));
    this.#address = new Affine(config.address);
    this.#row = new Affine(config.row.at);
    this.#column = new Affine(config.column.at);
    // A unit that is not enabled may hold anything.
    const chain = this.#enabled ? config.chain : { ...config.chain, count: 0 };
    const { scalar } = this.inputs;
    this.#chain = new Chain(chain, scalar, [this.#address, this.#row, this.#column]);
    this.#offset = new InputWord(config.offset, scalar);
    this.#limit = new InputWord({ ...config.column.from, used: config.column.used & config.column.from.used }, scalar);
    const used = config.tokenIn.map((_, p) => p).filter((p) => config.tokenIn[p].used);
    this.#tokens = new TokenInputs(
      used.map((p) => tokens[p]),
      used.map((p) => config.tokenIn[p].mask),
      used,
    );
    const queue = (depth: number, width: number) => {
      const fifo = new Fifo(edge, depth, width);
      fifo.owner = this;
      return fifo;
    };
    this.#requests = queue(ag.commands, COMMAND_WORDS);
    this.#commands = queue(ag.commands, COMMAND_WORDS);
    this.readAddresses = queue(2, 2);
    this.responses = queue(ag.responseBeats, BEAT_WORDS);
    this.writeAddresses = queue(4, WRITE_ADDRESS_WORDS);
    this.writeBeats = queue(ag.writeBeats, BEAT_WORDS);
    this.outstanding = queue(OUTSTANDING_BURSTS, 3);
    this.#request = new RequestEngine(this.#requests, this.readAddresses, ag.burstBeats, ag.responseBeats);
    this.#unpack = new UnpackEngine(this.#commands, this.responses, this.outputs.vector[0], pcu.lanes, config.run);
    this.#pack = new PackEngine(
      this.#commands,
      this.inputs.vector[0],
      this.writeBeats,
      this.writeAddresses,
      pcu.lanes,
      config.run,
      ag.burstBeats,
    );
  }

  step(cycle: number): void {
    this.issued = 0;
    if (!this.#enabled) {
      this.awake = false;
      return;
    }
    let moved = this.#settle();
    if (this.#config.write) moved = this.#pack.step() || moved;
    else {
      moved = this.#unpack.step() || moved;
      this.#push(this.#unpack.tokens);
      moved = this.#request.step(this.#unpack.tookBeat) || moved;
    }
    const doing = this.#hinders();
    if (doing === DOING.issue) this.#issue(cycle);
    else this.activity[0].note(doing, cycle);
    this.awake = moved || doing === DOING.issue;
  }

  /** Write mode: what is done in the order of the runs. True if anything moved. */
  #settle(): boolean {
    const { outstanding, writeAddresses } = this;
    let moved = false;
    if (outstanding.count > 0 && (outstanding.word(2) || this.#answers > 0)) {
      if (!outstanding.word(2)) this.#answers--;
      if (outstanding.word(0)) this.#push(outstanding.word(1));
      outstanding.pop();
      moved = true;
    }
    if (writeAddresses.count > 0 && writeAddresses.word(1) === 0 && outstanding.ready) {
      this.takeWriteAddress();
      moved = true;
    }
    return moved;
  }

  #hinders(): Doing {
    if (this.#chain.finished) return DOING.finished;
    if (!this.#chain.look() || this.#offset.missing(this.#chain) || this.#limit.missing(this.#chain)) return DOING.input;
    if (this.#tokens.missing(this.#chain) >= 0) return DOING.token;
    return this.#requests.ready && this.#commands.ready ? DOING.issue : DOING.output;
  }

  #issue(cycle: number): void {
    const chain = this.#chain;
    this.issued = 1;
    const isNull = chain.z >= 0;
    const start = (this.#address.value + this.#offset.take(chain)) | 0;
    const limit = this.#limit.take(chain);
    const real = isNull ? 0 : this.#realWords(limit);
    let tokens = 0;
    this.#config.tokenOut.forEach(({ used, mask }, j) => {
      if (used && chain.isLast(mask)) tokens |= 1 << j;
    });
    const command: Command = { start, real, tokens, final: chain.final, isNull };
    if (!this.#config.write) pushCommand(this.#requests, command);
    pushCommand(this.#commands, command);
    this.#tokens.consume(chain);
    chain.step();
    this.activity[0].issue(cycle, isNull);
    this.activity[0].laneIssues += real;
  }

  #realWords(fromInput: number): number {
    const { row, column, run } = this.#config;
    if (row.used && this.#row.value >= row.limit) return 0;
    const limit = column.from.used ? fromInput : column.limit;
    return column.used ? Math.max(0, Math.min(limit - this.#column.value, run)) : run;
  }

  #push(tokens: number): void {
    for (let j = 0; tokens >> j; j++) {
      if ((tokens >> j) & 1 && !giveToken(this.outputs.control[j])) this.#context.raise(CAUSE.tokenOverflow, 0);
    }
  }

  // ---- Memory port

  /** Offers a write burst (by registers). */
  get offersWrite(): boolean {
    return this.writeAddresses.count > 0 && this.writeAddresses.word(1) > 0 && this.outstanding.ready;
  }

  /** The head of `writeAddresses` joins those outstanding: the port took the burst, or it has none. */
  takeWriteAddress(): void {
    const { outstanding, writeAddresses } = this;
    const at = outstanding.tail * 3;
    outstanding.words[at] = writeAddresses.word(2);
    outstanding.words[at + 1] = writeAddresses.word(3);
    outstanding.words[at + 2] = Number(writeAddresses.word(1) === 0);
    outstanding.pushed();
    writeAddresses.pop();
  }

  /** A write response arrives in this cycle; called before `step`. */
  answer(): void {
    this.#answers++;
    this.awake = true;
  }

  // ---- Observation

  quiet(): boolean {
    if (!this.#enabled) return true;
    const queues = [this.#requests, this.#commands, this.readAddresses, this.responses, this.outstanding];
    return this.#chain.finished && this.#pack.idle && queues.every(({ count }) => count === 0);
  }

  waiting(): Waiting[] {
    if (!this.#enabled || this.quiet()) return [];
    const found: Waiting[] = [];
    const add = (context: string, missing: string | undefined) => {
      if (missing !== undefined) found.push({ context, missing });
    };
    if (!this.#chain.finished) add('context', this.#lack());
    if (this.#config.write) add('pack', this.#pack.lack() ?? (this.outstanding.count > 0 ? 'a write response from memory' : undefined));
    else {
      add('request', this.#request.lack());
      add('data', this.#unpack.lack());
    }
    return found;
  }

  /** Why there is no issue, in words. */
  #lack(): string | undefined {
    const chain = this.#chain;
    if (!chain.look()) return `a bound on scalar input ${chain.missingBound()}`;
    if (this.#offset.missing(chain)) return `an offset on scalar input ${this.#offset.port}`;
    if (this.#limit.missing(chain)) return `a number of words on scalar input ${this.#limit.port}`;
    const token = this.#tokens.missing(chain);
    if (token >= 0) return `a token on input ${token}`;
    return this.#hinders() === DOING.output ? 'room for another run' : undefined;
  }
}
