import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { archSchema } from '../../../src/arch/schema.ts';
import { FORMAT_VERSION, MAGIC } from '../../../src/bitstream/format.ts';
import {
  causesText,
  ERROR_CAUSES,
  HOST_ADDRESS_BITS,
  HOST_ID,
  HOST_VERSION,
  REGISTER_LIST,
  registerMarkdown,
} from '../../../src/fabric/register-map.ts';
import { CAUSE } from '../../../src/sim/unit.ts';

test('FORMAT.md holds the table and the causes as they are', () => {
  const format = readFileSync(new URL('../../../src/bitstream/FORMAT.md', import.meta.url), 'utf8');
  expect(format).toContain(`\n${registerMarkdown()}\n`);
  expect(format).toContain(`Causes: ${causesText()}.`);
});

test('registers are words apart, in order, and leave room for the most there can be', () => {
  const most = archSchema.parse({ name: 'most', host: { args: 16, results: 16 } }).host;
  const taken = REGISTER_LIST.flatMap(({ address, count }) => Array.from({ length: count ? most[count] : 1 }, (_, i) => address + 4 * i));
  expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
  for (const address of taken) expect(address % 4).toBe(0);
  expect(Math.max(...taken)).toBeLessThan(2 ** HOST_ADDRESS_BITS);
});

test('fields of a register do not overlap', () => {
  for (const { fields } of REGISTER_LIST) {
    let used = 0n;
    for (const { lsb, width } of fields) {
      const mask = ((1n << BigInt(width)) - 1n) << BigInt(lsb);
      expect(used & mask).toBe(0n);
      used |= mask;
    }
    expect(used >> 32n).toBe(0n);
  }
});

test('the numbers are those of the bitstream and of the golden machine', () => {
  expect([HOST_ID, HOST_VERSION]).toEqual([MAGIC, FORMAT_VERSION]);
  const codes = new Set(ERROR_CAUSES.map(({ code }) => code));
  for (const code of Object.values(CAUSE)) expect(codes.has(code)).toBe(true);
});
