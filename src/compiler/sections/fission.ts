/**
 * A leaf as two, one behind the other: the second begins with the values of the first that it uses, through memories of an element an
 * iteration. Constants, indices, arguments and reads are made again.
 *
 *   leaf (i) { y[i] = g(f(x[i])) }      =>      leaf (i) { m[i] = f(x[i]) }   leaf (i) { y[i] = g(m[i]) }
 */
import type { AffineExpr, Effect, Leaf, Memory, Value } from '../../ir/loops.ts';
import { argsOf, neededBy, renumbered } from '../../ir/loops.ts';
import { ratesOf, typeOf } from '../../ir/rates.ts';
import { ValueTable } from '../../ir/value-table.ts';

export interface Fission {
  readonly first: Leaf;
  readonly second: Leaf;
  /** One a value that crosses. */
  readonly memories: readonly Memory[];
}

/**
 * The leaf cut behind a value; nothing where values cross that do not come in every iteration. (No leaf reads what it writes, but where a
 * reduction carries on, and that is in one half.) `again`: FIFOs that both halves can take all words of. `name`: of the memory of a value.
 */
export function fissionOf(leaf: Leaf, behind: number, again: ReadonlySet<string>, name: (value: number) => string): Fission | undefined {
  if (leaf.guards.length > 0 || leaf.loops.some(({ bound, step }) => bound || step !== 1)) return undefined;
  const early = (id: number) => id <= behind;
  const firstEffects = leaf.effects.filter((effect) => neededBy(effect).every(early));
  const secondEffects = leaf.effects.filter((effect) => !firstEffects.includes(effect));
  if (secondEffects.length === 0) return undefined;
  const made = (id: number): boolean => {
    const value = leaf.values[id];
    return !(value.kind === 'op' || value.kind === 'reduce' || (value.kind === 'dequeue' && !again.has(value.memory)));
  };
  const crossing = new Set<number>();
  const second = new Set<number>();
  const need = (id: number): void => {
    if (second.has(id) || crossing.has(id)) return;
    if (early(id) && !made(id)) {
      crossing.add(id);
      return;
    }
    second.add(id);
    argsOf(leaf.values[id]).forEach(need);
  };
  for (const effect of secondEffects) neededBy(effect).forEach(need);
  const rates = ratesOf(leaf);
  if (crossing.size === 0 && firstEffects.length === 0) return undefined;
  if ([...crossing].some((id) => rates[id] !== undefined)) return undefined;

  const index: AffineExpr[] = leaf.loops.map((loop) => ({ base: -loop.min, terms: [{ var: loop.var, coef: 1 }] }));
  const memories = [...crossing].map(
    (id): Memory => ({
      name: name(id),
      type: typeOf(leaf.values[id]),
      shape: leaf.loops.map(({ min, max }) => max - min),
      ...(leaf.source && { source: leaf.source }),
    }),
  );
  const stores = [...crossing].map((id): Effect => ({ kind: 'write', memory: name(id), index, value: id }));
  return {
    first: withEffects(leaf, [...firstEffects, ...stores]),
    second: withEffects(leaf, secondEffects, (id) =>
      crossing.has(id) ? { kind: 'read', memory: name(id), index, type: typeOf(leaf.values[id]) } : undefined,
    ),
    memories,
  };
}

/** The leaf with these effects and what they need; some values are others. */
export function withEffects(leaf: Leaf, effects: readonly Effect[], instead: (id: number) => Value | undefined = () => undefined): Leaf {
  const table = new ValueTable();
  const numbers = new Map<number, number>();
  const numberOf = (id: number): number => {
    let number = numbers.get(id);
    if (number === undefined) {
      const value = instead(id) ?? leaf.values[id];
      number = table.add('args' in value ? { ...value, args: value.args.map(numberOf) } : value);
      numbers.set(id, number);
    }
    return number;
  };
  const own = effects.map((effect) => renumbered(effect, numberOf));
  return { ...leaf, values: table.values, effects: own };
}
