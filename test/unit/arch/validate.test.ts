import { expect, test } from 'vitest';
import { ARCH_FIELDS } from '../../../src/arch/fields.ts';
import { parseArch } from '../../../src/arch/parse.ts';
import { formatShort } from '../../../src/base/diagnostic.ts';

const check = (body: string) => parseArch(`name: a\n${body}\n`, 'a.yaml').diagnostics;

test.each([
  ['pcu: { lanes: 12 }', 'E0120', 'the nearest legal values are 8 and 16'],
  ['pcu: { lanes: 31 }', 'E0120', 'the nearest legal values are 16 and 32'],
  ['ag: { responseBeats: 255 }', 'E0120', 'the nearest legal values are 128 and 256'],
  ['fifo: { output: 12 }', 'E0120', 'the nearest legal values are 8 and 16'],
  ['fifo: { vector: 33 }', 'E0120', 'the nearest legal values are 32 and 64'],
  ['pmu: { bankWords: 1000 }', 'E0120', 'the nearest legal values are 512 and 1024'],
  ['pcu: { ring: 3 }', 'E0121', 'the nearest legal value is 4'],
  ['latency: { float: 6 }', 'E0121', 'the nearest legal value is 6'],
  ['pcu: { float: false, ring: 1 }', 'E0121', 'the nearest legal value is 2'],
  ['ag: { burstBeats: 16, writeBeats: 8 }', 'E0122', 'the nearest legal value of `ag.burstBeats` is 8'],
  ['ag: { burstBeats: 16, responseBeats: 8 }', 'E0122', 'the nearest legal value of `ag.burstBeats` is 8'],
  ['grid: { columns: 1, rows: 1 }', 'E0123', 'the nearest legal grids are 2x1 and 1x2'],
  ['grid: { columns: 1, rows: 4, pattern: columns }', 'E0123', 'the nearest legal grid has 2 columns'],
  ['grid: { columns: 4, rows: 1 }\nag: { sides: [west] }', 'E0124', 'add a side to `ag.sides`, or lengthen that border by one'],
  ['pmu: { controlIn: 8, tokens: 6 }', 'E0125', 'the nearest legal value is 6'],
  ['pmu: { tokens: 3 }', 'E0125', 'the nearest legal value is 4'],
])('%s is refused with %s', (body, code, help) => {
  expect(check(body).map((problem) => [problem.code, problem.help])).toEqual([[code, help]]);
});

test.each([
  ['grid: { columns: 2, rows: 1 }\nag: { sides: [west, east] }', 'W0101'],
  ['network: { vectorTracks: 1 }\npcu: { vectorIn: 5 }', 'W0102'],
  ['control: { watchdogLog2: 6 }', 'W0103'],
  ['pcu: { float: false }\nlatency: { float: 4 }', 'W0104'],
  ['ag: { responseBeats: 16 }', 'W0105'],
  ['pmu: { tokens: 3, controlIn: 2, controlOut: 2 }', 'W0106'],
])('%s passes with %s', (body, code) => {
  const { arch, diagnostics } = parseArch(`name: a\n${body}\n`, 'a.yaml');
  expect(diagnostics.map((problem) => problem.code)).toEqual([code]);
  expect(arch).toBeDefined();
});

test('what is checked against the message is where the user wrote it', () => {
  expect(check('latency: { float: 5 }').map(formatShort)).toEqual([
    'error[E0121]: `pcu.ring` is 4, shorter than the longest latency, 5 cycles (a.yaml:2:19)',
  ]);
  expect(check('pcu: { ring: 2 }').map(formatShort)).toEqual([
    'error[E0121]: `pcu.ring` is 2, shorter than the longest latency, 4 cycles (a.yaml:2:14)',
  ]);
});

test('the largest legal values fit the widths the hardware gives them', () => {
  const most = (path: string) => ARCH_FIELDS.find((field) => field.path === path)?.maximum as number;
  // A PMU address is a signed 24-bit number.
  expect(most('pcu.lanes') * most('pmu.bankWords')).toBeLessThanOrEqual(2 ** 23);
  // AXI ids have eight bits, and 0xff is the loader's.
  expect(2 * most('grid.columns') + 2 * most('grid.rows') - 1).toBeLessThanOrEqual(255);
  // Argument registers end where result registers begin.
  expect(0x40 + 4 * most('host.args')).toBeLessThanOrEqual(0x80);
  // A word address has 32 bits.
  expect(most('memory.addressBits')).toBeLessThanOrEqual(34);
});
