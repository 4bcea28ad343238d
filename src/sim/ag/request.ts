/** Read mode: turns runs into bursts, as far as there is room reserved for their beats. */
import type { Fifo } from '../fifo.ts';
import { command, endBeat, firstBeat, PAGE_BEATS } from './run.ts';

export class RequestEngine {
  credit: number;
  /** Next beat of the run at the head, once it has begun. */
  #next = 0;
  #begun = false;

  constructor(
    private readonly commands: Fifo,
    /** The address channel: {beat, length}. */
    readonly addresses: Fifo,
    private readonly burstBeats: number,
    private readonly responseBeats: number,
  ) {
    this.credit = responseBeats;
  }

  /** One cycle; `returned`: a beat leaves the response queue in it. True if anything moved. */
  step(returned: boolean): boolean {
    const moved = this.#request();
    if (returned) this.credit++;
    return moved;
  }

  #request(): boolean {
    const { commands, addresses } = this;
    if (commands.count === 0) return false;
    const real = command.real(commands);
    if (real === 0) {
      commands.pop();
      return true;
    }
    const start = command.start(commands);
    const beat = this.#begun ? this.#next : firstBeat(start);
    const end = endBeat(start, real);
    const length = Math.min(end - beat, this.burstBeats, PAGE_BEATS - (beat % PAGE_BEATS));
    if (this.credit < length || !addresses.ready) return false;
    const at = addresses.tail * 2;
    addresses.words[at] = beat;
    addresses.words[at + 1] = length;
    addresses.pushed();
    this.credit -= length;
    this.#next = beat + length;
    this.#begun = this.#next < end;
    if (!this.#begun) commands.pop();
    return true;
  }

  /** Why the head waits, in words. */
  lack(): string | undefined {
    if (this.commands.count === 0) return undefined;
    return this.addresses.ready
      ? `room for a response (${this.credit} of ${this.responseBeats} beats free)`
      : 'the memory port to take an address';
  }
}
