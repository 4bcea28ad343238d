const utf8 = new TextEncoder();

/**
 * FNV-1a, 64 bits, over the UTF-8 bytes of a string (or over bytes), as 16 hex digits.
 * Stable across machines and versions; for names and seeds, not against malice.
 */
export function hash64(input: string | Uint8Array): string {
  const [high, low] = fnv1a(typeof input === 'string' ? utf8.encode(input) : input);
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** The same hash folded to an unsigned 32-bit number. */
export function hash32(input: string | Uint8Array): number {
  const [high, low] = fnv1a(typeof input === 'string' ? utf8.encode(input) : input);
  return (high ^ low) >>> 0;
}

// The prime is 2^40 + 0x1b3: each product of 32 × 9 bits is exact in a double.
function fnv1a(bytes: Uint8Array): [high: number, low: number] {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 0x1_0000_0000) + ((low << 8) >>> 0)) >>> 0;
    low = product >>> 0;
  }
  return [high, low];
}
