/** Patterns as JavaScript literals. */
import { floatOf } from '../../ops/eval.ts';

export const intLiteral = (pattern: number): string => {
  const value = pattern | 0;
  return value < 0 ? `(${value})` : `${value}`;
};

export const floatLiteral = (pattern: number): string => {
  const value = floatOf(pattern);
  return Object.is(value, -0) || value < 0 ? `(-${-value})` : `${value}`;
};
