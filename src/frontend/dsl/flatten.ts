/** Expression graphs -> the numbered values of a leaf; equal expressions become one value. */

import { printAffine } from '../../ir/affine.ts';
import type { AffineExpr, Value } from '../../ir/loops.ts';
import type { Expr } from './expr.ts';

export class ValueTable {
  readonly values: Value[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #known = new Map<Expr, number>();

  /** The number of an expression, its operands numbered before it. */
  add(expr: Expr): number {
    const known = this.#known.get(expr);
    if (known !== undefined) return known;
    const value = this.#valueOf(expr);
    const key = keyOf(value);
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = this.values.push(value) - 1;
      this.#byKey.set(key, id);
    }
    this.#known.set(expr, id);
    return id;
  }

  #valueOf({ type, node }: Expr): Value {
    switch (node.kind) {
      case 'const':
        return { kind: 'const', type, bits: node.bits };
      case 'index':
        return { kind: 'index', var: node.var };
      case 'arg':
        return { kind: 'arg', name: node.name, type };
      case 'read':
        return { kind: 'read', memory: node.memory, index: node.index, type };
      case 'op':
        return { kind: 'op', op: node.op, args: node.args.map((arg) => this.add(arg)), type };
      case 'reduce':
        return { kind: 'reduce', op: node.op, args: node.args.map((arg) => this.add(arg)), over: node.over, init: node.init, type };
    }
  }
}

/** The same text for values of the same meaning. */
function keyOf(value: Value): string {
  const affines = (list: readonly AffineExpr[]) => list.map(printAffine).join(', ');
  switch (value.kind) {
    case 'const':
      return `const ${value.type} ${value.bits}`;
    case 'index':
      return `index ${value.var}`;
    case 'arg':
      return `arg ${value.name}`;
    case 'read':
      return `read ${value.memory}[${affines(value.index)}]`;
    case 'op':
      return `${value.op} ${value.args.join(' ')}`;
    case 'reduce': {
      const { init } = value;
      const start =
        init.kind === 'carried'
          ? `${init.memory}[${affines(init.index)}] ${init.over.join(' ')} ${init.first}`
          : init.kind === 'const'
            ? `${init.bits}`
            : 'none';
      return `reduce ${value.op} ${value.args.join(' ')} over ${value.over.join(' ')} from ${start}`;
    }
  }
}
