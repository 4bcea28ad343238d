/** Where golden simulator and RTL part: a fault planted in either is found in its unit, at its port, in its first cycle. */
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/bitstream/decode.ts';
import type { AgConfig, PcuConfig, PmuConfig, TileConfig } from '../../src/fabric/config.ts';
import { argWords, inputWords } from '../../src/frontend/check.ts';
import { OPS } from '../../src/ops/table.ts';
import { programNamed } from '../../src/programs/index.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram, namesOf } from '../../src/sweep/point/build.ts';
import { runGolden } from '../../src/sweep/point/golden.ts';
import { dramImage } from '../../src/sweep/point/image.ts';
import { inputsOf } from '../../src/sweep/point/inputs.ts';
import { type PartOptions, whereTheyPart } from '../../src/sweep/point/part.ts';
import { runPoint } from '../../src/sweep/point/point.ts';
import { fabricNamed } from '../support/fabric.ts';

const long = { timeout: 1_200_000 };
const fabric = fabricNamed('tiny');
const profile = DRAM_PROFILES.ddr3x4;
const given = { arrays: new Map(), args: new Map(), seed: 1 };
const built = buildProgram(fabric, programNamed('gemm'), { m: 8, n: 8, k: 8 }, {});
const inputs = inputsOf(built.program, built.params, built.loops, given);
const image = dramImage(fabric.arch, built.host, built.kbit, inputWords(inputs));
const args = argWords(built.loops, inputs);
const { cycles } = runGolden(fabric, built.kbit, image, args, { profile, network: 'routed' });

const part = (options: Partial<PartOptions> = {}) =>
  whereTheyPart(
    fabric,
    built.kbit,
    built.host,
    image,
    args,
    { golden: cycles, rtl: cycles },
    {
      profile,
      network: 'routed',
      names: built.sections[0].compiled && namesOf(built.sections[0].compiled),
      ...options,
    },
  );

/** The unit that the program calls so. */
function unitCalled(name: string): number {
  const [id] = [...(built.sections[0].compiled ? namesOf(built.sections[0].compiled) : [])].find(([, { label }]) => label === name) ?? [];
  if (id === undefined) throw new Error(`no unit is called ${name}`);
  return id;
}

/** The configurations with one tile changed. */
function changed(name: string, change: (config: TileConfig) => void): ReadonlyMap<number, TileConfig> {
  const configs = structuredClone(decode(fabric, built.kbit).configs) as Map<number, TileConfig>;
  change(configs.get(unitCalled(name)) as TileConfig);
  return configs;
}

const at = (name: string) => {
  const { kind, x, y } = fabric.tiles[unitCalled(name)];
  return `${kind} (${x},${y}) (\`${name}\`, src/programs/gemm.ts:17)`;
};

test('nothing that moves differs in any cycle, also when the RTL tells it piece by piece', long, async () => {
  const all = `everything that moves between units is equal in golden simulator and RTL, up to cycle ${cycles - 1}`;
  expect((await part()).message).toBe(all);
  expect((await part({ words: 20_000 })).message).toBe(all);
});

describe('a fault in the golden run is found at', () => {
  const faults: [string, string, (config: TileConfig) => void, string, RegExp][] = [
    [
      'the output of a compute unit',
      'leaf2',
      ({ unit }) => Object.assign((unit as PcuConfig).stages[0], { op: OPS.fmul.code }),
      'vector output 0',
      /^lane \d: golden 0x[0-9a-f]{8}, RTL 0x[0-9a-f]{8}$/,
    ],
    [
      'the output of a memory unit',
      'b_tile',
      ({ unit }) => Object.assign((unit as PmuConfig).read[0].address, { base: 4 }),
      'vector output 0',
      /^lane \d: golden/,
    ],
    [
      'the requests of an address generator',
      'load.b_tile',
      ({ unit }) => Object.assign((unit as AgConfig).address, { base: 1040 }),
      'read address',
      /^the address: golden 0x00001040, RTL 0x00001000$/,
    ],
    [
      'the bursts of an address generator',
      'store.c_tile',
      ({ unit }) => Object.assign((unit as AgConfig).address, { base: 2064 }),
      'write address',
      /^the address: golden 0x00002040, RTL 0x00002000$/,
    ],
  ];
  test.each(faults)('%s', long, async (_what, name, change, port, note) => {
    const { message, notes } = await part({ configs: changed(name, change) });
    expect(message).toMatch(/^golden simulator and RTL part in cycle \d+, at /);
    expect(message.replace(/^.*, at /, '')).toBe(`${at(name)}, ${port}`);
    expect(notes).toHaveLength(1);
    expect(notes?.[0]).toMatch(note);
  });

  test.each([
    ['from a link, what it should not', (select: number) => select >= 1 && select <= 3, 'vector link from the '],
    ['from its unit, what it should not', (select: number) => select >= 4, 'vector output '],
  ] as const)('a switch that takes %s', long, async (_, taken, port) => {
    const configs = structuredClone(decode(fabric, built.kbit).configs) as Map<number, TileConfig>;
    // Which tiles pass streams on is the placement's choice: the first one is cut.
    const links = [...configs.values()].map(({ switch: { vector } }) => vector.link as number[]).find((list) => list.some(taken));
    if (!links) throw new Error('no switch takes so');
    links.forEach((select, track) => {
      if (taken(select)) links[track] = 0;
    });
    const { message, notes } = await part({ configs });
    expect(message).toMatch(/^golden simulator and RTL part in cycle \d+, at the switch of /);
    expect(message).toContain(`, ${port}`);
    expect(notes).toEqual(['the RTL takes an entry, golden does not']);
  });
});

// A faulty module is another model of its tile, with probes and without.
test.runIf(process.env.KILN_FULL)('a fault in the RTL is reported with the first element, and its cycle and unit', long, async () => {
  // Lane 2 of what is stored has its lowest bit flipped.
  const rewrite = ({ path, text }: { path: string; text: string }) =>
    path.endsWith('kiln_ag_pack.sv') ? text.replace('taken ? in_data_i[i*32 +: 32]', "taken ? in_data_i[i*32 +: 32] ^ 32'(i == 2)") : text;
  const options = { witnesses: new Set(['golden', 'rtl'] as const), given, profile, network: 'routed', rewrite } as const;
  const { problems } = await runPoint(fabric, built, options);
  expect(problems.map(({ code }) => code)).toEqual(['E0710', 'E0719']);
  expect(problems[0].notes?.[0]).toContain('the first is `c[0, 2]`');
  expect(problems[1].message).toMatch(/^golden simulator and RTL part in cycle \d+, at /);
  expect(problems[1].message).toContain(`at ${at('store.c_tile')}, write data`);
  expect(problems[1].notes?.[0]).toMatch(/^word 2 of the beat: golden/);
});
