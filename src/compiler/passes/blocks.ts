/**
 * blocks: a memory that several statements write in parts of their own becomes one memory a part.
 *
 *   leaf$0 (i: 0..32, j) { m[i][j] = ... }      leaf$1 (i: 32..64, j) { m[i][j] = ... }      store m -> out[t][0]
 *   =>
 *   leaf$0 { m$b0[i][j] = ... }      leaf$1 { m$b1[i - 32][j] = ... }      store m$b0 -> out[t][0]; store m$b1 -> out[t + 32][0]
 *
 * Each part has one writer then, and the copies of a loop write at once. A transfer of the whole goes part by part.
 */
import { rangeOf } from '../../ir/affine.ts';
import type { AffineExpr, Leaf, Loop, LoopProgram, Memory, Statement, Transfer } from '../../ir/loops.ts';
import { type Access, accessesOf, hasWords, sitesOf } from '../analysis/sites.ts';
import { blockOfTransfer } from './rename.ts';

export function splitBlocks(program: LoopProgram): LoopProgram {
  let now = program;
  const whole = new Set<string>();
  for (;;) {
    const accesses = accessesOf(now, sitesOf(now));
    for (const { name, banks } of now.memories) if (banks !== undefined) whole.add(name);
    for (const [name, list] of accesses) if (list.some(({ site }) => site.bounds || hasWords(site))) whole.add(name);
    const memory = now.memories.find(({ name }) => !whole.has(name) && writersOf(accesses.get(name) ?? []) > 1);
    if (!memory) return now;
    const split = memory.shape
      .map((size, dimension) => partsOf(accesses.get(memory.name) ?? [], dimension, size))
      .findIndex((parts) => parts.length > 1);
    if (split < 0) whole.add(memory.name);
    else now = splitMemory(now, memory, split, partsOf(accesses.get(memory.name) ?? [], split, memory.shape[split]));
  }
}

const writersOf = (accesses: readonly Access[]): number =>
  new Set(accesses.filter(({ kind }) => kind === 'write').map(({ site }) => site)).size;

/** First indices of the parts of a dimension that no leaf crosses. */
function partsOf(accesses: readonly Access[], dimension: number, size: number): number[] {
  const spans = accesses.flatMap(({ site, index }) => {
    const { statement } = site;
    if (statement.kind !== 'leaf') return [];
    return [rangeIn(index[dimension], [...site.outer, ...statement.loops], size)];
  });
  const starts: number[] = [];
  let reached = -1;
  for (const { low, high } of spans.sort((a, b) => a.low - b.low)) {
    if (low > reached) starts.push(starts.length === 0 ? 0 : low);
    reached = Math.max(reached, high);
  }
  return starts;
}

/** The indices of a dimension that an access may use: those outside are read for nothing. */
function rangeIn(expr: AffineExpr, loops: readonly Loop[], size: number): { low: number; high: number } {
  const { low, high } = rangeOf(expr, new Map(loops.map((loop) => [loop.var, loop])));
  const within = (index: number) => Math.max(0, Math.min(size - 1, index));
  return { low: within(low), high: within(high) };
}

function splitMemory(program: LoopProgram, memory: Memory, dimension: number, starts: readonly number[]): LoopProgram {
  const names = starts.map((_, b) => `${memory.name}$b${b}`);
  const ends = [...starts.slice(1), memory.shape[dimension]];
  const memories = program.memories.flatMap((one) =>
    one !== memory
      ? [one]
      : names.map((name, b) => ({ ...memory, name, shape: memory.shape.map((size, d) => (d === dimension ? ends[b] - starts[b] : size)) })),
  );
  const place = (index: readonly AffineExpr[], loops: readonly Loop[]): { memory: string; index: AffineExpr[] } => {
    const { low } = rangeIn(index[dimension], loops, memory.shape[dimension]);
    const b = starts.findLastIndex((start) => start <= low);
    return { memory: names[b], index: index.map((expr, d) => (d === dimension ? { ...expr, base: expr.base - starts[b] } : expr)) };
  };
  const leaf = (statement: Leaf, outer: readonly Loop[]): Leaf => {
    const loops = [...outer, ...statement.loops];
    return {
      ...statement,
      values: statement.values.map((value) => {
        if (value.kind === 'read' && value.memory === memory.name) return { ...value, ...place(value.index, loops) };
        if (value.kind === 'reduce' && value.init.kind === 'carried' && value.init.memory === memory.name)
          return { ...value, init: { ...value.init, ...place(value.init.index, loops) } };
        return value;
      }),
      effects: statement.effects.map((effect) =>
        effect.kind === 'write' && effect.memory === memory.name ? { ...effect, ...place(effect.index, loops) } : effect,
      ),
    };
  };
  const transfer = (statement: Transfer): Transfer[] =>
    names.map((name, b) =>
      blockOfTransfer(statement, memory, { name, dimension, start: starts[b], size: ends[b] - starts[b], suffix: `$b${b}` }),
    );
  const visit = (statement: Statement, outer: readonly Loop[]): Statement[] => {
    if (statement.kind === 'nest')
      return [{ ...statement, body: statement.body.flatMap((child) => visit(child, [...outer, ...statement.loops])) }];
    if (statement.kind === 'leaf') return [leaf(statement, outer)];
    return statement.memory === memory.name ? transfer(statement) : [statement];
  };
  return { ...program, memories, body: visit(program.body, [])[0] as LoopProgram['body'] };
}
