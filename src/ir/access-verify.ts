/** Indices and memory accesses of a statement: variables in scope, ranks, and staying inside the shape. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { leavesShape, type Outside, variablesIn } from './affine.ts';
import type { AffineExpr, Loop, LoopProgram, Source, Statement } from './loops.ts';
import { badQueue, outOfRange, rankDiffers, unknownName, unknownVariable } from './loops-messages.ts';

/** What a statement sees. */
export interface Scope {
  readonly program: LoopProgram;
  /** Loops around and of the statement, outermost first. */
  readonly loops: ReadonlyMap<string, Loop>;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Reports variables that are not in scope; true when all are. */
export function verifyAffine(exprs: readonly AffineExpr[], where: string, { loops, report }: Scope, source?: Source): boolean {
  const unknown = [...variablesIn(exprs)].filter((name) => !loops.has(name));
  for (const name of unknown) report(unknownVariable(name, where, [...loops.keys()], source));
  return unknown.length === 0;
}

/** Reports an access to a memory that does not exist, has another rank, or leaves its shape. */
export function verifyAccess(what: string, name: string, index: readonly AffineExpr[], scope: Scope, source?: Source): void {
  for (const { dimension, low, high, size } of outsideOf(what, name, index, scope, source))
    scope.report(outOfRange(what, name, dimension, low, high, size, source));
}

/** Where an index leaves its memory; reports an access to one that does not exist or has another rank. */
export function outsideOf(what: string, name: string, index: readonly AffineExpr[], scope: Scope, source?: Source): Outside[] {
  const memory = scope.program.memories.find((candidate) => candidate.name === name);
  const inScope = verifyAffine(index, `${what} of \`${name}\``, scope, source);
  if (!memory) {
    const known = scope.program.memories.map((candidate) => candidate.name);
    scope.report(unknownName('memory', name, known, source));
    return [];
  }
  if (memory.kind === 'fifo') {
    scope.report(badQueue(`${what} of \`${name}\` gives an index, it is a FIFO`, 'use `enqueue` and `dequeue`', source));
    return [];
  }
  if (memory.shape.length !== index.length) {
    scope.report(rankDiffers(what, name, memory.shape.length, index.length, source));
    return [];
  }
  return inScope ? leavesShape(index, memory.shape, scope.loops) : [];
}

/** Does a statement, or one inside it, put words into a memory? */
export function writes(statement: Statement, memory: string): boolean {
  if (statement.kind === 'nest') return statement.body.some((child) => writes(child, memory));
  if (statement.kind !== 'leaf') return statement.kind === 'load' && statement.memory === memory;
  return statement.effects.some((effect) => effect.kind !== 'result' && effect.memory === memory);
}
