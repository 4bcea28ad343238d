/** Loops that end at run time, and branches: against plain loops. */
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/base/diagnostic.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Explicit, LoopProgram } from '../../src/index.ts';
import { explicit, reduce, startAt } from '../../src/index.ts';
import { parseLoops } from '../../src/ir/loops-parse.ts';
import { printLoops } from '../../src/ir/loops-print.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { argued, branches, copied, counted, nested, rows, triangle } from '../support/dynamic-programs.ts';
import { fabricNamed } from '../support/fabric.ts';
import { randomDynamic } from '../support/random-dynamic.ts';

const tiny = fabricNamed('tiny');
const sara = fabricNamed('sara');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;

const programs = [
  ['a triangle', tiny, triangle(7, 1)],
  ['a triangle in vectors', tiny, triangle(13, 4)],
  ['rows of any length', sara, rows([0, 8, 3, 0, 5, 1, 7], 4)],
  ['rows of any length, by words', sara, rows([8, 0, 0, 2], 1)],
  ['a count made by a loop', sara, counted(10)],
  ['an argument', tiny, argued(17)],
  ['an argument above the most', tiny, argued(1000)],
  ['a negative argument', tiny, argued(-9)],
  ['branches', sara, branches(11)],
  ['copies, added', sara, copied(12, 3, 'add')],
  ['copies, the greatest', sara, copied(12, 3, 'max')],
] as const;

describe.each(programs)('%s', (_, fabric, one) => {
  test('reference = evaluator = golden', async () => {
    const built = buildProgram(fabric, one, {}, {});
    const { problems } = await runPoint(fabric, built, options);
    expect(problems).toEqual([]);
  });

  test('is printed and read back', () => {
    const text = printLoops(one.build({}));
    expect(text).toContain(' below ');
    expect(printLoops(parseLoops(text) as LoopProgram)).toBe(text);
  });
});

const trips = [0, 1, 2, 3];
const all = trips.flatMap((a) => trips.flatMap((b) => trips.map((c) => [a, b, c] as const)));

test.each(all)('three loops that end at run time: %d, %d and %d', async (a, b, c) => {
  const one = nested(a, [b, 3 - b, 2], [c, 2, 3 - c], 1 + (a % 2) * 3);
  const built = buildProgram(sara, one, {}, {});
  const { problems } = await runPoint(sara, built, options);
  expect(problems).toEqual([]);
});

const messages = (build: (v: Explicit) => void, fabric = tiny): string[] => {
  try {
    buildProgram(fabric, { ...triangle(4, 1), build: () => explicit(build) }, {}, {});
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ message }) => message);
    throw error;
  }
  return [];
};

test('what cannot end at run time is refused', () => {
  const inputs = messages(({ dramOut, sram, pipe, store, leaf }) => {
    const y = dramOut('y', 'i32', [4]);
    pipe({ i: 4 }, ({ i }) => {
      pipe({ a: i, b: i, c: i }, () => {
        const word = sram('word', 'i32', [1]);
        leaf({ j: 1 }, () => word.set([0], 1));
        store(y, [i], word);
      });
    });
  });
  expect(inputs[0]).toContain('it needs more than 2 scalar inputs');
  const last = messages(({ result, pipe, leaf }) => {
    const y = result('y', 'i32');
    pipe({ i: 4 }, ({ i }) => leaf({ j: i }, ({ j }) => y.set(j.value)));
  });
  expect(last[0]).toContain('a result takes the last value of loops that may have no iteration');
  const starts = messages(({ result, sram, pipe, leaf }) => {
    const [y, words] = [result('y', 'i32'), sram('words', 'i32', [4])];
    pipe({}, () => {
      pipe({ i: 4 }, ({ i }) =>
        leaf({ k: i, l: { max: 4, par: 4 } }, ({ k, l }) => words.set([l], reduce('max', k.add(l).value, [k], startAt('i32', -9)))),
      );
      leaf({ s: 4 }, ({ s }) => y.set(reduce('add', words.at(s), [s])));
    });
  });
  expect(starts[0]).toContain('from another start than 0');
  const queue = (lanes: number, depth: number) =>
    messages(({ result, fifo, pipe, leaf }) => {
      const [y, words] = [result('y', 'i32'), fifo('words', 'i32', depth)];
      pipe({}, () => {
        pipe({ i: 5 }, ({ i }) => leaf({ j: { max: i, par: lanes } }, ({ j }) => words.enqueue(j.value)));
        leaf({ s: 10 }, ({ s }) => y.set(reduce('add', words.dequeue(), [s])));
      });
    }, sara);
  expect(queue(1, 4)).toEqual([]);
  expect(queue(4, 4)[0]).toContain('a loop that ends at run time walks it in vectors');
  expect(queue(1, 1000)[0]).toContain('deeper than the fabric queues words');
});

test.each(Array.from({ length: process.env.KILN_FULL ? 300 : 16 }, (_, seed) => seed))('random loops, number %d', async (seed) => {
  const built = buildProgram(sara, randomDynamic(new Rng(seed)), {}, {});
  const { problems } = await runPoint(sara, built, options);
  expect(problems).toEqual([]);
});
