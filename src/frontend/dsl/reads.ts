/** Where patterns read arrays: at whole dimensions of their domain, which tiles of arrays stand for in a leaf. */
import type { ElementType } from '../../ir/loops.ts';
import { patternProblem } from '../messages.ts';
import { callerSource } from './caller.ts';
import type { Dimension } from './collection.ts';
import { Expr } from './expr.ts';
import type { Dram, Memory } from './handles.ts';
import type { Index } from './index-expr.ts';
import { problem } from './problems.ts';

/** A tile of an array, read at one tuple of variables. */
export interface Read {
  readonly array: string;
  readonly vars: readonly string[];
}

/** An expression over arrays by name. */
interface Reader {
  readonly expr: Expr;
  readonly arrays: ReadonlyMap<string, Dram<ElementType, readonly number[], 'in'>>;
}

/** Every array is read at plain variables of the domain, each dimension covering a whole one. */
export function readsOf({ expr, arrays }: Reader, dimensions: readonly Dimension[]): Read[] | undefined {
  const reads = new Map<string, Read>();
  for (const { node } of collect(expr, (candidate) => candidate.node.kind === 'read')) {
    if (node.kind !== 'read') continue;
    const read = readOf(node.memory, node.index);
    const shape = arrays.get(read.array)?.shape;
    const sizes = read.vars.map((name) => dimensions.find((dimension) => dimension.name === name)?.size);
    const plain = new Set(read.vars).size === read.vars.length && sizes.every((size, d) => size !== undefined && size === shape?.[d]);
    if (!plain) {
      problem(
        patternProblem(
          `\`${read.array}\` of shape [${shape?.join(', ')}] is read at [${read.vars.join(', ')}], of sizes [${sizes.join(', ')}]`,
          'stored filters and lists read arrays at whole dimensions of their domain; write other accesses with `explicit`',
          callerSource(),
        ),
      );
      return undefined;
    }
    reads.set(keyOf(read), read);
  }
  return [...reads.values()];
}

/** The array that a read is of. */
export const nameRead = ({ node }: Expr): string => (node.kind === 'read' ? node.memory : '');

const readOf = (
  array: string,
  index: readonly { readonly base: number; readonly terms: readonly { var: string; coef: number }[] }[],
): Read => ({
  array,
  vars: index.map(({ base, terms }) => (base === 0 && terms.length === 1 && terms[0].coef === 1 ? terms[0].var : '?')),
});

export const keyOf = ({ array, vars }: Read): string => `${array}[${vars.join()}]`;

/** Where a leaf finds what a pattern reads. */
export interface Spots {
  /** The index of the whole dimension. */
  readonly whole: (name: string) => Index;
  /** Tiles by what they are read at. */
  readonly memories: ReadonlyMap<string, Memory>;
  /** Indices in the tile. */
  readonly indices: Readonly<Record<string, Index>>;
}

/** An expression of a pattern as one of a leaf; `inside` does the same with its operands. */
export function placed(expr: Expr, { whole, memories, indices }: Spots, inside: (expr: Expr) => Expr): Expr {
  const { node } = expr;
  if (node.kind === 'index') return whole(node.var).value;
  if (node.kind === 'read') {
    const read = readOf(node.memory, node.index);
    // What is read at something else has been told of.
    return memories.get(keyOf(read))?.at(...read.vars.map((name) => indices[name])) ?? Expr.constant(expr.type, 0);
  }
  return 'args' in node ? new Expr(expr.type, { ...node, args: node.args.map(inside) }) : expr;
}

/** Nodes of an expression that satisfy a test, each once, operands first. */
export function collect(expr: Expr, test: (expr: Expr) => boolean): Expr[] {
  const seen = new Set<Expr>();
  const found: Expr[] = [];
  const visit = (at: Expr): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if ('args' in at.node) at.node.args.forEach(visit);
    if (test(at)) found.push(at);
  };
  visit(expr);
  return found;
}
