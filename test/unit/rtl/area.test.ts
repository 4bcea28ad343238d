/** The estimate of the datasheet against what `kiln synth` measured (Yosys 0.23, `kiln synth ARCH --unit UNIT`), in transistors. */
import { expect, test } from 'vitest';
import { TILE_KINDS, type TileKind } from '../../../src/fabric/ports.ts';
import { areaParts, switchArea, unitArea } from '../../../src/rtl/kit/area.ts';
import { fabricNamed } from '../../support/fabric.ts';

const INTEGERS = { pcu: { float: false } };
const TWO_TRACKS = { network: { vectorTracks: 2, scalarTracks: 2 } };
const MEASURED: readonly (readonly [what: string, kind: TileKind, transistors: number, arch: string, change: Record<string, unknown>])[] = [
  ['unit', 'pcu', 23_961_686, 'plasticine', {}],
  ['unit', 'pmu', 18_409_030, 'plasticine', {}],
  ['unit', 'ag', 1_320_248, 'plasticine', {}],
  ['unit', 'host', 51_130, 'plasticine', {}],
  ['switch', 'pcu', 1_167_694, 'plasticine', {}],
  ['unit', 'pcu', 3_438_446, 'tiny', INTEGERS],
  ['switch', 'pcu', 193_390, 'tiny', TWO_TRACKS],
];

test.each(MEASURED)('%s of a %s: within a tenth of %i', (what, kind, measured, name, change) => {
  const { arch } = fabricNamed(name, change);
  const estimate = what === 'unit' ? unitArea(arch, kind) : switchArea(arch, kind);
  expect(Math.abs(estimate / measured - 1)).toBeLessThan(0.1);
});

test.each([
  ['tiny', 21_226_716],
  ['demo', 147_022_006],
])('the whole of %s: within a thirtieth of %i', (name, measured) => {
  const total = areaParts(fabricNamed(name)).reduce((sum, { number, each }) => sum + number * each, 0);
  expect(Math.abs(total / measured - 1)).toBeLessThan(1 / 30);
});

test('more of anything is larger, and no floating point smaller', () => {
  const of = (change: Record<string, unknown>) => {
    const { arch } = fabricNamed('tiny', change);
    return TILE_KINDS.reduce((sum, kind) => sum + unitArea(arch, kind) + switchArea(arch, kind), 0);
  };
  const plain = of({});
  for (const more of [
    { pcu: { lanes: 8 } },
    { pcu: { stages: 7 } },
    { pcu: { registers: 7 } },
    { pmu: { bankWords: 512 } },
    { ag: { writeBeats: 64 } },
    { network: { vectorTracks: 5 } },
  ])
    expect(of(more), JSON.stringify(more)).toBeGreaterThan(plain);
  expect(of({ pcu: { float: false } })).toBeLessThan(plain);
});
