/**
 * Random dense pattern programs. One small tree a statement is the program; from it come the pattern that Kiln compiles and
 * the reference in plain arithmetic, which share nothing else.
 *
 * All values are whole numbers small enough that a binary32 sum is exact in any order, so that f32 is compared exactly, too.
 */
import type { Arch } from '../../src/arch/schema.ts';
import type { Rng } from '../../src/base/rng.ts';
import { Expr, type Index, type Program, patterns, program } from '../../src/index.ts';
import type { ElementType } from '../../src/ir/loops.ts';

type Combiner = 'add' | 'min' | 'max' | 'and' | 'or' | 'xor' | 'mul';

interface ArraySpec {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** Variables are numbered: those of the domain first, then those of the fold. */
type Tree =
  | { readonly kind: 'read'; readonly array: number; readonly vars: readonly number[]; readonly type: ElementType }
  | { readonly kind: 'index'; readonly variable: number; readonly type: 'i32' }
  | { readonly kind: 'const'; readonly value: number; readonly type: ElementType }
  | { readonly kind: 'op'; readonly op: OpName; readonly args: readonly Tree[]; readonly type: ElementType };

const OPS = ['add', 'sub', 'mul', 'min', 'max', 'neg', 'abs', 'eq', 'ne', 'lt', 'le', 'and', 'or', 'xor', 'select'] as const;
type OpName = (typeof OPS)[number];
const INTEGER_ONLY: ReadonlySet<OpName> = new Set(['and', 'or', 'xor']);
const COMPARES: ReadonlySet<OpName> = new Set(['eq', 'ne', 'lt', 'le']);

interface Statement {
  readonly name: string;
  readonly type: ElementType;
  /** Sizes of the result's dimensions; none for a single value. */
  readonly domain: readonly number[];
  readonly fold?: { readonly combiner: Combiner; readonly sizes: readonly number[]; readonly mask?: Tree };
  readonly tree: Tree;
}

export interface RandomPatterns {
  readonly program: Program;
  /** In words, for a report of what failed. */
  readonly text: string;
}

/** Greatest magnitude of a value before a sum, so that sums stay below 2^24. */
const LIMIT = 2 ** 14;

/** A program over arrays that its statements share: one statement for a `small` fabric, up to three else. */
export function randomPatterns(rng: Rng, { pcu, grid }: Arch): RandomPatterns {
  const { float } = pcu;
  const small = grid.columns * grid.rows < 16;
  const arrays: ArraySpec[] = [];
  const sizes = Array.from({ length: 3 }, () => sizeOf(rng));
  const scope = { rng, arrays, float, depth: small ? 2 : 3, most: small ? 2 : 5 };
  const statements = Array.from({ length: small ? 1 : rng.int(1, 3) }, (_, s) => randomStatement(scope, `y${s}`, sizes));
  const text = [
    ...arrays.map(({ name, type, shape }) => `${name}: ${type}[${shape.join()}]`),
    ...statements.map(({ name, domain, fold, tree }) => {
      const over = fold
        ? ` = ${fold.combiner} over [${fold.sizes.join()}]${fold.mask ? ` where ${show(fold.mask, arrays)}` : ''} of `
        : ' = ';
      return `${name}[${domain.join()}]${over}${show(tree, arrays)}`;
    }),
  ].join('\n');
  const made = program({
    name: 'random_patterns',
    params: {},
    build: (_, target) =>
      patterns(target, (vocabulary) => {
        const inputs = arrays.map(({ name, type, shape }) => vocabulary.input(name, type, [...shape]));
        const read = (array: number, index: readonly Index[]): Expr => inputs[array].at(...(index as unknown as []));
        for (const { name, domain, fold, tree } of statements) {
          const inner = (outer: readonly Index[]) => {
            const value = (all: readonly Index[]) => build(tree, all, read);
            return fold ? vocabulary.foldOver(fold.combiner, [...fold.sizes], (...own) => value([...outer, ...own])) : value(outer);
          };
          if (domain.length > 0)
            vocabulary.output(
              name,
              vocabulary.tabulate([...domain], (...index) => inner(index)),
            );
          else if (fold) {
            const of = vocabulary.tabulate([...fold.sizes], (...index) => build(tree, index, read));
            const { mask } = fold;
            const kept = mask && vocabulary.tabulate([...fold.sizes], (...index) => build(mask, index, read) as Expr<'i32'>);
            vocabulary.result(name, vocabulary.fold(fold.combiner, kept ? vocabulary.filter(of, kept) : of));
          }
        }
      }),
    data: (_, data) => ({
      arrays: Object.fromEntries(
        arrays.map(({ name, type, shape }) => {
          const words = Array.from({ length: product(shape) }, () => data.int(-8, 8));
          return [name, type === 'i32' ? Int32Array.from(words) : Float32Array.from(words)];
        }),
      ),
    }),
    reference: (_, inputs) => {
      const words = arrays.map(({ name }) => inputs.arrays[name]);
      const read = (array: number, index: readonly number[]): number =>
        words[array][index.reduce((at, i, d) => at * arrays[array].shape[d] + i, 0)];
      const outputs: Record<string, number[]> = {};
      const results: Record<string, number> = {};
      for (const { name, domain, fold, tree } of statements) {
        const values = points(domain).map((outer) => {
          if (!fold) return compute(tree, outer, read);
          return points(fold.sizes)
            .map((own) => [...outer, ...own])
            .filter((all) => !fold.mask || compute(fold.mask, all, read) !== 0)
            .map((all) => compute(tree, all, read))
            .reduce((sum, value) => combine(fold.combiner, sum, value, tree.type), neutral(fold.combiner, tree.type));
        });
        if (domain.length > 0) outputs[name] = values;
        else results[name] = values[0];
      }
      return { outputs, results };
    },
    tolerance: { relative: 0, absolute: 0 },
  });
  return { program: made, text };
}

const sizeOf = (rng: Rng): number => [rng.int(1, 4), rng.int(5, 20), rng.int(17, 70), 16, 1][rng.int(0, 4)];

function randomStatement(shared: Omit<Scope, 'all'>, name: string, sizes: readonly number[]): Statement {
  const { rng, float, depth } = shared;
  const type: ElementType = float && rng.int(0, 1) === 1 ? 'f32' : 'i32';
  const rank = rng.int(0, 2);
  const foldRank = rank === 0 ? rng.int(1, 2) : rng.int(0, 1);
  // Each variable has a size of its own, so that an array is read at whole dimensions.
  const order = [0, 1, 2].sort(() => rng.int(0, 1) - 0.5).map((at) => sizes[at]);
  const all = order.slice(0, rank + foldRank);
  const domain = all.slice(0, rank);
  const scope: Scope = { ...shared, all };
  let { tree } = randomTree(scope, type, rng.int(1, depth));
  if (!reads(tree)) tree = { kind: 'op', op: 'add', type, args: [tree, leafRead(scope, type)] };
  if (foldRank === 0) return { name, type, domain, tree };
  const combiners: readonly Combiner[] = type === 'i32' ? ['add', 'min', 'max', 'and', 'or', 'xor', 'mul'] : ['add', 'add', 'min', 'max'];
  const combiner = combiners[rng.int(0, combiners.length - 1)];
  const mask = rank === 0 && rng.int(0, 2) === 0 ? randomTree(scope, 'i32', 1).tree : undefined;
  return { name, type, domain, fold: { combiner, sizes: all.slice(rank), mask }, tree };
}

interface Scope {
  readonly rng: Rng;
  /** Sizes of the variables. */
  readonly all: readonly number[];
  readonly arrays: ArraySpec[];
  readonly float: boolean;
  /** Operations on a way, and arrays, at most. */
  readonly depth: number;
  readonly most: number;
}

interface Bounded {
  readonly tree: Tree;
  /** Its greatest magnitude. */
  readonly most: number;
}

function randomTree(scope: Scope, type: ElementType, depth: number): Bounded {
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
function leafRead({ rng, all, arrays, most }: Scope, type: ElementType): Tree {
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

const reads = (tree: Tree): boolean => tree.kind === 'read' || (tree.kind === 'op' && tree.args.some(reads));
const product = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);

/** All indices of a domain, row major. */
function points(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((list, size) => list.flatMap((head) => Array.from({ length: size }, (_, i) => [...head, i])), [[]]);
}

function build(tree: Tree, index: readonly Index[], read: (array: number, index: readonly Index[]) => Expr): Expr {
  switch (tree.kind) {
    case 'read':
      return read(
        tree.array,
        tree.vars.map((v) => index[v]),
      );
    case 'index':
      return index[tree.variable].value;
    case 'const':
      return Expr.constant(tree.type, tree.value);
    case 'op': {
      const args = tree.args.map((arg) => build(arg, index, read));
      const [first, ...rest] = args as [Expr<'i32'>, ...Expr<'i32'>[]];
      const method = first[tree.op] as (this: Expr<'i32'>, ...others: Expr<'i32'>[]) => Expr;
      return method.call(first, ...rest);
    }
  }
}

function compute(tree: Tree, index: readonly number[], read: (array: number, index: readonly number[]) => number): number {
  switch (tree.kind) {
    case 'read':
      return read(
        tree.array,
        tree.vars.map((v) => index[v]),
      );
    case 'index':
      return index[tree.variable];
    case 'const':
      return tree.value;
    case 'op': {
      const [a, b, c] = tree.args.map((arg) => compute(arg, index, read));
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

function combine(combiner: Combiner, a: number, b: number, type: ElementType): number {
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

function neutral(combiner: Combiner, type: ElementType): number {
  const bound = type === 'i32' ? { min: 2 ** 31 - 1, max: -(2 ** 31) } : { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  return { add: 0, mul: 1, and: -1, or: 0, xor: 0, ...bound }[combiner];
}

function show(tree: Tree, arrays: readonly ArraySpec[]): string {
  switch (tree.kind) {
    case 'read':
      return `${arrays[tree.array].name}[${tree.vars.map((v) => `v${v}`).join()}]`;
    case 'index':
      return `v${tree.variable}`;
    case 'const':
      return `${tree.value}`;
    case 'op':
      return `${tree.op}(${tree.args.map((arg) => show(arg, arrays)).join(', ')})`;
  }
}
