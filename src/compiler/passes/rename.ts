/** Memories of a statement: which it accesses, and the same statement with others, or with parts of them. */
import { type Leaf, type Loop, type Memory, type Nest, type Statement, type Transfer, wordsOf } from '../../ir/loops.ts';

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
  } else for (const memory of [statement.memory, ...wordsOf(statement).map((word) => word.memory)]) names.add(memory);
}

/** The statement with its memories renamed and `suffix` added to its labels. */
export function renameMemories(statement: Statement, name: (memory: string) => string, suffix = ''): Statement {
  const label = statement.label === undefined ? {} : { label: statement.label + suffix };
  const loops = (statement: Nest | Leaf): Loop[] =>
    statement.loops.map((loop) => (loop.bound ? { ...loop, bound: { ...loop.bound, memory: name(loop.bound.memory) } } : loop));
  if (statement.kind === 'nest')
    return { ...statement, ...label, loops: loops(statement), body: statement.body.map((child) => renameMemories(child, name, suffix)) };
  if (statement.kind !== 'leaf') {
    const word = (key: 'start' | 'count') => {
      const old = statement[key];
      return old && { [key]: { ...old, memory: name(old.memory) } };
    };
    return { ...statement, ...label, memory: name(statement.memory), ...word('start'), ...word('count') };
  }
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

/** A block of a memory as a memory of its own: `size` indices of a dimension from `start` on. */
export interface MemoryBlock {
  readonly name: string;
  readonly dimension: number;
  readonly start: number;
  readonly size: number;
  /** Added to labels. */
  readonly suffix: string;
}

/** The part of a transfer of a memory that concerns a block of it. */
export function blockOfTransfer(transfer: Transfer, { shape }: Pick<Memory, 'shape'>, block: MemoryBlock): Transfer {
  // The memory may drop leading dimensions of the array.
  const at = block.dimension + transfer.extent.length - shape.length;
  return {
    ...transfer,
    memory: block.name,
    offset: transfer.offset.map((expr, d) => (d === at ? { ...expr, base: expr.base + block.start } : expr)),
    extent: transfer.extent.map((size, d) => (d === at ? block.size : size)),
    ...(transfer.label !== undefined && { label: transfer.label + block.suffix }),
  };
}
