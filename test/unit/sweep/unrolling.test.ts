/** A program that does not fit in all its copies: fewer, told, and the same again from the bitstream; or not at all, where that is asked. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { explicit, type Program, program, reduce } from '../../../src/index.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { buildFromKbit, buildProgram } from '../../../src/sweep/point/build.ts';
import { runPoint } from '../../../src/sweep/point/point.ts';
import { fabricNamed } from '../../support/fabric.ts';

/** Sums 8 tiles in `par` copies of the loop over them, each in `lines` copies of its lines. */
const sums = (par: number, lines = 1): Program =>
  program({
    name: 'sums',
    params: {},
    build: () =>
      explicit((v) => {
        const x = v.dramIn('x', 'i32', [64, 8]);
        const sum = v.result('sum', 'i32');
        v.pipe({ t: { max: 64, step: 8, par } }, ({ t }) => {
          const tile = v.sram('tile', 'i32', [8, 8]);
          v.load(x, [t, 0], tile);
          v.leaf({ r: { max: 8, par: lines }, i: { max: 8, par: 4 } }, ({ r, i }) => sum.set(reduce('add', tile.at(r, i), [t, r, i])));
        });
      }),
    data: () => ({ arrays: { x: Int32Array.from({ length: 512 }, (_, i) => i) } }),
    reference: () => ({ results: { sum: (511 * 512) / 2 } }),
  });

const answerOf = async (fabric: ReturnType<typeof fabricNamed>, built: Parameters<typeof runPoint>[1]) => {
  const given = { arrays: new Map(), args: new Map(), seed: 1 };
  const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;
  return (await runPoint(fabric, built, options)).problems;
};

test.each([
  ['2x2', 1],
  ['3x2', 2],
  ['3x3', 4],
  ['4x3', 4],
])('on a grid of %s a loop of 8 copies runs in %i', async (grid, copies) => {
  const [columns, rows] = grid.split('x').map(Number);
  const fabric = fabricNamed('tiny', { grid: { columns, rows } });
  const { warnings, ...built } = buildProgram(fabric, sums(8), {}, { fewer: true });
  const told = copies === 1 ? 'one copy' : `${copies} copies`;
  expect(warnings?.map(({ code, message }) => `${code} ${message}`)).toEqual([`W0701 loop \`t\` runs in ${told}, not in 8`]);
  expect(await answerOf(fabric, built)).toEqual([]);
  // The bitstream says how many there are, so its program is made again as it was.
  const again = buildFromKbit(fabric, sums(8), built.kbit);
  expect(again.loops).toEqual(built.loops);
  expect(await answerOf(fabric, again)).toEqual([]);
  expect(buildProgram(fabric, sums(8), {}, { fewer: true }).kbit).toEqual(built.kbit);
});

test('loops with the most copies give them up first', () => {
  const { warnings } = buildProgram(fabricNamed('demo'), sums(2, 6), {}, { fewer: true });
  expect(warnings?.map(({ message }) => message)).toEqual(['loop `r` runs in 3 copies, not in 6']);
});

test('a parameter that is a number of copies is one of them', () => {
  const { params, warnings } = buildProgram(
    fabricNamed('demo'),
    programNamed('suite/DotProduct'),
    { N: 64, ts: 8, op: 8, ip: 4 },
    { fewer: true },
  );
  expect(warnings?.map(({ message }) => message)).toEqual([`parameter \`op\` is ${params.op}, not 8`]);
});

test('what fits has nothing to tell, and what must be exact is refused', () => {
  expect(buildProgram(fabricNamed('demo'), sums(2), {}, { fewer: true }).warnings).toBeUndefined();
  expect(() => buildProgram(fabricNamed('tiny'), sums(8), {}, {})).toThrow(DiagnosticError);
});

test('what does not fit in one copy either is told with all of them', () => {
  // Its memory alone takes more units, whatever is cut off.
  expect(() => buildProgram(fabricNamed('demo'), programNamed('suite/SRAMSplit'), { ip: 8 }, { fewer: true })).toThrow(/E0601/);
});
