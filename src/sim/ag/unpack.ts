/** Read mode: cuts the beats of a run into vectors. */
import type { Fifo } from '../fifo.ts';
import { BEAT_WORDS, command } from './run.ts';

export class UnpackEngine {
  /** Took a beat from the response queue in the last step. */
  tookBeat = false;
  /** Tokens of the run that ended in the last step, a bit each. */
  tokens = 0;
  /** Real words already taken. */
  readonly #carry: Int32Array;
  #carried = 0;
  /** Next vector of the run, and the real words of it that have left the response queue. */
  #vector = 0;
  #taken = 0;

  constructor(
    private readonly commands: Fifo,
    private readonly responses: Fifo,
    private readonly output: Fifo,
    private readonly lanes: number,
    private readonly run: number,
  ) {
    this.#carry = new Int32Array(lanes + 2 * BEAT_WORDS);
  }

  /** One cycle. True if anything moved. */
  step(): boolean {
    this.tookBeat = false;
    this.tokens = 0;
    const { commands, responses, output, lanes } = this;
    if (commands.count === 0) return false;
    if (command.isNull(commands)) {
      this.#end();
      return true;
    }
    if (!output.ready) return false;
    const real = command.real(commands);
    const wanted = Math.max(0, Math.min(real - this.#vector * lanes, lanes));
    if (this.#carried < wanted) {
      if (responses.count === 0) return false;
      this.#takeBeat(command.start(commands), real);
      if (this.#carried < wanted) return true;
    }
    this.#send(wanted);
    return true;
  }

  /** Moves the real words of the head beat into the carry. */
  #takeBeat(start: number, real: number): void {
    const { responses } = this;
    const skip = this.#taken === 0 ? start % BEAT_WORDS : 0;
    const count = Math.min(BEAT_WORDS - skip, real - this.#taken);
    const at = responses.head * BEAT_WORDS + skip;
    for (let i = 0; i < count; i++) this.#carry[this.#carried + i] = responses.words[at + i];
    this.#carried += count;
    this.#taken += count;
    responses.pop();
    this.tookBeat = true;
  }

  #send(words: number): void {
    const { commands, output, lanes } = this;
    const isLast = (this.#vector + 1) * lanes >= this.run;
    const slot = output.tail;
    const at = slot * lanes;
    for (let i = 0; i < lanes; i++) output.words[at + i] = i < words ? this.#carry[i] : 0;
    output.masks[slot] = words >= 32 ? -1 : (1 << words) - 1;
    output.lasts[slot] = isLast ? command.final(commands) : 0;
    output.pushed();
    this.#carry.copyWithin(0, words, this.#carried);
    this.#carried -= words;
    this.#vector++;
    if (isLast) this.#end();
  }

  /** The head command is done. */
  #end(): void {
    this.tokens = command.tokens(this.commands);
    this.commands.pop();
    this.#vector = 0;
    this.#taken = 0;
  }

  /** Why the head waits, in words. */
  lack(): string | undefined {
    if (this.commands.count === 0) return undefined;
    return this.output.ready ? 'read data from memory' : 'room in vector output 0';
  }
}
