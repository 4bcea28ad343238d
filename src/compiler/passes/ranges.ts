/**
 * ranges: two bounds on one integer become one unsigned compare.
 *
 *   (lo < x) & (x < hi) & c      =>      ((x - (lo + 1)) <u (hi - lo - 1)) & c
 *
 * Saves one or two stages of a predicate. Exact: both sides are 0 or 1 for every x, since the
 * subtraction wraps. Bounds that leave nothing or everything are left alone.
 */
import { argsOf, type Leaf, type LoopProgram, neededBy, renumbered, type Statement, type Value } from '../../ir/loops.ts';

export function fuseRanges(program: LoopProgram): LoopProgram {
  const visit = (statement: Statement): Statement => {
    if (statement.kind === 'nest') return { ...statement, body: statement.body.map(visit) };
    return statement.kind === 'leaf' ? fuseLeaf(statement) : statement;
  };
  return { ...program, body: { ...program.body, body: program.body.body.map(visit) } };
}

interface Bound {
  /** Value compared. */
  readonly of: number;
  readonly side: 'low' | 'high';
  /** Inclusive bound. */
  readonly at: number;
}

function fuseLeaf(leaf: Leaf): Leaf {
  const values: Value[] = [...leaf.values];
  const uses = new Array<number>(values.length).fill(0);
  for (const value of values) for (const arg of argsOf(value)) uses[arg]++;
  for (const effect of leaf.effects) for (const id of neededBy(effect)) uses[id]++;
  const isAnd = (id: number) => values[id].kind === 'op' && (values[id] as { op: string }).op === 'and';
  const inner = new Set<number>();
  values.forEach((value, id) => {
    if (isAnd(id)) for (const arg of (value as { args: readonly number[] }).args) if (isAnd(arg) && uses[arg] === 1) inner.add(arg);
  });
  const count = values.length;
  for (let root = 0; root < count; root++) {
    if (!isAnd(root) || inner.has(root)) continue;
    const terms = conjuncts(values, root, inner);
    const fused = fuseTerms(values, terms, uses);
    if (!fused) continue;
    // Rebuild the conjunction; the root keeps its number so that its users stay valid.
    let left = fused[0];
    for (let i = 1; i < fused.length - 1; i++) left = push(values, { kind: 'op', op: 'and', args: [left, fused[i]], type: 'i32' });
    values[root] =
      fused.length === 1
        ? { kind: 'op', op: 'mov', args: [left], type: 'i32' }
        : { kind: 'op', op: 'and', args: [left, fused[fused.length - 1]], type: 'i32' };
  }
  return values.length === count ? leaf : renumber({ ...leaf, values });
}

/** Numbers the values used again, arguments before their users. */
function renumber(leaf: Leaf): Leaf {
  const values: Value[] = [];
  const numbers = new Map<number, number>();
  const visit = (id: number): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    const value = leaf.values[id];
    const moved = 'args' in value ? { ...value, args: value.args.map(visit) } : value;
    values.push(moved);
    numbers.set(id, values.length - 1);
    return values.length - 1;
  };
  const effects = leaf.effects.map((effect) => renumbered(effect, visit));
  return { ...leaf, values, effects };
}

function conjuncts(values: readonly Value[], id: number, inner: ReadonlySet<number>): number[] {
  const { args } = values[id] as { args: readonly number[] };
  return args.flatMap((arg) => (inner.has(arg) ? conjuncts(values, arg, inner) : [arg]));
}

function fuseTerms(values: Value[], terms: readonly number[], uses: readonly number[]): number[] | undefined {
  const out: number[] = [];
  const taken = new Set<number>();
  let changed = false;
  terms.forEach((term, i) => {
    if (taken.has(i)) return;
    const bound = boundOf(values, term);
    const mate =
      bound && uses[term] === 1
        ? terms.findIndex((other, j) => j > i && !taken.has(j) && uses[other] === 1 && opposite(bound, boundOf(values, other)))
        : -1;
    if (!bound || mate < 0) {
      out.push(term);
      return;
    }
    const other = boundOf(values, terms[mate]) as Bound;
    const low = bound.side === 'low' ? bound.at : other.at;
    const high = bound.side === 'high' ? bound.at : other.at;
    // Nothing or everything passes: a span of 0 would mean the wrong one of the two.
    if (high < low || high - low + 1 >= 2 ** 32) {
      out.push(term);
      return;
    }
    taken.add(mate);
    changed = true;
    const shifted =
      low === 0
        ? bound.of
        : push(values, {
            kind: 'op',
            op: 'sub',
            args: [bound.of, push(values, { kind: 'const', type: 'i32', bits: low >>> 0 })],
            type: 'i32',
          });
    const span = push(values, { kind: 'const', type: 'i32', bits: (high - low + 1) >>> 0 });
    out.push(push(values, { kind: 'op', op: 'ltu', args: [shifted, span], type: 'i32' }));
  });
  return changed ? out : undefined;
}

const opposite = (a: Bound, b: Bound | undefined): boolean => b !== undefined && a.of === b.of && a.side !== b.side;

/** Reads a compare with a constant as an inclusive bound. */
function boundOf(values: readonly Value[], id: number): Bound | undefined {
  const value = values[id];
  if (value.kind !== 'op' || (value.op !== 'lt' && value.op !== 'le')) return undefined;
  const strict = value.op === 'lt' ? 1 : 0;
  const [a, b] = value.args.map((arg) => values[arg]);
  const bound: Bound | undefined =
    a.kind === 'const' && b.kind !== 'const'
      ? { of: value.args[1], side: 'low', at: (a.bits | 0) + strict }
      : b.kind === 'const' && a.kind !== 'const'
        ? { of: value.args[0], side: 'high', at: (b.bits | 0) - strict }
        : undefined;
  // Beyond the integers: never true, and not a bound of a range.
  return bound && bound.at === (bound.at | 0) ? bound : undefined;
}

function push(values: Value[], value: Value): number {
  values.push(value);
  return values.length - 1;
}
