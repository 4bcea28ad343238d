/** Indices: loop variables and the affine expressions made of them. */
import { DiagnosticError } from '../../base/diagnostic.ts';
import type { AffineExpr } from '../../ir/loops.ts';
import { notAffine } from '../messages.ts';
import { callerSource } from './caller.ts';
import { Expr } from './expr.ts';
import { problem } from './problems.ts';

/** What may stand for an index: a whole number, a loop variable or a sum of multiples of them. */
export type IndexLike = number | Index;

/** An affine expression of loop variables. */
export class Index {
  readonly affine: AffineExpr;

  constructor(affine: AffineExpr) {
    this.affine = affine;
  }

  /** The index of a loop variable. */
  static variable(name: string): Index {
    return new Index({ base: 0, terms: [{ var: name, coef: 1 }] });
  }

  /** This plus another index or a whole number. */
  add(other: IndexLike): Index {
    return combine(this.affine, affineOf(other), 1);
  }

  /** This minus another index or a whole number. */
  sub(other: IndexLike): Index {
    return combine(this.affine, affineOf(other), -1);
  }

  /** This times a whole number. */
  mul(factor: number): Index {
    if (typeof factor !== 'number' || !Number.isInteger(factor)) {
      problem(notAffine(typeof factor === 'number' ? `an index times ${factor}` : 'the product of two indices', callerSource()));
      return this;
    }
    return combine({ base: 0, terms: [] }, this.affine, factor);
  }

  /** The value of the index as data. */
  get value(): Expr<'i32'> {
    let sum: Expr<'i32'> | undefined;
    for (const { var: name, coef } of this.affine.terms) {
      const one = new Expr('i32', { kind: 'index', var: name });
      const term = coef === 1 ? one : one.mul(coef);
      sum = sum ? sum.add(term) : term;
    }
    if (!sum) return Expr.constant('i32', this.affine.base);
    return this.affine.base === 0 ? sum : sum.add(this.affine.base);
  }

  /** The name, when the index is a loop variable and nothing else. */
  get variableName(): string | undefined {
    const { base, terms } = this.affine;
    return base === 0 && terms.length === 1 && terms[0].coef === 1 ? terms[0].var : undefined;
  }

  /** JavaScript's operators would lose the variable: say so instead of computing NaN. */
  [Symbol.toPrimitive](): never {
    throw new DiagnosticError(notAffine('an index used with a JavaScript operator', callerSource()));
  }
}

/** The affine expression of an index. */
export function affineOf(index: IndexLike): AffineExpr {
  if (index instanceof Index) return index.affine;
  if (typeof index === 'number' && Number.isInteger(index)) return { base: index, terms: [] };
  const given: unknown = index;
  problem(
    notAffine(given instanceof Expr ? 'computed data' : `\`${typeof given === 'object' ? 'an object' : String(given)}\``, callerSource()),
  );
  return { base: 0, terms: [] };
}

function combine(a: AffineExpr, b: AffineExpr, scale: number): Index {
  const coefs = new Map<string, number>();
  for (const { var: name, coef } of a.terms) coefs.set(name, (coefs.get(name) ?? 0) + coef);
  for (const { var: name, coef } of b.terms) coefs.set(name, (coefs.get(name) ?? 0) + coef * scale);
  const terms = [...coefs].filter(([, coef]) => coef !== 0).map(([name, coef]) => ({ var: name, coef }));
  return new Index({ base: a.base + b.base * scale, terms });
}
