/** Sets of indices against all of them listed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, type Indices, indicesBelow, indicesOf, union } from '../../../src/compiler/analysis/index-sets.ts';
import type { AffineExpr, Loop } from '../../../src/ir/loops.ts';

const loop = fc
  .record({
    min: fc.integer({ min: -3, max: 3 }),
    trips: fc.integer({ min: 1, max: 5 }),
    step: fc.integer({ min: 1, max: 4 }),
    coef: fc.integer({ min: -4, max: 4 }),
  })
  .map(({ min, trips, step, coef }) => ({ min, max: min + step * (trips - 1) + 1, step, coef }));
const expression = fc.record({ base: fc.integer({ min: -5, max: 5 }), loops: fc.array(loop, { maxLength: 3 }) });

function make({ base, loops }: { base: number; loops: { min: number; max: number; step: number; coef: number }[] }): {
  readonly indices: Indices;
  readonly listed: ReadonlySet<number>;
} {
  const all: Loop[] = loops.map(({ min, max, step }, i) => ({ var: `v${i}`, min, max, step, par: 1 }));
  const expr: AffineExpr = { base, terms: loops.flatMap(({ coef }, i) => (coef === 0 ? [] : [{ var: `v${i}`, coef }])) };
  let listed = [base];
  for (const { min, max, step, coef } of loops) {
    const values: number[] = [];
    for (let value = min; value < max; value += step) values.push(coef * value);
    listed = listed.flatMap((i) => values.map((value) => i + value));
  }
  return { indices: indicesOf(expr, all), listed: new Set(listed) };
}

const pairs = fc.tuple(expression, expression);

test('what an expression takes, cut, joined and compared', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 12 }), ([one, other], size) => {
      const [a, b] = [make(one), make(other)];
      const only = (list: ReadonlySet<number>) => new Set([...list].filter((i) => i >= 0 && i < size));
      expect(contains(a.indices, b.indices)).toBe([...b.listed].every((i) => a.listed.has(i)));
      expect(contains(indicesBelow(size, a.indices), indicesBelow(size, b.indices))).toBe(
        [...only(b.listed)].every((i) => only(a.listed).has(i)),
      );
      const both = new Set([...a.listed, ...b.listed]);
      expect(contains(union(a.indices, b.indices), a.indices)).toBe(true);
      expect(contains({ low: Math.min(...both), high: Math.max(...both) }, union(a.indices, b.indices))).toBe(true);
      expect(contains(union(a.indices, b.indices), { low: Math.min(...both), high: Math.max(...both) })).toBe(
        both.size === Math.max(...both) - Math.min(...both) + 1,
      );
    }),
    { numRuns: 2000 },
  );
});

test('as many as a memory may have, in order', () => {
  const expr = {
    base: 0,
    terms: [
      { var: 't', coef: 1 },
      { var: 'i', coef: 1 },
    ],
  };
  const loops = [
    { var: 't', min: 0, max: 1 << 20, step: 64, par: 1 },
    { var: 'i', min: 0, max: 64, step: 1, par: 16 },
  ];
  expect(indicesOf(expr, loops)).toEqual({ low: 0, high: (1 << 20) - 1 });
  // With gaps they are too many.
  expect(indicesOf(expr, [loops[0], { ...loops[1], max: 63 }])).toBeUndefined();
});
