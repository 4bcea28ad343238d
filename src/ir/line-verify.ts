/** Line buffers: one statement writes whole lines, and leaves after it, in the same iteration, read the newest ones. */
import { type Scope, writes } from './access-verify.ts';
import type { AffineExpr, Leaf, LoopProgram, Memory, Nest, Source, Statement, Transfer } from './loops.ts';
import { badLines } from './loops-messages.ts';

/** What one transfer moves: the shape of a memory, of a line buffer that of a line. */
export const lineOf = ({ kind, shape }: Memory): readonly number[] => (kind === 'lines' ? shape.slice(1) : shape);

/** Where a statement stands: the nests around it, outermost first. */
interface Placed {
  readonly statement: Leaf | Transfer;
  readonly nests: readonly Nest[];
}

export function verifyLines(program: LoopProgram, report: Scope['report']): void {
  const buffers = program.memories.filter(({ kind }) => kind === 'lines');
  if (buffers.length === 0) return;
  const placed = placesOf(program.body, []);
  const bounds = boundsOf(program.body);
  for (const buffer of buffers) verifyBuffer(buffer, placed, bounds, report);
}

function verifyBuffer(buffer: Memory, placed: readonly Placed[], bounds: ReadonlySet<string>, report: Scope['report']): void {
  const { name, shape, source } = buffer;
  const problem = (why: string, help: string, where: Source | undefined = source) => report(badLines(name, why, help, where));
  if (shape.length < 2 || shape[0] < 2) {
    problem(`has shape [${shape.join(', ')}]`, 'give the number of lines, from 2, and then the sizes of a line');
    return;
  }
  if (bounds.has(name)) problem('holds the end of a loop', 'count in a register or a memory');
  const writers = placed.flatMap((place, at) => (writes(place.statement, name) ? [{ ...place, at }] : []));
  if (writers.length !== 1) {
    problem(
      writers.length === 0 ? 'is never written' : `is written in ${writers.length} places`,
      'load it, or write it in a leaf, in one place',
    );
    return;
  }
  const [writer] = writers;
  const copied = writer.nests.flatMap(({ loops }) => loops).find(({ par }) => par > 1);
  if (copied)
    problem(`stands in \`${copied.var}\`, which has copies`, 'copy loops inside the leaves that read it', writer.statement.source);
  if (writer.statement.kind === 'leaf') verifyWriter(buffer, writer.statement, problem);
  for (const [at, { statement, nests }] of placed.entries()) {
    if (!reads(statement, name)) continue;
    if (statement.kind !== 'leaf') problem('is stored', 'read it in a leaf that writes another memory', statement.source);
    else if (statement.values.some((value) => value.kind === 'reduce' && value.init.kind === 'carried' && value.init.memory === name))
      problem('is accumulated in', 'accumulate in another memory', statement.source);
    else if (at < writer.at || writer.nests.some((nest, d) => nests[d] !== nest))
      problem('is read before its newest line is there', 'read it after the statement that writes it, in the same loops', statement.source);
  }
}

/** A leaf writes all of the newest line, each time. */
function verifyWriter({ name, shape }: Memory, leaf: Leaf, problem: (why: string, help: string, where?: Source) => void): void {
  const help = 'write every word of the newest line, with a loop from 0 by 1 for each of its dimensions';
  const own = new Map(leaf.loops.map((loop) => [loop.var, loop]));
  const copied = leaf.loops.slice(0, -1).find(({ par }) => par > 1);
  if (copied) problem(`is written in \`${copied.var}\`, which has copies`, 'write it with one lane loop', leaf.source);
  const effects = leaf.effects.flatMap((effect) => (effect.kind === 'write' && effect.memory === name ? [effect] : []));
  if (effects.length > 1) problem('is written twice in a leaf', help, leaf.source);
  for (const effect of effects) {
    const [line, ...word] = effect.index;
    const walked = word.map((expr) => own.get(variableOf(expr) ?? ''));
    const whole = walked.every((loop, d) => loop && !loop.bound && loop.min === 0 && loop.step === 1 && loop.max === shape[d + 1]);
    const distinct = new Set(walked).size === word.length;
    const value = leaf.values[effect.value];
    const outside = value.kind === 'reduce' && value.over.some((over) => !own.has(over));
    if (line.terms.length > 0 || line.base !== shape[0] - 1) problem('is written elsewhere than in its newest line', help, leaf.source);
    else if ('when' in effect || leaf.guards.length > 0) problem('is written in part', help, leaf.source);
    else if (!whole || !distinct || outside) problem('is not written line by line', help, leaf.source);
  }
}

/** The variable that an index is. */
const variableOf = ({ base, terms }: AffineExpr): string | undefined =>
  base === 0 && terms.length === 1 && terms[0].coef === 1 ? terms[0].var : undefined;

function placesOf(statement: Statement, nests: readonly Nest[]): Placed[] {
  if (statement.kind !== 'nest') return [{ statement, nests }];
  return statement.body.flatMap((child) => placesOf(child, [...nests, statement]));
}

/** Memories that loops end at. */
function boundsOf(statement: Statement, found = new Set<string>()): Set<string> {
  if (statement.kind === 'nest' || statement.kind === 'leaf') for (const { bound } of statement.loops) if (bound) found.add(bound.memory);
  if (statement.kind === 'nest') for (const child of statement.body) boundsOf(child, found);
  return found;
}

function reads(statement: Leaf | Transfer, memory: string): boolean {
  if (statement.kind !== 'leaf') return statement.kind === 'store' && statement.memory === memory;
  return statement.values.some(
    (value) =>
      (value.kind === 'read' && value.memory === memory) ||
      (value.kind === 'reduce' && value.init.kind === 'carried' && value.init.memory === memory),
  );
}
