/** The values of a leaf under construction; equal values are one. */
import { printAffine } from './affine.ts';
import type { AffineExpr, Value } from './loops.ts';

export class ValueTable {
  readonly values: Value[] = [];
  readonly #byKey = new Map<string, number>();

  /** The number of a value whose operands have theirs. */
  add(value: Value): number {
    const key = keyOf(value);
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = this.values.push(value) - 1;
      this.#byKey.set(key, id);
    }
    return id;
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
    case 'dequeue':
      return `dequeue ${value.memory} ${value.args.join(' ')}`;
    case 'op':
      return `${value.op} ${value.args.join(' ')}`;
    case 'macro':
      return `macro ${value.macro} ${value.fraction} ${value.args.join(' ')}`;
    case 'cast':
      return `cast ${value.type} ${value.args.join(' ')}`;
    case 'reduce': {
      const { init } = value;
      const start =
        init.kind === 'carried'
          ? `${init.memory}[${affines(init.index)}] ${init.over.join(' ')} ${init.first ?? 'memory'}`
          : init.kind === 'const'
            ? `${init.bits}`
            : 'none';
      return `${value.running ? 'scan' : 'reduce'} ${value.op} ${value.args.join(' ')} over ${value.over.join(' ')} from ${start}`;
    }
  }
}
