/** Where a program may be cut into two that run one after the other, and what crosses. */
import { expect, test } from 'vitest';
import { cutAfter } from '../../../src/compiler/sections/cut.ts';
import { inOrderOfNeed } from '../../../src/compiler/sections/order.ts';
import { stepsOf } from '../../../src/compiler/sections/steps.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import { carried, reduce } from '../../../src/frontend/dsl/handles.ts';
import type { LoopProgram } from '../../../src/ir/loops.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';
import { checkExplicit } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

/** The loops of a program, without places. */
const textOf = (program: LoopProgram): string => printLoops(program).replace(/ @\S+/g, '').split('\n').slice(1).join('\n').trim();

/** The steps behind which a program can be cut, as `kind of statement` or `leaf:value`. */
const cutsOf = (program: LoopProgram): string[] =>
  stepsOf(program).flatMap(({ statement, value }, i) =>
    cutAfter(program, i + 1) ? [value === undefined ? `${statement.kind} ${i + 1}` : `value ${value}`] : [],
  );

const tiled = (body: (v: Explicit, t: Parameters<Parameters<Explicit['pipe']>[1]>[0]['t']) => void) =>
  explicit((v) => v.pipe({ t: { max: 32, step: 8 } }, ({ t }) => body(v, t)));

test('what crosses is kept in DRAM, what was loaded is loaded again', () => {
  const program = tiled((v, t) => {
    const [x, y] = [v.dramIn('x', 'i32', [32]), v.dramOut('y', 'i32', [32])];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => v.sram(name, 'i32', [8]));
    v.load(x, [t], a);
    v.leaf({ i: 8 }, ({ i }) => b.set([i], a.at(i).mul(3)));
    v.leaf({ i: 8 }, ({ i }) => c.set([i], b.at(i).add(a.at(i))));
    v.store(y, [t], c);
  });
  expect(cutsOf(program)).toEqual(['leaf 2', 'leaf 3']);
  const cut = cutAfter(program, 2);
  expect(cut && textOf(cut.first)).toBe(`dram in x i32 [32]
dram in y i32 [32]
dram out b$kept i32 [32]
memory a i32 [8]
memory b i32 [8]
nest pipe (t: 0..32 step 8) {
  load x[t] [8] -> a
  leaf (i: 0..8) {
    %0 = read a[i] : i32
    %1 = const 0x00000003 : i32
    %2 = mul %0 %1 : i32
    write b[i] = %2
  }
  store b -> b$kept[t] [8]
}`);
  expect(cut && textOf(cut.rest)).toBe(`dram in x i32 [32]
dram out y i32 [32]
dram in b$kept i32 [32]
memory a i32 [8]
memory b i32 [8]
memory c i32 [8]
nest pipe (t: 0..32 step 8) {
  load x[t] [8] -> a
  load b$kept[t] [8] -> b
  leaf (i: 0..8) {
    %0 = read b[i] : i32
    %1 = read a[i] : i32
    %2 = add %0 %1 : i32
    write c[i] = %2
  }
  store c -> y[t] [8]
}`);
});

test('a leaf is cut behind an operation', () => {
  const program = tiled((v, t) => {
    const [x, y] = [v.dramIn('x', 'i32', [32]), v.dramOut('y', 'i32', [32])];
    const [a, b] = ['a', 'b'].map((name) => v.sram(name, 'i32', [8]));
    v.load(x, [t], a);
    v.leaf({ i: 8 }, ({ i }) => b.set([i], a.at(i).mul(3).add(i.value).sub(a.at(i))));
    v.store(y, [t], b);
  });
  expect(cutsOf(program)).toEqual(['value 2', 'value 4', 'leaf 4']);
  const rest = cutAfter(program, 3)?.rest;
  expect(rest && textOf(rest)).toBe(`dram in x i32 [32]
dram out y i32 [32]
dram in leaf$v4$kept i32 [32]
memory a i32 [8]
memory b i32 [8]
memory leaf$v4 i32 [8]
nest pipe (t: 0..32 step 8) {
  load x[t] [8] -> a
  load leaf$v4$kept[t] [8] -> leaf$v4
  leaf (i: 0..8) {
    %0 = read leaf$v4[i] : i32
    %1 = read a[i] : i32
    %2 = sub %0 %1 : i32
    write b[i] = %2
  }
  store b -> y[t] [8]
}`);
});

test('an array for every iteration of the loops around, whatever their steps', () => {
  const program = explicit((v) => {
    const y = v.dramOut('y', 'i32', [5, 7]);
    v.pipe({ r: { min: 1, max: 10, step: 4 }, s: { max: 6, step: 3 } }, ({ r, s }) => {
      const [a, b] = [v.sram('a', 'i32', [5, 7]), v.sram('b', 'i32', [5, 7])];
      v.leaf({ i: 5, j: 7 }, ({ i, j }) => a.set([i, j], r.value.add(s.value).add(i.value).add(j.value)));
      v.leaf({ i: 5, j: 7 }, ({ i, j }) => b.set([i, j], a.at(i, j).add(1)));
      v.store(y, [0, 0], b);
    });
  });
  const leaf = stepsOf(program).findIndex(({ value }) => value === undefined);
  const cut = cutAfter(program, leaf + 1);
  // 2 iterations of s, ceil(5 / 3) = 2 rows a unit of s apart; 3 of r, ceil(11 / 4) = 3 rows a unit apart.
  expect(cut?.kept.map(({ name, shape }) => [name, ...shape])).toEqual([['a$kept', 11 + 2 * 4 * 3, 7]]);
  expect(cut && textOf(cut.first)).toContain('store a -> a$kept[3*r + 2*s + -3, 0] [5, 7]');
});

test('what is behind a loop is cut off with the last iteration', () => {
  const program = explicit((v) => {
    const [x, out] = [v.dramIn('x', 'i32', [32]), v.dramOut('out', 'i32', [8])];
    v.pipe({}, () => {
      const [sum, twice] = [v.sram('sum', 'i32', [8]), v.sram('twice', 'i32', [8])];
      v.pipe({ t: 4 }, ({ t }) => {
        const a = v.sram('a', 'i32', [8]);
        v.load(x, [t.mul(8)], a);
        v.leaf({ i: 8, u: 1 }, ({ i, u }) => sum.set([i], reduce('add', a.at(i), [u], carried(sum.at(i), [t]))));
      });
      v.leaf({ i: 8 }, ({ i }) => twice.set([i], sum.at(i).mul(2)));
      v.store(out, [0], twice);
    });
  });
  const leaf = stepsOf(program).findIndex(({ statement }) => statement.kind === 'leaf');
  const cut = cutAfter(program, leaf + 1);
  expect(cut && textOf(cut.first)).toMatch(/ {2}}\n {2}store sum -> sum\$kept\[0\] \[8\]\n}$/);
  expect(cut && textOf(cut.rest)).toMatch(/nest pipe \(\) \{\n {2}load sum\$kept\[0\] \[8\] -> sum\n {2}leaf/);
});

test('what the next iteration uses: the cut lies in the first iteration, the others stay behind it', () => {
  const program = explicit((v) => {
    const y = v.dramOut('y', 'i32', [8]);
    v.pipe({}, () => {
      const [state, next] = [v.sram('state', 'i32', [8]), v.sram('next', 'i32', [8])];
      v.leaf({ i: 8 }, ({ i }) => state.set([i], 1));
      v.pipe({ t: 4 }, ({ t }) => {
        v.leaf({ i: 8 }, ({ i }) => next.set([i], state.at(i).add(t.value)));
        v.leaf({ i: 8 }, ({ i }) => state.set([i], next.at(i).mul(2)));
      });
      v.store(y, [0], state);
    });
  });
  const cut = cutAfter(program, 2);
  expect(cut?.peeled).toBe(true);
  expect(cut && textOf(cut.first)).toMatch(/nest pipe \(t: 0\.\.1\) \{\n[^}]*\}\n {4}store next -> next\$kept\[8\*t\] \[8\]\n {2}\}\n\}$/);
  expect(cut && textOf(cut.rest)).toMatch(
    /nest pipe \(t: 0\.\.1\) \{\n {4}load next\$kept\[8\*t\] \[8\] -> next\n[^}]*\}\n {2}\}\n {2}nest pipe \(t: 1\.\.4\) \{\n {4}leaf/,
  );
});

test('a sum that begins with the loop goes on after its first iteration', () => {
  const program = explicit((v) => {
    const [x, y] = [v.dramIn('x', 'i32', [4, 8]), v.dramOut('y', 'i32', [8])];
    v.pipe({}, () => {
      const [sum, last] = [v.sram('sum', 'i32', [8]), v.sram('last', 'i32', [8])];
      v.leaf({ i: 8 }, ({ i }) => last.set([i], 0));
      v.pipe({ t: 4 }, ({ t }) => {
        const a = v.sram('a', 'i32', [8]);
        v.load(x, [t, 0], a);
        v.leaf({ u: 1, i: 8 }, ({ u, i }) => sum.set([i], reduce('add', a.at(i).add(last.at(i)), [u], carried(sum.at(i), [t]))));
        v.leaf({ i: 8 }, ({ i }) => last.set([i], sum.at(i).mul(2)));
      });
      v.store(y, [0], last);
    });
  });
  const leaf = stepsOf(program).findLastIndex(({ statement }) => statement.kind === 'leaf' && statement.loops.length === 2);
  const cut = cutAfter(program, leaf + 1);
  expect(cut?.peeled).toBe(true);
  expect(cut && textOf(cut.first).match(/carried sum\[i\] over t.*/g)).toEqual(['carried sum[i] over t first 0x00000000 : i32']);
  expect(cut && textOf(cut.rest).match(/carried sum\[i\] over t.*/g)).toEqual(['carried sum[i] over t : i32']);
});

test('what the rest writes anew is neither kept nor written before', () => {
  const program = explicit((v) => {
    const [y, z] = [v.dramOut('y', 'i32', [8]), v.dramOut('z', 'i32', [8])];
    v.pipe({}, () => {
      const [m, a, b] = ['m', 'a', 'b'].map((name) => v.sram(name, 'i32', [8]));
      v.leaf({ i: 8 }, ({ i }) => {
        m.set([i], i.value.mul(3));
        a.set([i], i.value.mul(5));
      });
      v.leaf({ i: 8 }, ({ i }) => m.set([i], a.at(i).add(1)));
      v.leaf({ i: 8 }, ({ i }) => b.set([i], m.at(i).add(1)));
      v.store(y, [0], m);
      v.store(z, [0], b);
    });
  });
  const leaf = stepsOf(program).findIndex(({ value }) => value === undefined);
  const cut = cutAfter(program, leaf + 1);
  expect(cut?.kept.map(({ name }) => name)).toEqual(['a$kept']);
  expect(cut?.first.memories.map(({ name }) => name)).toEqual(['a']);
  expect(cut && textOf(cut.first)).not.toContain('0x00000003');
});

test('of a FIFO a round is kept', () => {
  const program = tiled((v, t) => {
    const y = v.dramOut('y', 'i32', [32]);
    const words = v.fifo('words', 'i32', 8);
    v.leaf({ i: 8 }, ({ i }) => words.enqueue(i.value));
    v.store(y, [t], words);
  });
  const cut = cutAfter(program, 1);
  expect(cut && textOf(cut.first)).toContain('store words -> words$kept[t] [8]');
  expect(cut && textOf(cut.rest)).toContain('  load words$kept[t] [8] -> words\n  store words -> y[t] [8]');
});

test.each<[string, (v: Explicit) => void, beyond?: number]>([
  [
    'data decides how many words are taken from a FIFO across',
    (v) => {
      const y = v.dramOut('y', 'i32', [32]);
      v.pipe({ t: { max: 32, step: 8 } }, ({ t }) => {
        const [words, b] = [v.fifo('words', 'i32', 8), v.sram('b', 'i32', [8])];
        v.leaf({ i: 8 }, ({ i }) => words.enqueue(i.value, { when: i.value.and(1) }));
        v.leaf({ i: 8 }, ({ i }) => b.set([i], words.dequeue({ when: i.value.and(1) })));
        v.store(y, [t], b);
      });
    },
    1,
  ],
  [
    'a line buffer lies across',
    (v) => {
      const [x, y] = [v.dramIn('x', 'i32', [4, 8]), v.dramOut('y', 'i32', [4, 8])];
      v.pipe({ t: 4 }, ({ t }) => {
        const [lines, a, b] = [v.lineBuffer('lines', 'i32', [2, 8]), v.sram('a', 'i32', [8]), v.sram('b', 'i32', [8])];
        v.load(x, [t, 0], a);
        v.leaf({ i: 8 }, ({ i }) => lines.set([i], a.at(i).add(1)));
        v.leaf({ i: 8 }, ({ i }) => b.set([i], lines.at(0, i).add(lines.at(1, i))));
        v.store(y, [t, 0], b);
      });
    },
    1,
  ],
  [
    'an array is stored in one part and loaded in the other',
    (v) => {
      const x = v.dramInOut('x', 'i32', [40]);
      v.pipe({ t: { max: 32, step: 8 } }, ({ t }) => {
        const [a, b] = [v.sram('a', 'i32', [8]), v.sram('b', 'i32', [8])];
        v.load(x, [t], a);
        v.leaf({ i: 8 }, ({ i }) => b.set([i], a.at(i)));
        v.store(x, [t.add(8)], b);
      });
    },
  ],
  [
    'the loop around ends at run time',
    (v) => {
      const [end, y] = [v.argIn('end', 'i32'), v.dramOut('y', 'i32', [32])];
      v.pipe({}, () => {
        const ends = v.sram('ends', 'i32', [1]);
        v.leaf({ i: 1 }, ({ i }) => ends.set([i], end));
        v.pipe({ t: { max: v.count(ends.at(0), { atMost: 4 }) } }, ({ t }) => {
          const [a, b] = [v.sram('a', 'i32', [8]), v.sram('b', 'i32', [8])];
          v.leaf({ i: 8 }, ({ i }) => a.set([i], t.value));
          v.leaf({ i: 8 }, ({ i }) => b.set([i], a.at(i)));
          v.store(y, [t.mul(8)], b);
        });
      });
    },
  ],
])('no cut where %s', (_, build, beyond = 0) => {
  const program = explicit(build);
  // Behind the last step of the loop only what is behind the loop is cut off; `beyond`: steps before it where nothing hinders.
  const inside = stepsOf(program)
    .flatMap(({ path }, i) => (path.length > 1 || program.body.loops.length > 0 ? [i + 1] : []))
    .slice(0, -1 - beyond);
  expect(inside.length).toBeGreaterThan(0);
  // Within the first iteration alone there may be one.
  expect(inside.filter((step) => cutAfter(program, step)?.peeled === false)).toEqual([]);
});

test('operations come in an order in which few values are alive', () => {
  const program = tiled((v, t) => {
    const [x, y] = [v.dramIn('x', 'i32', [32]), v.dramOut('y', 'i32', [32])];
    const [a, b] = [v.sram('a', 'i32', [8]), v.sram('b', 'i32', [8])];
    v.load(x, [t], a);
    v.leaf({ i: 8 }, ({ i }) => {
      const products = [2, 3, 4, 5].map((factor) => a.at(i).mul(factor));
      b.set(
        [i],
        products.reduceRight((sum, product) => product.sub(sum)),
      );
    });
    v.store(y, [t], b);
  });
  const most = (one: LoopProgram) => Math.max(...stepsOf(one).map((_, i) => cutAfter(one, i + 1)?.kept.length ?? 0));
  expect([most(program), most(inOrderOfNeed(program))]).toEqual([4, 2]);
  expect(stepsOf(inOrderOfNeed(program))).toHaveLength(stepsOf(program).length);
});

// Stored in every iteration of the loop that it is carried over, and nowhere else: it once had a buffer for every iteration.
test('a sum that goes on is in one place for all iterations', async () => {
  const x = Int32Array.from({ length: 32 }, (_, n) => n * n);
  const sums = x.map((_, n) => x.filter((__, m) => m <= n && m % 8 === n % 8).reduce((a, b) => a + b));
  await checkExplicit(
    fabricNamed('demo'),
    (v) => {
      const [from, to] = [v.dramIn('x', 'i32', [4, 8]), v.dramOut('y', 'i32', [4, 8])];
      v.pipe({ t: 4 }, ({ t }) => {
        const [a, sum] = [v.sram('a', 'i32', [8]), v.sram('sum', 'i32', [8])];
        v.load(from, [t, 0], a);
        v.leaf({ u: 1, i: { max: 8, par: 4 } }, ({ i, u }) => sum.set([i], reduce('add', a.at(i), [u], carried(sum.at(i), [t]))));
        v.store(to, [t, 0], sum);
      });
    },
    { x },
    { outputs: { y: sums } },
  );
});
