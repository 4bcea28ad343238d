/** Order of transfers through DRAM: which wait for which, and for how much of them. */
import { expect, test } from 'vitest';
import { sitesOf } from '../../../src/compiler/analysis/sites.ts';
import { orderOf } from '../../../src/compiler/lower/order.ts';
import { explicit } from '../../../src/frontend/dsl/explicit.ts';
import type { Transfer } from '../../../src/ir/loops.ts';

type Build = Parameters<typeof explicit>[0];

/** `from -> to`, the loops of a token on both sides, and the tokens at the start. */
function edges(build: Build): string[] {
  const program = explicit(build);
  const name = (statement: unknown) => `${(statement as Transfer).kind} ${(statement as Transfer).memory}`;
  const names = (loops: readonly { var: string }[]) => loops.map((loop) => loop.var).join(' ');
  return orderOf(program, sitesOf(program)).map(
    ({ from, to, sent, taken, init }) => `${name(from.statement)} (${names(sent)}) -> ${name(to.statement)} (${names(taken)}) +${init}`,
  );
}

/** Copies `words` of array a from `from` to `to`, by way of a memory and a leaf. */
const copy =
  (
    size: number,
    loops: Record<string, number | { max: number; step: number }>,
    from: (at: Record<string, never>) => never,
    to: typeof from,
  ): Build =>
  (v) => {
    const a = v.dramInOut('a', 'i32', [size]);
    v.seq(loops, (at) => {
      const x = v.sram('x', 'i32', [8]);
      const y = v.sram('y', 'i32', [8]);
      v.load(a, [from(at as never)], x);
      v.leaf({ k: 8 }, ({ k }) => y.set([k], x.at(k)));
      v.store(a, [to(at as never)], y);
    });
  };

const tiles = { t: { max: 32, step: 8 } };

test('parts of an array that never meet need no order', () => {
  expect(
    edges(
      copy(
        64,
        tiles,
        ({ t }) => t,
        ({ t }) => (t as { add(n: number): never }).add(32),
      ),
    ),
  ).toEqual([]);
});

test('what is read and written in one iteration is written after, and read again only then', () => {
  expect(
    edges(
      copy(
        32,
        { i: 3 },
        () => 0 as never,
        () => 0 as never,
      ),
    ),
  ).toEqual(['load x (i) -> store y (i) +0', 'store y (i) -> load x (i) +1']);
});

test('tiles that meet only themselves are waited for one by one', () => {
  expect(
    edges(
      copy(
        32,
        { i: 3, ...tiles },
        ({ t }) => t,
        ({ t }) => t,
      ),
    ),
  ).toEqual(['load x (i t) -> store y (i t) +0', 'store y (i t) -> load x (i t) +1']);
});

test('halves that take turns: the next pass follows the tiles of the one before', () => {
  const build: Build = (v) => {
    const a = v.dramInOut('a', 'i32', [2, 32]);
    v.seq({ p: 2 }, ({ p }) =>
      v.pipe(tiles, ({ t }) => {
        const x = v.sram('x', 'i32', [8]);
        const y = v.sram('y', 'i32', [8]);
        v.load(a, [p, t], x);
        v.leaf({ k: 8 }, ({ k }) => y.set([k], x.at(k)));
        v.store(a, [p.mul(-1).add(1), t], y);
      }),
    );
  };
  expect(edges(build)).toEqual(['load x (p t) -> store y (p t) +4', 'store y (p t) -> load x (p t) +4']);
});

test('each element from its neighbour: every iteration waits for the one before', () => {
  const build = copy(
    40,
    { t: { max: 32, step: 8 } },
    ({ t }) => t,
    ({ t }) => (t as { add(n: number): never }).add(8),
  );
  expect(edges(build)).toEqual(['load x (t) -> store y (t) +1', 'store y (t) -> load x (t) +1']);
});

test('arms of a branch: tokens once a round, taken or not, and none that others imply', () => {
  const build: Build = (v) => {
    const a = v.dramInOut('a', 'i32', [8]);
    const arm = (name: string) => () => {
      const x = v.sram(`x${name}`, 'i32', [8]);
      const y = v.sram(`y${name}`, 'i32', [8]);
      v.load(a, [0], x);
      v.leaf({ k: 8 }, ({ k }) => y.set([k], x.at(k)));
      v.store(a, [0], y);
    };
    v.seq({ i: 3 }, ({ i }) => v.when(i.value.and(1), arm('1'), arm('0')));
  };
  expect(edges(build)).toEqual([
    'load x1 (i) -> store y1 (i) +0',
    'store y0 (i) -> load x1 (i) +1',
    'store y1 (i) -> load x0 (i) +0',
    'load x0 (i) -> store y0 (i) +0',
  ]);
});

test('where data says where a transfer starts, it may meet all behind', () => {
  const build: Build = (v) => {
    const a = v.dramInOut('a', 'i32', [64]);
    v.seq({ t: { max: 32, step: 8 } }, ({ t }) => {
      const x = v.sram('x', 'i32', [8]);
      const y = v.sram('y', 'i32', [8]);
      v.load(a, [t.add(32)], x);
      v.leaf({ k: 8 }, ({ k }) => y.set([k], x.at(k)));
      v.store(a, [0], y, { at: t.value });
    });
  };
  expect(edges(build)).toEqual(['load x (t) -> store y (t) +0', 'store y (t) -> load x (t) +1']);
});
