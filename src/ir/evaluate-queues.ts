/** FIFOs of a running program: words in order, and a place in them for each statement that reads. */
import { DiagnosticError } from '../base/diagnostic.ts';
import { tripsOf } from './affine.ts';
import { argsOf, type LoopProgram, type Memory, type Nest, type Source, type Statement } from './loops.ts';
import { emptyQueue, wordsLeft, wordsLeftInRound } from './loops-messages.ts';

/** Words that all readers have seen are dropped in pieces of this many. */
const PIECE = 1 << 16;

/** The statements that read a FIFO, by number. */
export function queueReaders(program: LoopProgram): Map<Statement, number> {
  const numbers = new Map<Statement, number>();
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest') statement.body.forEach(visit);
    else if (statement.kind === 'store' || statement.kind === 'leaf') numbers.set(statement, numbers.size);
  };
  visit(program.body);
  return numbers;
}

/**
 * FIFOs that have to be empty at the end of each iteration of a nest, the innermost one around all their ends: data says what is written,
 * and loops how many words are taken, so a fabric counts on as many in each.
 */
export function roundsOf(program: LoopProgram): Map<Nest, string[]> {
  const rounds = new Map<Nest, string[]>();
  for (const { kind, name } of program.memories) {
    if (kind !== 'fifo') continue;
    let [filtered, ranked] = [false, false];
    let shared: readonly Nest[] | undefined;
    const visit = (statement: Statement, nests: readonly Nest[]): void => {
      if (statement.kind === 'nest') {
        for (const child of statement.body) visit(child, [...nests, statement]);
        return;
      }
      let isEnd = statement.kind !== 'leaf' && statement.memory === name;
      if (statement.kind === 'leaf') {
        const writes = statement.effects.filter((effect) => effect.kind === 'enqueue' && effect.memory === name);
        const reads = statement.values.filter((value) => value.kind === 'dequeue' && value.memory === name);
        filtered ||= writes.some((effect) => 'when' in effect && effect.when !== undefined);
        ranked ||= reads.some((value) => argsOf(value).length > 0);
        isEnd = writes.length + reads.length > 0;
      }
      if (isEnd) shared = shared ? shared.filter((nest, depth) => nests[depth] === nest) : nests;
    };
    visit(program.body, []);
    const around = shared?.at(-1);
    // Of one round the end of the run tells.
    const many = shared?.some(({ loops }) => loops.some((loop) => tripsOf(loop) > 1)) ?? false;
    if (filtered && !ranked && around && many) rounds.set(around, [...(rounds.get(around) ?? []), name]);
  }
  return rounds;
}

/** The FIFOs of a program at its start. */
export function queuesOf(program: LoopProgram): Record<string, Queue> {
  const readers = [...queueReaders(program)];
  const queues: Record<string, Queue> = {};
  for (const memory of program.memories) {
    if (memory.kind !== 'fifo') continue;
    const own = readers.filter(([statement]) =>
      statement.kind === 'leaf'
        ? statement.values.some((value) => value.kind === 'dequeue' && value.memory === memory.name)
        : statement.kind === 'store' && statement.memory === memory.name,
    );
    queues[memory.name] = new Queue(memory, new Map(own.map(([{ source }, number]) => [number, source])));
  }
  return queues;
}

/** One FIFO. Words never block; taking one that is not there ends the run. */
export class Queue {
  readonly #memory: Memory;
  readonly #sources: ReadonlyMap<number, Source | undefined>;
  /** Words that each reader took. */
  readonly #taken: Map<number, number>;
  #words: number[] = [];
  /** Words dropped from the front. */
  #gone = 0;

  /** `sources`: where each reader stands, by number. */
  constructor(memory: Memory, sources: ReadonlyMap<number, Source | undefined>) {
    this.#memory = memory;
    this.#sources = sources;
    this.#taken = new Map([...sources.keys()].map((reader) => [reader, 0]));
  }

  put(word: number): void {
    this.#words.push(word);
  }

  /** The next word for a reader; throws `DiagnosticError` (E0222) where there is none. */
  take(reader: number): number {
    const at = (this.#taken.get(reader) as number) - this.#gone;
    if (at >= this.#words.length) throw new DiagnosticError(emptyQueue(this.#memory.name, this.#gone + at, this.#sources.get(reader)));
    this.#taken.set(reader, this.#gone + at + 1);
    const word = this.#words[at];
    if (at >= 2 * PIECE) this.#drop();
    return word;
  }

  /** At the end of a round somebody has seen every word, or `DiagnosticError` (E0223) is thrown. */
  round(): void {
    const left = this.#gone + this.#words.length - Math.max(0, ...this.#taken.values());
    if (left > 0) throw new DiagnosticError(wordsLeftInRound(this.#memory.name, left, this.#memory.source));
  }

  /** At the end of a run somebody has seen every word, or `DiagnosticError` (E0223) is thrown. */
  finish(): void {
    const most = Math.max(0, ...this.#taken.values());
    const all = this.#gone + this.#words.length;
    if (most < all) throw new DiagnosticError(wordsLeft(this.#memory.name, all, most, this.#memory.source));
  }

  #drop(): void {
    const seen = Math.min(...this.#taken.values()) - this.#gone;
    if (seen < PIECE) return;
    this.#words = this.#words.slice(seen);
    this.#gone += seen;
  }
}
