/** Programs that are started again without a load, on both machines: the second run as the first, value for value and cycle for cycle. */
import { expect, test } from 'vitest';
import { observed, runBoth } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';
import { keepers, readyToStart } from '../support/starts.ts';

const demo = fabricNamed('demo');

test.each(Object.keys(keepers))('%s', async (name) => {
  const { kbit, options } = readyToStart(demo, keepers[name]);
  const [first, second] = [await runBoth(demo, kbit, options), await runBoth(demo, kbit, { ...options, starts: 2 })];
  expect(first.golden.status).toBe('done');
  const [once] = [observed(first.golden), observed(first.rtl), observed(second.golden), observed(second.rtl)].map((run, _, all) => {
    expect(run).toEqual(all[0]);
    return run;
  });
  expect(once.error).toBeUndefined();
});
