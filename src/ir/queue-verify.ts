/** FIFOs of a program: written and read by enqueue and dequeue alone, as often on both ends. */

import type { Scope } from './access-verify.ts';
import { tripsOf } from './affine.ts';
import type { Leaf, Loop, LoopProgram, Memory, Source, Statement } from './loops.ts';
import { neededBy } from './loops.ts';
import { badQueue, badTypes, ratesDiffer, unknownName } from './loops-messages.ts';
import { type Rate, ratesOf, typeOf } from './rates.ts';

/** A statement that enqueues to or dequeues from a FIFO. */
export interface QueueEnd {
  readonly statement: Statement;
  /** Loops around it, outermost first. */
  readonly outer: readonly Loop[];
  /** Words of a run, where no predicate or guard decides. */
  readonly words: number | undefined;
}

export interface QueueEnds {
  readonly writers: readonly QueueEnd[];
  readonly readers: readonly QueueEnd[];
}

/** Who writes and who reads a FIFO, in program order. */
export function queueEnds(program: LoopProgram, name: string): QueueEnds {
  const writers: QueueEnd[] = [];
  const readers: QueueEnd[] = [];
  const visit = (statement: Statement, outer: readonly Loop[]): void => {
    if (statement.kind === 'nest') {
      for (const child of statement.body) visit(child, [...outer, ...statement.loops]);
      return;
    }
    if (statement.kind !== 'leaf') {
      const times = iterations(outer);
      const words = times === undefined ? undefined : statement.extent.reduce((product, size) => product * size, times);
      if (statement.memory === name) (statement.kind === 'load' ? writers : readers).push({ statement, outer, words });
      return;
    }
    const loops = [...outer, ...statement.loops];
    const free = statement.guards.length === 0;
    const rates = ratesOf(statement);
    for (const value of statement.values)
      if (value.kind === 'dequeue' && value.memory === name)
        readers.push({ statement, outer, words: free && value.args.length === 0 ? iterations(loops) : undefined });
    for (const effect of statement.effects)
      if (effect.kind === 'enqueue' && effect.memory === name)
        writers.push({ statement, outer, words: free && effect.when === undefined ? finished(loops, rates[effect.value]) : undefined });
  };
  visit(program.body, []);
  return { writers, readers };
}

/** Iterations of a run, where no loop ends at run time. */
const iterations = (loops: readonly Loop[]): number | undefined =>
  loops.some(({ bound }) => bound) ? undefined : loops.reduce((product, loop) => product * tripsOf(loop), 1);

/** How often a value comes. */
const finished = (loops: readonly Loop[], rate: Rate): number | undefined =>
  rate === 'mixed' ? undefined : iterations(loops.filter((loop) => !rate?.includes(loop.var)));

/** Every FIFO is written and read; ends that say how often they come say the same. */
export function verifyQueues(program: LoopProgram, report: Scope['report']): void {
  for (const memory of program.memories) {
    if (memory.kind !== 'fifo') continue;
    const { name, source } = memory;
    if (memory.shape.length !== 1)
      report(badQueue(`FIFO \`${name}\` has ${memory.shape.length} dimensions`, 'it has one, its depth', source));
    const { writers, readers } = queueEnds(program, name);
    if (writers.length === 0 && readers.length === 0) continue;
    if (readers.length === 0) report(badQueue(`FIFO \`${name}\` is never read`, 'dequeue it in a leaf, or store it', source));
    if (writers.length === 0) {
      report(badQueue(`FIFO \`${name}\` is read but never written`, 'enqueue it in a leaf, or load it', readers[0].statement.source));
      continue;
    }
    if (writers.some(({ words }) => words === undefined)) continue;
    const words = writers.reduce((sum, end) => sum + (end.words as number), 0);
    for (const reader of readers)
      if (reader.words !== undefined && reader.words !== words)
        report(ratesDiffer(name, words, reader.words, writers[0].statement.source, reader.statement.source));
  }
}

/** What a leaf does with FIFOs, and its predicates. */
export function verifyLeafQueues(leaf: Leaf, scope: Scope): void {
  const { report } = scope;
  const rates = ratesOf(leaf);
  const taken = new Set<string>();
  for (const value of leaf.values) {
    if (value.kind !== 'dequeue') continue;
    const memory = fifoNamed('dequeue', value.memory, scope, leaf.source);
    if (memory && memory.type !== value.type) report(badTypes(`dequeue ${memory.name}`, [memory.type], value.type, leaf.source));
    if (taken.has(value.memory))
      report(badQueue(`a leaf dequeues \`${value.memory}\` twice an iteration`, 'use the word twice, or lanes', leaf.source));
    taken.add(value.memory);
    for (const id of value.args) verifyPredicate('a dequeue', id, rates, leaf, scope);
  }
  const put = new Set<string>();
  for (const effect of leaf.effects) {
    const [, when] = neededBy(effect);
    if (when !== undefined) {
      verifyPredicate(`the ${effect.kind === 'write' ? 'write' : 'enqueue'}`, when, rates, leaf, scope);
      if (rates[effect.value] !== undefined)
        report(
          badQueue('a finished reduction has a predicate', 'a predicate belongs to iterations: select before the reduction', leaf.source),
        );
    }
    if (effect.kind !== 'enqueue') continue;
    const memory = fifoNamed('enqueue', effect.memory, scope, leaf.source);
    const type = typeOf(leaf.values[effect.value]);
    if (memory && memory.type !== type) report(badTypes(`enqueue ${memory.name}`, [type], memory.type, leaf.source));
    if (put.has(effect.memory))
      report(badQueue(`a leaf enqueues \`${effect.memory}\` twice an iteration`, 'select one of the values', leaf.source));
    if (taken.has(effect.memory)) report(badQueue(`a leaf enqueues and dequeues \`${effect.memory}\``, 'use a second FIFO', leaf.source));
    put.add(effect.memory);
  }
}

function verifyPredicate(what: string, id: number, rates: readonly Rate[], leaf: Leaf, { report }: Scope): void {
  const value = leaf.values[id];
  if (typeOf(value) !== 'i32') report(badTypes(`predicate of ${what}`, [typeOf(value)], 'i32', leaf.source));
  if (rates[id] !== undefined)
    report(badQueue(`the predicate of ${what} is a finished reduction`, 'write it to a memory and read it in another leaf', leaf.source));
}

function fifoNamed(what: string, name: string, { program, report }: Scope, source?: Source): Memory | undefined {
  const memory = program.memories.find((candidate) => candidate.name === name);
  const known = program.memories.flatMap((candidate) => (candidate.kind === 'fifo' ? [candidate.name] : []));
  if (!memory) report(unknownName('FIFO', name, known, source));
  else if (memory.kind !== 'fifo')
    report(badQueue(`a leaf ${what}s memory \`${name}\``, 'memories have `at` and `set`; declare a `fifo`', source));
  return memory;
}
