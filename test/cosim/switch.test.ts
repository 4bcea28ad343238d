/**
 * The switch beside each kind of tile against the golden network, cycle for cycle: random selects, also those that mean
 * nothing, forks, and sinks that stall.
 */
import { describe, expect, test } from 'vitest';
import { Fabric } from '../../src/fabric/graph.ts';
import { TILE_KINDS } from '../../src/fabric/ports.ts';
import { archNamed } from '../support/fabric.ts';
import { moduleBench } from '../support/proof/module.ts';
import { proveAll, seedsOf, sumOf } from '../support/proof/prove.ts';
import { playRandomSwitch } from '../support/proof/switch.ts';

const FULL = Boolean(process.env.KILN_FULL);
const CASES = FULL ? 400 : 40;
const CYCLES = 300;

// Tiles in the middle have four neighbours, which have neighbours of their own to be fed by.
const ROOM = { grid: { columns: 3, rows: 3 }, ag: { sides: ['west', 'east', 'north', 'south'] } };
const SHAPES: readonly (readonly [string, Record<string, unknown>])[] = [['4 lanes, 4 tracks', ROOM]];
const MORE: typeof SHAPES = [
  ['1 lane, 1 track', { ...ROOM, pcu: { lanes: 1 }, network: { vectorTracks: 1, scalarTracks: 1, controlTracks: 1 } }],
  ['16 lanes, 2, 3 and 8 tracks', { ...ROOM, pcu: { lanes: 16 }, network: { vectorTracks: 2, scalarTracks: 3, controlTracks: 8 } }],
  ['32 lanes, 5 tracks', { ...ROOM, pcu: { lanes: 32 }, network: { vectorTracks: 5, scalarTracks: 1, controlTracks: 2 } }],
];

describe.each(FULL ? [...SHAPES, ...MORE] : SHAPES)('%s', (name, change) => {
  const fabric = new Fabric(archNamed('tiny', change));

  test.each(FULL ? TILE_KINDS : (['pcu', 'ag'] as const))('beside a tile of kind %s', { timeout: 3_600_000 }, async (kind) => {
    const bench = await moduleBench(fabric.arch, `kiln_switch_${kind}`);
    const played = await proveAll(bench, seedsOf(`${name}/${kind}`, CASES), (seed) => playRandomSwitch(fabric, kind, bench, seed, CYCLES));
    if (kind !== 'empty') expect(sumOf(played, 'takes')).toBeGreaterThan(CASES * 50);
  });
});
