/** Runs of words on their way through an address generator, and the queues they wait in. */
import type { Fifo } from '../fifo.ts';

/** Words of a memory beat. */
export const BEAT_WORDS = 16;
/** Beats of a 4 KB page, which no burst crosses. */
export const PAGE_BEATS = 64;

/** The command {start, nv, tokens, final, null} is five words of a queue entry. */
export const COMMAND_WORDS = 5;

export interface Command {
  /** Word address. */
  readonly start: number;
  /** Real words. */
  readonly real: number;
  /** A bit each. */
  readonly tokens: number;
  readonly final: boolean;
  /** Of a null issue: there are no vectors. */
  readonly isNull: boolean;
}

export function pushCommand(queue: Fifo, { start, real, tokens, final, isNull }: Command): void {
  const at = queue.tail * COMMAND_WORDS;
  queue.words[at] = start;
  queue.words[at + 1] = real;
  queue.words[at + 2] = tokens;
  queue.words[at + 3] = final ? 1 : 0;
  queue.words[at + 4] = isNull ? 1 : 0;
  queue.pushed();
}

/** Fields of the command at the head of a queue. */
export const command = {
  /** Word address, unsigned. */
  start: (queue: Fifo): number => queue.word(0) >>> 0,
  /** Real words. */
  real: (queue: Fifo): number => queue.word(1),
  tokens: (queue: Fifo): number => queue.word(2),
  final: (queue: Fifo): number => queue.word(3),
  isNull: (queue: Fifo): boolean => queue.word(4) === 1,
};

/** The beat of the run's first word, and the one after that of its last. */
export const firstBeat = (start: number): number => Math.floor(start / BEAT_WORDS);
export const endBeat = (start: number, real: number): number => Math.floor((start + real - 1) / BEAT_WORDS) + 1;
