/**
 * Sums of products as the compiler may map them whole, and their plainest loops, for indices that tiles do not know:
 *
 *     y[f][v][u] = fold add over c, dv, du of w[f][c][dv][du] * x[c][v + dv - 1][u + du - 1]
 */
import { rangeOf } from '../../ir/affine.ts';
import type { Contraction, Dimension, Factor } from '../../ir/contraction.ts';
import type { AffineExpr, Loop } from '../../ir/loops.ts';
import { Expr } from './expr.ts';
import type { Memory } from './handles.ts';
import { Index } from './index-expr.ts';
import type { Job } from './lower.ts';

/** The contraction that an output is; undefined when it is something else. */
export function contractionOf({ name, out, expr, to }: Job, fold: readonly Dimension[]): Contraction | undefined {
  const { node } = expr;
  if (!('array' in to) || node.kind !== 'reduce' || (node.op !== 'add' && node.op !== 'fadd')) return undefined;
  const product = node.args[0].node;
  if (product.kind !== 'op' || (product.op !== 'mul' && product.op !== 'fmul')) return undefined;
  const [left, right] = product.args.map(factorOf);
  return left && right && { out: name, domain: out, fold, left, right };
}

const factorOf = ({ node }: Expr): Factor | undefined => (node.kind === 'read' ? { array: node.memory, index: node.index } : undefined);

/** Loads what is read of both arrays, sums, stores: no tiles. */
export function emitWhole(job: Job, { domain, fold, left, right }: Contraction): void {
  const { v, to, type, target } = job;
  if (!('array' in to)) return;
  const sizes = new Map(
    [...domain, ...fold].map(({ name, size }): [string, Loop] => [name, { var: name, min: 0, max: size, step: 1, par: 1 }]),
  );
  v.pipe({}, () => {
    const read = [left, right].map(({ array, index }) => {
      const boxes = index.map((expr) => rangeOf(expr, sizes));
      const shape = boxes.map(({ low, high }) => high - low + 1);
      const memory = v.sram(job.fresh(`${array}_box`), type, shape) as Memory;
      const dram = job.arrays.get(array);
      if (dram)
        v.load(
          dram,
          boxes.map(({ low }) => low),
          memory,
        );
      return memory.at(...index.map(({ base, terms }, d) => new Index({ base: base - boxes[d].low, terms })));
    });
    const result = v.sram(
      job.fresh(`${job.name}_whole`),
      type,
      domain.map(({ size }) => size),
    ) as Memory;
    const lane = domain[domain.length - 1].name;
    const loops = [...domain.slice(0, -1), ...fold, domain[domain.length - 1]];
    v.leaf(Object.fromEntries(loops.map(({ name, size }) => [name, { max: size, par: name === lane ? target.lanes : 1 }])), (indices) => {
      const sum = new Expr(type, {
        kind: 'reduce',
        op: type === 'f32' ? 'fma' : 'mac',
        args: read,
        over: fold.map(({ name }) => name),
        init: { kind: 'const', bits: 0 },
      });
      result.set(
        domain.map(({ name }) => indices[name]),
        sum,
      );
    });
    v.store(
      to.array,
      domain.map(() => 0),
      result,
    );
  });
}

/** Is an index more than one variable of its own? */
export const isPlainIndex = ({ base, terms }: AffineExpr): boolean => base === 0 && terms.length === 1 && terms[0].coef === 1;
