/** Small programs whose transfers stand in branches and loops that end at run time, or go where data says: each against plain loops. */
import type { Program } from '../../src/index.ts';
import { explicit, program, reduce } from '../../src/index.ts';

const TILE = 24;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Tiles that a flag lets pass: loaded, doubled and stored in one branch, stored from somewhere else in the other. */
export const gated = (flags: readonly number[], lanes: number, other = true): Program =>
  program({
    name: 'gated',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, when }) => {
        const n = flags.length;
        const [p, x, y] = [dramIn('p', 'i32', [n]), dramIn('x', 'i32', [n * TILE]), dramOut('y', 'i32', [n * TILE])];
        const taken = sram('taken', 'i32', [n]);
        pipe({}, () => {
          load(p, [0], taken);
          pipe({ t: n }, ({ t }) => {
            const yes = () => {
              const [tile, twice] = [sram('tile', 'i32', [TILE]), sram('twice', 'i32', [TILE])];
              load(x, [t.mul(TILE)], tile);
              leaf({ i: { max: TILE, par: lanes } }, ({ i }) => twice.set([i], tile.at(i).mul(2)));
              store(y, [t.mul(TILE)], twice);
            };
            const no = () => {
              const counted = sram('counted', 'i32', [TILE]);
              leaf({ j: { max: TILE, par: lanes } }, ({ j }) => counted.set([j], j.add(t.mul(100)).value));
              store(y, [t.mul(TILE)], counted);
            };
            when(taken.at(t), yes, other ? no : undefined);
          });
        });
      }),
    data: () => ({ arrays: { p: Int32Array.from(flags), x: Int32Array.from(upTo(flags.length * TILE), (i) => 7 * i + 3) } }),
    reference: () => ({
      outputs: {
        y: flags.flatMap((flag, t) => upTo(TILE).map((i) => (flag ? 2 * (7 * (t * TILE + i) + 3) : other ? i + 100 * t : 0))),
      },
    }),
  });

/** Lists that start and end anywhere in an array (`starts` may be negative or beyond it): their sums, and copies of them. */
export const lists = (starts: readonly number[], lengths: readonly number[], lanes: number, size = 100): Program =>
  program({
    name: 'lists',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, count }) => {
        const n = starts.length;
        const [s, l, x] = [dramIn('s', 'i32', [n]), dramIn('l', 'i32', [n]), dramIn('x', 'i32', [size])];
        const [sums, copies] = [dramOut('sums', 'i32', [n]), dramOut('copies', 'i32', [n, TILE])];
        const [from, long, out] = [sram('from', 'i32', [n]), sram('long', 'i32', [n]), sram('out', 'i32', [n])];
        pipe({}, () => {
          load(s, [0], from);
          load(l, [0], long);
          pipe({ v: n }, ({ v }) => {
            const [list, moved] = [sram('list', 'i32', [TILE]), sram('moved', 'i32', [TILE])];
            const end = count(long.at(v), { atMost: TILE });
            load(x, [0], list, { at: from.at(v), count: end });
            leaf({ i: { max: end, par: lanes } }, ({ i }) => out.set([v], reduce('add', list.at(i), [i])));
            leaf({ k: { max: TILE, par: lanes } }, ({ k }) => moved.set([k], list.at(k).add(1)));
            store(copies, [v, 0], moved, { count: long.at(v).sub(1) });
          });
          store(sums, [0], out);
        });
      }),
    data: () => ({
      arrays: { s: Int32Array.from(starts), l: Int32Array.from(lengths), x: Int32Array.from(upTo(size), (i) => i * i + 1) },
    }),
    reference: () => {
      const word = (v: number, k: number) => {
        const at = Math.max(0, starts[v]) + k;
        return k < lengths[v] && at < size ? at * at + 1 : 0;
      };
      return {
        outputs: {
          sums: starts.map((_, v) => upTo(TILE).reduce((sum, k) => sum + word(v, k), 0)),
          copies: starts.flatMap((_, v) => upTo(TILE).map((k) => (k < lengths[v] - 1 ? word(v, k) + 1 : 0))),
        },
      };
    },
  });

/** Rows of a matrix from a column that data says, scattered to another; runs of several rows. */
export const columns = (starts: readonly number[], widths: readonly number[], lanes: number): Program =>
  program({
    name: 'columns',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf }) => {
        const n = starts.length;
        const [s, w, x] = [dramIn('s', 'i32', [n]), dramIn('w', 'i32', [n]), dramIn('x', 'i32', [3 * n, 40])];
        const y = dramOut('y', 'i32', [3 * n, 40]);
        const [from, wide] = [sram('from', 'i32', [n]), sram('wide', 'i32', [n])];
        pipe({}, () => {
          load(s, [0], from);
          load(w, [0], wide);
          pipe({ b: n }, ({ b }) => {
            const [box, moved] = [sram('box', 'i32', [3, 12]), sram('moved', 'i32', [3, 12])];
            load(x, [b.mul(3), 0], box, { at: from.at(b) });
            leaf({ r: 3, c: { max: 12, par: lanes } }, ({ r, c }) => moved.set([r, c], box.at(r, c).add(r.value)));
            store(y, [b.mul(3), 2], moved, { at: from.at(b), count: wide.at(b) });
          });
        });
      }),
    data: () => ({
      arrays: { s: Int32Array.from(starts), w: Int32Array.from(widths), x: Int32Array.from(upTo(120 * starts.length), (i) => i + 5) },
    }),
    reference: () => {
      const y = new Array<number>(120 * starts.length).fill(0);
      starts.forEach((start, b) => {
        const first = Math.max(0, start);
        for (let r = 0; r < 3; r++)
          for (let c = 0; c < Math.min(12, widths[b]) && first + 2 + c < 40; c++)
            y[(3 * b + r) * 40 + first + 2 + c] = (first + c < 40 ? (3 * b + r) * 40 + first + c + 5 : 0) + r;
      });
      return { outputs: { y } };
    },
  });

/** A loop that ends at run time around transfers, in a branch, with ends that no one knows before. */
export const rounds = (ends: readonly number[], flags: readonly number[], lanes: number): Program =>
  program({
    name: 'rounds',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, count, when }) => {
        const n = ends.length;
        const [e, f, x] = [dramIn('e', 'i32', [n]), dramIn('f', 'i32', [n]), dramIn('x', 'i32', [4 * 16])];
        const y = dramOut('y', 'i32', [n, 4 * 16]);
        const [last, taken] = [sram('last', 'i32', [n]), sram('taken', 'i32', [n])];
        pipe({}, () => {
          load(e, [0], last);
          load(f, [0], taken);
          pipe({ t: n }, ({ t }) => {
            when(taken.at(t), () => {
              const end = count(last.at(t), { atMost: 4 });
              pipe({ r: end }, ({ r }) => {
                const [tile, more] = [sram('tile', 'i32', [16]), sram('more', 'i32', [16])];
                load(x, [r.mul(16)], tile);
                leaf({ i: { max: 16, par: lanes } }, ({ i }) => more.set([i], tile.at(i).add(t.value)));
                store(y, [t, r.mul(16)], more);
              });
            });
          });
        });
      }),
    data: () => ({ arrays: { e: Int32Array.from(ends), f: Int32Array.from(flags), x: Int32Array.from(upTo(64), (i) => 3 * i) } }),
    reference: () => ({
      outputs: { y: ends.flatMap((end, t) => upTo(64).map((i) => (flags[t] && i < 16 * Math.min(4, end) ? 3 * i + t : 0))) },
    }),
  });

/** Each round loads what rounds before stored, and stores it changed, if a flag says so: order through DRAM, taken or not. */
export const chained = (flags: readonly number[], lanes: number): Program =>
  program({
    name: 'chained',
    params: {},
    build: () =>
      explicit(({ dramIn, dramInOut, sram, pipe, seq, load, store, leaf, when }) => {
        const n = flags.length;
        const [f, z] = [dramIn('f', 'i32', [n]), dramInOut('z', 'i32', [TILE])];
        const taken = sram('taken', 'i32', [n]);
        pipe({}, () => {
          load(f, [0], taken);
          seq({ t: n }, ({ t }) => {
            when(
              taken.at(t),
              () => {
                const [old, now] = [sram('old', 'i32', [TILE]), sram('now', 'i32', [TILE])];
                load(z, [0], old);
                leaf({ i: { max: TILE, par: lanes } }, ({ i }) => now.set([i], old.at(i).mul(3).add(t.value)));
                store(z, [0], now);
              },
              () => {
                const [past, next] = [sram('past', 'i32', [TILE]), sram('next', 'i32', [TILE])];
                load(z, [0], past);
                leaf({ j: { max: TILE, par: lanes } }, ({ j }) => next.set([j], past.at(j).sub(j.value)));
                store(z, [0], next);
              },
            );
          });
        });
      }),
    data: () => ({ arrays: { f: Int32Array.from(flags), z: Int32Array.from(upTo(TILE)) } }),
    reference: () => ({
      outputs: {
        z: upTo(TILE).map((i) => flags.reduce((z, flag, t) => (flag ? Math.imul(z, 3) + t : z - i) | 0, i)),
      },
    }),
  });
