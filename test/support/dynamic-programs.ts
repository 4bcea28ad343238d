/** Small programs with loops that end at run time, and branches: each against plain loops. */
import type { Program } from '../../src/index.ts';
import { explicit, program, reduce, startAt } from '../../src/index.ts';

/** Sums of the parts of a triangle, row by row; the first row is empty. */
export const triangle = (n: number, lanes: number): Program =>
  program({
    name: 'triangle',
    params: {},
    build: () =>
      explicit(({ dramOut, sram, pipe, store, leaf }) => {
        const y = dramOut('y', 'i32', [n]);
        pipe({}, () => {
          const out = sram('out', 'i32', [n]);
          pipe({ i: n }, ({ i }) => {
            leaf({ j: { max: i, par: lanes } }, ({ j }) => out.set([i], reduce('add', j.add(i).value, [j])));
          });
          store(y, [0], out);
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => ({ outputs: { y: Int32Array.from({ length: n }, (_, i) => (i * (i - 1)) / 2 + i * i) } }),
  });

/** Three loops, all of whose ends are words of memory; the sums over the loops from each level inwards, written at that level. */
export const nested = (a: number, b: readonly number[], c: readonly number[], lanes: number): Program =>
  program({
    name: 'nested',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, count }) => {
        const [x, y, z] = [dramIn('x', 'i32', [9]), dramOut('y', 'i32', [3]), dramOut('z', 'i32', [1])];
        const ends = sram('ends', 'i32', [9]);
        const [sums, all] = [sram('sums', 'i32', [3]), sram('all', 'i32', [1])];
        pipe({}, () => {
          load(x, [0], ends);
          leaf({ s: 3 }, ({ s }) => sums.set([s], -1));
          const first = count(ends.at(0), { atMost: 3 });
          pipe({ i: first }, ({ i }) => {
            const second = count(ends.at(i.add(1)), { atMost: 3 });
            pipe({ j: second }, ({ j }) => {
              const third = count(ends.at(j.add(4)), { atMost: 3 });
              leaf({ k: { max: third, par: lanes } }, ({ k }) =>
                sums.set([i], reduce('add', k.add(i.mul(100)).add(j.mul(10)).add(1000).value, [j, k], startAt('i32', 7))),
              );
            });
          });
          leaf({ t: 3 }, ({ t }) => all.set([0], reduce('max', sums.at(t), [t])));
          store(y, [0], sums);
          store(z, [0], all);
        });
      }),
    data: () => ({ arrays: { x: Int32Array.from([a, ...b, ...c, 0, 0]) } }),
    reference: () => {
      const y = [-1, -1, -1];
      for (let i = 0; i < Math.min(3, a); i++) {
        y[i] = 7;
        for (let j = 0; j < Math.min(3, b[i]); j++) for (let k = 0; k < Math.min(3, c[j]); k++) y[i] += k + 100 * i + 10 * j + 1000;
      }
      return { outputs: { y, z: [Math.max(...y)] } };
    },
  });

/** Rows of a length that data says, taken through two leaves; what lies behind them stays. */
export const rows = (lengths: readonly number[], lanes: number): Program =>
  program({
    name: 'rows',
    params: {},
    build: () =>
      explicit(({ dramIn, dramOut, sram, pipe, load, store, leaf, count }) => {
        const n = lengths.length;
        const [x, y] = [dramIn('x', 'i32', [n]), dramOut('y', 'i32', [n, 8])];
        const [ends, out] = [sram('ends', 'i32', [n]), sram('out', 'i32', [n, 8])];
        pipe({}, () => {
          load(x, [0], ends);
          leaf({ a: n, e: { max: 8, par: lanes } }, ({ a, e }) => out.set([a, e], -1));
          pipe({ r: n }, ({ r }) => {
            const row = sram('row', 'i32', [8]);
            const end = count(ends.at(r), { atMost: 8 });
            leaf({ j: { max: end, par: lanes } }, ({ j }) => row.set([j], j.value.mul(3)));
            leaf({ k: { max: end, par: lanes } }, ({ k }) => out.set([r, k], row.at(k).add(r.value)));
          });
          store(y, [0, 0], out);
        });
      }),
    data: () => ({ arrays: { x: Int32Array.from(lengths) } }),
    reference: () => ({
      outputs: { y: lengths.flatMap((length, r) => Array.from({ length: 8 }, (_, k) => (k < length ? 3 * k + r : -1))) },
    }),
  });

/** A count that another loop makes, with no iteration in some rounds. */
export const counted = (n: number): Program =>
  program({
    name: 'counted',
    params: {},
    build: () =>
      explicit(({ dramOut, sram, reg, pipe, store, leaf, count }) => {
        const y = dramOut('y', 'i32', [n]);
        const out = sram('out', 'i32', [n]);
        pipe({}, () => {
          pipe({ i: n }, ({ i }) => {
            const length = reg('length', 'i32');
            const end = count(i.value.and(3), { atMost: 3 });
            leaf({ j: end }, ({ j }) => length.set(reduce('add', j.value.mul(0).add(2), [j])));
            const twice = count(length.value, { atMost: 6 });
            leaf({ k: twice }, ({ k }) => out.set([i], reduce('add', k.value, [k])));
          });
          store(y, [0], out);
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => ({ outputs: { y: Int32Array.from({ length: n }, (_, i) => [0, 1, 6, 15][i % 4]) } }),
  });

/** An argument that ends a loop, negative ones included. */
export const argued = (given: number): Program =>
  program({
    name: 'argued',
    params: {},
    build: () =>
      explicit(({ argIn, result, pipe, leaf, count }) => {
        const [n, sum] = [argIn('n', 'i32'), result('sum', 'i32')];
        pipe({}, () => {
          const end = count(n, { atMost: 40 });
          leaf({ i: { min: 2, max: end, step: 3, par: 4 } }, ({ i }) => sum.set(reduce('add', i.value, [i])));
        });
      }),
    data: () => ({ arrays: {}, args: { n: given } }),
    reference: () => {
      let sum = 0;
      for (let i = 2; i < Math.min(given, 40); i += 3) sum += i;
      return { results: { sum } };
    },
  });

/** One way or the other, by data; a word that neither writes stays. */
export const branches = (n: number): Program =>
  program({
    name: 'branches',
    params: {},
    build: () =>
      explicit(({ dramOut, sram, reg, pipe, store, leaf, when }) => {
        const y = dramOut('y', 'i32', [n]);
        const out = sram('out', 'i32', [n]);
        pipe({}, () => {
          const last = reg('last', 'i32');
          leaf({ s: 1 }, () => last.set(-5));
          pipe({ i: n }, ({ i }) => {
            when(
              i.value.and(1),
              () => {
                const twice = reg('twice', 'i32');
                leaf({ a: 1 }, () => twice.set(i.value.mul(2)));
                leaf({ b: 1 }, () => out.set([i], twice.value.add(last.value)));
              },
              () => {
                when(i.value.and(2), () => leaf({ c: 1 }, () => last.set(i.value)));
                leaf({ d: 1 }, () => out.set([i], last.value));
              },
            );
          });
          store(y, [0], out);
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => {
      let last = -5;
      const y = Array.from({ length: n }, (_, i) => {
        if (i % 2 === 1) return 2 * i + last;
        if (i & 2) last = i;
        return last;
      });
      return { outputs: { y } };
    },
  });

/** Copies of the loop around one that ends at run time. */
export const copied = (n: number, copies: number, combiner: 'add' | 'max'): Program =>
  program({
    name: 'copied',
    params: {},
    build: () =>
      explicit(({ result, pipe, leaf, count }) => {
        const sum = result('sum', 'i32');
        pipe({ i: { max: n, par: copies } }, ({ i }) => {
          const end = count(i.value.sub(3), { atMost: n });
          leaf({ j: { max: end, par: 4 } }, ({ j }) => sum.set(reduce(combiner, j.add(i).sub(100).value, [i, j])));
        });
      }),
    data: () => ({ arrays: {} }),
    reference: () => {
      const all: number[] = [];
      for (let i = 0; i < n; i++) for (let j = 0; j < i - 3; j++) all.push(i + j - 100);
      return { results: { sum: combiner === 'add' ? all.reduce((a, b) => a + b, 0) : Math.max(...all) } };
    },
  });
