/**
 * Random dense pattern programs. One small tree a statement is the program; from it come the pattern that Kiln compiles and
 * the reference in plain arithmetic, which share nothing else.
 *
 * All values are whole numbers small enough that a binary32 sum is exact in any order, so that f32 is compared exactly, too.
 */
import type { Arch } from '../../src/arch/schema.ts';
import type { Rng } from '../../src/base/rng.ts';
import {
  type Collection,
  type Combiner,
  type Expr,
  type Filtered,
  type Index,
  type Patterns,
  type Program,
  patterns,
  program,
} from '../../src/index.ts';
import type { ElementType } from '../../src/ir/loops.ts';
import {
  type ArraySpec,
  build,
  combine,
  compute,
  LIMIT,
  leafRead,
  neutral,
  points,
  product,
  randomTree,
  reads,
  type Scope,
  type Sources,
  show,
  type Tree,
} from './random-trees.ts';

interface Statement {
  readonly name: string;
  readonly type: ElementType;
  /** Sizes of the result's dimensions; none for a single value. */
  readonly domain: readonly number[];
  /** Sizes of all variables: of the elements that `kept` leaves, or of the domain and the fold. */
  readonly all: readonly number[];
  readonly fold?: Combiner;
  /** A running combination along the last variable, which `tree` may read. */
  readonly scan?: { readonly combiner: Combiner; readonly tree: Tree };
  /** Elements are filtered, and then stored, folded or grouped. */
  readonly kept?: Kept;
  readonly tree: Tree;
}

interface Kept {
  /** Elements stay where it is not 0. */
  readonly mask?: Tree;
  /** What is yielded behind each element, where `when` is not 0. */
  readonly also?: { readonly tree: Tree; readonly when: Tree };
  /** Only greater ones stay. */
  readonly above?: number;
  /** The lowest two bits are the group. */
  readonly groups?: number;
}

export interface RandomPatterns {
  readonly program: Program;
  /** In words, for a report of what failed. */
  readonly text: string;
}

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
    ...statements.map((statement) => describe(statement, arrays)),
  ].join('\n');
  const made = program({
    name: 'random_patterns',
    params: {},
    build: (_, target) =>
      patterns(target, (vocabulary) => {
        const inputs = arrays.map(({ name, type, shape }) => vocabulary.input(name, type, [...shape]));
        const read = (array: number, index: readonly Index[]): Expr => inputs[array].at(...(index as unknown as []));
        for (const statement of statements) write(vocabulary, statement, read);
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
      for (const statement of statements) {
        const values = answer(statement, read);
        const { name, domain, fold } = statement;
        if (statement.kept && !fold) {
          outputs[name] = Array.from({ length: domain[0] }, (_element, at) => values[at] ?? 0);
          results[`${name}_count`] = values.length;
        } else if (domain.length > 0) outputs[name] = values;
        else results[name] = values[0];
      }
      return { outputs, results };
    },
    tolerance: { relative: 0, absolute: 0 },
  });
  return { program: made, text };
}

const sizeOf = (rng: Rng): number => [rng.int(1, 4), rng.int(5, 20), rng.int(17, 70), 16, 1][rng.int(0, 4)];

// ---- The pattern

function write(v: Patterns, { name, domain, all, fold, scan, kept, tree }: Statement, read: Sources<Index, Expr>['read']): void {
  const whole = (of: Tree, from: Sources<Index, Expr>) => v.tabulate([...all], (...index) => build(of, index, from)) as Collection;
  const none: Sources<Index, Expr> = { read, scanned: () => read(0, []) };
  const run = scan && v.scan(scan.combiner, whole(scan.tree, none));
  const from: Sources<Index, Expr> = { read, scanned: (index) => (run as Collection).at(...(index as unknown as [])) };
  if (!kept) {
    if (domain.length === 0) v.result(name, v.fold(fold as Combiner, whole(tree, from)));
    else if (!fold) v.output(name, whole(tree, from));
    else {
      const inner = all.slice(domain.length);
      const element = (...outer: readonly Index[]) => v.foldOver(fold, [...inner], (...own) => build(tree, [...outer, ...own], from));
      v.output(name, v.tabulate([...domain], element));
    }
    return;
  }
  const { mask, also, above, groups } = kept;
  let left: Filtered | Collection = whole(tree, from);
  if (also) {
    const others = [left, whole(also.tree, from), whole(also.when, from)] as const;
    left = v.flatMap(others as readonly [Collection, Collection, Collection<'i32'>], (a, b, when) => [a, { value: b, when }]) as Filtered;
  } else if (mask) left = v.filter(left, whole(mask, from) as Collection<'i32'>);
  if (above !== undefined) left = v.filter(left, (value) => value.gt(above));
  if (!fold) v.output(name, left);
  else if (groups === undefined) v.result(name, v.fold(fold, left));
  else {
    const keys = v.map([left as Filtered<'i32'>], (value) => value.and(3));
    v.output(name, v.groupBy(fold, groups, keys, left as Filtered<'i32'>));
  }
}

// ---- The plain reference

function answer({ domain, all, fold, scan, kept, tree }: Statement, read: Sources<number, number>['read']): number[] {
  const scanned = (index: readonly number[]): number => {
    if (!scan) return 0;
    const outer = index.slice(0, -1);
    const before = Array.from({ length: index[index.length - 1] + 1 }, (_, at) => compute(scan.tree, [...outer, at], from));
    return before.reduce((a, b) => combine(scan.combiner, a, b, scan.tree.type));
  };
  const from: Sources<number, number> = { read, scanned };
  const folded = (values: readonly number[]) =>
    values.reduce((a, b) => combine(fold as Combiner, a, b, tree.type), neutral(fold as Combiner, tree.type));
  if (!kept) {
    if (!fold) return points(domain).map((index) => compute(tree, index, from));
    const inner = points(all.slice(domain.length));
    return points(domain).map((outer) => folded(inner.map((own) => compute(tree, [...outer, ...own], from))));
  }
  const { mask, also, above, groups } = kept;
  const left = points(all)
    .filter((index) => !mask || compute(mask, index, from) !== 0)
    .flatMap((index) => [
      compute(tree, index, from),
      ...(also && compute(also.when, index, from) !== 0 ? [compute(also.tree, index, from)] : []),
    ])
    .filter((value) => above === undefined || value > above);
  if (!fold) return left;
  if (groups === undefined) return [folded(left)];
  return Array.from({ length: groups }, (_, group) => folded(left.filter((value) => (value & 3) === group)));
}

// ---- Chance

function randomStatement(shared: Omit<Scope, 'all'>, name: string, sizes: readonly number[]): Statement {
  const { rng, float } = shared;
  const type: ElementType = float && rng.int(0, 1) === 1 ? 'f32' : 'i32';
  // Each variable has a size of its own, so that an array is read at whole dimensions.
  const order = [0, 1, 2].sort(() => rng.int(0, 1) - 0.5).map((at) => sizes[at]);
  if (rng.int(0, 2) === 0) return randomKept(shared, name, type, order.slice(0, rng.int(1, 2)));
  const rank = rng.int(0, 2);
  const foldRank = rank === 0 ? rng.int(1, 2) : rng.int(0, 1);
  const all = order.slice(0, rank + foldRank);
  const scope: Scope = { ...shared, all };
  const scan = rng.int(0, 3) === 0 ? randomScan(scope, type) : undefined;
  const tree = randomElement(scan ? { ...scope, scanned: scan.value } : scope, type);
  const domain = all.slice(0, rank);
  return { name, type, domain, all, tree, ...(scan && { scan: scan.scan }), ...(foldRank > 0 && { fold: randomCombiner(rng, type) }) };
}

/** A tree that reads an array. */
function randomElement(scope: Scope, type: ElementType): Tree {
  const { tree } = randomTree(scope, type, scope.rng.int(1, scope.depth));
  return reads(tree) ? tree : { kind: 'op', op: 'add', type, args: [tree, leafRead(scope, type)] };
}

function randomCombiner(rng: Rng, type: ElementType): Combiner {
  const combiners: readonly Combiner[] = type === 'i32' ? ['add', 'min', 'max', 'and', 'or', 'xor', 'mul'] : ['add', 'add', 'min', 'max'];
  return combiners[rng.int(0, combiners.length - 1)];
}

function randomScan(scope: Scope, type: ElementType) {
  const { rng, all } = scope;
  const bounded = randomTree(scope, type, 1);
  const tree = reads(bounded.tree) ? bounded.tree : leafRead(scope, type);
  const length = all[all.length - 1];
  const sum = length * Math.max(8, bounded.most);
  const combiner = rng.int(0, 1) === 0 && sum <= LIMIT ? ('add' as const) : (['min', 'max'] as const)[rng.int(0, 1)];
  const most = combiner === 'add' ? sum : Math.max(8, bounded.most);
  return { scan: { combiner, tree }, value: { tree: { kind: 'scanned' as const, type }, most } };
}

/** Elements that data picks, stored, folded or grouped. */
function randomKept(shared: Omit<Scope, 'all'>, name: string, type: ElementType, all: readonly number[]): Statement {
  const { rng } = shared;
  const scope: Scope = { ...shared, all };
  const scan = rng.int(0, 7) === 0 ? randomScan(scope, type) : undefined;
  const inside = scan ? { ...scope, scanned: scan.value } : scope;
  const tree = randomElement(inside, type);
  const yields = rng.int(0, 3) === 0;
  const also = { tree: randomElement(scope, type), when: randomTree(scope, 'i32', 1).tree };
  const mask = randomTree(inside, 'i32', 1).tree;
  const above = rng.int(0, 3) === 0 ? rng.int(-9, 9) : undefined;
  const use = rng.int(0, 5);
  const groups = use === 0 && type === 'i32' ? rng.int(1, 4) : undefined;
  const fold = use <= 1 ? randomCombiner(rng, type) : undefined;
  const kept = { ...(yields ? { also } : { mask }), ...(above !== undefined && { above }), ...(groups !== undefined && { groups }) };
  const domain = fold ? (groups === undefined ? [] : [groups]) : [product(all) * (yields ? 2 : 1)];
  return { name, type, domain, all, tree, kept, ...(scan && { scan: scan.scan }), ...(fold && { fold }) };
}

function describe({ name, domain, all, fold, scan, kept, tree }: Statement, arrays: readonly ArraySpec[]): string {
  const parts = [
    `${name}[${domain.join()}] over [${all.join()}] = ${fold ? `${fold} of ` : ''}${show(tree, arrays)}`,
    ...(scan ? [`scan = ${scan.combiner} of ${show(scan.tree, arrays)}`] : []),
    ...(kept?.mask ? [`where ${show(kept.mask, arrays)}`] : []),
    ...(kept?.also ? [`and ${show(kept.also.tree, arrays)} where ${show(kept.also.when, arrays)}`] : []),
    ...(kept?.above !== undefined ? [`above ${kept.above}`] : []),
    ...(kept?.groups !== undefined ? ['by the lowest bits'] : []),
  ];
  return parts.join(', ');
}
