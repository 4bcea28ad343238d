/** FIFOTest, SharedLoader and SharedLoader2: FIFOs by copy, and one load that many FIFOs take their own words from. */
import { type Explicit, explicit } from '../../frontend/dsl/explicit.ts';
import type { Expr } from '../../frontend/dsl/expr.ts';
import { program } from '../../frontend/program.ts';
import { copiesParam, indices, laneParam } from './common.ts';
import { type Copy, copiesOf } from './copies.ts';

export const fifoTest = program({
  name: 'suite/FIFOTest',
  doc: 'copies enqueue indices, each in its own of an array of FIFOs, and as many copies dequeue them',
  params: {
    N: { default: 32, min: 1, max: 1 << 14, doc: 'elements' },
    ts: { default: 16, min: 1, max: 4096, doc: 'elements of a tile', free: 'tile' },
    op: { ...copiesParam('over tiles', 8), default: 2 },
    ip: laneParam,
  },
  build: ({ N, ts, op, ip }) =>
    explicit((v) => {
      const out = v.dramOut('out', 'i32', [N]);
      const copies = copiesOf({ max: N, step: ts, copies: op });
      v.pipe({}, () => {
        const fifos = v.fifos('fifo', 'i32', 16, copies.length);
        const words = v.sram('words', 'i32', [Math.ceil(N / ts) * ts]);
        const tiles = (each: (c: number, copy: Copy) => void) =>
          v.parallel(() => {
            for (const [c, copy] of copies.entries()) each(c, copy);
          });
        // The last tile may be a part of one: what is beyond the end is neither enqueued nor dequeued.
        const ragged = ({ loop }: Copy) => (loop.max - loop.min) % ts !== 0;
        tiles((c, copy) =>
          v.leaf({ i: copy.loop, jj: { max: ts, par: ip } }, ({ i, jj }) => {
            if (ragged(copy)) v.guard(i.add(jj), N);
            fifos.enqueue(c, i.add(jj).value);
          }),
        );
        tiles((c, copy) =>
          v.leaf({ i: copy.loop, jj: { max: ts, par: ip } }, ({ i, jj }) => {
            if (ragged(copy)) v.guard(i.add(jj), N);
            words.set([i.add(jj)], fifos.dequeue(c));
          }),
        );
        v.store(out, [0], words);
      });
    }),
  data: () => ({ arrays: {} }),
  reference: ({ N }) => ({ outputs: { out: indices(N) } }),
});

const loaderParams = { N: { default: 32, min: 2, max: 128, doc: 'words, and FIFOs' }, ip: laneParam } as const;

/** Every FIFO keeps the word with its number, all are summed; `groups` are those that one loop feeds. */
function sharedLoader(v: Explicit, N: number, ip: number, group: number): void {
  const x = v.dramIn('x', 'i32', [N]);
  const sum = v.result('sum', 'i32');
  v.pipe({}, () => {
    const loaded = v.fifo('loaded', 'i32', 16);
    v.load(x, [0], loaded, { extent: [N] });
    const kept = Array.from({ length: N }, (_, k) => v.fifo(`kept${k}`, 'i32', 16));
    for (let first = 0; first < N; first += group)
      v.leaf({ i: { max: N, par: ip } }, ({ i }) => {
        for (let k = first; k < Math.min(N, first + group); k++) kept[k].enqueue(loaded.dequeue(), { when: i.value.eq(k) });
      });
    v.leaf({ u: 1 }, () => sum.set(sumOf(kept.map((fifo) => fifo.dequeue()))));
  });
}

/** Neighbours first. */
function sumOf(terms: readonly Expr<'i32'>[]): Expr<'i32'> {
  if (terms.length === 1) return terms[0];
  const half = 2 ** (Math.ceil(Math.log2(terms.length)) - 1);
  return sumOf(terms.slice(0, half)).add(sumOf(terms.slice(half)));
}

const loaderAnswer = (N: number) => ({ results: { sum: (N * (N - 1)) / 2 } });

export const sharedLoader1 = program({
  name: 'suite/SharedLoader',
  doc: 'one loop gives each word of a load to the FIFO of its number; one word of each is summed',
  params: loaderParams,
  build: ({ N, ip }) => explicit((v) => sharedLoader(v, N, ip, N)),
  data: ({ N }) => ({ arrays: { x: indices(N) } }),
  reference: ({ N }) => loaderAnswer(N),
});

export const sharedLoader2 = program({
  name: 'suite/SharedLoader2',
  doc: 'the same with a loop for every few FIFOs, each of which reads the whole load',
  params: { ...loaderParams, group: { default: 4, min: 1, max: 128, doc: 'FIFOs that one loop feeds', free: 'tile' } },
  build: ({ N, ip, group }) => explicit((v) => sharedLoader(v, N, ip, group)),
  data: ({ N }) => ({ arrays: { x: indices(N) } }),
  reference: ({ N }) => loaderAnswer(N),
});
