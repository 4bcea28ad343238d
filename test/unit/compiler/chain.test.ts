import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildChain } from '../../../src/compiler/chain.ts';
import type { AffineExpr, Loop } from '../../../src/ir/loops.ts';

const LIMIT = { counters: 8, field: 'pmu.counters', what: 'the context' };

/** What a context does at each issue, read off the chain: affine values, first and last of a mask. */
function walkChain(loops: readonly Loop[], affines: readonly AffineExpr[], mask: ReadonlySet<string>) {
  const chain = buildChain({ loops, lanes: true, affines, masks: [mask], pinned: new Set() }, LIMIT);
  const counters = chain.config.counters.slice(0, chain.config.count);
  const trips = counters.map((c) => Math.ceil((c.max - c.min) / c.stride));
  const bits = chain.maskOf(mask);
  const issues: { values: number[]; lanes: number; first: boolean; last: boolean }[] = [];
  const at = counters.map(() => 0);
  for (;;) {
    const values = affines.map((_, i) => {
      const { base, inc } = chain.affine(i);
      return base + at.reduce((sum, n, c) => sum + n * inc[c], 0);
    });
    const left = counters.length ? Math.ceil((counters[0].max - counters[0].min - at[0] * counters[0].stride) / chain.config.laneStep) : 1;
    const inMask = (c: number) => (bits >> c) & 1;
    issues.push({
      values,
      lanes: Math.min(left, chain.config.par),
      first: at.every((n, c) => !inMask(c) || n === 0),
      last: at.every((n, c) => !inMask(c) || n === trips[c] - 1),
    });
    let c = 0;
    while (c < counters.length && at[c] === trips[c] - 1) at[c++] = 0;
    if (c === counters.length) break;
    at[c]++;
  }
  expect(issues.length).toBe(chain.issues);
  return issues;
}

/** The same by plain nested loops. */
function walkLoops(loops: readonly Loop[], affines: readonly AffineExpr[], mask: ReadonlySet<string>) {
  const issues: ReturnType<typeof walkChain> = [];
  const visit = (depth: number, env: Map<string, number>, first: boolean, last: boolean): void => {
    if (depth === loops.length) return;
    const loop = loops[depth];
    const lane = depth === loops.length - 1;
    const stride = loop.step * loop.par;
    for (let v = loop.min; v < loop.max; v += stride) {
      env.set(loop.var, v);
      const f = first && (!mask.has(loop.var) || v === loop.min);
      const l = last && (!mask.has(loop.var) || v + stride >= loop.max);
      if (!lane) visit(depth + 1, env, f, l);
      else {
        const values = affines.map((e) => e.base + e.terms.reduce((sum, t) => sum + t.coef * (env.get(t.var) ?? 0), 0));
        issues.push({ values, lanes: Math.min(loop.par, Math.ceil((loop.max - v) / loop.step)), first: f, last: l });
      }
    }
  };
  visit(0, new Map(), true, true);
  return issues;
}

const loopsOf = fc.array(
  fc.record({ min: fc.integer({ min: -3, max: 3 }), trips: fc.integer({ min: 1, max: 4 }), step: fc.integer({ min: 1, max: 3 }) }),
  { minLength: 1, maxLength: 5 },
);

test('a chain walks its loops whatever was merged or dropped', () => {
  fc.assert(
    fc.property(
      loopsOf,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 6, maxLength: 6 }),
      fc.boolean(),
      (shape, par, split, coefs, contiguous) => {
        const loops: Loop[] = shape.map(({ min, trips, step }, i) => ({
          var: `v${i}`,
          min,
          max: min + trips * step,
          step,
          par: i === shape.length - 1 ? par : 1,
        }));
        // Contiguous coefficients make merging legal; random ones mostly forbid it.
        let size = 1;
        const natural = [...loops]
          .reverse()
          .map((loop) => {
            const coef = size;
            size *= Math.ceil((loop.max - loop.min) / loop.step);
            return coef / loop.step;
          })
          .reverse();
        const expr: AffineExpr = { base: 7, terms: loops.map((loop, i) => ({ var: loop.var, coef: contiguous ? natural[i] : coefs[i] })) };
        const mask = new Set(loops.slice(split).map((loop) => loop.var));
        const chain = walkChain(loops, [expr], mask);
        const plain = walkLoops(loops, [expr], mask);
        const round = (list: typeof chain) => list.map((issue) => ({ ...issue, values: issue.values.map((x) => Math.round(x * 1000)) }));
        expect(round(chain)).toEqual(round(plain));
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});

test('unused outer loops share a counter', () => {
  const loops: Loop[] = [
    { var: 'ii', min: 0, max: 128, step: 64, par: 1 },
    { var: 'jj', min: 0, max: 128, step: 64, par: 1 },
    { var: 'i', min: 0, max: 64, step: 1, par: 1 },
    { var: 'k', min: 0, max: 64, step: 1, par: 16 },
  ];
  const chain = buildChain(
    { loops, lanes: true, affines: [{ base: 0, terms: [{ var: 'k', coef: 1 }] }], masks: [new Set(['i', 'k'])], pinned: new Set() },
    LIMIT,
  );
  expect(chain.config.count).toBe(3);
  expect(chain.maskOf(['i', 'k'])).toBe(0b011);
});

test('too many counters is told with the field to raise', () => {
  const loops: Loop[] = Array.from({ length: 3 }, (_, i) => ({ var: `v${i}`, min: 0, max: 5, step: 1, par: 1 }));
  const affine = { base: 0, terms: loops.map((loop, i) => ({ var: loop.var, coef: 100 - i })) };
  expect(() => buildChain({ loops, lanes: false, affines: [affine], masks: [], pinned: new Set() }, { ...LIMIT, counters: 2 })).toThrow(
    /E0301.*needs 3 counters/,
  );
});
