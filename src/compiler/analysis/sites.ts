/** Where each statement stands: its enclosing nests, and who accesses each memory. */
import { lineOf } from '../../ir/line-verify.ts';
import {
  type AffineExpr,
  type Bound,
  type Leaf,
  type Loop,
  type LoopProgram,
  type Memory,
  type Nest,
  type Statement,
  type Transfer,
  wordsOf,
} from '../../ir/loops.ts';
import type { Consumer } from '../consumers.ts';

/** A transfer or leaf with the nests around it, outermost first. */
export interface Site {
  readonly id: number;
  readonly statement: Leaf | Transfer;
  readonly nests: readonly Nest[];
  /** Loops of those nests, outermost first (a leaf's or transfer's own loops excluded). */
  readonly outer: readonly Loop[];
  /**
   * The site stands for the reads of the bound of this loop, each time the loop begins: just before the statement of the loop, with
   * the loops of the statement that are around it as its own. Or for the reads of this word of a transfer, just before it.
   */
  readonly bounds?: Ended;
}

/** What takes a word each time it begins: a loop with a bound, or a transfer (by that word of it). */
export type Ended = Loop | Bound;

/** All transfers and leaves in program order, and before each statement the bounds of its loops. */
export function sitesOf(program: LoopProgram): Site[] {
  const sites: Site[] = [];
  const visit = (statement: Statement, nests: readonly Nest[]): void => {
    const outer = nests.flatMap((nest) => nest.loops);
    if (statement.kind === 'nest' || statement.kind === 'leaf')
      for (const loop of statement.loops)
        if (loop.bound) {
          const around = statement.loops.slice(0, statement.loops.indexOf(loop));
          sites.push({ id: sites.length, statement: wordLeaf(loop.bound, loop.var, around, statement), nests, outer, bounds: loop });
        }
    if (statement.kind === 'nest') {
      for (const child of statement.body) visit(child, [...nests, statement]);
    } else {
      if (statement.kind !== 'leaf')
        for (const word of wordsOf(statement))
          sites.push({ id: sites.length, statement: wordLeaf(word, word.memory, [], statement), nests, outer, bounds: word });
      sites.push({ id: sites.length, statement, nests, outer });
    }
  };
  visit(program.body, []);
  return sites;
}

/** A transfer of which data says where it starts or how many words it moves: it is not split. */
export const hasWords = ({ statement }: Site): boolean => statement.kind !== 'leaf' && wordsOf(statement).length > 0;

/** The read of a word as a leaf without effects. */
function wordLeaf({ memory, index }: Bound, name: string, around: readonly Loop[], statement: Statement): Leaf {
  return {
    kind: 'leaf',
    loops: [...around, { var: `${name}$end`, min: 0, max: 1, step: 1, par: 1 }],
    values: [{ kind: 'read', memory, index, type: 'i32' }],
    effects: [],
    guards: [],
    ...(statement.source && { source: statement.source }),
  };
}

/**
 * What a predicated writer of a FIFO leaves out: whole passes of its lane loop, or single lanes, the others packed into whole
 * vectors, of which the last of a round may be shorter.
 */
export type Filter = 'dropped' | 'packed';

/** Who accesses a memory, for messages. */
export function userOf({ site: { statement, id } }: Pick<Access, 'site'>): Consumer {
  const name = statement.label ?? (statement.kind === 'leaf' ? `leaf${id}` : `${statement.kind}.${statement.memory}`);
  return { name, source: statement.source };
}

/** One static access to a memory. */
export interface Access {
  readonly site: Site;
  readonly kind: 'read' | 'write';
  /** Value number (read), effect number (write) or -1 (transfer). */
  readonly ordinal: number;
  /** Index into the memory, one expression a dimension; for a transfer over its own row and word loops. */
  readonly index: readonly AffineExpr[];
  /** The read that feeds a reduction's carried initial value. */
  readonly carried: boolean;
  /** Lines move: another index may be the same word at another time. */
  readonly moves?: true;
  /** Loops of the context that performs it, outermost first, where they are not those of the statement: ends of FIFOs. */
  readonly context?: { readonly loops: readonly Loop[]; readonly lanes: boolean };
  readonly filter?: Filter;
  /** At the end of these loops what is packed goes out. */
  readonly flush?: readonly string[];
}

/** Accesses to each memory with an index, in program order. */
export function accessesOf(program: LoopProgram, sites: readonly Site[]): Map<string, Access[]> {
  const indexed = program.memories.filter(({ kind }) => kind !== 'fifo');
  const found = new Map<string, Access[]>(indexed.map((memory) => [memory.name, []]));
  const lines = new Set(indexed.flatMap(({ kind, name }) => (kind === 'lines' ? [name] : [])));
  const add = (memory: string, access: Access) => found.get(memory)?.push(lines.has(memory) ? { ...access, moves: true } : access);
  for (const site of sites) {
    const { statement } = site;
    if (statement.kind !== 'leaf') {
      const memory = program.memories.find((m) => m.name === statement.memory);
      const index = memory ? transferIndex(memory) : [];
      add(statement.memory, { site, kind: statement.kind === 'load' ? 'write' : 'read', ordinal: -1, index, carried: false });
      continue;
    }
    statement.values.forEach((value, ordinal) => {
      if (value.kind === 'read') add(value.memory, { site, kind: 'read', ordinal, index: value.index, carried: false });
      if (value.kind === 'reduce' && value.init.kind === 'carried')
        add(value.init.memory, { site, kind: 'read', ordinal, index: value.init.index, carried: true });
    });
    statement.effects.forEach((effect, ordinal) => {
      if (effect.kind === 'write') add(effect.memory, { site, kind: 'write', ordinal, index: effect.index, carried: false });
    });
  }
  return found;
}

/** Names of a transfer's own loops over the dimensions of its memory. */
export const transferVar = (dimension: number): string => `#${dimension}`;

/** A transfer walks the memory, or the newest line of a line buffer, in row-major order with one own loop a dimension. */
function transferIndex(memory: Memory): AffineExpr[] {
  const newest = memory.kind === 'lines' ? [{ base: memory.shape[0] - 1, terms: [] }] : [];
  return [...newest, ...lineOf(memory).map((_, d) => ({ base: 0, terms: [{ var: transferVar(d), coef: 1 }] }))];
}

/** The transfer's own loops over its memory's shape; the last one walks `par` lanes at a time. */
export function transferLoops(shape: readonly number[], lanes: number): Loop[] {
  return shape.map((max, d) => ({ var: transferVar(d), min: 0, max, step: 1, par: d === shape.length - 1 ? lanes : 1 }));
}

/** Number of leading nests two sites share. */
export function sharedNests(a: Site, b: Site): number {
  let depth = 0;
  while (depth < a.nests.length && depth < b.nests.length && a.nests[depth] === b.nests[depth]) depth++;
  return depth;
}
