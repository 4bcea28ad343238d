/**
 * Random explicit programs: tiles of an array that leaves map, sum and carry on through memories, with lanes and copies of
 * every loop, and with neighbours over the edge. No reference: what the program means is what the evaluator says.
 */

import type { Arch } from '../../src/arch/schema.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Program } from '../../src/frontend/program.ts';
import {
  carried,
  type Explicit,
  type Expr,
  evaluate,
  explicit,
  type Index,
  type Memory,
  program,
  reduce,
  startAt,
} from '../../src/index.ts';

type Type = 'i32' | 'f32';
type Grid = Memory<Type, readonly [number, number]>;
type Row = Memory<Type, readonly [number]>;

/** Builds the same program from the same numbers. */
export function randomExplicit(v: Explicit, rng: Rng, { pcu, latency }: Arch): void {
  const type: Type = rng.int(0, 1) === 0 ? 'i32' : 'f32';
  const [tiles, rows] = [rng.int(1, 5), rng.int(1, 6)];
  const columns = [1, 3, 8, 16, 20, 32, 40][rng.int(0, 6)];
  const par = () => [1, 2, 3, 4, 8][rng.int(0, 4)];
  /** Lanes of which so many vectors take turns as accumulators as the ring allows. */
  const turns = () => {
    const least = type === 'f32' ? latency.float : latency.multiply;
    const fit = [1, 2, 3, 4, 8].filter((lanes) => {
      const vectors = Math.ceil(columns / lanes);
      return lanes <= pcu.lanes && vectors >= least && vectors <= pcu.ring;
    });
    return fit.length > 0 ? fit[rng.int(0, fit.length - 1)] : undefined;
  };
  const copies = () => (rng.int(0, 2) === 0 ? rng.int(2, 3) : 1);
  const schedule = () => (rng.int(0, 4) === 0 ? 'seq' : 'pipe');
  const x = v.dramIn('x', type, [tiles * rows, columns]);
  const out = v.dramOut('out', type, [tiles * rows, columns]);
  const sums = v.dramOut('sums', type, [columns]);
  const heights = v.dramOut('heights', type, [rows]);
  const total = v.dramOut('total', type, [1]);
  const op = () => (['add', 'min', 'max', 'mul'] as const)[rng.int(0, 3)];
  const arithmetic = (a: Expr<Type>, b: Expr<Type>): Expr<Type> => {
    const [p, q] = [a as Expr<'i32'>, b as Expr<'i32'>];
    return [() => p.add(q), () => p.sub(q), () => p.mul(q), () => p.min(q), () => p.lt(q).select(p, q), () => p.max(q).mul(p)][
      rng.int(0, 5)
    ]();
  };
  /** How far away a neighbour is, and a condition that keeps it inside the grid: also one that is never inside. */
  const near = () => {
    const [down, right] = rng.int(0, 3) === 0 ? [rng.int(-2, 2), rng.int(-3, 3)] : [0, 0];
    const byData = rng.int(0, 3) === 0;
    const inside = (i: Index, j: Index): Expr<'i32'> | undefined => {
      const ends = [
        ...(down < 0 ? [i.value.ge(-down)] : down > 0 ? [i.value.lt(rows - down)] : []),
        ...(right < 0 ? [j.add(right).value.ge(0)] : right > 0 ? [j.value.le(columns - right - 1)] : []),
      ];
      return ends.length > 0 ? ends.reduce((a, b) => a.and(b)) : undefined;
    };
    const word = (grid: Grid, i: Index, j: Index): Expr<Type> => grid.at(i.add(down), j.add(right));
    const selected = (grid: Grid, i: Index, j: Index): Expr<Type> => {
      const condition = inside(i, j);
      if (!condition) return word(grid, i, j);
      const own = grid.at(i, j) as Expr<'i32'>;
      return (byData ? condition.and(own.lt(3)) : condition).select(word(grid, i, j) as Expr<'i32'>, own);
    };
    return { inside, word, selected };
  };
  v.nest(schedule(), {}, () => {
    const acc = v.sram('acc', type, [columns]) as Row;
    const high = v.sram('high', type, [rows]) as Row;
    const one = v.sram('one', type, [1]) as Row;
    const wanted = { acc: rng.int(0, 1) === 1 && turns() !== undefined, high: rng.int(0, 1) === 1, one: rng.int(0, 1) === 1 };
    const seen = rng.int(0, 3) === 0;
    v.nest(schedule(), { t: { max: tiles * rows, step: rows, par: rng.int(0, 3) === 0 ? 2 : 1 } }, ({ t }) => {
      const grids: Grid[] = [v.sram('tile', type, [rows, columns]) as Grid];
      const lines: Row[] = [];
      v.load(x, [t, 0], grids[0]);
      const grid = () => grids[rng.int(0, grids.length - 1)];
      const loops = (lanes = par()) => ({ i: { max: rows, par: copies() }, j: { max: columns, par: lanes } });
      const unread = new Set<Grid | Row>(grids);
      for (let s = rng.int(1, 4); s > 0; s--) {
        const name = `m${grids.length + lines.length}`;
        const [from, other] = [grid(), grid()];
        const line = rng.int(0, 1) === 0 ? lines[rng.int(0, Math.max(0, lines.length - 1))] : undefined;
        const lanes = turns();
        unread.delete(from);
        if (lanes !== undefined && rng.int(0, 3) === 0) {
          const made = v.sram(name, type, [columns]) as Row;
          const how = op();
          const start = startAt(type, rng.int(-3, 3));
          const { selected } = near();
          v.leaf(loops(lanes), ({ i, j }) => made.set([j], reduce(how, selected(from, i, j) as Expr<'i32'>, [i], start)));
          lines.push(made);
          unread.add(made);
        } else {
          const made = v.sram(name, type, [rows, columns], rng.int(0, 5) === 0 ? { banks: rng.int(1, rows) } : {}) as Grid;
          const indexed = !line && rng.int(0, 3) === 0 && type === 'i32';
          if (line) unread.delete(line);
          else if (!indexed) unread.delete(other);
          const { inside, word, selected } = near();
          const predicated = rng.int(0, 3) === 0;
          v.leaf(loops(), ({ i, j }) => {
            const b = line ? line.at(j) : indexed ? (j.add(i).value as Expr<Type>) : other.at(i, j);
            const when = predicated ? inside(i, j) : undefined;
            if (when) made.set([i, j], arithmetic(word(from, i, j), b), { when });
            else made.set([i, j], arithmetic(selected(from, i, j), b));
          });
          grids.push(made);
          unread.add(made);
        }
      }
      const all = v.sram('all', type, [rows, columns]) as Grid;
      v.leaf(loops(), ({ i, j }) => {
        const words = [...unread].map((one) => (grids.includes(one as Grid) ? (one as Grid).at(i, j) : (one as Row).at(j)) as Expr<'i32'>);
        all.set(
          [i, j],
          words.slice(1).reduce((a, b) => a.add(b), words[0]),
        );
      });
      grids.push(all);
      const last = grids[grids.length - 1];
      const lanes = turns();
      if (wanted.acc && lanes !== undefined)
        v.leaf(loops(lanes), ({ i, j }) =>
          acc.set([j], reduce('add', grid().at(i, j) as Expr<'i32'>, [i], carried(acc.at(j) as Expr<'i32'>, [t]))),
        );
      if (wanted.high)
        v.leaf(loops(), ({ i, j }) =>
          high.set([i], reduce('max', grid().at(i, j) as Expr<'i32'>, [j], carried(high.at(i) as Expr<'i32'>, [t]))),
        );
      if (wanted.one)
        v.leaf(loops(), ({ i, j }) =>
          one.set([0], reduce('add', grid().at(i, j) as Expr<'i32'>, [i, j], carried(one.at(0) as Expr<'i32'>, [t]))),
        );
      if (wanted.acc && seen) {
        const shown = v.sram('shown', type, [rows, columns]) as Grid;
        v.leaf(loops(), ({ i, j }) => shown.set([i, j], (last.at(i, j) as Expr<'i32'>).add(acc.at(j) as Expr<'i32'>)));
        v.store(out, [t, 0], shown);
      } else v.store(out, [t, 0], last);
    });
    const fill = (row: Row, size: number) => v.leaf({ j: { max: size, par: par() } }, ({ j }) => row.set([j], 7));
    if (!wanted.acc) fill(acc, columns);
    if (!wanted.high) fill(high, rows);
    if (!wanted.one) fill(one, 1);
    v.store(sums, [0], acc);
    v.store(heights, [0], high);
    v.store(total, [0], one);
  });
}

/** The same with data of its own, and what it means as written for a reference. */
export function randomExplicitProgram(arch: Arch, seed: number): Program {
  const words = new Rng(`words ${seed}`);
  const made: Program = program({
    name: 'random',
    params: {},
    build: () => explicit((v) => randomExplicit(v, new Rng(`explicit ${seed}`), arch)),
    data: () => {
      const { type, shape } = made.build({}).dram.find(({ name }) => name === 'x')!;
      const n = shape.reduce((product, size) => product * size, 1);
      const x =
        type === 'i32' ? Int32Array.from({ length: n }, () => words.int(-50, 50)) : Float32Array.from({ length: n }, () => words.float32());
      return { arrays: { x } };
    },
    reference: (_, { arrays: { x } }) => {
      const bits = new Map([['x', new Uint32Array(x.buffer)]]);
      const { outputs } = evaluate(made.build({}), bits, new Map(), { latency: arch.latency });
      const typed = ({ buffer }: Uint32Array) => (x instanceof Int32Array ? new Int32Array(buffer) : new Float32Array(buffer));
      return { outputs: Object.fromEntries([...outputs].map(([name, answer]) => [name, typed(answer)])) };
    },
    // Copies sum floats in another order.
    tolerance: { relative: 1e-3, absolute: 1e-2 },
  });
  return made;
}
