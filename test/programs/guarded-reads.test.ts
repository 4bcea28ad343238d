/**
 * Reads that look beyond the edge of their memory under a condition that keeps it from mattering: the program, as written and as
 * mapped, on the golden machine and in plain arithmetic. Words that nothing wrote are poison.
 */
import { describe, expect, test } from 'vitest';
import { type Explicit, type Expr, type Index, reduce, startAt } from '../../src/index.ts';
import { checkExplicit, refusalOf } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';
import { edgeSums, edges, neighbourSums, neighbours } from '../support/stencils.ts';

const demo = fabricNamed('demo');
/** 64 words in a unit. */
const small = fabricNamed('demo', { pmu: { bankWords: 16 }, pcu: { lanes: 4 }, grid: { columns: 8, rows: 8 } });
const x = Int32Array.from({ length: 600 }, (_, i) => ((i * 37) % 101) - 50);
const floats = Float32Array.from(x, (word, i) => (i % 7 === 0 ? Number.NaN : word / 3));
const words = <T>(n: number, of: (i: number) => T) => Array.from({ length: n }, (_, i) => of(i));

describe('a line and its neighbours', () => {
  test.each([
    [24, 1, 1, 1],
    [24, 8, 1, 3],
    [24, 4, 2, 3],
    [30, 8, 2, 4],
  ])('of %i words, %i lanes, %i copies, %i lines', async (n, par, copies, lines) => {
    const given = x.slice(0, n * lines);
    await checkExplicit(demo, neighbours(n, par, copies, lines), { x: given }, { outputs: { y: neighbourSums(given, n) } });
  });

  test('in parts, over the cuts', async () => {
    for (const [par, copies] of [
      [1, 1],
      [4, 1],
      [4, 2],
    ]) {
      const { memories } = await checkExplicit(
        small,
        neighbours(150, par, copies, 1),
        { x: x.slice(0, 150) },
        { outputs: { y: neighbourSums(x.slice(0, 150), 150) } },
      );
      expect(memories).toBeGreaterThan(3);
    }
  });
});

describe('a grid and the words around each', () => {
  test.each([
    [5, 12, 1, 1],
    [6, 16, 8, 1],
    [6, 20, 4, 2],
  ])('of %i x %i, %i lanes, %i copies of rows', async (rows, columns, par, copies) => {
    const given = x.slice(0, rows * columns);
    await checkExplicit(demo, edges(rows, columns, par, copies), { x: given }, { outputs: { y: edgeSums(given, rows, columns) } });
  });

  test('in parts', async () => {
    const given = x.slice(0, 15 * 10);
    await checkExplicit(small, edges(15, 10, 4, 1), { x: given }, { outputs: { y: edgeSums(given, 15, 10) } });
  });
});
