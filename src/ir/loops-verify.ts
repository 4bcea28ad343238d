/** Is a program at the explicit level well formed? All problems at once, each at the statement it concerns. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { type Scope, verifyAccess, verifyAffine, writes } from './access-verify.ts';
import { rangeOf } from './affine.ts';
import { verifyLeafValues } from './leaf-verify.ts';
import { lineOf, verifyLines } from './line-verify.ts';
import {
  type Bound,
  type Leaf,
  type Loop,
  type LoopProgram,
  type Nest,
  type Source,
  type Statement,
  type Transfer,
  wordsOf,
} from './loops.ts';
import {
  badBanks,
  badBound,
  badGuard,
  badLoop,
  badName,
  badShape,
  badTable,
  badTransfer,
  emptyLeaf,
  neverWritten,
  rankDiffers,
  resultCount,
  shadowed,
  twice,
  unknownName,
} from './loops-messages.ts';
import { verifyLeafQueues, verifyQueues } from './queue-verify.ts';

/** Problems of a program; none: every later stage may trust it. */
export function verifyLoops(program: LoopProgram): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  verifyDeclarations(program, report);
  verifyStatement(program.body, { program, loops: new Map(), report });
  verifyUses(program, report);
  verifyQueues(program, report);
  verifyLines(program, report);
  return found;
}

function verifyDeclarations(program: LoopProgram, report: Scope['report']): void {
  const seen = new Set<string>();
  const declare = (what: string, name: string, source?: Source) => {
    if (!/^[A-Za-z_][\w$]*$/.test(name)) report(badName(what, name, source));
    if (seen.has(name)) report(twice(what, name, source));
    seen.add(name);
  };
  const shape = (what: string, name: string, sizes: readonly number[], source?: Source) => {
    if (sizes.length === 0 || sizes.some((size) => !Number.isInteger(size) || size < 1)) report(badShape(what, name, sizes, source));
  };
  for (const { name, shape: sizes, source } of program.dram) {
    declare('array', name, source);
    shape('array', name, sizes, source);
  }
  for (const { name } of program.args) declare('argument', name);
  for (const { name } of program.results) declare('result', name);
  for (const { kind, name, shape: sizes, words, banks, source } of program.memories) {
    const what = kind === 'fifo' ? 'FIFO' : kind === 'lines' ? 'line buffer' : 'memory';
    declare(what, name, source);
    shape(what, name, sizes, source);
    if (banks !== undefined && !(Number.isInteger(banks) && banks >= 1 && banks <= sizes[0]))
      report(badBanks(name, banks, sizes[0], source));
    const count = sizes.reduce((product, size) => product * size, 1);
    if (words && words.length !== count)
      report(badTable(name, `of shape [${sizes.join(', ')}] is given ${words.length} words`, `give ${count}`, source));
  }
}

function verifyStatement(statement: Statement, scope: Scope): void {
  if (statement.kind === 'nest') {
    const inside = withLoops(statement, scope);
    for (const child of statement.body) verifyStatement(child, inside);
  } else if (statement.kind === 'leaf') verifyLeaf(statement, withLoops(statement, scope));
  else verifyTransfer(statement, scope);
}

function withLoops(statement: Nest | Leaf, scope: Scope): Scope {
  const loops = new Map(scope.loops);
  for (const loop of statement.loops) {
    if (!/^[A-Za-z_][\w$]*$/.test(loop.var)) scope.report(badName('loop', loop.var, statement.source));
    if (loops.has(loop.var)) scope.report(shadowed(loop.var, statement.source));
    const why = loopProblem(loop);
    if (why) scope.report(badLoop(loop.var, why, statement.source));
    if (loop.bound) verifyBound(loop, loop.bound, statement, { ...scope, loops: new Map(loops) });
    loops.set(loop.var, loop);
  }
  return { ...scope, loops };
}

function loopProblem({ min, max, step, par }: Loop): string | undefined {
  if (![min, max, step, par].every(Number.isInteger)) return `runs from ${min} to ${max} by ${step}, par ${par}`;
  if (max <= min) return `has no iterations (${min} to ${max})`;
  if (step < 1) return `has step ${step}`;
  return par < 1 ? `has par ${par}` : undefined;
}

/** The word that a loop ends at is there before the statement of the loop begins, and does not change in it. */
function verifyBound(loop: Loop, { memory: name, index }: Bound, statement: Nest | Leaf, scope: Scope): void {
  const { source } = statement;
  verifyAccess(`the bound of loop \`${loop.var}\``, name, index, scope, source);
  const memory = scope.program.memories.find((candidate) => candidate.name === name);
  if (memory && memory.type !== 'i32') scope.report(badBound(loop.var, `is a word of ${memory.type}`, 'count in i32', source));
  if (writes(statement, name))
    scope.report(badBound(loop.var, `is a word of \`${name}\`, which the loop writes`, 'write it before the loop', source));
  const isLane = statement.kind === 'leaf' && statement.loops.at(-1) === loop;
  if (loop.par > 1 && !isLane)
    scope.report(badBound(loop.var, `is known at run time, and it asks for ${loop.par} copies`, 'copy a loop around it', source));
}

/** A word that a transfer takes is a whole number. */
function verifyWord(what: string, { memory: name, index }: Bound, scope: Scope, source?: Source): void {
  verifyAccess(what, name, index, scope, source);
  const memory = scope.program.memories.find((candidate) => candidate.name === name);
  if (memory && memory.type !== 'i32') scope.report(badTransfer(`${what} is a word of ${memory.type}`, 'count in i32', source));
}

function verifyTransfer(transfer: Transfer, scope: Scope): void {
  const { kind, source, offset, extent } = transfer;
  const { program, report } = scope;
  for (const [what, word] of [
    ['start', transfer.start],
    ['count', transfer.count],
  ] as const)
    if (word) verifyWord(`the ${what} of a ${kind} of \`${transfer.dram}\``, word, scope, source);
  if (transfer.start && !transfer.count)
    report(
      badTransfer(
        `a ${kind} of \`${transfer.dram}\` starts where data says`,
        'let data also say how many words are moved: those inside the array',
        source,
      ),
    );
  const inScope = verifyAffine(offset, `a ${kind} of \`${transfer.dram}\``, scope, source);
  const array = program.dram.find((candidate) => candidate.name === transfer.dram);
  const memory = program.memories.find((candidate) => candidate.name === transfer.memory);
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
  if (!array) report(unknownName('array', transfer.dram, names(program.dram), source));
  if (!memory) report(unknownName('memory', transfer.memory, names(program.memories), source));
  if (!array || !memory) return;
  if (array.role !== 'inout' && (array.role === 'in') !== (kind === 'load'))
    report(
      badTransfer(
        `a ${kind} of \`${array.name}\`, an ${array.role}put`,
        'load inputs, store outputs, and declare `inout` what is both',
        source,
      ),
    );
  if (array.type !== memory.type)
    report(
      badTransfer(`a ${kind} between \`${array.name}\` of ${array.type} and \`${memory.name}\` of ${memory.type}`, 'use one type', source),
    );
  if (offset.length !== array.shape.length || extent.length !== array.shape.length) {
    report(rankDiffers(`a ${kind}`, array.name, array.shape.length, Math.min(offset.length, extent.length), source));
    return;
  }
  const whole = lineOf(memory);
  const dropped = extent.length - whole.length;
  const queue = memory.kind === 'fifo';
  if (queue && extent.some((size) => !Number.isInteger(size) || size < 1))
    report(badTransfer(`a ${kind} of extent [${extent.join(', ')}]`, 'sizes are whole numbers from 1', source));
  const fits = queue || (dropped >= 0 && extent.every((size, d) => size === (d < dropped ? 1 : whole[d - dropped])));
  if (!fits)
    report(
      badTransfer(
        `a ${kind} of extent [${extent.join(', ')}] with memory \`${memory.name}\` of shape [${memory.shape.join(', ')}]`,
        memory.kind === 'lines'
          ? 'a load into a line buffer brings one line'
          : 'a transfer moves the whole of a memory; the memory may drop leading extents of 1',
        source,
      ),
    );
  if (!inScope) return;
  for (const [dimension, expr] of offset.entries()) {
    const { low } = rangeOf(expr, scope.loops);
    if (low < 0 && kind === 'store')
      report(
        badTransfer(`a ${kind} of \`${array.name}\` starts at ${low} in dimension ${dimension}`, 'stores start inside the array', source),
      );
  }
}

function verifyLeaf(leaf: Leaf, scope: Scope): void {
  const { report } = scope;
  if (leaf.loops.length === 0) {
    report(emptyLeaf('has no loop', leaf.source));
    return;
  }
  if (leaf.effects.length === 0) report(emptyLeaf('has no effect: it writes nothing', leaf.source));
  for (const { index, limit } of leaf.guards) {
    verifyAffine([index], 'a guard', scope, leaf.source);
    if (!Number.isInteger(limit)) report(badGuard(`a guard has the limit ${limit}`, leaf.source));
  }
  verifyLeafValues(leaf, scope);
  if (leaf.values.some(({ kind }) => kind === 'dequeue') || leaf.effects.some((effect) => effect.kind === 'enqueue' || 'when' in effect))
    verifyLeafQueues(leaf, scope);
}

/** Memories that are read are written, but tables, which are not; results are set once. */
function verifyUses(program: LoopProgram, report: Scope['report']): void {
  const written = new Set<string>();
  const read = new Map<string, Source | undefined>();
  const results = new Map<string, number>(program.results.map(({ name }) => [name, 0]));
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest' || statement.kind === 'leaf')
      for (const { bound } of statement.loops) if (bound) read.set(bound.memory, statement.source);
    if (statement.kind === 'load' || statement.kind === 'store')
      for (const { memory } of wordsOf(statement)) read.set(memory, statement.source);
    if (statement.kind === 'nest') statement.body.forEach(visit);
    else if (statement.kind === 'load') written.add(statement.memory);
    else if (statement.kind === 'store') read.set(statement.memory, statement.source);
    else if (statement.kind === 'leaf') {
      for (const value of statement.values) if (value.kind === 'read') read.set(value.memory, statement.source);
      for (const effect of statement.effects) {
        if (effect.kind === 'write') written.add(effect.memory);
        else if (effect.kind === 'result') results.set(effect.name, (results.get(effect.name) ?? 0) + 1);
      }
    }
  };
  visit(program.body);
  const tables = new Set(program.memories.flatMap(({ name, words }) => (words ? [name] : [])));
  for (const { name, source } of program.memories)
    if (tables.has(name) && written.has(name))
      report(badTable(name, 'is written', 'a table is only read: copy it into a memory, and write that', source));
  for (const [memory, source] of read) {
    if (!written.has(memory) && !tables.has(memory) && program.memories.some(({ kind, name }) => kind !== 'fifo' && name === memory))
      report(neverWritten(memory, source));
  }
  for (const { name } of program.results) if (results.get(name) !== 1) report(resultCount(name, results.get(name) ?? 0));
}
