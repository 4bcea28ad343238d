/** Write mode: packs vectors into beats, and beats into bursts. */
import type { Fifo } from '../fifo.ts';
import { BEAT_WORDS, command, endBeat, firstBeat, PAGE_BEATS } from './run.ts';

/** An entry of the address queue: {first beat, length, run's last burst, tokens}. Length 0: no burst, only the tokens of a run without words. */
export const WRITE_ADDRESS_WORDS = 4;

export class PackEngine {
  /** Assembly buffer: words and strobes from `#beat` on. */
  readonly #words: Int32Array;
  readonly #strobes: Uint8Array;
  #count = 0;
  #beat = 0;
  #closing = false;
  /** Of the run in the buffer: the beat after its last, and its tokens. */
  #end = 0;
  #runTokens = 0;
  /** Next vector of the run at the head of the queue. */
  #vector = 0;
  /** The open burst. */
  #burstStart = 0;
  #burstLength = 0;

  constructor(
    private readonly commands: Fifo,
    private readonly input: Fifo,
    /** Beats for the write data channel. */
    readonly beats: Fifo,
    /** Bursts for the write address channel. */
    readonly addresses: Fifo,
    private readonly lanes: number,
    private readonly run: number,
    private readonly burstBeats: number,
  ) {
    this.#words = new Int32Array(lanes + 3 * BEAT_WORDS);
    this.#strobes = new Uint8Array(lanes + 3 * BEAT_WORDS);
  }

  get idle(): boolean {
    return this.#count === 0 && this.beats.count === 0 && this.addresses.count === 0;
  }

  /** One cycle. True if anything moved. */
  step(): boolean {
    const wants = this.#count >= BEAT_WORDS || (this.#closing && this.#count > 0);
    const emits = wants && this.beats.ready && this.addresses.ready;
    const after = emits ? Math.max(this.#count - BEAT_WORDS, 0) : this.#count;
    const accepts = this.commands.count > 0 && this.#accepts(after);
    if (emits) this.#emit();
    if (accepts) this.#accept();
    return emits || accepts;
  }

  /** Whether a vector is taken (or a null command ends), with so many slots left in the buffer. */
  #accepts(after: number): boolean {
    const { commands, input } = this;
    if (command.real(commands) > 0) return input.count > 0 && (this.#closing ? after === 0 : after < BEAT_WORDS);
    // What has no words waits for the last beat before it, so that its tokens come behind that one's.
    return (command.isNull(commands) || input.count > 0) && this.#count === 0 && this.addresses.ready;
  }

  #emit(): void {
    const { beats } = this;
    const slot = beats.tail;
    let strobe = 0;
    for (let i = 0; i < BEAT_WORDS; i++) {
      const there = i < this.#count && this.#strobes[i] === 1;
      beats.words[slot * BEAT_WORDS + i] = there ? this.#words[i] : 0;
      if (there) strobe |= 1 << i;
    }
    beats.masks[slot] = strobe;
    beats.pushed();
    this.#joinBurst();
    this.#words.copyWithin(0, BEAT_WORDS, Math.max(this.#count, BEAT_WORDS));
    this.#strobes.copyWithin(0, BEAT_WORDS, Math.max(this.#count, BEAT_WORDS));
    this.#count = Math.max(this.#count - BEAT_WORDS, 0);
    if (this.#count === 0) this.#closing = false;
    this.#beat++;
  }

  #joinBurst(): void {
    if (this.#burstLength === 0) this.#burstStart = this.#beat;
    this.#burstLength++;
    const next = this.#beat + 1;
    const isLast = next === this.#end;
    if (!isLast && this.#burstLength < this.burstBeats && next % PAGE_BEATS !== 0) return;
    this.#close(this.#burstStart, this.#burstLength, isLast, isLast ? this.#runTokens : 0);
    this.#burstLength = 0;
  }

  #close(start: number, length: number, isLast: boolean, tokens: number): void {
    const { addresses } = this;
    const at = addresses.tail * WRITE_ADDRESS_WORDS;
    addresses.words[at] = start;
    addresses.words[at + 1] = length;
    addresses.words[at + 2] = isLast ? 1 : 0;
    addresses.words[at + 3] = tokens;
    addresses.pushed();
  }

  #accept(): void {
    const { commands, input, lanes } = this;
    const real = command.real(commands);
    if (command.isNull(commands)) {
      this.#endEmpty();
      return;
    }
    const words = Math.max(0, Math.min(real - this.#vector * lanes, lanes));
    if (words > 0 && this.#vector === 0) this.#begin(command.start(commands), real);
    const mask = input.masks[input.head];
    const at = input.head * lanes;
    for (let i = 0; i < words; i++) {
      this.#words[this.#count] = input.words[at + i];
      this.#strobes[this.#count++] = (mask >> i) & 1;
    }
    input.pop();
    this.#vector++;
    if (this.#vector * lanes < this.run) return;
    this.#vector = 0;
    if (real === 0) {
      this.#endEmpty();
      return;
    }
    // With nothing left in the buffer the run's last beat has gone already.
    this.#closing = this.#count > 0;
    commands.pop();
  }

  /** A run without words is over: its tokens queue behind the bursts of those before it. */
  #endEmpty(): void {
    const tokens = command.tokens(this.commands);
    if (tokens !== 0) this.#close(0, 0, true, tokens);
    this.commands.pop();
  }

  #begin(start: number, real: number): void {
    this.#beat = firstBeat(start);
    this.#end = endBeat(start, real);
    this.#runTokens = command.tokens(this.commands);
    this.#count = start % BEAT_WORDS;
    this.#strobes.fill(0, 0, this.#count);
  }

  /** Why the head waits, in words. */
  lack(): string | undefined {
    if (this.#count > 0 && !this.beats.ready) return 'the memory port to take write data';
    if (this.#count > 0 && !this.addresses.ready) return 'the memory port to take a write address';
    const { commands, input } = this;
    if (commands.count === 0) return undefined;
    if (command.real(commands) === 0 && !this.addresses.ready) return 'the memory port to take a write address';
    return !command.isNull(commands) && input.count === 0 ? 'vector input 0' : undefined;
  }
}
