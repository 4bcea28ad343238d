/** A program that is started again without a load does the same in the same cycles, whatever it left in the fabric. */
import { expect, test } from 'vitest';
import { programs } from '../../src/programs/index.ts';
import { VARIANTS } from '../../src/programs/suite/variants.ts';
import { observed, runGolden } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';
import { keepers, readyToStart } from '../support/starts.ts';

const [demo, sara] = [fabricNamed('demo'), fabricNamed('sara')];

function startTwice(fabric: typeof demo, made: (typeof keepers)[string]): void {
  const { kbit, options } = readyToStart(fabric, made);
  const [first, second] = [1, 2].map((starts) => runGolden(fabric, kbit, { ...options, starts }));
  expect(first.status).toBe('done');
  expect(observed(second)).toEqual(observed(first));
  // A start alone does not watch; the second does.
  expect(second.unwritten).toEqual([]);
}

test.each(Object.keys(keepers))('%s', (name) => startTwice(demo, keepers[name]));

const rows = VARIANTS.filter(({ cycles }) => process.env.KILN_FULL || cycles < 1500);

test.each(rows.map(({ name }) => name))('suite/%s', (name) => startTwice(sara, programs.get(`suite/${name}`) as (typeof keepers)[string]));
