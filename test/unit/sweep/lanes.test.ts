/** A program that asks for more lanes than the fabric has: as many as there are, told, and the same again from the bitstream. */
import { expect, test } from 'vitest';
import { explicit, type Program, program, reduce } from '../../../src/index.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { VARIANTS } from '../../../src/programs/suite/variants.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { type Built, buildFromKbit, buildProgram } from '../../../src/sweep/point/build.ts';
import { runPoint } from '../../../src/sweep/point/point.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');

const problemsOf = async (built: Built) => {
  const given = { arrays: new Map(), args: new Map(), seed: 1 };
  const options = { witnesses: new Set(['evaluator', 'golden'] as const), given, profile: DRAM_PROFILES.ideal, network: 'routed' } as const;
  return (await runPoint(demo, built, options)).problems;
};

/** Lanes as a parameter and as numbers in loops. */
const sums: Program = program({
  name: 'sums',
  params: { ip: { default: 16, min: 1, max: 32, doc: 'lanes', free: 'lanes' } },
  build: ({ ip }) =>
    explicit((v) => {
      const x = v.dramIn('x', 'i32', [64]);
      const [sum, most] = [v.result('sum', 'i32'), v.result('most', 'i32')];
      v.pipe({}, () => {
        const tile = v.sram('tile', 'i32', [64]);
        v.load(x, [0], tile);
        v.leaf({ i: { max: 64, par: ip } }, ({ i }) => sum.set(reduce('add', tile.at(i), [i])));
        v.leaf({ j: { max: 64, par: 32 } }, ({ j }) => most.set(reduce('max', tile.at(j), [j])));
      });
    }),
  data: () => ({ arrays: { x: Int32Array.from({ length: 64 }, (_, i) => i) } }),
  reference: () => ({ results: { sum: 2016, most: 63 } }),
});

test('parameters and loops get the lanes that there are', async () => {
  const built = buildProgram(demo, sums, {}, { fewer: true });
  expect(built.warnings?.map(({ code, message, notes }) => [code, message, ...notes])).toEqual([
    ['W0701', 'parameter `ip` is 8, not 16', '`demo` has 8 lanes'],
    ['W0701', 'loop `j` runs in 8 lanes, not in 32', '`demo` has 8 lanes'],
  ]);
  expect(built.params).toEqual({ ip: 8 });
  expect(await problemsOf(built)).toEqual([]);
  const again = buildFromKbit(demo, sums, built.kbit);
  expect(again.loops).toEqual(built.loops);
  expect(await problemsOf(again)).toEqual([]);
});

test('what fits is as it was, and exact programs insist', () => {
  expect(buildProgram(demo, programNamed('suite/GEMM'), { ip: 8 }, { fewer: true }).warnings).toBeUndefined();
  expect(() => buildProgram(demo, sums, {}, {})).toThrow(/E0312.*loop `i` asks for 16 lanes, the fabric has 8/);
});

test('chosen parameters stay within them', () => {
  const { params } = buildProgram(demo, programNamed('suite/DotProduct'), { N: 256, ip: 16 }, { fewer: true, free: DRAM_PROFILES.ideal });
  expect(params.ip).toBe(8);
});

// As a new user would: a program of the suite by its name, on a fabric that it was not made for.
// Those that are not here are larger than demo, or take long there (they have tests of their own).
const OTHERS = process.env.KILN_FULL
  ? /^(Kmeans|LogReg|SGD|BlackScholes|MLP|SRAMSplit)$/
  : /^(Kmeans|LogReg|SGD|BlackScholes|MLP|SRAMSplit|SharedLoader)$/;
test.each([...new Set(VARIANTS.map(({ family }) => family))].filter((family) => !OTHERS.test(family)))(
  'suite/%s on demo as it is',
  async (family) => {
    expect(await problemsOf(buildProgram(demo, programNamed(`suite/${family}`), {}, { fewer: true }))).toEqual([]);
  },
);
