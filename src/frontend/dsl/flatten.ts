/** Expression graphs -> the numbered values of a leaf; equal expressions become one value. */
import type { Value } from '../../ir/loops.ts';
import { ValueTable } from '../../ir/value-table.ts';
import type { Expr } from './expr.ts';

export class ExpressionTable {
  readonly #table = new ValueTable();
  readonly #known = new Map<Expr, number>();

  get values(): readonly Value[] {
    return this.#table.values;
  }

  /** The number of an expression, its operands numbered before it. */
  add(expr: Expr): number {
    let id = this.#known.get(expr);
    if (id === undefined) {
      id = this.#table.add(this.#valueOf(expr));
      this.#known.set(expr, id);
    }
    return id;
  }

  #valueOf({ type, node }: Expr): Value {
    if (node.kind === 'index') return node;
    if (!('args' in node)) return { ...node, type };
    return { ...node, args: node.args.map((arg) => this.add(arg)), type };
  }
}
