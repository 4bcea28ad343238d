/** Values of a leaf that its loops alone decide. */
import { argsOf, type Leaf } from '../../ir/loops.ts';
import { EVAL } from '../../ops/eval.ts';

/** A value where the loops have the indices that `indexOf` says (nothing: it is not known); nothing where something else decides it. */
export function valueAt(leaf: Leaf, id: number, indexOf: (variable: string) => number | undefined): number | undefined {
  const known = new Map<number, number | undefined>();
  const of = (one: number): number | undefined => {
    if (!known.has(one)) known.set(one, compute(one));
    return known.get(one);
  };
  const compute = (one: number): number | undefined => {
    const value = leaf.values[one];
    if (value.kind === 'const') return value.bits | 0;
    if (value.kind === 'index') return indexOf(value.var);
    if (value.kind !== 'op') return undefined;
    const args = argsOf(value).map(of);
    if (args.includes(undefined)) return undefined;
    const [a = 0, b = 0, c = 0] = args as number[];
    return EVAL[value.op](a, b, c) | 0;
  };
  return of(id);
}
