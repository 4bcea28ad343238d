/**
 * parts: a memory of more words than a unit holds, one that more statements write than a unit has write contexts, and one that is
 * to lie in `banks`, is one memory a part, a block of its first index (of another one, where that tells the writers apart and no
 * transfer walks the memory: that dimension comes first then). A write goes to all parts that it may meet, a read is the
 * bitwise OR of reads of them: outside its own words a part takes no write and reads 0. That holds where a part fills its unit; else
 * its indices are spread over the unit, so that others lie outside, or every part is written alike, and words that meet are the same.
 *
 *   m[i] = x;  ... m[j] ...      =>      m$p0[i] = x; m$p1[i - 65536] = x;  ... m$p0[j] | m$p1[j - 65536] ...
 *
 * A transfer of the whole goes part by part. What an accumulation starts from has to lie in one part; bounds of loops stay whole.
 */
import { type Diagnostic, DiagnosticError } from '../../base/diagnostic.ts';
import type { AffineExpr, Effect, Leaf, Loop, LoopProgram, Memory, Statement, Value } from '../../ir/loops.ts';
import { renumbered } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import { type Access, accessesOf, hasWords, sitesOf } from '../analysis/sites.ts';
import { unsupported } from '../messages.ts';
import { type Cut, cutOf, filledByParts, rowsOf, spanOf, type UnitOffer, withFirst, wordsOf } from './part-cuts.ts';
import { blockOfTransfer } from './rename.ts';

interface Part {
  readonly memory: Memory;
  /** The dimension of the whole that is cut, the first one of the part, and where the part begins. */
  readonly dimension: number;
  readonly start: number;
  /** What other parts hold is written here as well. */
  readonly alike: boolean;
  /** It is read wherever the whole is: no index says that it is read at all. */
  readonly asked: boolean;
}

/** `streams`: memories that take no unit. */
export function splitParts(program: LoopProgram, offer: UnitOffer, streams: ReadonlySet<string>): LoopProgram {
  const accesses = accessesOf(program, sitesOf(program));
  const parts = new Map<string, readonly Part[]>();
  for (const memory of program.memories) {
    if (memory.kind !== undefined || streams.has(memory.name)) continue;
    const own = accesses.get(memory.name) ?? [];
    const cut = cutOf(memory, own, offer);
    if (!cut) continue;
    if (memory.banks !== undefined && !cut.strides && filledByParts(memory, own)) throw new DiagnosticError(banksTooSmall(memory));
    if (own.every((access) => mayBeParts(access, cut))) parts.set(memory.name, partsFrom(memory, cut, own));
    else if (memory.banks !== undefined) throw new DiagnosticError(banksRefused(memory));
  }
  if (parts.size === 0) return program;
  const memories = program.memories.flatMap((memory) => parts.get(memory.name)?.map((part) => part.memory) ?? [memory]);
  return { ...program, memories, body: splitIn(program.body, [], parts)[0] as LoopProgram['body'] };
}

const banksRefused = ({ name, banks, source }: Memory): Diagnostic =>
  unsupported(
    `memory \`${name}\` in ${banks} banks`,
    'a loop ends at its words, a transfer takes where it starts or how long it is from them, or a sum starts from a place that may lie in several banks',
    'leave out `banks`, or copy the words to a memory of their own first',
    source,
  );

const banksTooSmall = ({ name, banks, source }: Memory): Diagnostic =>
  unsupported(
    `memory \`${name}\` in ${banks} banks`,
    'it is loaded or a table, and its blocks are of so few indices, with lanes along them, that the words of one cannot lie apart from those of the next',
    'ask for fewer banks, or write it in a leaf',
    source,
  );

/** The part with an index. */
const partAt = (starts: readonly number[], row: number): number => starts.findLastIndex((start) => start <= row);

function mayBeParts(access: Access, { dimension, starts }: Cut): boolean {
  if (access.site.bounds || hasWords(access.site)) return false;
  if (!access.carried) return true;
  const { low, high } = spanOf(access, dimension);
  return partAt(starts, low) === partAt(starts, high);
}

function partsFrom(memory: Memory, { dimension, starts, strides }: Cut, accesses: readonly Access[]): Part[] {
  const [size, ...inner] = withFirst(memory.shape, dimension);
  const row = wordsOf(inner);
  const banks = memory.banks !== undefined && { banks: 1 };
  const isRead = (from: number, to: number) =>
    accesses.some((access) => {
      if (access.kind === 'write') return false;
      if (access.site.statement.kind !== 'leaf') return true;
      const { low, high } = spanOf(access, dimension);
      return from <= high && to > low;
    });
  const asked = !starts.every((start, p) => isRead(start, starts[p + 1] ?? size));
  return starts.map((start, p) => {
    const shape = [(starts[p + 1] ?? size) - start, ...inner];
    // What has words from the start on has no writer, and is cut by its first index.
    const words = memory.words && { words: memory.words.slice(start * row, (start + shape[0]) * row) };
    const stride = strides && { stride: strides[p] };
    return {
      memory: { ...memory, name: `${memory.name}$p${p}`, shape, ...words, ...banks, ...stride, part: { from: -start, to: size - start } },
      dimension,
      start,
      alike: !strides,
      asked,
    };
  });
}

type Parts = ReadonlyMap<string, readonly Part[]>;

function splitIn(statement: Statement, outer: readonly Loop[], parts: Parts): Statement[] {
  if (statement.kind === 'nest')
    return [{ ...statement, body: statement.body.flatMap((child) => splitIn(child, [...outer, ...statement.loops], parts)) }];
  if (statement.kind === 'leaf') return [leafIn(statement, [...outer, ...statement.loops], parts)];
  const own = parts.get(statement.memory);
  if (!own) return [statement];
  return own.map(({ memory, start }, p) => {
    const block = { name: memory.name, dimension: 0, start, size: memory.shape[0], suffix: `$p${p}` };
    return blockOfTransfer(statement, memory, block);
  });
}

function leafIn(leaf: Leaf, loops: readonly Loop[], parts: Parts): Leaf {
  const touched = (memory: string) => parts.has(memory);
  const reads = leaf.values.some((value) => value.kind === 'read' && touched(value.memory));
  const writes = leaf.effects.some((effect) => effect.kind === 'write' && touched(effect.memory));
  if (!reads && !writes) return leaf;
  /** The parts of a memory that an index may lie in, or all. */
  const met = (memory: string, index: readonly AffineExpr[], all?: 'alike' | 'asked'): readonly Part[] | undefined => {
    const own = parts.get(memory);
    if (!own || (all && own[0][all])) return own;
    const { low, high } = rowsOf(index[own[0].dimension], loops);
    const some = own.filter((part) => part.start <= high && part.start + part.memory.shape[0] > low);
    // What is read outside all of them is not used, but read.
    return some.length > 0 ? some : own.slice(0, 1);
  };
  const table = new ValueTable();
  const number: number[] = [];
  for (const value of leaf.values) {
    const own = value.kind === 'read' ? met(value.memory, value.index, 'asked') : undefined;
    if (own) {
      number.push(readParts(table, value as Read, own));
      continue;
    }
    const now = 'args' in value ? { ...value, args: value.args.map((id) => number[id]) } : value;
    const [start] = now.kind === 'reduce' && now.init.kind === 'carried' ? (met(now.init.memory, now.init.index) ?? []) : [];
    number.push(
      table.add(
        start && now.kind === 'reduce' && now.init.kind === 'carried'
          ? { ...now, init: { ...now.init, ...placeIn(now.init, start) } }
          : now,
      ),
    );
  }
  const effects = leaf.effects.flatMap((effect): Effect[] => {
    const now = renumbered(effect, (id) => number[id]);
    const own = now.kind === 'write' ? met(now.memory, now.index, 'alike') : undefined;
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
const placeIn = ({ index }: Pick<Read, 'index'>, { memory, dimension, start }: Part): Pick<Read, 'memory' | 'index'> => ({
  memory: memory.name,
  index: withFirst(index, dimension).map((expr, d) => (d === 0 ? { ...expr, base: expr.base - start } : expr)),
});
