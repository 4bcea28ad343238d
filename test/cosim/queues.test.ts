/** FIFOs on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { test } from 'vitest';
import type { Explicit } from '../../src/frontend/dsl/explicit.ts';
import type { Expr } from '../../src/frontend/dsl/expr.ts';
import { reduce } from '../../src/frontend/dsl/handles.ts';
import type { Expected } from '../../src/frontend/program.ts';
import { checkExplicit } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const x = Int32Array.from({ length: 96 }, (_, i) => ((i * 37) % 101) - 50);

const round = (t: number) => {
  const row = [...x.slice(10 * t, 10 * t + 10)];
  return [...row, 3 * t, 3 * t + 1, 3 * t + 2, row.reduce((a, b) => a + b)];
};

/** Words of each of four rounds, and of which of `x` one is taken for. */
const PER = 10;
const LEAST = [...x].sort((a, b) => b - a)[4 * PER];
const isTaken = (value: Expr<'i32'>) => value.gt(LEAST);
const word = (n: number) => 2400 * Math.floor(n / PER) + (n % PER);
let at = 0;

/** Words that one leaf picks, and below which values another one takes as many. */
const PICKED = [...x.slice(0, 40)].filter((value) => value < 0).map((value) => 3 * value);
const LIMIT = [...x.slice(39, 79)].sort((a, b) => a - b)[PICKED.length];
let next = 0;

const CASES: readonly (readonly [string, (v: Explicit) => void, Expected])[] = [
  [
    'a load, a leaf and a finished sum write one FIFO',
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [84]);
      v.pipe({ t: 6 }, ({ t }) => {
        const tile = v.sram('tile', 'i32', [10]);
        v.load(from, [t.mul(10)], tile);
        const f = v.fifo('f', 'i32', 16);
        v.load(from, [t.mul(10)], f, { extent: [10] });
        v.leaf({ i: { max: 3, par: 2 } }, ({ i }) => f.enqueue(t.value.mul(3).add(i.value)));
        v.leaf({ i: { max: 10, par: 4 } }, ({ i }) => f.enqueue(reduce('add', tile.at(i), [i])));
        v.store(to, [t.mul(14)], f, { extent: [14] });
      });
    },
    { outputs: { y: Int32Array.from([0, 1, 2, 3, 4, 5].flatMap(round)) } },
  ],
  [
    'data picks where words are taken, in the round they come in or a later one',
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [96]);
      v.pipe({ t: { max: 96, step: 24 } }, ({ t }) => {
        const mask = v.fifo('mask', 'i32', 8);
        v.load(from, [t], mask, { extent: [24] });
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: PER, par: 4 } }, ({ i }) => f.enqueue(i.value.add(t.value.mul(100))));
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 24, par: 4 } }, () => out.enqueue(f.dequeue({ when: isTaken(mask.dequeue()) })));
        v.store(to, [t], out, { extent: [24] });
      });
    },
    { outputs: { y: Int32Array.from(x, (value) => (value > LEAST ? word(at++) : 0)) } },
  ],
  [
    'data picks the words and where they are taken',
    (v) => {
      const from = v.dramIn('x', 'i32', [96]);
      const to = v.dramOut('y', 'i32', [40]);
      v.pipe({}, () => {
        const a = v.fifo('a', 'i32', 8);
        v.load(from, [0], a, { extent: [40] });
        const f = v.fifo('f', 'i32', 8);
        v.leaf({ i: { max: 40, par: 4 } }, () => f.enqueue(a.dequeue().mul(3), { when: a.dequeue().lt(0) }));
        const back = v.fifo('back', 'i32', 8);
        v.load(from, [39], back, { extent: [40] });
        const out = v.fifo('out', 'i32', 8);
        v.leaf({ k: { max: 40, par: 8 } }, () => out.enqueue(f.dequeue({ when: back.dequeue().lt(LIMIT) })));
        v.store(to, [0], out, { extent: [40] });
      });
    },
    { outputs: { y: Int32Array.from(x.slice(39, 79), (value) => (value < LIMIT ? PICKED[next++] : 0)) } },
  ],
];

test.each(CASES)('%s', async (_, build, expected) => {
  await checkExplicit(demo, build, { x }, expected, 'rtl');
});
