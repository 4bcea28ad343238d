/**
 * What a pattern program says before anything is decided about tiles and memories: one output that sums products
 * over further variables. The compiler may map it as a whole; the loops of the program mean the same.
 */
import { printAffine } from './affine.ts';
import type { AffineExpr } from './loops.ts';

/** A variable that runs over 0..size-1. */
export interface Dimension {
  readonly name: string;
  readonly size: number;
}

/** A DRAM array read at affine indices of the variables; places outside the array hold 0. */
export interface Factor {
  readonly array: string;
  readonly index: readonly AffineExpr[];
}

/** out[domain] = sum over `fold`, the last variable fastest, of left * right, starting from 0, each step fused. */
export interface Contraction {
  readonly out: string;
  readonly domain: readonly Dimension[];
  readonly fold: readonly Dimension[];
  readonly left: Factor;
  readonly right: Factor;
}

/** `contract c[i: 4, j: 8] = sum(k: 16) a[i, k] * b[k, j]` */
export function printContraction({ out, domain, fold, left, right }: Contraction): string {
  const dimensions = (list: readonly Dimension[]) => list.map(({ name, size }) => `${name}: ${size}`).join(', ');
  const factor = ({ array, index }: Factor) => `${array}[${index.map(printAffine).join(', ')}]`;
  return `contract ${out}[${dimensions(domain)}] = sum(${dimensions(fold)}) ${factor(left)} * ${factor(right)}`;
}
