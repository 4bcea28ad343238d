/**
 * Patterns that read arrays beside their index, or parts of them, in one leaf over arrays that are on chip as a whole:
 *
 *     y[i] = i > 0 ? x[i - 1] : 0      =>      load x -> x_whole;  leaf (i) { y_whole[i] = ... };  store y_whole -> y
 *
 * Where an index leaves its array the pattern has to select (`ir/guarded-reads.ts`).
 */
import type { AffineExpr, ElementType } from '../../ir/loops.ts';
import { OPS } from '../../ops/table.ts';
import { patternProblem } from '../messages.ts';
import { callerSource } from './caller.ts';
import type { Dimension } from './collection.ts';
import { isPlainIndex } from './contract.ts';
import { Expr } from './expr.ts';
import type { Dram, Memory } from './handles.ts';
import { Index } from './index-expr.ts';
import type { Job } from './lower.ts';
import { problem } from './problems.ts';
import { collect } from './reads.ts';

/** Memory units that an array may take: each is an input and an operation of its readers. */
const PARTS = 8;

/** Is an array read at something else than whole dimensions, and everything at sums of variables? */
export function readsBeside({ expr, arrays }: Job, dimensions: readonly Dimension[]): boolean {
  const reads = collect(expr, ({ node }) => node.kind === 'read').flatMap(({ node }) => (node.kind === 'read' ? [node] : []));
  const sizes = new Map(dimensions.map(({ name, size }) => [name, size]));
  const isWhole = ({ memory, index }: (typeof reads)[number]): boolean => {
    const shape = arrays.get(memory)?.shape;
    const names = index.map(({ terms }) => terms[0]?.var);
    return index.every((one, d) => isPlainIndex(one) && sizes.get(names[d]) === shape?.[d]) && new Set(names).size === names.length;
  };
  const known = reads.every(
    ({ memory, index }) => arrays.has(memory) && index.every(({ terms }) => terms.every((term) => sizes.has(term.var))),
  );
  return known && !reads.every(isWhole);
}

export function emitBeside(job: Job, fold: readonly Dimension[]): void {
  const { v, out, to, type, target, expr } = job;
  const reads = collect(expr, ({ node }) => node.kind === 'read').flatMap(({ node }) => (node.kind === 'read' ? [node] : []));
  const arrays = [...new Set(reads.map(({ memory }) => memory))].map(
    (name) => job.arrays.get(name) as Dram<ElementType, readonly number[], 'in'>,
  );
  const large = arrays.find(({ shape }) => wordsOf(shape) > PARTS * target.memoryWords);
  if (large)
    problem(
      patternProblem(
        `\`${large.name}\` is read at something else than whole dimensions, and is too large to be on chip (${wordsOf(large.shape)} words)`,
        'write it with `explicit`: as tiles with their edges, or with a line buffer',
        callerSource(),
      ),
    );
  // Lanes an even number of words apart meet in one bank of the memory.
  const lanesAlong = ({ name }: Dimension): number => {
    const apart = reads.map(({ index }) => coefOf(index[index.length - 1], name));
    return apart.every((step) => step === 0 || step % 2 !== 0) ? (job.hints.lanes ?? target.lanes) : 1;
  };
  const last = out[out.length - 1];
  const lane = fold.length === 0 || (last && takesTurns(job, Math.ceil(last.size / lanesAlong(last)))) ? last : fold[fold.length - 1];
  const lanes = lanesAlong(lane);
  const loops = [...out.filter((one) => one !== lane), ...fold.filter((one) => one !== lane), lane];
  const copies = out.length > 0 && loops.length > 1 && out.includes(loops[0]) ? Math.min(job.hints.copies ?? 1, loops[0].size) : 1;
  const walks = loops.map((one, at) => [one.name, { max: one.size, par: one === lane ? lanes : at === 0 ? copies : 1 }] as const);
  v.pipe({}, () => {
    const memories = new Map(
      arrays.map((array) => {
        const memory = v.sram(job.fresh(`${array.name}_whole`), array.type, [...array.shape]) as Memory;
        v.load(
          array,
          array.shape.map(() => 0),
          memory,
        );
        return [array.name, memory];
      }),
    );
    const made =
      'array' in to
        ? (v.sram(
            job.fresh(`${job.name}_whole`),
            type,
            out.map(({ size }) => size),
          ) as Memory)
        : undefined;
    v.leaf(Object.fromEntries(walks), (indices) => {
      const value = rewrite(expr, { memories, indices, fold, tree: fold.includes(lane) });
      if (made)
        made.set(
          out.map(({ name }) => indices[name]),
          value,
        );
      else if ('result' in to) to.result.set(value);
    });
    if (made && 'array' in to)
      v.store(
        to.array,
        out.map(() => 0),
        made,
      );
  });
}

/** Can so many vectors of results sum side by side: as many as the operation takes cycles, and the ring has room for? */
function takesTurns({ expr, target }: Job, vectors: number): boolean {
  const [{ node }] = collect(expr, (one) => one.node.kind === 'reduce');
  return node.kind === 'reduce' && vectors >= target.latency[OPS[node.op].latency] && vectors <= target.ring;
}

interface Places {
  readonly memories: ReadonlyMap<string, Memory>;
  readonly indices: Readonly<Record<string, Index>>;
  readonly fold: readonly Dimension[];
  /** The lanes of the fold are combined. */
  readonly tree: boolean;
}

function rewrite(expr: Expr, places: Places): Expr {
  const { memories, indices, fold, tree } = places;
  const { node } = expr;
  if (node.kind === 'index') return indices[node.var].value;
  if (node.kind === 'read') {
    const at = ({ base, terms }: AffineExpr): Index =>
      terms.reduce((sum, { var: name, coef }) => sum.add(indices[name].mul(coef)), new Index({ base, terms: [] }));
    return memories.get(node.memory)?.at(...node.index.map(at)) ?? expr;
  }
  if (!('args' in node)) return expr;
  const args = node.args.map((arg) => rewrite(arg, places));
  if (node.kind !== 'reduce') return new Expr(expr.type, { ...node, args });
  return new Expr(expr.type, { ...node, args, over: fold.map(({ name }) => name), init: tree ? { kind: 'none' } : node.init });
}

const coefOf = ({ terms }: AffineExpr, name: string): number => terms.find((term) => term.var === name)?.coef ?? 0;

const wordsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
