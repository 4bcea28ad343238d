/** Every unit, and the tiles and switches around them, pass Verilator, Icarus and Yosys without a message, whatever the parameters. */
import { describe, expect, test } from 'vitest';
import { TILE_KINDS } from '../../src/fabric/ports.ts';
import { archNamed } from '../support/fabric.ts';
import { expectSilence } from '../support/lint.ts';
import { modulesBelow } from '../support/proof/module.ts';

type Row = readonly [title: string, arch: string, change: Record<string, unknown>];
const long = { timeout: 600_000 };

const LEAST = {
  pcu: {
    ...{ lanes: 2, float: false, ring: 1, stages: 2, registers: 3, counters: 1 },
    ...{ vectorIn: 1, scalarIn: 1, vectorOut: 1, scalarOut: 1, controlIn: 1, controlOut: 1 },
  },
  latency: { simple: 1, multiply: 1 },
};
const MOST = { pcu: { lanes: 32, ring: 8, counters: 8 }, latency: { multiply: 6, float: 6 } };
const ODD = { pcu: { ring: 5, stages: 3, registers: 5, vectorIn: 3 }, latency: { simple: 2, multiply: 3, float: 5 } };
const PCUS: readonly Row[] = [
  ['tiny', 'tiny', {}],
  ['demo', 'demo', {}],
  ['plasticine', 'plasticine', {}],
  ['one lane', 'tiny', { pcu: { lanes: 1 } }],
  ['the least of everything', 'tiny', LEAST],
  ['odd numbers', 'tiny', ODD],
];

// Takes Yosys a minute.
test.each(process.env.KILN_FULL ? [...PCUS, ['the most of everything', 'tiny', MOST] as const] : PCUS)(
  'the PCU of %s',
  long,
  async (_, name, change) => {
    await expectSilence('kiln_pcu', modulesBelow(archNamed(name, change), 'kiln_pcu'));
  },
);

const SIDES = { ag: { sides: ['west', 'east', 'north', 'south'] } };
const one = { pcu: { lanes: 1 }, network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 }, fifo: { vector: 2, scalar: 2 } };
const few = { bankWords: 16, writeContexts: 1, readContexts: 1, counters: 1, vectorIn: 1, scalarIn: 1, controlIn: 1, tokens: 1 };
const many = { writeContexts: 4, readContexts: 3, counters: 8, vectorIn: 5, scalarIn: 6, controlIn: 7, controlOut: 2, tokens: 16 };
const TILES: readonly Row[] = [
  ['tiny', 'tiny', SIDES],
  ['demo', 'demo', SIDES],
  ['plasticine', 'plasticine', { ...SIDES, grid: { columns: 2, rows: 2 } }],
  ['one lane, one of everything', 'tiny', { ...SIDES, ...one, pmu: few }],
  ['many contexts and tokens', 'tiny', { ...SIDES, pmu: many, network: { vectorTracks: 5, scalarTracks: 3, controlTracks: 8 } }],
];

describe.each(TILES)('%s', (_, name, change) => {
  const arch = archNamed(name, change);

  // The compute unit has rows of its own: here the switch beside it.
  test.each(TILE_KINDS.map((kind) => (kind === 'pcu' ? 'kiln_switch_pcu' : `kiln_tile_${kind}`)))('%s', long, async (top) => {
    const texts = modulesBelow(arch, top);
    expect(texts.length).toBeGreaterThan(3);
    await expectSilence(top, texts);
  });
});
