/**
 * Every variant compiled for `sara` and run on the golden machine: the right answer, in exactly the cycles of
 * `suite-cycles.json`. A change of the compiler that moves them: UPDATE_GOLDEN=1 KILN_FULL=1, then read the diff.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Fabric } from '../../src/fabric/graph.ts';
import { VARIANTS } from '../../src/programs/suite/variants.ts';
import { barOf, suiteRow } from '../bench/suite.ts';
import { archNamed } from '../support/fabric.ts';

const file = new URL('suite-cycles.json', import.meta.url);
const known: Record<string, number> = JSON.parse(readFileSync(file, 'utf8'));
const fabric = new Fabric(archNamed('sara'));
const found: Record<string, number> = { ...known };

const rows = VARIANTS.filter(({ cycles }) => process.env.KILN_FULL || cycles < 10_000);

test.each(rows.map((variant) => [variant.name, variant] as const))('%s', async (name, variant) => {
  const { cycles, bound, problem } = await suiteRow(variant, fabric);
  expect(problem).toBeUndefined();
  // The certificate may not promise more than the machine keeps.
  expect(cycles).toBeGreaterThanOrEqual(bound ?? Number.POSITIVE_INFINITY);
  if (cycles) found[name] = cycles;
  if (!process.env.UPDATE_GOLDEN) expect(cycles).toBe(known[name]);
  expect(cycles).toBeLessThanOrEqual(barOf(variant));
});

test('the table is whole', () => {
  expect(Object.keys(found).sort()).toEqual(VARIANTS.map(({ name }) => name).sort());
});

afterAll(() => {
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
});
