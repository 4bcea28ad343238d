/** Arithmetic on affine expressions of loop variables. */
import type { AffineExpr } from '../ir/loops.ts';

export const constant = (base: number): AffineExpr => ({ base, terms: [] });

/** Coefficient of a variable (0 where it does not occur). */
export function coefOf(expr: AffineExpr, variable: string): number {
  let sum = 0;
  for (const term of expr.terms) if (term.var === variable) sum += term.coef;
  return sum;
}

/** Sum of scaled expressions, terms merged, in order of first occurrence. */
export function combine(parts: readonly { readonly expr: AffineExpr; readonly scale: number }[]): AffineExpr {
  let base = 0;
  const coefs = new Map<string, number>();
  for (const { expr, scale } of parts) {
    base += expr.base * scale;
    for (const term of expr.terms) coefs.set(term.var, (coefs.get(term.var) ?? 0) + term.coef * scale);
  }
  const terms = [...coefs].filter(([, coef]) => coef !== 0).map(([name, coef]) => ({ var: name, coef }));
  return { base, terms };
}

/** The single-variable expression. */
export const variable = (name: string): AffineExpr => ({ base: 0, terms: [{ var: name, coef: 1 }] });

/** Variables with a non-zero coefficient. */
export function variablesOf(expr: AffineExpr): Set<string> {
  return new Set(expr.terms.filter((t) => coefOf(expr, t.var) !== 0).map((t) => t.var));
}

/** Equality of meaning. */
export function sameAffine(a: AffineExpr, b: AffineExpr): boolean {
  const difference = combine([
    { expr: a, scale: 1 },
    { expr: b, scale: -1 },
  ]);
  return difference.base === 0 && difference.terms.length === 0;
}
