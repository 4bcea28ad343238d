/** Sets of iterations as boxes, a range for each loop variable, and what a condition leaves of them (never less than it does). */
import { lastIndex } from './affine.ts';
import type { AffineExpr, Leaf, Loop, Value } from './loops.ts';

export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Ranges by loop variable. */
export type Box = ReadonlyMap<string, Span>;

/** More boxes than that become the one around them. */
const MOST_BOXES = 32;

/** Boxes, all of which together hold a set of iterations. */
export class Boxes {
  constructor(readonly list: readonly Box[]) {}

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  some(test: (box: Box) => boolean): boolean {
    return this.list.some(test);
  }

  plus({ list }: Boxes): Boxes {
    const all = [...this.list, ...list.filter((box) => !this.list.some((other) => holds(other, box)))];
    return new Boxes(all.length > MOST_BOXES ? [around(all)] : all);
  }
}

/** Is a box inside another? */
const holds = (outer: Box, inner: Box): boolean =>
  [...outer].every(([name, { low, high }]) => {
    const own = inner.get(name) as Span;
    return own.low >= low && own.high <= high;
  });

const around = (boxes: readonly Box[]): Box =>
  new Map(
    [...boxes[0].keys()].map((name) => {
      const spans = boxes.map((box) => box.get(name) as Span);
      return [name, { low: Math.min(...spans.map(({ low }) => low)), high: Math.max(...spans.map(({ high }) => high)) }];
    }),
  );

export const emptyBoxes = (): Boxes => new Boxes([]);

/** The range of an expression. */
export function spanIn({ base, terms }: AffineExpr, box: Box): Span {
  let [low, high] = [base, base];
  for (const { var: name, coef } of terms) {
    const span = box.get(name);
    if (!span) continue;
    low += Math.min(coef * span.low, coef * span.high);
    high += Math.max(coef * span.low, coef * span.high);
  }
  return { low, high };
}

const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'ltu', 'leu', 'feq', 'fne', 'flt', 'fle'];

/** What the values of a leaf say of its loop variables. */
export class Conditions {
  readonly #sums = new Map<number, AffineExpr | undefined>();
  readonly #truths = new Map<number, boolean>();
  readonly #telling = new Map<number, boolean>();
  readonly #all: Box;

  constructor(
    readonly values: readonly Value[],
    readonly loops: ReadonlyMap<string, Loop>,
  ) {
    this.#all = new Map([...loops].map(([name, loop]) => [name, { low: loop.min, high: lastIndex(loop) }]));
  }

  /** All iterations. */
  get all(): Boxes {
    return new Boxes([this.#all]);
  }

  /** The boxes, without iterations that a guard keeps out. */
  guarded(guards: Leaf['guards'], boxes: Boxes): Boxes {
    // One on a variable of no loop is told of elsewhere.
    const known = guards.filter(({ index }) => index.terms.every((term) => this.loops.has(term.var)));
    return known.reduce((left, { index, limit }) => this.#compare({ ...index, base: index.base + 1 - limit }, 'le', left), boxes);
  }

  /** Is a value 0 or 1, always? */
  isTruth(id: number): boolean {
    return once(this.#truths, id, () => {
      const value = this.values[id];
      if (value.kind === 'const') return value.bits <= 1;
      if (value.kind !== 'op') return false;
      const own = (arg: number) => this.isTruth(arg);
      if (value.op === 'and') return value.args.some(own);
      if (value.op === 'or' || value.op === 'xor') return value.args.every(own);
      return value.op === 'sel' ? value.args.slice(1).every(own) : COMPARISONS.includes(value.op);
    });
  }

  /** The boxes, without iterations in which a value is surely 0 (`truth`), or surely not 0. */
  where(id: number, truth: boolean, boxes: Boxes): Boxes {
    if (!this.#tells(id)) return boxes;
    const sum = this.#sum(id);
    if (sum) return this.#compare(sum, truth ? 'ne' : 'eq', boxes);
    const value = this.values[id] as Operation;
    const of = (arg: number, wanted: boolean, within = boxes) => this.where(arg, wanted, within);
    const [a, b] = value.args;
    switch (value.op) {
      case 'eq':
      case 'ne': {
        const same = (value.op === 'eq') === truth;
        const difference = this.#difference(value);
        if (difference) return this.#compare(difference, same ? 'eq' : 'ne', boxes);
        for (const [one, other] of bothWays(value)) {
          if (this.#is(other, 0)) return of(one, !same);
          if (this.#is(other, 1) && this.isTruth(one)) return of(one, same);
        }
        return boxes;
      }
      case 'lt':
      case 'le': {
        const difference = this.#difference(value);
        if (!difference) return boxes;
        // a < b: a - b + 1 <= 0; not: b - a <= 0. a <= b: a - b <= 0; not: b - a + 1 <= 0.
        const strict = value.op === 'lt';
        const expr = truth ? difference : negated(difference);
        return this.#compare({ ...expr, base: expr.base + (strict === truth ? 1 : 0) }, 'le', boxes);
      }
      case 'and':
        if (truth) return of(b, true, of(a, true));
        return this.isTruth(a) && this.isTruth(b) ? of(a, false).plus(of(b, false)) : boxes;
      case 'or':
        return truth ? of(a, true).plus(of(b, true)) : of(b, false, of(a, false));
      case 'xor':
        for (const [one, other] of bothWays(value)) if (this.#is(other, 1) && this.isTruth(one)) return of(one, !truth);
        return boxes;
      default:
        return boxes;
    }
  }

  /** May a value as a condition say anything of the loop variables? */
  #tells(id: number): boolean {
    return once(this.#telling, id, () => {
      if (this.#sum(id)) return true;
      const value = this.values[id];
      if (value.kind !== 'op') return false;
      if (value.op === 'lt' || value.op === 'le') return this.#difference(value) !== undefined;
      return ['eq', 'ne', 'and', 'or', 'xor'].includes(value.op) && value.args.some((arg) => this.#tells(arg));
    });
  }

  #is(id: number, bits: number): boolean {
    const value = this.values[id];
    return value.kind === 'const' && value.bits === bits;
  }

  #difference({ args: [a, b] }: Operation): AffineExpr | undefined {
    const [left, right] = [this.#sum(a), this.#sum(b)];
    return left && right && sumOf(left, negated(right));
  }

  /** A value as an expression of loop variables, where it is one and never leaves 32 bits. */
  #sum(id: number): AffineExpr | undefined {
    return once(this.#sums, id, () => {
      const expr = this.#affine(this.values[id]);
      if (!expr) return undefined;
      const { low, high } = spanIn(expr, this.#all);
      return low >= -(2 ** 31) && high < 2 ** 31 ? expr : undefined;
    });
  }

  #affine(value: Value): AffineExpr | undefined {
    if (value.kind === 'const') return value.type === 'i32' ? { base: value.bits | 0, terms: [] } : undefined;
    if (value.kind === 'index') return this.loops.has(value.var) ? { base: 0, terms: [{ var: value.var, coef: 1 }] } : undefined;
    if (value.kind !== 'op' || !['add', 'sub', 'mul', 'neg'].includes(value.op)) return undefined;
    const [left, right] = value.args.map((arg) => this.#sum(arg));
    if (value.op === 'neg') return left && negated(left);
    if (!left || !right) return undefined;
    if (value.op !== 'mul') return sumOf(left, value.op === 'add' ? right : negated(right));
    if (right.terms.length === 0) return times(left, right.base);
    return left.terms.length === 0 ? times(right, left.base) : undefined;
  }

  /** The boxes as far as an expression is at most, exactly or not 0 in them. */
  #compare(expr: AffineExpr, how: 'le' | 'eq' | 'ne', boxes: Boxes): Boxes {
    const atMost = (limit: AffineExpr, within: Boxes) =>
      new Boxes(
        within.list.flatMap((box) => {
          const less = narrowed(box, limit, this.loops);
          return less ? [less] : [];
        }),
      );
    if (how === 'le') return atMost(expr, boxes);
    if (how === 'eq') return atMost(negated(expr), atMost(expr, boxes));
    return atMost({ ...expr, base: expr.base + 1 }, boxes).plus(atMost({ ...negated(expr), base: 1 - expr.base }, boxes));
  }
}

type Operation = Value & { readonly kind: 'op' };

const bothWays = ({ args: [a, b] }: Operation): [number, number][] => [
  [a, b],
  [b, a],
];

/** What was found before, or is found now. */
function once<T>(known: Map<number, T>, id: number, find: () => T): T {
  if (!known.has(id)) known.set(id, find());
  return known.get(id) as T;
}

/** A box as far as an expression is 0 or less in it, if it can be. */
function narrowed(box: Box, expr: AffineExpr, loops: ReadonlyMap<string, Loop>): Box | undefined {
  const { low } = spanIn(expr, box);
  if (low > 0) return undefined;
  const less = new Map(box);
  for (const { var: name, coef } of expr.terms) {
    const span = box.get(name) as Span;
    const { min, step } = loops.get(name) as Loop;
    // What the other terms are at the least leaves this one at most so much.
    const most = Math.min(coef * span.low, coef * span.high) - low;
    if (coef > 0) {
      const last = Math.min(span.high, Math.floor(most / coef));
      less.set(name, { low: span.low, high: min + Math.floor((last - min) / step) * step });
    } else {
      const first = Math.max(span.low, Math.ceil(most / coef));
      less.set(name, { low: min + Math.ceil((first - min) / step) * step, high: span.high });
    }
  }
  return [...less.values()].every((span) => span.low <= span.high) ? less : undefined;
}

const times = ({ base, terms }: AffineExpr, by: number): AffineExpr => ({
  base: base * by,
  terms: by === 0 ? [] : terms.map(({ var: name, coef }) => ({ var: name, coef: coef * by })),
});

const negated = (expr: AffineExpr): AffineExpr => times(expr, -1);

function sumOf(a: AffineExpr, b: AffineExpr): AffineExpr {
  const coefs = new Map<string, number>();
  for (const { var: name, coef } of [...a.terms, ...b.terms]) coefs.set(name, (coefs.get(name) ?? 0) + coef);
  return { base: a.base + b.base, terms: [...coefs].filter(([, coef]) => coef !== 0).map(([name, coef]) => ({ var: name, coef })) };
}
