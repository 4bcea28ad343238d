/** What the seed operations compute from the memories of `seeds.ts`. The RTL has its own reading of the same bytes. */
import { SEEDS } from './seeds.ts';

const word = new Int32Array(1);
const real = new Float32Array(word.buffer);

const pattern = (bits: number): number => {
  word[0] = bits;
  return real[0];
};

/** About 1/x for 2^-126 <= |x| < 2^126; below an infinity, above a zero, of the same sign. */
export function reciprocalSeed(x: number): number {
  if (Number.isNaN(x)) return x;
  real[0] = x;
  const bits = word[0];
  const sign = bits & 0x80000000;
  const field = (bits >>> 23) & 255;
  if (field === 0) return pattern(sign | 0x7f800000);
  if (field >= 253) return pattern(sign);
  return pattern(sign | ((253 - field) << 23) | (SEEDS.reciprocal[(bits >>> 16) & 127] << 15));
}

/** About 1/sqrt(x) for x >= 2^-126; zeros and below: plus infinity; negative: not a number. */
export function rootReciprocalSeed(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  real[0] = x;
  const bits = word[0];
  const field = (bits >>> 23) & 255;
  if (field === 0) return Number.POSITIVE_INFINITY;
  if (field === 255) return 0;
  return pattern(((189 - ((field - 1) >> 1)) << 23) | (SEEDS.rootReciprocal[(bits >>> 17) & 127] << 15));
}
