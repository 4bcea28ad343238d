/**
 * The plainest loops of a sum of products, for indices that tiles do not know: load what is read of both arrays, sum, store.
 *
 *     y[f][v][u] = fold add over c, dv, du of w[f][c][dv][du] * x[c][v + dv - 1][u + du - 1]
 *
 * What is read outside an array is 0: transfers see to that behind its end; before its beginning zeros are written first.
 */
import { rangeOf } from '../../ir/affine.ts';
import type { Contraction, Factor } from '../../ir/contraction.ts';
import type { AffineExpr, ElementType, Loop } from '../../ir/loops.ts';
import type { Target } from '../program.ts';
import { Expr } from './expr.ts';
import type { Memory } from './handles.ts';
import { Index } from './index-expr.ts';
import type { Job } from './lower.ts';
import { entriesFor } from './staged/plan.ts';

export function emitWhole(job: Job, { domain, fold, left, right }: Contraction): void {
  const { v, to, type, target } = job;
  if (!('array' in to)) return;
  const { name: lane, size } = domain[domain.length - 1];
  // Lanes an even number of words apart meet in one bank of the memory.
  const apart = [left, right].map(({ index }) => index[index.length - 1].terms.find((term) => term.var === lane)?.coef ?? 0);
  const lanes = apart.every((step) => step === 0 || step % 2 !== 0) ? target.lanes : 1;
  const block = blockOf(size, type, { ...target, lanes });
  const padded = Math.ceil(size / block) * block;
  const extents = new Map([...domain, ...fold].map((one) => [one.name, one.name === lane ? padded : one.size]));
  const sizes = new Map([...extents].map(([name, max]): [string, Loop] => [name, { var: name, min: 0, max, step: 1, par: 1 }]));
  v.pipe({}, () => {
    const boxes = [left, right].map((factor) => loadBox(job, factor, sizes));
    const result = v.sram(
      job.fresh(`${job.name}_whole`),
      type,
      domain.map(({ name }) => extents.get(name) as number),
    ) as Memory;
    const blocks = `${lane}_block`;
    const loops = [
      ...domain.slice(0, -1).map((one) => [one.name, { max: one.size }] as const),
      ...(block < size ? [[blocks, { max: padded, step: block }] as const] : []),
      ...fold.map((one) => [one.name, { max: one.size }] as const),
      [lane, { max: block, par: lanes }] as const,
    ];
    v.leaf(Object.fromEntries(loops), (indices) => {
      const at = (name: string): Index => (name === lane && block < size ? indices[blocks].add(indices[lane]) : indices[name]);
      const sum = new Expr(type, {
        kind: 'reduce',
        op: type === 'f32' ? 'fma' : 'mac',
        args: boxes.map(({ memory, index }) => memory.at(...index.map((expr) => indexOf(expr, at)))),
        over: fold.map(({ name }) => name),
        init: { kind: 'const', bits: 0 },
      });
      result.set(
        domain.map(({ name }) => at(name)),
        sum,
      );
    });
    v.store(
      to.array,
      domain.map(() => 0),
      result,
    );
  });
}

/** Elements of the last dimension whose sums take turns in one fold: as many vectors as the operation takes cycles, and no more than the ring has. */
function blockOf(size: number, type: ElementType, { lanes, ring, latency }: Target): number {
  const vectors = Math.ceil(size / lanes);
  const least = type === 'f32' ? latency.float : latency.multiply;
  return vectors >= least && vectors <= ring ? size : entriesFor(vectors, least, ring) * lanes;
}

const indexOf = ({ base, terms }: AffineExpr, at: (name: string) => Index): Index =>
  terms.reduce((sum, { var: name, coef }) => sum.add(at(name).mul(coef)), new Index({ base, terms: [] }));

interface Box {
  readonly memory: Memory;
  /** The factor's index, counted from the corner of the box. */
  readonly index: readonly AffineExpr[];
}

/** What a factor reads of its array, in a memory. */
function loadBox(job: Job, { array, index }: Factor, sizes: ReadonlyMap<string, Loop>): Box {
  const { v, type, target } = job;
  const ranges = index.map((expr) => rangeOf(expr, sizes));
  const memory = v.sram(
    job.fresh(`${array}_box`),
    type,
    ranges.map(({ low, high }) => high - low + 1),
  ) as Memory;
  const box = { memory, index: index.map(({ base, terms }, d) => ({ base: base - ranges[d].low, terms })) };
  const dram = job.arrays.get(array);
  if (!dram) return box;
  const low = ranges.map((range) => range.low);
  if (low.every((corner) => corner >= 0)) {
    v.load(dram, low, memory);
    return box;
  }
  const across = (shape: readonly number[]) =>
    Object.fromEntries(shape.map((max, d) => [`d${d}`, { max, par: d === shape.length - 1 ? target.lanes : 1 }]));
  v.leaf(across(memory.shape), (at) => memory.set(Object.values(at), 0));
  const shape = ranges.map((range) => range.high - Math.max(0, range.low) + 1);
  if (shape.some((size) => size <= 0)) return box;
  const inside = v.sram(job.fresh(`${array}_inside`), type, shape) as Memory;
  v.load(
    dram,
    low.map((corner) => Math.max(0, corner)),
    inside,
  );
  v.leaf(across(shape), (at) => {
    const place = Object.values(at);
    memory.set(
      place.map((one, d) => one.add(Math.max(0, -low[d]))),
      inside.at(...place),
    );
  });
  return box;
}
