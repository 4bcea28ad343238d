/**
 * Random expressions of random patterns: a small tree, from which come the expression that Kiln compiles and the plain arithmetic of
 * the reference.
 */
import type { Rng } from '../../src/base/rng.ts';
import { type Combiner, Expr, type Index } from '../../src/index.ts';
import type { ElementType } from '../../src/ir/loops.ts';

export interface ArraySpec {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** Variables are numbered: those of the domain first, then those of the fold. */
export type Tree =
  | { readonly kind: 'read'; readonly array: number; readonly vars: readonly number[]; readonly type: ElementType }
  | { readonly kind: 'index'; readonly variable: number; readonly type: 'i32' }
  /** The running combination at the place. */
  | { readonly kind: 'scanned'; readonly type: ElementType }
  | { readonly kind: 'const'; readonly value: number; readonly type: ElementType }
  | { readonly kind: 'op'; readonly op: OpName; readonly args: readonly Tree[]; readonly type: ElementType };

const OPS = ['add', 'sub', 'mul', 'min', 'max', 'neg', 'abs', 'eq', 'ne', 'lt', 'le', 'and', 'or', 'xor', 'select'] as const;
type OpName = (typeof OPS)[number];
const INTEGER_ONLY: ReadonlySet<OpName> = new Set(['and', 'or', 'xor']);
const COMPARES: ReadonlySet<OpName> = new Set(['eq', 'ne', 'lt', 'le']);

/** Greatest magnitude of a value before a sum, so that sums stay below 2^24. */
export const LIMIT = 2 ** 14;

export interface Scope {
  readonly rng: Rng;
  /** Sizes of the variables. */
  readonly all: readonly number[];
  readonly arrays: ArraySpec[];
  readonly float: boolean;
  /** Operations on a way, and arrays, at most. */
  readonly depth: number;
  readonly most: number;
  /** A running combination that may be read. */
  readonly scanned?: Bounded;
}

export interface Bounded {
  readonly tree: Tree;
  /** Its greatest magnitude. */
  readonly most: number;
}

export function randomTree(scope: Scope, type: ElementType, depth: number): Bounded {
  const { rng } = scope;
  if (depth === 0 || rng.int(0, 5) === 0) return randomLeaf(scope, type);
  const legal = OPS.filter((op) => (type === 'i32' ? true : !COMPARES.has(op) && !INTEGER_ONLY.has(op)));
  const op = legal[rng.int(0, legal.length - 1)];
  const sub = (wanted: ElementType) => randomTree(scope, wanted, depth - 1);
  if (op === 'select') {
    const [cond, a, b] = [sub('i32'), sub(type), sub(type)];
    return { tree: { kind: 'op', op, type, args: [cond.tree, a.tree, b.tree] }, most: Math.max(a.most, b.most) };
  }
  if (op === 'neg' || op === 'abs') {
    const a = sub(type);
    return { tree: { kind: 'op', op, type, args: [a.tree] }, most: a.most };
  }
  const operands = COMPARES.has(op) && scope.float && rng.int(0, 1) === 1 ? 'f32' : type;
  const [a, b] = [sub(operands), sub(operands)];
  const most =
    op === 'mul' ? a.most * b.most : COMPARES.has(op) ? 1 : INTEGER_ONLY.has(op) ? 2 * Math.max(a.most, b.most) : a.most + b.most;
  if (most > LIMIT) return a.tree.type === type ? a : randomLeaf(scope, type);
  return { tree: { kind: 'op', op, type, args: [a.tree, b.tree] }, most };
}

function randomLeaf(scope: Scope, type: ElementType): Bounded {
  const { rng, all } = scope;
  if (scope.scanned?.tree.type === type && rng.int(0, 1) === 0) return scope.scanned;
  const choice = rng.int(0, 7);
  if (choice === 0) {
    const value = rng.int(-5, 5);
    return { tree: { kind: 'const', value, type }, most: 5 };
  }
  if (choice === 1 && type === 'i32') {
    const variable = rng.int(0, all.length - 1);
    return { tree: { kind: 'index', variable, type }, most: all[variable] };
  }
  return { tree: leafRead(scope, type), most: 8 };
}

/** An array at some of the variables, in any order: one that is there, or a new one. */
export function leafRead({ rng, all, arrays, most }: Scope, type: ElementType): Tree {
  const places = all.map((_, v) => v).sort(() => rng.int(0, 1) - 0.5);
  const vars = places.slice(0, rng.int(1, Math.min(2, all.length)));
  const shape = vars.map((v) => all[v]);
  const there = arrays.findIndex((array) => array.type === type && array.shape.join() === shape.join());
  const array =
    there >= 0 && rng.int(0, 2) > 0
      ? there
      : arrays.length < most || there < 0
        ? arrays.push({ name: `x${arrays.length}`, type, shape }) - 1
        : there;
  return { kind: 'read', array, vars, type };
}

export const reads = (tree: Tree): boolean => tree.kind === 'read' || (tree.kind === 'op' && tree.args.some(reads));
export const product = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);

/** All indices of a domain, row major. */
export function points(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((list, size) => list.flatMap((head) => Array.from({ length: size }, (_, i) => [...head, i])), [[]]);
}

/** What a tree is made of at a place: words of arrays, and the running combination there. */
export interface Sources<I, V> {
  readonly read: (array: number, index: readonly I[]) => V;
  readonly scanned: (index: readonly I[]) => V;
}

export function build(tree: Tree, index: readonly Index[], from: Sources<Index, Expr>): Expr {
  switch (tree.kind) {
    case 'read':
      return from.read(
        tree.array,
        tree.vars.map((v) => index[v]),
      );
    case 'scanned':
      return from.scanned(index);
    case 'index':
      return index[tree.variable].value;
    case 'const':
      return Expr.constant(tree.type, tree.value);
    case 'op': {
      const args = tree.args.map((arg) => build(arg, index, from));
      const [first, ...rest] = args as [Expr<'i32'>, ...Expr<'i32'>[]];
      const method = first[tree.op] as (this: Expr<'i32'>, ...others: Expr<'i32'>[]) => Expr;
      return method.call(first, ...rest);
    }
  }
}

export function compute(tree: Tree, index: readonly number[], from: Sources<number, number>): number {
  switch (tree.kind) {
    case 'read':
      return from.read(
        tree.array,
        tree.vars.map((v) => index[v]),
      );
    case 'scanned':
      return from.scanned(index);
    case 'index':
      return index[tree.variable];
    case 'const':
      return tree.value;
    case 'op': {
      const [a, b, c] = tree.args.map((arg) => compute(arg, index, from));
      switch (tree.op) {
        case 'add':
          return a + b;
        case 'sub':
          return a - b;
        case 'mul':
          return a * b;
        case 'min':
          return Math.min(a, b);
        case 'max':
          return Math.max(a, b);
        case 'neg':
          return -a;
        case 'abs':
          return Math.abs(a);
        case 'eq':
          return Number(a === b);
        case 'ne':
          return Number(a !== b);
        case 'lt':
          return Number(a < b);
        case 'le':
          return Number(a <= b);
        case 'and':
          return a & b;
        case 'or':
          return a | b;
        case 'xor':
          return a ^ b;
        case 'select':
          return a !== 0 ? b : c;
      }
    }
  }
}

export function combine(combiner: Combiner, a: number, b: number, type: ElementType): number {
  switch (combiner) {
    case 'add':
      return type === 'i32' ? (a + b) | 0 : a + b;
    case 'mul':
      return Math.imul(a, b);
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
  }
}

export function neutral(combiner: Combiner, type: ElementType): number {
  const bound = type === 'i32' ? { min: 2 ** 31 - 1, max: -(2 ** 31) } : { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  return { add: 0, mul: 1, and: -1, or: 0, xor: 0, ...bound }[combiner];
}

export function show(tree: Tree, arrays: readonly ArraySpec[]): string {
  switch (tree.kind) {
    case 'read':
      return `${arrays[tree.array].name}[${tree.vars.map((v) => `v${v}`).join()}]`;
    case 'scanned':
      return 'scan';
    case 'index':
      return `v${tree.variable}`;
    case 'const':
      return `${tree.value}`;
    case 'op':
      return `${tree.op}(${tree.args.map((arg) => show(arg, arrays)).join(', ')})`;
  }
}
