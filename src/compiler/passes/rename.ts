/** Memories of a statement: which it accesses, and the same statement with others. */
import type { Leaf, Loop, Nest, Statement } from '../../ir/loops.ts';

/** Adds the memories that a statement accesses; what is inside `except` is left out. */
export function collectMemories(statement: Statement, names: Set<string>, except?: Statement): void {
  if (statement === except) return;
  if (statement.kind === 'nest' || statement.kind === 'leaf') for (const { bound } of statement.loops) if (bound) names.add(bound.memory);
  if (statement.kind === 'nest') for (const child of statement.body) collectMemories(child, names, except);
  else if (statement.kind === 'leaf') {
    for (const value of statement.values) {
      if (value.kind === 'read' || value.kind === 'dequeue') names.add(value.memory);
      if (value.kind === 'reduce' && value.init.kind === 'carried') names.add(value.init.memory);
    }
    for (const effect of statement.effects) if (effect.kind !== 'result') names.add(effect.memory);
  } else names.add(statement.memory);
}

/** The statement with its memories renamed and `suffix` added to its labels. */
export function renameMemories(statement: Statement, name: (memory: string) => string, suffix = ''): Statement {
  const label = statement.label === undefined ? {} : { label: statement.label + suffix };
  const loops = (statement: Nest | Leaf): Loop[] =>
    statement.loops.map((loop) => (loop.bound ? { ...loop, bound: { ...loop.bound, memory: name(loop.bound.memory) } } : loop));
  if (statement.kind === 'nest')
    return { ...statement, ...label, loops: loops(statement), body: statement.body.map((child) => renameMemories(child, name, suffix)) };
  if (statement.kind !== 'leaf') return { ...statement, ...label, memory: name(statement.memory) };
  return {
    ...statement,
    ...label,
    loops: loops(statement),
    values: statement.values.map((value) => {
      if (value.kind === 'read' || value.kind === 'dequeue') return { ...value, memory: name(value.memory) };
      if (value.kind === 'reduce' && value.init.kind === 'carried')
        return { ...value, init: { ...value.init, memory: name(value.init.memory) } };
      return value;
    }),
    effects: statement.effects.map((effect) => (effect.kind === 'result' ? effect : { ...effect, memory: name(effect.memory) })),
  };
}
