/** FIFOs and predicates: what they mean, what is refused, and their text. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { type Explicit, evaluate, explicit, reduce } from '../../../src/index.ts';
import { parseLoops } from '../../../src/ir/loops-parse.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';

const latency = { simple: 1, mul: 2, float: 4 } as never;

function run(build: (v: Explicit) => void, inputs: Record<string, number[]> = {}): Record<string, number[]> {
  const program = explicit(build);
  expect(printLoops(parseLoops(printLoops(program)))).toBe(printLoops(program));
  const words = new Map(Object.entries(inputs).map(([name, list]) => [name, Uint32Array.from(list)]));
  const { outputs, results } = evaluate(program, words, new Map(), { latency });
  return Object.fromEntries([
    ...[...outputs].map(([name, list]) => [name, [...list]]),
    ...[...results].map(([name, one]) => [name, [one]]),
  ]);
}

const problemsOf = (build: (v: Explicit) => void, inputs: Record<string, number[]> = {}): string[] => {
  try {
    run(build, inputs);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
  }
  return [];
};

test('words stream from DRAM through leaves and back', () => {
  const x = Array.from({ length: 12 }, (_, i) => i);
  const { y } = run(
    (v) => {
      const from = v.dramIn('x', 'i32', [12]);
      const to = v.dramOut('y', 'i32', [12]);
      v.pipe({ t: { max: 12, step: 4 } }, ({ t }) => {
        const a = v.fifo('a', 'i32', 4);
        const b = v.fifo('b', 'i32', 4);
        v.load(from, [t], a);
        v.leaf({ i: { max: 4, par: 3 } }, () => b.enqueue(a.dequeue().mul(10)));
        v.store(to, [t], b);
      });
    },
    { x },
  );
  expect(y).toEqual(x.map((value) => value * 10));
});

test('an enqueue with a predicate closes up, every reader sees all words', () => {
  const { evens, sum } = run((v) => {
    const to = v.dramOut('evens', 'i32', [5]);
    const sum = v.result('sum', 'i32');
    const f = v.fifo('f', 'i32', 8);
    v.leaf({ i: { max: 10, par: 4 } }, ({ i }) => f.enqueue(i.value, { when: i.value.and(1).eq(0) }));
    v.leaf({ k: { max: 5, par: 4 } }, ({ k }) => sum.set(reduce('add', f.dequeue(), [k])));
    v.store(to, [0], f, { extent: [5] });
  });
  expect([evens, sum]).toEqual([[0, 2, 4, 6, 8], [20]]);
});

test('a dequeue pops only where its predicate holds, and is 0 elsewhere', () => {
  const { y } = run((v) => {
    const to = v.dramOut('y', 'i32', [8]);
    const f = v.fifo('f', 'i32', 8);
    v.leaf({ i: { max: 4, par: 4 } }, ({ i }) => f.enqueue(i.add(1).value));
    const out = v.fifo('out', 'i32', 8);
    v.leaf({ k: { max: 8, par: 4 } }, ({ k }) => out.enqueue(f.dequeue({ when: k.value.and(1) })));
    v.store(to, [0], out);
  });
  expect(y).toEqual([0, 1, 0, 2, 0, 3, 0, 4]);
});

test('an array of FIFOs is one by its index', () => {
  const { y } = run((v) => {
    const to = v.dramOut('y', 'i32', [9]);
    const f = v.fifos('f', 'i32', 4, 3);
    v.leaf({ i: 9 }, ({ i }) => f.enqueue(i.value.mod(3), i.value));
    const out = v.fifo('out', 'i32', 9);
    v.leaf({ c: 3, k: 3 }, ({ c }) => out.enqueue(f.dequeue(c.value)));
    v.store(to, [0], out);
  });
  expect(y).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8]);
});

test('a word that no write touched is 0, and stays as it is where the predicate is 0', () => {
  const { y } = run((v) => {
    const to = v.dramOut('y', 'f32', [6]);
    const m = v.sram('m', 'f32', [6]);
    v.leaf({ i: { max: 6, par: 4 } }, ({ i }) => m.set([i], 1, { when: i.value.and(1) }));
    v.leaf({ i: { max: 6, par: 4 } }, ({ i }) => m.set([i], 2, { when: i.value.lt(2) }));
    v.store(to, [0], m);
  });
  expect(y.map((bits) => new Float32Array(Uint32Array.of(bits).buffer)[0])).toEqual([2, 2, 0, 1, 0, 1]);
});

test('FIFOs that do not come out even are problems of the run', () => {
  const count = (words: number, taken: number) => (v: Explicit) => {
    const sum = v.result('sum', 'i32');
    const f = v.fifo('f', 'i32', 8);
    v.leaf({ i: 8 }, ({ i }) => f.enqueue(i.value, { when: i.value.lt(words) }));
    v.leaf({ k: taken }, ({ k }) => sum.set(reduce('add', f.dequeue(), [k])));
  };
  expect(problemsOf(count(5, 5))).toEqual([]);
  expect(problemsOf(count(4, 5))).toEqual(['E0222 FIFO `f` is empty where word 4 of it is taken']);
  expect(problemsOf(count(7, 5))).toEqual(['E0223 of 7 words of FIFO `f` 2 are left at the end of the run']);
});

test('ends that cannot meet are found before the run, at the reader', () => {
  const problems = problemsOf((v) => {
    const x = v.dramIn('x', 'i32', [16]);
    const sum = v.result('sum', 'i32');
    const f = v.fifo('f', 'i32', 8);
    const g = v.fifo('g', 'f32', 8);
    const h = v.fifo('h', 'i32', 8);
    const m = v.sram('m', 'i32', [4]);
    v.load(x, [0], f);
    v.load(x, [0], h, { extent: [16] });
    v.load(x, [0], m, { extent: [4] });
    v.leaf({ i: 4 }, ({ i }) => sum.set(reduce('add', f.dequeue().add(f.dequeue({ when: m.at(i) })), [i])));
    v.leaf({ i: 4 }, ({ i }) => g.enqueue(i.value.toFloat(), { when: reduce('add', i.value, [i]) }));
  });
  expect(problems).toEqual([
    'E0258 a transfer of memory `m` gives an extent',
    'E0224 a leaf dequeues `f` twice an iteration',
    'E0224 the predicate of the enqueue is a finished reduction',
    'E0225 FIFO `f` gets 8 words in a run, and 4 are taken',
    'E0224 FIFO `g` is never read',
    'E0224 FIFO `h` is never read',
  ]);
});

// The fabric takes two words in each of the two iterations, whatever the mask: a run in which data has it otherwise is told so.
test.each([
  ['as many in each iteration', [1, 1, 0, 0, 0, 1, 0, 1], []],
  ['more in the first one', [1, 1, 1, 0, 0, 0, 0, 1], ['E0223 a word of FIFO `f` is left at the end of an iteration']],
  ['all in the first one', [1, 1, 1, 1, 0, 0, 0, 0], ['E0223 2 words of FIFO `f` are left at the end of an iteration']],
  ['more in the second one', [1, 0, 0, 0, 1, 1, 0, 1], ['E0222 FIFO `f` is empty where word 1 of it is taken']],
])('data picks %s', (_, mask, problems) => {
  for (const [asked, found] of [
    [false, problems],
    // Which words are taken is up to data, too: some may stay for later.
    [true, problems.filter((problem) => problem.startsWith('E0222'))],
  ] as const)
    expect(
      problemsOf(
        (v) => {
          const [from, to] = [v.dramIn('mask', 'i32', [8]), v.dramOut('y', 'i32', [4])];
          v.pipe({ t: 2 }, ({ t }) => {
            const [picks, f, out] = [v.sram('picks', 'i32', [4]), v.fifo('f', 'i32', 8), v.sram('out', 'i32', [2])];
            v.load(from, [t.mul(4)], picks);
            v.leaf({ i: 4 }, ({ i }) => f.enqueue(i.value, { when: picks.at(i) }));
            v.leaf({ k: 2 }, ({ k }) => out.set([k], asked ? f.dequeue({ when: picks.at(k).or(1) }) : f.dequeue()));
            v.store(to, [t.mul(2)], out);
          });
        },
        { mask },
      ),
    ).toEqual(found);
});
