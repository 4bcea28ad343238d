/** Random stencils as patterns: plain arithmetic = evaluator = golden machine, or a diagnostic says why not. */
import { expect, test } from 'vitest';
import { fabricNamed } from '../support/fabric.ts';
import { stencilIsRight } from '../support/stencil-run.ts';

const FULL = Boolean(process.env.KILN_FULL);

test.each([
  ['plasticine', FULL ? 500 : 25],
  ['demo', FULL ? 500 : 25],
])('stencils are right on %s, or do not fit', { timeout: 1_800_000 }, async (name, count) => {
  const fabric = fabricNamed(name);
  let ran = 0;
  for (let seed = 0; seed < count; seed++) if (await stencilIsRight(fabric, seed, 'golden')) ran++;
  expect(ran).toBeGreaterThan(count / 2);
});
