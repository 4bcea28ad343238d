/** What statements do with memories, as a cut sees it. */
import { type Leaf, type Loop, type LoopProgram, type Memory, type Statement, type Transfer, wordsOf } from '../../ir/loops.ts';
import { writesWhole } from '../analysis/whole-writes.ts';

export interface Use {
  readonly memory: string;
  readonly kind: 'read' | 'write';
}

/** What a statement does with memories; the words that its loops and itself take from them included. */
export function usesOf(statement: Leaf | Transfer): Use[] {
  if (statement.kind !== 'leaf') {
    const own: Use = { memory: statement.memory, kind: statement.kind === 'load' ? 'write' : 'read' };
    return [...wordsOf(statement).map(({ memory }): Use => ({ memory, kind: 'read' })), own];
  }
  return [
    ...boundsOf(statement.loops),
    ...statement.values.flatMap((value): Use[] => {
      if (value.kind === 'read' || value.kind === 'dequeue') return [{ memory: value.memory, kind: 'read' }];
      return value.kind === 'reduce' && value.init.kind === 'carried' ? [{ memory: value.init.memory, kind: 'read' }] : [];
    }),
    ...statement.effects.flatMap((effect): Use[] => (effect.kind === 'result' ? [] : [{ memory: effect.memory, kind: 'write' }])),
  ];
}

export const boundsOf = (loops: readonly Loop[]): Use[] =>
  loops.flatMap(({ bound }) => (bound ? [{ memory: bound.memory, kind: 'read' }] : []));

/** FIFOs whose only writer is a load that can be made again: whoever wants their words can have all of them. */
export function reloadable(program: LoopProgram): Set<string> {
  const stored = storedIn(program.body);
  const writers = new Map<string, (Leaf | Transfer)[]>();
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest') {
      statement.body.forEach(visit);
      return;
    }
    for (const { memory, kind } of usesOf(statement))
      if (kind === 'write') writers.set(memory, [...(writers.get(memory) ?? []), statement]);
  };
  visit(program.body);
  return new Set([...writers].flatMap(([memory, [writer, ...others]]) => (others.length === 0 && isAgain(writer, stored) ? [memory] : [])));
}

/** Arrays that a statement stores. */
export function storedIn(statement: Statement): Set<string> {
  if (statement.kind === 'nest') return new Set(statement.body.flatMap((child) => [...storedIn(child)]));
  return new Set(statement.kind === 'store' ? [statement.dram] : []);
}

/** A load of an array that stays as it is gives the same words whenever it is made. */
export const isAgain = (statement: Statement, stored: ReadonlySet<string>): boolean =>
  statement.kind === 'load' && !stored.has(statement.dram) && wordsOf(statement).length === 0;

/** Does a statement write all words of a memory, whatever it held? */
export function beginsAnew(statement: Statement, { name, shape }: Memory): boolean {
  if (statement.kind !== 'leaf') return statement.kind === 'load' && statement.memory === name;
  const looks = statement.values.some(
    (value) =>
      (value.kind === 'read' && value.memory === name) ||
      (value.kind === 'reduce' && value.init.kind === 'carried' && value.init.memory === name && value.init.first === undefined),
  );
  const writes = statement.effects.some(
    (effect) =>
      effect.kind === 'write' && effect.memory === name && effect.when === undefined && writesWhole(statement, effect.index, shape),
  );
  return !looks && writes;
}

/** Names of memories and results that a statement uses. */
export function namesIn(body: Statement): Set<string> {
  const names = new Set<string>();
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest') {
      for (const { memory } of boundsOf(statement.loops)) names.add(memory);
      statement.body.forEach(visit);
      return;
    }
    for (const { memory } of usesOf(statement)) names.add(memory);
    if (statement.kind === 'leaf') for (const effect of statement.effects) if (effect.kind === 'result') names.add(effect.name);
  };
  visit(body);
  return names;
}

/** Names that the program does not have, each given once. */
export function freshNames(program: LoopProgram): (wanted: string) => string {
  const taken = new Set([...program.dram, ...program.memories, ...program.args, ...program.results].map(({ name }) => name));
  return (wanted) => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}${n}`;
    taken.add(name);
    return name;
  };
}
