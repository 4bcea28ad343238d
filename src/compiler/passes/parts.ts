/**
 * parts: a memory of more words than a unit holds is one memory a part. Every write goes to all of them, every read is the bitwise
 * OR of reads of all: outside its own words a part takes no write and reads 0.
 *
 *   m[i] = x;  ... m[j] ...      =>      m$p0[i] = x; m$p1[i - 65536] = x;  ... m$p0[j] | m$p1[j - 65536] ...
 *
 * A transfer of the whole goes part by part. What accumulations start from, and bounds of loops, stay whole.
 */
import type { Effect, Leaf, LoopProgram, Memory, Statement, Value } from '../../ir/loops.ts';
import { renumbered } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { accessesOf, hasWords, sitesOf } from '../analysis/sites.ts';
import { blockOfTransfer } from './rename.ts';

/** Words that a row may be padded by (see `memory-plan`), so that its part still fits. */
const PADDING = 3;

interface Part {
  readonly memory: Memory;
  /** Its first index in dimension 0. */
  readonly start: number;
}

/** `capacity`: words of a unit; `streams`: memories that take no unit. */
export function splitLarge(program: LoopProgram, capacity: number, streams: ReadonlySet<string>): LoopProgram {
  const large = program.memories.filter(({ kind, name, shape }) => kind === undefined && !streams.has(name) && wordsOf(shape) > capacity);
  if (large.length === 0) return program;
  const accesses = accessesOf(program, sitesOf(program));
  const parts = new Map<string, readonly Part[]>();
  for (const memory of large) {
    const whole = accesses.get(memory.name)?.some(({ carried, site }) => carried || site.bounds || hasWords(site));
    const rows = Math.floor(capacity / rowWords(memory.shape));
    if (!whole && rows > 0) parts.set(memory.name, partsOf(memory, rows));
  }
  const memories = program.memories.flatMap((memory) => parts.get(memory.name)?.map((part) => part.memory) ?? [memory]);
  return { ...program, memories, body: splitIn(program.body, parts)[0] as LoopProgram['body'] };
}

const wordsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const rowWords = (shape: readonly number[]): number =>
  shape.length === 1 ? 1 : shape.slice(1, -1).reduce((product, size) => product * size, shape[shape.length - 1] + PADDING);

function partsOf(memory: Memory, rows: number): Part[] {
  const [size, ...inner] = memory.shape;
  const row = wordsOf(inner);
  return Array.from({ length: Math.ceil(size / rows) }, (_, p) => {
    const start = p * rows;
    const shape = [Math.min(rows, size - start), ...inner];
    const words = memory.words && { words: memory.words.slice(start * row, (start + shape[0]) * row) };
    return { memory: { ...memory, name: `${memory.name}$p${p}`, shape, ...words, part: true }, start };
  });
}

type Parts = ReadonlyMap<string, readonly Part[]>;

function splitIn(statement: Statement, parts: Parts): Statement[] {
  if (statement.kind === 'nest') return [{ ...statement, body: statement.body.flatMap((child) => splitIn(child, parts)) }];
  if (statement.kind === 'leaf') return [leafIn(statement, parts)];
  const own = parts.get(statement.memory);
  if (!own) return [statement];
  return own.map(({ memory, start }, p) => {
    const block = { name: memory.name, dimension: 0, start, size: memory.shape[0], suffix: `$p${p}` };
    return blockOfTransfer(statement, memory, block);
  });
}

function leafIn(leaf: Leaf, parts: Parts): Leaf {
  const touched = (memory: string) => parts.has(memory);
  const reads = leaf.values.some((value) => value.kind === 'read' && touched(value.memory));
  const writes = leaf.effects.some((effect) => effect.kind === 'write' && touched(effect.memory));
  if (!reads && !writes) return leaf;
  const table = new ValueTable();
  const number: number[] = [];
  for (const value of leaf.values) {
    const own = value.kind === 'read' ? parts.get(value.memory) : undefined;
    number.push(
      own
        ? readParts(table, value as Read, own)
        : table.add('args' in value ? { ...value, args: value.args.map((id) => number[id]) } : value),
    );
  }
  const effects = leaf.effects.flatMap((effect): Effect[] => {
    const now = renumbered(effect, (id) => number[id]);
    const own = now.kind === 'write' ? parts.get(now.memory) : undefined;
    return own && now.kind === 'write' ? own.map((part) => ({ ...now, ...placeIn(now, part) })) : [now];
  });
  return { ...leaf, values: table.values, effects };
}

type Read = Value & { readonly kind: 'read' };

/** The OR of all parts, one after the other: a cut between compute units crosses one value then. */
function readParts(table: ValueTable, read: Read, parts: readonly Part[]): number {
  const words = parts.map((part) => table.add({ ...read, ...placeIn(read, part) }));
  return words.reduce((word, next) => table.add({ kind: 'op', op: 'or', args: [word, next], type: read.type }));
}

/** The same place, seen from a part. */
const placeIn = ({ index }: Pick<Read, 'index'>, { memory, start }: Part): Pick<Read, 'memory' | 'index'> => ({
  memory: memory.name,
  index: index.map((expr, d) => (d === 0 ? { ...expr, base: expr.base - start } : expr)),
});
