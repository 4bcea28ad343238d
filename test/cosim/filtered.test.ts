/** Filters, lists and scans on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { expect, test } from 'vitest';
import { type Expected, type Patterns, patterns, program } from '../../src/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const demo = fabricNamed('demo');
const given = { arrays: new Map(), args: new Map(), seed: 1 } as const;
const witnesses = new Set(['evaluator', 'golden', 'rtl'] as const);

const x = Int32Array.from({ length: 40 }, (_, i) => ((i * 37) % 101) - 50);
const padded = (kept: readonly number[], n: number) => Array.from({ length: n }, (_, i) => kept[i] ?? 0);
const odd = [...x].filter((value) => value & 1);
const listed = [...x].flatMap((value) => [value, ...(value < 0 ? [-value] : [])]);
const sums = [...x].map((_, at) => x.slice(at - (at % 8), at + 1).reduce((a, b) => a + b, 0));
const high = sums.filter((sum) => sum > 20);

const CASES: readonly (readonly [string, (v: Patterns) => void, Expected])[] = [
  [
    'a filter whose words fill all vectors',
    (v) =>
      v.output(
        'y',
        v.filter(v.input('x', 'i32', [40]), (value) => value.and(1)),
      ),
    { outputs: { y: padded(odd, 40) }, results: { y_count: odd.length } },
  ],
  [
    'lists',
    (v) =>
      v.output(
        'y',
        v.flatMap([v.input('x', 'i32', [40])], (value) => [value, { value: value.neg(), when: value.lt(0) }]),
      ),
    { outputs: { y: padded(listed, 80) }, results: { y_count: listed.length } },
  ],
  [
    'a filter of scans, made on chip',
    (v) =>
      v.output(
        'y',
        v.filter(v.scan('add', v.input('x', 'i32', [5, 8])), (sum) => sum.gt(20)),
      ),
    { outputs: { y: padded(high, 40) }, results: { y_count: high.length } },
  ],
];

test.each(CASES)('%s', async (_, build, expected) => {
  const made = program({
    name: 'case',
    params: {},
    build: (_params, target) => patterns(target, build),
    data: () => ({ arrays: { x } }),
    reference: () => expected,
  });
  const built = buildProgram(demo, made, {}, {});
  const options = { witnesses, given, profile: DRAM_PROFILES.pir2020, network: 'routed' } as const;
  const point = await runPoint(demo, built, options);
  expect(point.problems).toEqual([]);
  expect(point.rtl?.cycles).toBe(point.golden?.cycles);
});
