/**
 * An expression with folds inside becomes stages, each one map or one fold over plain reads:
 *
 *     g[c] = fold add over r of (y[r] - sigmoid(fold add over l of x[r][l] * w[l])) * x[r][c]
 *     =>
 *     a[r] = fold add over l of x[r][l] * w[l]
 *     b[r] = y[r] - sigmoid(a[r])
 *     g[c] = fold add over r of b[r] * x[r][c]
 *
 * What does not change in some loop of its stage and is not cheap is a stage of its own; equal stages are one. A scan is a stage whose
 * result has the loop that it runs along.
 */
import type { AffineExpr, ElementType } from '../../../ir/loops.ts';
import type { Op } from '../../../ops/table.ts';
import { patternProblem } from '../../messages.ts';
import { callerSource } from '../caller.ts';
import { type Dimension, foldedOver } from '../collection.ts';
import { Expr } from '../expr.ts';
import { problem } from '../problems.ts';

export interface Stage {
  /** Of the memory that holds its result. */
  readonly name: string;
  readonly type: ElementType;
  /** The loops of the result, in the order of its indices. */
  readonly out: readonly Dimension[];
  readonly fold: readonly Dimension[];
  /** How a fold combines `expr`, from which word. */
  readonly combine?: { readonly op: Op; readonly neutral: number };
  /** The loop of the result along which `combine` runs: each element is that of all before it and its own. */
  readonly scan?: Dimension;
  /** Reads, with plain variables, of arrays and of the stages before; no fold. */
  readonly expr: Expr;
}

/** Stages of an expression over a domain. `outer`: variables of loops around all of them. */
export function extractStages(expr: Expr, out: readonly Dimension[], outer: ReadonlySet<string>, fresh: (name: string) => string): Stage[] {
  return new Extractor(outer, fresh).run(expr, out);
}

/** Operations that a stage repeats rather than keeping what they give. */
const CHEAP = 1;

class Extractor {
  readonly #stages: Stage[] = [];
  readonly #known = new Map<string, Stage>();
  readonly #free = new Map<Expr, ReadonlySet<string>>();

  constructor(
    readonly outer: ReadonlySet<string>,
    readonly fresh: (name: string) => string,
  ) {}

  run(expr: Expr, out: readonly Dimension[]): Stage[] {
    this.#stage(expr, out, this.fresh('last'));
    return this.#stages;
  }

  #stage(expr: Expr, out: readonly Dimension[], name: string): Stage {
    const { node } = expr;
    const fold = foldedOver(expr) ?? [];
    const inner = node.kind === 'reduce' ? node.args[0] : expr;
    const scan = isScan(expr) ? out.find((one) => one.name === scanned(expr)) : undefined;
    const stage: Stage = {
      name,
      type: expr.type,
      out,
      fold,
      ...(scan ? { scan } : {}),
      ...(node.kind === 'reduce' ? { combine: { op: node.op, neutral: node.init.kind === 'const' ? node.init.bits : 0 } } : {}),
      expr: this.#rewrite(inner, [...out, ...fold], new Map()),
    };
    this.#stages.push(stage);
    return stage;
  }

  /** The expression with what is kept in stages of their own read from there. */
  #rewrite(expr: Expr, loops: readonly Dimension[], done: Map<Expr, Expr>): Expr {
    const known = done.get(expr);
    if (known) return known;
    const { node } = expr;
    let made = expr;
    if (node.kind === 'reduce' || this.#isKept(expr, loops)) made = this.#kept(expr, loops);
    else if ('args' in node) made = new Expr(expr.type, { ...node, args: node.args.map((arg) => this.#rewrite(arg, loops, done)) });
    done.set(expr, made);
    return made;
  }

  #isKept(expr: Expr, loops: readonly Dimension[]): boolean {
    const { node } = expr;
    if (!('args' in node) || node.kind === 'reduce') return false;
    const free = this.#freeOf(expr);
    if (loops.every(({ name }) => free.has(name)) || !loops.some(({ name }) => free.has(name))) return false;
    const inside = nodesOf(expr);
    const arrays = new Set(inside.flatMap((one) => (one.node.kind === 'read' ? [one.node.memory] : [])));
    const operations = inside.filter((one) => one.node.kind === 'op').length;
    return inside.some((one) => one.node.kind === 'macro') || (operations > CHEAP && arrays.size > 1);
  }

  #kept(expr: Expr, loops: readonly Dimension[]): Expr {
    const free = this.#freeOf(expr);
    if (isScan(expr) && !loops.some(({ name }) => name === scanned(expr))) {
      problem(patternProblem('a scan is read at an index of a loop around it', 'read it at an index of the pattern', callerSource()));
      return new Expr(expr.type, { kind: 'const', bits: 0 });
    }
    const wide = nodesOf(expr)
      .map(({ node }) => (node.kind === 'read' ? node.index.flatMap(({ terms }) => terms.map((term) => term.var)) : []))
      .reduce((a, b) => (b.length > a.length ? b : a), []);
    const rank = (name: string) => (wide.includes(name) ? wide.indexOf(name) : wide.length);
    const out = loops.filter(({ name }) => free.has(name)).sort((a, b) => rank(a.name) - rank(b.name));
    const key = keyOf(expr, new Map(out.map(({ name }, d) => [name, `#${d}`])));
    let stage = this.#known.get(key);
    if (!stage) {
      stage = this.#stage(expr, out, this.fresh('part'));
      this.#known.set(key, stage);
    }
    const index = out.map(({ name }): AffineExpr => ({ base: 0, terms: [{ var: name, coef: 1 }] }));
    return new Expr(expr.type, { kind: 'read', memory: stage.name, index });
  }

  /** Variables of loops around that an expression depends on; those around all stages do not count. */
  #freeOf(expr: Expr): ReadonlySet<string> {
    const known = this.#free.get(expr);
    if (known) return known;
    const { node } = expr;
    const free = new Set<string>();
    if (node.kind === 'index') free.add(node.var);
    if (node.kind === 'read') for (const { terms } of node.index) for (const term of terms) free.add(term.var);
    if ('args' in node) for (const arg of node.args) for (const name of this.#freeOf(arg)) free.add(name);
    if (isScan(expr)) free.add(scanned(expr));
    for (const { name } of foldedOver(expr) ?? []) free.delete(name);
    for (const name of this.outer) free.delete(name);
    this.#free.set(expr, free);
    return free;
  }
}

/** Does a value run along a loop? */
export const isScan = ({ node }: Expr): boolean => node.kind === 'reduce' && node.running === true;

/** The variable that a scan runs along. */
const scanned = ({ node }: Expr): string => (node.kind === 'reduce' ? node.over[0] : '');

/** Nodes of an expression, those inside folds included, each once. */
export function nodesOf(expr: Expr): Expr[] {
  const seen = new Set<Expr>();
  const visit = (at: Expr): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if ('args' in at.node) at.node.args.forEach(visit);
  };
  visit(expr);
  return [...seen];
}

/** The same text for expressions that differ in nothing but the names of their variables. */
function keyOf(expr: Expr, names: ReadonlyMap<string, string>): string {
  const { node, type } = expr;
  const named = (name: string) => names.get(name) ?? name;
  const affine = ({ base, terms }: AffineExpr) => `${base}${terms.map((term) => `+${term.coef}${named(term.var)}`).join('')}`;
  switch (node.kind) {
    case 'const':
      return `${type}:${node.bits}`;
    case 'index':
      return `i:${named(node.var)}`;
    case 'arg':
      return `a:${node.name}`;
    case 'read':
      return `${node.memory}[${node.index.map(affine).join()}]`;
    case 'reduce': {
      if (node.running) return `scan ${node.op} along ${named(node.over[0])}(${node.args.map((arg) => keyOf(arg, names)).join()})`;
      const own = new Map([...names, ...node.over.map((name, d): [string, string] => [name, `@${names.size + d}`])]);
      const sizes = (foldedOver(expr) ?? []).map(({ size }) => size).join();
      return `fold ${node.op} ${sizes}(${node.args.map((arg) => keyOf(arg, own)).join()})`;
    }
    default: {
      const what = node.kind === 'op' ? node.op : node.kind === 'macro' ? `${node.macro}.${node.fraction ?? ''}` : `cast ${type}`;
      return `${what}(${node.args.map((arg) => keyOf(arg, names)).join()})`;
    }
  }
}
