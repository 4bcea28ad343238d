/** A point whose RTL answers otherwise, or later, says where the two runs part; one that agrees does not look. */
import { beforeEach, expect, test, vi } from 'vitest';
import { programNamed } from '../../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { buildProgram } from '../../../src/sweep/point/build.ts';
import { runGolden } from '../../../src/sweep/point/golden.ts';
import { runsPart } from '../../../src/sweep/point/messages.ts';
import { whereTheyPart } from '../../../src/sweep/point/part.ts';
import { runPoint } from '../../../src/sweep/point/point.ts';
import { runOnRtl } from '../../../src/sweep/point/rtl.ts';
import { fabricNamed } from '../../support/fabric.ts';

vi.mock(import('../../../src/sweep/point/rtl.ts'), async (original) => ({ ...(await original()), runOnRtl: vi.fn() }));
vi.mock(import('../../../src/sweep/point/part.ts'), () => ({ whereTheyPart: vi.fn() }));

const fabric = fabricNamed('tiny');
const profile = DRAM_PROFILES.ddr3x4;
const built = buildProgram(fabric, programNamed('innerproduct'), { n: 64 }, {});

/** The RTL answers as the golden simulator, with the cycles and the results changed. */
async function codesWhen(later: number, change: number): Promise<string[]> {
  vi.mocked(runOnRtl).mockImplementation(async (_simulator, ...[f, [{ kbit }], image, args]) => {
    const golden = runGolden(f, kbit, image, args, { profile, network: 'routed' });
    const results = new Map([...golden.answers.results].map(([name, word]) => [name, word ^ change]));
    return [{ ...golden, cycles: golden.cycles + later, answers: { ...golden.answers, results }, seconds: { build: 0, run: 0 } }];
  });
  const given = { arrays: new Map(), args: new Map(), seed: 1 };
  const options = { witnesses: new Set(['golden', 'rtl'] as const), given, profile, network: 'routed' } as const;
  return (await runPoint(fabric, built, options)).problems.map(({ code }) => code);
}

beforeEach(() => {
  vi.mocked(whereTheyPart)
    .mockReset()
    .mockResolvedValue(runsPart(7, 'pcu (1,0), vector output 0', []));
});

test('equal runs are not watched', async () => {
  expect(await codesWhen(0, 0)).toEqual([]);
  expect(whereTheyPart).not.toHaveBeenCalled();
});

test('another answer, or another time, is followed by cycle and unit', async () => {
  expect(await codesWhen(0, 1)).toEqual(['E0710', 'E0719']);
  expect(await codesWhen(3, 0)).toEqual(['E0712', 'E0719']);
  const ends = vi.mocked(whereTheyPart).mock.calls.map(([, , , , , { golden, rtl }]) => rtl - golden);
  expect(ends).toEqual([0, 3]);
});
