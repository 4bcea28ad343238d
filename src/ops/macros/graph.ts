/**
 * A macro: a function that no single operation computes, as a straight line of operations of the
 * table. Data only, so that a compiler may put it in place of a call, and `evaluateMacro` say what
 * it means. Every argument and constant is a 32-bit pattern.
 */
import { bitsOf, EVAL } from '../eval.ts';
import { OPS, type Op } from '../table.ts';

export type MacroValue =
  | { readonly kind: 'arg'; readonly index: number }
  | { readonly kind: 'const'; readonly bits: number; readonly type: 'i' | 'f' }
  | { readonly kind: 'op'; readonly op: Op; readonly args: readonly number[] };

export interface MacroGraph {
  /** In an order in which every value stands behind what it reads. */
  readonly values: readonly MacroValue[];
  /** The value that is the answer. */
  readonly result: number;
}

/** Number of a value in the graph being built. */
export type Id = number;

/** Builds a graph; equal values are built once. */
export class MacroBuilder {
  readonly #values: MacroValue[] = [];
  readonly #known = new Map<string, Id>();

  arg(index: number): Id {
    return this.#add({ kind: 'arg', index });
  }

  /** A number as binary32. */
  float(value: number): Id {
    return this.#add({ kind: 'const', bits: bitsOf(value), type: 'f' });
  }

  int(value: number): Id {
    return this.#add({ kind: 'const', bits: value | 0, type: 'i' });
  }

  op(op: Op, ...args: Id[]): Id {
    if (args.length !== OPS[op].arity) throw new Error(`${op} takes ${OPS[op].arity} operands, not ${args.length}`);
    return this.#add({ kind: 'op', op, args });
  }

  /** c0 x^n + c1 x^(n-1) + ... + cn by Horner's rule, a fused operation a step. */
  polynomial(x: Id, coefficients: readonly number[]): Id {
    const [first, ...rest] = coefficients.map((c) => this.float(c));
    return rest.reduce((sum, c) => this.op('fma', sum, x, c), first);
  }

  /** The graph of what the result needs: a part that several macros share may compute more. */
  finish(result: Id): MacroGraph {
    const values: MacroValue[] = [];
    const numbers: Id[] = [];
    const keep = (id: Id): Id => {
      const value = this.#values[id];
      numbers[id] ??= values.push(value.kind === 'op' ? { ...value, args: value.args.map(keep) } : value) - 1;
      return numbers[id];
    };
    const kept = keep(result);
    return { values, result: kept };
  }

  #add(value: MacroValue): Id {
    const key = JSON.stringify(value);
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.#values.push(value) - 1;
      this.#known.set(key, id);
    }
    return id;
  }
}

/** The operations of a graph: what it costs in stages. */
export function operationsOf(graph: MacroGraph): number {
  return graph.values.filter(({ kind }) => kind === 'op').length;
}

/** The graph as a function of patterns, by the operations of `EVAL`. */
export function evaluateMacro(graph: MacroGraph): (...args: number[]) => number {
  const lines = graph.values.map((value, id) => {
    if (value.kind === 'arg') return `const v${id} = a${value.index} | 0;`;
    if (value.kind === 'const') return `const v${id} = ${value.bits};`;
    const args = [0, 1, 2].map((i) => (i < value.args.length ? `v${value.args[i]}` : '0'));
    return `const v${id} = e.${value.op}(${args.join(', ')});`;
  });
  return new Function('e', `return (a0, a1) => { ${lines.join(' ')} return v${graph.result}; };`)(EVAL);
}
