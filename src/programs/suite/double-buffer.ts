/**
 * DRAMDoubleBuffer and DRAMDoubleBuffer2: passes over an array in DRAM, each reading what the one before wrote and adding
 * its index to every element. The first has two arrays, which take turns: which is loaded and which is stored is a branch on the
 * number of the pass. The second has two halves of one array, told apart by the address.
 */
import type { Explicit } from '../../frontend/dsl/explicit.ts';
import { explicit } from '../../frontend/dsl/explicit.ts';
import type { Fifo } from '../../frontend/dsl/fifos.ts';
import type { Index, IndexLike } from '../../frontend/dsl/index-expr.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, laneParam } from './common.ts';
import { type Copy, inCopies, mergedTile } from './copies.ts';

const params = {
  N: { default: 64, min: 1, max: 1 << 16, doc: 'elements' },
  ts: { default: 16, min: 1, max: 4096, doc: 'elements of a tile', free: 'tile' },
  iters: { default: 4, min: 1, max: 64, doc: 'passes' },
  op: copiesParam('over tiles', 8),
  ip: laneParam,
} as const;

type Params = { readonly [K in keyof typeof params]: number };

/** One pass in tiles: `load` and `store` say where the tile that begins at an element comes from and goes to. */
function pass(
  v: Explicit,
  { N, ts, op, ip }: Params,
  lanes: number,
  name: string,
  load: (t: Index, tile: Tile) => void,
  store: (t: Index, tile: Tile) => void,
): void {
  inCopies(v, { max: N, step: ts, copies: op }, ({ suffix, loop }: Copy) => {
    const words = ip === lanes ? mergedTile(loop.max - loop.min, ts) : ts;
    const t = `t${name}${suffix}`;
    v.pipe({ [t]: { ...loop, step: words } }, (loops) => {
      const from = v.fifo(`from${name}${suffix}`, 'i32', words);
      const to = v.fifo(`to${name}${suffix}`, 'i32', words);
      load(loops[t], from);
      v.leaf({ k: { max: words, par: ip } }, ({ k }) => to.enqueue(from.dequeue().add(loops[t].add(k).value)));
      store(loops[t], to);
    });
  });
}

type Tile = Fifo<'i32'>;

/** Twice as many passes as iterations of the loop, the last one alone where they are odd. */
const pairs = (iters: number): number => Math.floor(iters / 2);

export const dramDoubleBuffer = program({
  name: 'suite/DRAMDoubleBuffer',
  doc: 'passes from array a to b and back, adding i to element i',
  params,
  build: (given, { lanes }) =>
    explicit((v) => {
      const a = v.dramInOut('a', 'i32', [given.N]);
      const b = v.dramInOut('b', 'i32', [given.N]);
      const even = (name: string) =>
        pass(
          v,
          given,
          lanes,
          name,
          (t, tile) => v.load(a, [t], tile),
          (t, tile) => v.store(b, [t], tile),
        );
      const odd = (name: string) =>
        pass(
          v,
          given,
          lanes,
          name,
          (t, tile) => v.load(b, [t], tile),
          (t, tile) => v.store(a, [t], tile),
        );
      v.seq({ i: given.iters }, ({ i }) =>
        v.when(
          i.value.and(1).eq(0),
          () => even('_even'),
          () => odd('_odd'),
        ),
      );
    }),
  data: ({ N }) => ({ arrays: { a: new Int32Array(N), b: new Int32Array(N) } }),
  reference: ({ N, iters }) => {
    const after = (passes: number) => Int32Array.from({ length: N }, (_, i) => passes * i);
    // The array that was written last has seen all passes, the other one pass less.
    return { outputs: iters % 2 === 0 ? { a: after(iters), b: after(iters - 1) } : { a: after(iters - 1), b: after(iters) } };
  },
});

export const dramDoubleBuffer2 = program({
  name: 'suite/DRAMDoubleBuffer2',
  doc: 'passes from one half of an array to the other, adding i to element i',
  params,
  build: (given, { lanes }) =>
    explicit((v) => {
      const { N, iters } = given;
      const halves = v.dramInOut('halves', 'i32', [2, N]);
      const half = (name: string, from: IndexLike, to: IndexLike) =>
        pass(
          v,
          given,
          lanes,
          name,
          (t, tile) => v.load(halves, [from, t], tile),
          (t, tile) => v.store(halves, [to, t], tile),
        );
      if (iters > 1) v.seq({ i: pairs(iters), from: 2 }, ({ from }) => half('', from, from.mul(-1).add(1)));
      if (iters % 2 === 1) half('_last', 0, 1);
    }),
  data: ({ N }) => ({ arrays: { halves: new Int32Array(2 * N) } }),
  reference: ({ N, iters }) => {
    const passes = iters % 2 === 0 ? [iters, iters - 1] : [iters - 1, iters];
    return { outputs: { halves: Int32Array.from({ length: 2 * N }, (_, at) => passes[Math.floor(at / N)] * (at % N)) } };
  },
});
