import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leavesOf, unpackBits, widthOf, wordsOf } from '../../../src/base/bitstruct.ts';
import { crc32Bytes, crc32Words } from '../../../src/base/crc32.ts';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { decode, readHeader } from '../../../src/bitstream/decode.ts';
import { encodeUnchecked } from '../../../src/bitstream/encode.ts';
import { BEAT_BYTES, EMPTY_INTERFACE, type KbitInterface, loaderPart } from '../../../src/bitstream/format.ts';
import { bytesOfWords, wordsOfBytes } from '../../../src/bitstream/words.ts';
import { type TileConfig, tileLayout } from '../../../src/fabric/config.ts';
import type { Fabric } from '../../../src/fabric/graph.ts';
import { TILE_KINDS, type TileKind } from '../../../src/fabric/ports.ts';
import { fabricNamed, leastFabric, randomConfigs, wideFabric } from './fabrics.ts';

const fabrics: [string, Fabric][] = [
  ['tiny', fabricNamed('tiny')],
  ['demo', fabricNamed('demo')],
  ['least', leastFabric],
  ['wide', wideFabric],
];
const runs = process.env.KILN_FULL ? 300 : 25;
const seeds = fc.integer({ min: 0, max: 1_000_000 });

const dot: KbitInterface = {
  program: 'dot',
  parameters: { n: 64 },
  inputs: [{ name: 'a', type: 'i32', shape: [64], address: 0, layout: 'dense' }],
  outputs: [],
  arguments: [{ name: 'n', type: 'i32', index: 0 }],
  results: [{ name: 'Summe äöü', type: 'i32', index: 0 }],
  dramBytes: 512,
};

describe.each(fabrics)('on %s', (_name, fabric) => {
  test('decode gives back what encode was given', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const configs = randomConfigs(fabric, seed);
        const bytes = encodeUnchecked(fabric, configs, dot);
        const kbit = decode(fabric, bytes);
        expect(kbit.configs).toEqual(configs);
        expect(kbit.interface).toEqual(dot);
        const runs = [...configs.values()].reduce((sum, { memory = [] }) => sum + memory.length, 0);
        expect(kbit.header.frames).toBe(configs.size + runs);
        expect(Buffer.from(encodeUnchecked(fabric, kbit.configs, kbit.interface)).equals(bytes)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test('no two fields of a layout overlap and none leaves a gap', () => {
    for (const kind of TILE_KINDS) {
      const layout = tileLayout(fabric.arch, kind);
      const owners = new Array<string | undefined>(widthOf(layout));
      for (const { path, lsb, width } of leavesOf(layout)) {
        for (let bit = lsb; bit < lsb + width; bit++) {
          expect(owners[bit], `bit ${bit} of ${kind}`).toBeUndefined();
          owners[bit] = path;
        }
      }
      expect(owners.every((owner) => owner !== undefined)).toBe(true);
    }
  });

  test('each field answers to its own bits and no others', () => {
    for (const kind of TILE_KINDS) {
      const layout = tileLayout(fabric.arch, kind);
      const leaves = leavesOf(layout);
      for (const leaf of leaves.filter((_, i) => i % 7 === 0)) {
        const words = new Uint32Array(wordsOf(layout));
        for (let bit = leaf.lsb; bit < leaf.lsb + leaf.width; bit++) words[bit >>> 5] |= 1 << (bit & 31);
        const value: unknown = unpackBits(layout, words);
        expect(nonZero(value)).toEqual([leaf.path]);
      }
    }
  });

  test('a flipped bit anywhere in part 1 is refused with one diagnostic', () => {
    const bytes = encodeUnchecked(fabric, randomConfigs(fabric, 7), dot);
    const bits = 8 * loaderPart(bytes).length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bits - 1 }), (bit) => {
        const bad = bytes.slice();
        bad[bit >>> 3] ^= 1 << (bit & 7);
        expect(refusal(fabric, bad)).toMatch(/^E08\d\d$/);
      }),
      { numRuns: 20 * runs },
    );
  });

  test('a file cut anywhere is refused', () => {
    const bytes = encodeUnchecked(fabric, randomConfigs(fabric, 3), dot);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(refusal(fabric, bytes.slice(0, length))).toBe('E0804');
      }),
      { numRuns: runs },
    );
  });
});

test('every bit of a small part 1 is guarded', () => {
  const bytes = encodeUnchecked(leastFabric, randomConfigs(leastFabric, 11, 1), EMPTY_INTERFACE);
  for (let bit = 0; bit < 8 * loaderPart(bytes).length; bit++) {
    const bad = bytes.slice();
    bad[bit >>> 3] ^= 1 << (bit & 7);
    expect(refusal(leastFabric, bad), `bit ${bit}`).toMatch(/^E08\d\d$/);
  }
});

describe('refusals', () => {
  const [, tiny] = fabrics[0];
  const good = encodeUnchecked(tiny, randomConfigs(tiny, 5, 1), dot);
  const end = loaderPart(good).length;
  /** The file with words of the header changed and its CRC made right again. */
  const header = (change: Record<number, number>) => {
    const bytes = good.slice();
    const words = wordsOfBytes(bytes.subarray(0, BEAT_BYTES));
    for (const [index, word] of Object.entries(change)) words[Number(index)] = word;
    words[15] = crc32Words(words.subarray(0, 15));
    bytes.set(bytesOfWords(words), 0);
    return bytes;
  };
  /** The file with another interface text, whole in itself. */
  const host = (json: string) => {
    const text = new TextEncoder().encode(json);
    return new Uint8Array([...good.subarray(0, end), ...bytesOfWords([text.length]), ...text, ...bytesOfWords([crc32Bytes(text)])]);
  };
  /** A file with runs of memory words, each an address and a length, for the first tile of a kind. */
  const memory = (kind: TileKind, ...runs: readonly (readonly [number, number])[]) => {
    const [tile] = tiny.tilesOf(kind);
    const config = unpackBits(tileLayout(tiny.arch, kind), new Uint32Array(1000)) as unknown as TileConfig;
    const words = runs.map(([address, length]) => ({ address, words: new Uint32Array(length) }));
    return encodeUnchecked(tiny, new Map([[tile.id, { ...config, memory: words }]]), dot);
  };
  test.each<[string, string, Uint8Array]>([
    ['magic', 'E0801', Uint8Array.from([1, 2, 3, 4])],
    ['nothing', 'E0804', new Uint8Array(0)],
    ['version', 'E0802', header({ 1: 2 })],
    ['another architecture', 'E0803', encodeUnchecked(fabrics[1][1], new Map(), dot)],
    ['header CRC', 'E0805', good.with(20, good[20] ^ 1)],
    ['frame CRC', 'E0806', good.with(BEAT_BYTES * 2, good[BEAT_BYTES * 2] ^ 4)],
    ['number of frames', 'E0812', header({ 4: 99 })],
    ['number of beats', 'E0813', header({ 6: 3 })],
    ['rows too many', 'E0813', header({ 5: 0xffffffff })],
    ['reserved header word', 'E0814', header({ 9: 1 })],
    ['reserved column', 'E0814', good.with(BEAT_BYTES + 60, 1)],
    ['interface CRC', 'E0815', good.with(end + 6, good[end + 6] ^ 1)],
    ['interface no JSON', 'E0816', host('{')],
    ['interface of another shape', 'E0816', host('{"program":3}')],
    ['bytes behind the end', 'E0817', new Uint8Array([...good, 0])],
    ['memory words twice', 'E0819', memory('pmu', [4, 3], [6, 1])],
    ['memory words out of order', 'E0819', memory('pmu', [4, 1], [0, 1])],
    ['memory words beyond the memory', 'E0819', memory('pmu', [1022, 3])],
    ['an address without words', 'E0819', memory('pmu', [0, 0])],
    ['memory words where there is no memory', 'E0819', memory('pcu', [0, 1])],
  ])('%s', (_what, code, bytes) => {
    expect(refusal(tiny, bytes)).toBe(code);
  });

  test('the header can be read without knowing the architecture', () => {
    expect(readHeader(good).beats).toBe(end / BEAT_BYTES);
  });
});

function refusal(fabric: Fabric, bytes: Uint8Array): string {
  try {
    decode(fabric, bytes);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics).toHaveLength(1);
    return error.diagnostics[0].code;
  }
  return 'accepted';
}

function nonZero(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return value === 0 ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((element, i) => nonZero(element, `${path}[${i}]`));
  return Object.entries(value as object).flatMap(([name, element]) => nonZero(element, path === '' ? name : `${path}.${name}`));
}
