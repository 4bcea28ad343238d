/** Loops that end at run time, and branches, on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { expect, test } from 'vitest';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { argued, branches, copied, counted, nested, rows, triangle } from '../support/dynamic-programs.ts';
import { fabricNamed } from '../support/fabric.ts';
import { chained, columns, gated, lists, rounds } from '../support/transfer-programs.ts';

const demo = fabricNamed('demo');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);

const PROGRAMS = [
  ['a triangle in vectors', triangle(13, 4), {}],
  ['rows of any length', rows([0, 8, 3, 5, 1], 4), {}],
  ['a count made by a loop', counted(10), {}],
  ['an argument', argued(17), {}],
  ['branches', branches(11), {}],
  ['three loops', nested(3, [2, 0, 3], [0, 3, 1], 4), {}],
  ['copies', copied(9, 2, 'max'), {}],
  ['a queue that a triangle fills', programNamed('suite/CountZero'), { N: 6 }],
  ['as many words of a queue as a loop counts', programNamed('suite/VarDeq'), {}],
  ['a table of pointers', programNamed('suite/BankRange'), { nCols: 9, indPtrLen: 10, nodePar: 1, ip: 8 }],
  ['stores in both arms of a branch', gated([1, 0, 0, 1, 1], 8), {}],
  ['a branch never taken', gated([0, 0, 0], 8, false), {}],
  ['order through memory across arms', chained([1, 0, 1, 1, 0], 8), {}],
  ['lists that start anywhere and are as long as they are', lists([3, -4, 30, 90, 64, 16], [5, 24, 0, 24, 23, 16], 4), {}],
  ['boxes of rows from anywhere', columns([0, 5, 30], [12, 7, 12], 4), {}],
  ['transfers in loops that end at run time', rounds([2, 2, 0, 4], [1, 0, 1, 1], 8), {}],
] as const;

test.runIf(process.env.KILN_FULL).each(PROGRAMS)('%s', async (_, one, params) => {
  const built = buildProgram(demo, one, params, {});
  const options = { witnesses, given, profile: DRAM_PROFILES.pir2020, network: 'routed' } as const;
  const point = await runPoint(demo, built, options);
  expect(point.problems).toEqual([]);
  expect(point.rtl).toBeDefined();
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
});
