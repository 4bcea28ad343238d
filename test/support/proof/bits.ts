/** Runs of at most 32 bits inside arrays of words, bit 0 of word 0 first. */

/** Ors `width` bits of `value` into `words` from bit `at` up. */
export function putBits(words: Uint32Array, at: number, width: number, value: number): void {
  const bits = width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
  const word = at >>> 5;
  const shift = at & 31;
  words[word] = (words[word] | (bits << shift)) >>> 0;
  if (shift + width > 32) words[word + 1] = (words[word + 1] | (bits >>> (32 - shift))) >>> 0;
}

/** `width` bits of `words` from bit `at` up. */
export function getBits(words: Uint32Array, at: number, width: number): number {
  const word = at >>> 5;
  const shift = at & 31;
  let value = words[word] >>> shift;
  if (shift + width > 32) value |= words[word + 1] << (32 - shift);
  return width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
}
