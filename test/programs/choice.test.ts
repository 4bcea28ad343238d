/** A bitstream names the choice of tiles and copies it was made with: the program is made again as it was, float sums included. */
import { expect, test } from 'vitest';
import { printLoops } from '../../src/ir/loops-print.ts';
import { programNamed } from '../../src/programs/index.ts';
import { buildFromKbit, buildProgram } from '../../src/sweep/point/build.ts';
import { targetOf } from '../../src/sweep/point/target.ts';
import { fabricNamed } from '../support/fabric.ts';

const fabric = fabricNamed('demo');

test.each([
  ['innerproduct', { n: 20_000 }],
  ['gemm', { m: 64, n: 64, k: 32 }],
  ['gda', { n: 64, d: 11 }],
])('%s from its bitstream', (name, params) => {
  const program = programNamed(name);
  const { kbit, loops, host } = buildProgram(fabric, program, params, {});
  const again = buildFromKbit(fabric, program, kbit);
  expect(again.host.choice).toBe(host.choice);
  expect(printLoops(again.loops)).toBe(printLoops(loops));
});

test('a choice is taken as it is given, whatever is predicted', () => {
  const program = programNamed('innerproduct');
  const params = program.resolve({ n: 20_000 });
  const target = targetOf(fabric.arch);
  const never = () => {
    throw new Error('nothing is predicted');
  };
  const built = [0, 1, 2].map((choice) => program.build(params, { ...target, choice, predict: never }));
  expect(built.map(({ choice }) => choice)).toEqual([0, 1, 2]);
  expect(new Set(built.map(printLoops)).size).toBe(3);
});

test('explicit programs have no choice', () => {
  expect(buildProgram(fabric, programNamed('suite/DotProduct'), { ip: 8 }, {}).host.choice).toBeUndefined();
});
