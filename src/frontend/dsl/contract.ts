/**
 * Sums of products as the compiler may map them whole:
 *
 *     y[f][v][u] = fold add over c, dv, du of w[f][c][dv][du] * x[c][v + dv - 1][u + du - 1]
 */
import type { Contraction, Dimension, Factor } from '../../ir/contraction.ts';
import type { AffineExpr } from '../../ir/loops.ts';
import type { Expr } from './expr.ts';
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

/** Is an index more than one variable of its own? */
export const isPlainIndex = ({ base, terms }: AffineExpr): boolean => base === 0 && terms.length === 1 && terms[0].coef === 1;
