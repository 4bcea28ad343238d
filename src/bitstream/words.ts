/** 32-bit words and their little-endian bytes. */

/** The bytes of words, least significant first. */
export function bytesOfWords(words: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(4 * words.length);
  const view = new DataView(out.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(4 * i, words[i], true);
  return out;
}

/** The words of a whole number of bytes. */
export function wordsOfBytes(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.byteLength >>> 2 }, (_, i) => view.getUint32(4 * i, true));
}
