/** Random parameters of the families of the suite. */
import type { Rng } from '../../src/base/rng.ts';
import { programNamed } from '../../src/programs/index.ts';

/** Up to `most` copies of each loop; sizes, tiles, lanes and copies that rarely divide each other. */
export function familyParams(family: string, rng: Rng, most: number): Record<string, number> {
  const params: Record<string, number> = {};
  for (const key of Object.keys(programNamed(`suite/${family}`).params)) {
    if (/^(op|op1|op2|ip2|nodePar|edgePar|loop_.*)$/.test(key)) params[key] = rng.int(1, most);
    else if (/^ip/.test(key)) params[key] = rng.int(1, 8);
    else if (/^(ts|ts1|ts2|its|nSamplesPerTile)$/.test(key)) params[key] = rng.int(4, 17);
    // The first points are the first centroids: there are as many of them.
    else if (key === 'K') params[key] = rng.int(2, 8);
    // A FIFO, and a compute unit, for every word.
    else if (/^SharedLoader/.test(family) && key === 'N') params[key] = rng.int(2, 7);
    else if (/^(nEstimators|group)$/.test(key)) params[key] = rng.int(1, 4);
    else if (key === 'nFeatures') params[key] = rng.int(2, 12);
    else if (key === 'seed') params[key] = rng.int(0, 99);
    else if (key === 'iters') params[key] = rng.int(1, 6);
    else if (/^(N|M|D|dim|nSamples)$/.test(key)) params[key] = rng.int(8, 47);
  }
  return params;
}
