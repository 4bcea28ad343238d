/** Stencils whose windows reach over the edge, on the RTL of `demo`: the same answers, in the same cycles, as the golden machine. */
import { expect, test } from 'vitest';
import { checkExplicit } from '../support/explicit-case.ts';
import { fabricNamed } from '../support/fabric.ts';
import { stencilIsRight } from '../support/stencil-run.ts';
import { edgeSums, edges, neighbourSums, neighbours } from '../support/stencils.ts';

const demo = fabricNamed('demo');
const x = Int32Array.from({ length: 120 }, (_, i) => ((i * 37) % 101) - 50);

test('a line', async () => {
  await checkExplicit(demo, neighbours(30, 8, 2, 4), { x }, { outputs: { y: neighbourSums(x, 30) } }, 'rtl');
});

test('a grid', async () => {
  await checkExplicit(demo, edges(6, 20, 8, 1), { x }, { outputs: { y: edgeSums(x, 6, 20) } }, 'rtl');
});

test('random ones, as patterns', { timeout: 1_800_000 }, async () => {
  const count = process.env.KILN_FULL ? 150 : 8;
  let ran = 0;
  for (let seed = 0; seed < count; seed++) if (await stencilIsRight(demo, seed, 'rtl')) ran++;
  expect(ran).toBeGreaterThan(count / 2);
});
