import { expect, test } from 'vitest';
import { hash32, hash64 } from '../../../src/base/hash.ts';

test('64-bit FNV-1a, against its published vectors', () => {
  expect(hash64('')).toBe('cbf29ce484222325');
  expect(hash64('a')).toBe('af63dc4c8601ec8c');
  expect(hash64('foobar')).toBe('85944171f73967e8');
});

test('long texts agree with exact arithmetic, as bytes too', () => {
  const text = 'größe→'.repeat(500);
  const bytes = new TextEncoder().encode(text);
  let exact = 0xcbf29ce484222325n;
  for (const byte of bytes) exact = BigInt.asUintN(64, (exact ^ BigInt(byte)) * 0x100000001b3n);
  expect(hash64(text)).toBe(exact.toString(16).padStart(16, '0'));
  expect(hash64(bytes)).toBe(hash64(text));
  expect(hash32(text)).toBe(Number((exact >> 32n) ^ (exact & 0xffffffffn)));
});
