import { expect, test } from 'vitest';
import { crc32Bytes, crc32Words } from '../../../src/base/crc32.ts';

const check = new TextEncoder().encode('123456789');

test('the check value of CRC-32/ISO-HDLC', () => {
  expect(crc32Bytes(check)).toBe(0xcbf43926);
  expect(crc32Bytes([])).toBe(0);
});

test('words are four bytes, least significant first', () => {
  const words = [0x34333231, 0x38373635 | 0, 0xfedcba98];
  const bytes = new Uint8Array(new Uint32Array(words).buffer);
  expect(crc32Words(words)).toBe(crc32Bytes(bytes));
  expect(crc32Words(Int32Array.from(words))).toBe(crc32Bytes(bytes));
});

test('it can be taken in pieces', () => {
  expect(crc32Bytes(check.subarray(4), crc32Bytes(check.subarray(0, 4)))).toBe(0xcbf43926);
});
