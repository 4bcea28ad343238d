import { describe, expect, test } from 'vitest';
import type { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { Rng } from '../../../src/base/rng.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import type { Program } from '../../../src/frontend/program.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { buildFromKbit, buildProgram, certify } from '../../../src/sweep/point/build.ts';
import { compareAnswers } from '../../../src/sweep/point/compare.ts';
import { dramImage } from '../../../src/sweep/point/image.ts';
import { type GivenData, inputsOf } from '../../../src/sweep/point/inputs.ts';
import { type PointOptions, runPoint } from '../../../src/sweep/point/point.ts';
import { reportOf } from '../../../src/sweep/point/report.ts';
import { archNamed } from '../../support/fabric.ts';

const nothing: GivenData = { arrays: new Map(), args: new Map(), seed: 1 };
const fabric = new Fabric(archNamed('demo'));
const profile = DRAM_PROFILES.ddr3x4;
const options: PointOptions = { witnesses: new Set(['evaluator', 'golden']), given: nothing, profile, network: 'routed' };
const point = (program: Program, params: Record<string, number | string>, change: Partial<PointOptions> = {}) =>
  runPoint(fabric, buildProgram(fabric, program, params, {}), { ...options, ...change });

describe('a run', () => {
  test('agrees, and stays above its bound', async () => {
    const done = await point(programNamed('innerproduct'), { n: 512 });
    expect(done.problems).toEqual([]);
    expect(done.golden?.cycles).toBeGreaterThanOrEqual(done.certificate.cycles);
    const report = reportOf(fabric, done, profile, { compile: 1 });
    expect(report).toMatchObject({ match: true, checked: ['reference', 'evaluator', 'golden'], units: { pcu: 1, pmu: 0, ag: 2 } });
    expect(report.cycles).toEqual({ golden: done.golden?.cycles, rtl: null, icarus: null, config: null });
    expect(Math.abs((report.outputs['sum'].value as number) - 128)).toBeLessThan(30);
  });

  test('without a machine has an answer and no cycles', async () => {
    const done = await point(programNamed('gemm'), { m: 16, n: 16, k: 16 }, { witnesses: new Set(['evaluator']) });
    expect(reportOf(fabric, done, profile, {})).toMatchObject({
      match: true,
      cycles: { golden: null },
      utilisation: { fu: null },
      activity: null,
    });
  });

  test('that a wrong reference contradicts does not match, and says where', async () => {
    const right = programNamed('outerproduct');
    const wrong: Program = {
      ...right,
      reference: (params, inputs) => {
        const { out } = right.reference(params, inputs).outputs as { out: ArrayLike<number> };
        return { outputs: { out: Array.from(out, (value, i) => (i === 17 ? value + 1 : value)) } };
      },
    };
    const done = await point(wrong, { m: 16, n: 16 });
    expect(done.problems.map(({ code }) => code)).toEqual(['E0711']);
    expect(done.problems[0].notes[0]).toContain('`out[1, 1]`');
    expect(reportOf(fabric, done, profile, {}).match).toBe(false);
  });

  test('stopped early is a problem of the golden simulator alone', async () => {
    const done = await point(programNamed('innerproduct'), { n: 4096 }, { maxCycles: 50 });
    expect(done.problems.map(({ code }) => code)).toEqual(['E0714']);
  });

  test('of a bitstream is the run of its program', async () => {
    const built = buildProgram(fabric, programNamed('tpchq6'), { n: 1024 }, {});
    const again = buildFromKbit(fabric, programNamed('tpchq6'), built.kbit);
    expect([again.units, again.host, again.params]).toEqual([built.units, built.host, built.params]);
    const [a, b] = await Promise.all([built, again].map((one) => runPoint(fabric, one, options)));
    expect([a.problems, b.problems]).toEqual([[], []]);
    expect(b.golden?.cycles).toBe(a.golden?.cycles);
  });
});

test('the compiled bytes depend on the program, the architecture and the seed alone', () => {
  const bytes = (seed: number) => Buffer.from(buildProgram(fabric, programNamed('gemm'), { m: 32, n: 32, k: 32 }, { seed }).kbit);
  expect(bytes(1).equals(bytes(1))).toBe(true);
});

describe('answers', () => {
  const { loops } = buildProgram(fabric, programNamed('outerproduct'), { m: 4, n: 8, dtype: 'i32' }, {});
  const answers = (change: readonly number[]) => {
    const out = Uint32Array.from({ length: 32 }, (_, i) => (change.includes(i) ? -1 : i));
    return { outputs: new Map([['out', out]]), results: new Map<string, number>() };
  };

  test('that are equal bit for bit raise nothing', () => {
    expect(compareAnswers(loops, ['golden', 'rtl'], answers([]), answers([]))).toEqual([]);
  });

  test('that differ name the first element, both values and how many', () => {
    const [problem] = compareAnswers(loops, ['golden', 'rtl'], answers([]), answers([12, 31]));
    expect(problem.message).toBe('golden and rtl differ: 2 elements of `out`');
    expect(problem.notes).toEqual(['the first is `out[1, 4]`: golden 12 (0x0000000c), rtl -1 (0xffffffff)']);
  });
});

describe('the bound', () => {
  const bound = (name: string, params: Record<string, number | string>) =>
    certify(fabric, buildProgram(fabric, programNamed(name), params, {}), profile);

  test('counts the bytes that must move and the issues that must happen', () => {
    const { binding, bounds, bytes } = bound('innerproduct', { n: 4096 });
    expect(bytes).toEqual({ read: 32768, write: 0 });
    const cycles = (kind: string) => bounds.find((one) => one.kind === kind)?.cycles ?? 0;
    // 4,096 elements in 8 lanes; 32,768 bytes at 51.2 a cycle, and the time until the first of them is there.
    expect(cycles('compute')).toBe(512);
    expect([binding, Math.floor(cycles('dram-read') / 100)]).toEqual(['dram-read', 7]);
  });

  test('of a bitstream is that of its compilation, names apart', () => {
    const built = buildProgram(fabric, programNamed('gemm'), { m: 32, n: 32, k: 32 }, {});
    const again = buildFromKbit(fabric, programNamed('gemm'), built.kbit);
    const numbers = (one: typeof built) => certify(fabric, one, profile).bounds.map(({ kind, cycles }) => [kind, cycles]);
    expect(numbers(again)).toEqual(numbers(built));
  });

  test('never counts what a ragged edge leaves out', () => {
    expect(bound('innerproduct', { n: 1001 }).bytes.read).toBeLessThanOrEqual(2 * 64 * Math.ceil(1001 / 16));
  });
});

describe('data from outside', () => {
  const program = programNamed('innerproduct');
  const params = program.resolve({ n: 16, dtype: 'i32' });
  const loops = program.build(params);
  const given = (name: string, data: Int32Array | Float32Array, shape = [16]): GivenData => ({
    ...nothing,
    arrays: new Map([[name, { file: `${name}.npy`, array: { dtype: data instanceof Int32Array ? '<i4' : '<f4', shape, data } as never }]]),
  });
  const codes = (data: GivenData): string[] => {
    try {
      inputsOf(program, params, loops, data);
      return [];
    } catch (error) {
      return (error as DiagnosticError).diagnostics.map(({ code }) => code);
    }
  };

  test('takes the place of what the seed draws', () => {
    const x = Int32Array.from({ length: 16 }, (_, i) => i);
    const inputs = inputsOf(program, params, loops, given('x', x));
    expect(inputs.arrays['x']).toEqual(x);
    expect(inputs.arrays['y']).toEqual(program.data(params, new Rng(1)).arrays['y']);
  });

  test.each([
    ['z', new Int32Array(16), [16], ['E0702']],
    ['x', new Int32Array(12), [12], ['E0703']],
    ['x', new Int32Array(16), [4, 4], ['E0703']],
    ['x', new Float32Array(16), [16], ['E0704']],
  ])('%s of another kind is refused', (name, data, shape, expected) => {
    expect(codes(given(name, data, shape))).toEqual(expected);
  });
});

test('an image has its arrays at their addresses, and room for the bitstream within the address space', () => {
  const { host, kbit } = buildProgram(fabric, programNamed('innerproduct'), { n: 2000, dtype: 'i32' }, {});
  const y = Uint32Array.from({ length: 2000 }, (_, i) => i + 1);
  const image = dramImage(fabric.arch, host, kbit, new Map([['y', y]]));
  const { address } = host.inputs[1];
  expect(address % 4096).toBe(0);
  expect(new Uint32Array(image.buffer, address, 2000)).toEqual(y);
  expect(image.length % 4096).toBe(0);
  const small = { ...fabric.arch, memory: { ...fabric.arch.memory, addressBits: 14 } };
  expect(() => dramImage(small, host, kbit, new Map())).toThrow(/E0701/);
});
