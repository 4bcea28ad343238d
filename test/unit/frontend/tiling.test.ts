import { expect, test } from 'vitest';
import { chooseTiles } from '../../../src/frontend/dsl/tiling.ts';
import { defaultTarget } from '../../../src/frontend/program.ts';

test.each([16_385, 48_608, 1_100_000, 1_900_000, 16 * 16_411 + 1])(
  'tiles of a vector of %i words leave less than a vector beyond its end, or next to it where nothing divides',
  (size) => {
    const tiles = chooseTiles({
      shape: 'map',
      dimensions: [{ name: 'i', size, role: 'out', lane: true, exact: false }],
      kept: [],
      lanes: 16,
      copies: 1,
      copied: '',
      rows: 32,
      latency: 1,
      target: defaultTarget,
    });
    const tile = tiles.get('i');
    expect(tile).toBeDefined();
    const { size: words, count } = tile ?? { size: 0, count: 0 };
    expect(words % 16).toBe(0);
    // A store that is done while dozens of vectors are on their way to it leaves them in the fabric.
    expect(words * count - size).toBeLessThan(3 * 16);
    expect(words * count).toBeGreaterThanOrEqual(size);
    expect(words).toBeGreaterThanOrEqual(4096);
  },
);
