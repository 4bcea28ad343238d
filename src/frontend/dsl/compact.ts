/**
 * Filtered elements -> an array in which they lie close together, and how many they are:
 *
 *     pipe (pass: 0..2) {
 *       loads of tiles
 *       leaf { enqueue (pass 0: element, pass 1: 0) when (kept in pass 0, dropped in pass 1); count += kept in pass 0 }
 *     }
 *     store
 *
 * Both passes together enqueue a word an element, whatever the data, so the array is stored as a stream of known length. If its last
 * vector would be full, another word comes behind: of one column more, or where the elements were made on chip in a third pass.
 */
import { noRoom } from '../messages.ts';
import { callerSource } from './caller.ts';
import { type Dimension, domainOf } from './collection.ts';
import { Expr } from './expr.ts';
import type { Fifo } from './fifos.ts';
import type { Filtered } from './filtered.ts';
import { type Memory, type Result, reduce } from './handles.ts';
import { Index, type IndexLike } from './index-expr.ts';
import { type Job, lowerStaged } from './lower.ts';
import { problem } from './problems.ts';
import { collect, keyOf, placed, type Read, readsOf } from './reads.ts';

export interface FilteredJob extends Pick<Job, 'v' | 'target' | 'arrays' | 'name' | 'hints' | 'fresh' | 'choice' | 'contracted'> {
  readonly of: Filtered;
}

interface Plan extends FilteredJob {
  readonly out: readonly Dimension[];
  /** Sizes of the dimensions as they are walked. */
  readonly sizes: readonly number[];
  /** Sizes of the tiles, whole dimensions behind the first one that is tiled; elements are walked in their order. */
  readonly tiles: readonly number[];
  /** Where one word more comes from than there are elements: the last vector of the FIFO must not be full. */
  readonly extra: 'column' | 'pass' | undefined;
  readonly queue: Fifo;
  readonly count: Result<'i32'>;
}

/** Writes an output of filtered elements: array `name` and result `name_count`. */
export function lowerFiltered(job: FilteredJob): void {
  const { v, target, name, of, arrays, fresh } = job;
  const { type, shape } = of.values;
  const words = shape.reduce((n, size) => n * size, 1);
  const array = v.dramOut(name, type, [words]);
  const count = v.result(`${name}_count`, 'i32');
  const out = domainOf(shape);
  const index = out.map((dimension) => Index.variable(dimension.name));
  const full = target.lanes > 1 && words % target.lanes === 0;
  const made = [of.values, of.mask].some((one) => madeInStages(one.at(...index)));
  if (made && words > target.memoryWords) {
    problem(noRoom(`what \`${name}\` is filtered from`, words, target, callerSource()));
    v.leaf({ u: 1 }, () => count.set(0));
    return;
  }
  v.pipe({}, () => {
    const value = kept(job, out, of.values.at(...index), 'values');
    const mask = kept(job, out, of.mask.at(...index), 'mask') as { readonly expr: Expr<'i32'>; readonly word?: Word };
    const reads = [value, mask].flatMap((one) => (one.word ? [] : (readsOf({ expr: one.expr, arrays }, out) ?? [])));
    const queue = v.fifo(fresh(`${name}_kept`), type, 2 * target.lanes);
    const onChip = value.word !== undefined || mask.word !== undefined;
    const extra = full ? (onChip ? 'pass' : 'column') : undefined;
    const sizes = out.map(({ size }, d) => (extra === 'column' && d === out.length - 1 ? size + 1 : size));
    const plan: Plan = { ...job, out, sizes, extra, queue, count, tiles: tilesOf(job, sizes, out, reads, onChip) };
    passes(plan, new Map(reads.map((read) => [keyOf(read), read])), value, mask);
    v.store(array, [0], queue, { extent: [full ? words + 1 : words] });
  });
}

/** The word of an index. */
type Word = (index: readonly IndexLike[]) => Expr;

/** What needs stages of its own is made before, and stays on chip. */
function kept(job: FilteredJob, out: readonly Dimension[], expr: Expr, what: string): { readonly expr: Expr; readonly word?: Word } {
  if (!madeInStages(expr)) return { expr };
  // What cannot be made has been told of.
  let word: Word = () => Expr.constant(expr.type, 0);
  const name = `${job.name}_${what}`;
  lowerStaged({ ...job, name, type: expr.type, out, expr }, { kept: (made) => (word = made) }, Number.POSITIVE_INFINITY);
  return { expr, word: (index) => word(index) };
}

const madeInStages = (expr: Expr): boolean => collect(expr, ({ node }) => node.kind === 'reduce').length > 0;

/** Whole dimensions from the last one on, as many as a memory holds, and the largest part of the next; `even` without padding. */
function tilesOf(
  { target }: FilteredJob,
  sizes: readonly number[],
  out: readonly Dimension[],
  reads: readonly Read[],
  even: boolean,
): number[] {
  const fits = (tiles: readonly number[], room: number) =>
    reads.every(({ vars }) => {
      const own = vars.map((name) => tiles[out.findIndex((one) => one.name === name)] ?? 1);
      // Rows of an even number of words get one more, so that lanes can run along either dimension.
      return own.reduce((n, size, d) => n * (d > 0 && d === own.length - 1 ? size + 1 : size), 1) <= room;
    });
  if (fits(sizes, target.memoryWords)) return [...sizes];
  const tiles = out.map(() => 1);
  for (let d = out.length - 1; d >= 0; d--) {
    const whole = tiles.with(d, sizes[d]);
    if (fits(whole, target.memoryWords / 2)) {
      tiles[d] = sizes[d];
      continue;
    }
    const padded = d === out.length - 1 && !even;
    for (let size = sizes[d]; size >= 1; size--) {
      const legal = padded ? size % target.lanes === 0 : sizes[d] % size === 0;
      if (!legal || !fits(tiles.with(d, size), target.memoryWords / 2)) continue;
      tiles[d] = size;
      break;
    }
    break;
  }
  return tiles;
}

/** Both passes over the tiles, each array loaded in the outermost loop that decides what is loaded. */
function passes(plan: Plan, reads: ReadonlyMap<string, Read>, value: Held, mask: Held): void {
  const { v, out, sizes, tiles, arrays, fresh } = plan;
  const looped = out.filter((_, d) => tiles[d] < sizes[d]);
  const memories = new Map<string, Memory>();
  const starts = new Map<string, Index>();
  const tileOf = (name: string) => tiles[out.findIndex((one) => one.name === name)];
  const load = (level: number) => {
    for (const [key, { array, vars }] of reads) {
      const dram = arrays.get(array);
      if (!dram || 1 + looped.findLastIndex(({ name }) => vars.includes(name)) !== level) continue;
      const memory = v.sram(fresh(`${array}_tile`), dram.type, vars.map(tileOf)) as Memory;
      v.load(
        dram,
        vars.map((name) => starts.get(name) ?? 0),
        memory,
      );
      memories.set(key, memory);
    }
  };
  const at = (level: number, pass: Index): void => {
    if (level > 0) load(level);
    const dimension = looped[level];
    if (!dimension) {
      leafOf(plan, { pass, starts, memories }, value, mask);
      return;
    }
    const d = out.indexOf(dimension);
    const loop = `${dimension.name}0`;
    v.pipe({ [loop]: { max: Math.ceil(sizes[d] / tiles[d]) * tiles[d], step: tiles[d] } }, (indices) => {
      starts.set(dimension.name, indices[loop]);
      at(level + 1, pass);
    });
  };
  load(0);
  v.pipe({ pass: plan.extra === 'pass' ? 3 : 2 }, ({ pass }) => at(0, pass));
}

interface Held {
  readonly expr: Expr;
  readonly word?: Word;
}

interface Context {
  readonly pass: Index;
  readonly starts: ReadonlyMap<string, Index>;
  readonly memories: ReadonlyMap<string, Memory>;
}

function leafOf(plan: Plan, { pass, starts, memories }: Context, value: Held, mask: Held): void {
  const { v, target, out, tiles, extra, queue, count, hints } = plan;
  const last = out[out.length - 1];
  const lanes = hints.lanes ?? target.lanes;
  v.leaf(Object.fromEntries(out.map(({ name }, d) => [name, { max: tiles[d], par: name === last.name ? lanes : 1 }])), (indices) => {
    const whole = (name: string): Index => {
      const start = starts.get(name);
      return start ? start.add(indices[name]) : indices[name];
    };
    guardEnd(plan, pass, whole);
    const place = (expr: Expr): Expr => placed(expr, { whole, memories, indices }, place);
    const of = ({ expr, word }: Held) => (word ? word(out.map(({ name }) => whole(name))) : place(expr));
    const [element, held] = [of(value), of(mask) as Expr<'i32'>];
    // 1 or 0, and 0 for the word behind the last element.
    const keep = extra === 'column' ? held.select(whole(last.name).value.lt(last.size), 0) : isTruth(held) ? held : held.ne(0);
    queue.enqueue(pass.value.select(new Expr(element.type, { kind: 'const', bits: 0 }), element), { when: keep.xor(pass.value) });
    const loops = [pass, ...[...starts.values()], ...out.map(({ name }) => indices[name])];
    count.set(reduce('add', pass.value.lt(keep), loops));
  });
}

/** Elements end with the last dimension, but for the one word more that comes behind the last of all. */
function guardEnd({ v, out, sizes, tiles, extra }: Plan, pass: Index, whole: (name: string) => Index): void {
  const last = out[out.length - 1];
  const size = sizes[out.length - 1];
  const tile = tiles[out.length - 1];
  const rows = out.slice(0, -1).reduce((n, one) => n * one.size, 1);
  let row = new Index({ base: 0, terms: [] });
  for (const { name, size: of } of out.slice(0, -1)) row = row.mul(of).add(whole(name));
  const at = whole(last.name);
  if (extra === 'pass')
    v.guard(
      pass
        .mul(rows * size)
        .add(row.mul(size))
        .add(at),
      2 * rows * size + 1,
    );
  // rows * last - row: the word behind the last row comes before the words behind the others.
  else if (extra === 'column' && rows > 1) v.guard(at.mul(rows).sub(row), rows * last.size - rows + 2);
  else if (size % tile !== 0) v.guard(at, size);
}

const truths: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'le', 'ltu', 'leu', 'feq', 'fne', 'flt', 'fle']);

/** Is a value 1 or 0? */
function isTruth({ node }: Expr): boolean {
  if (node.kind === 'const') return node.bits <= 1;
  if (node.kind !== 'op') return false;
  if (truths.has(node.op)) return true;
  return (node.op === 'and' && node.args.some(isTruth)) || (node.op === 'sel' && node.args.slice(1).every(isTruth));
}
