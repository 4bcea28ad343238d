/** Files of several configurations: apart and together again, as bytes and as text, and what is wrong with them. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { assemble } from '../../../src/bitstream/asm.ts';
import { disassemble } from '../../../src/bitstream/disasm.ts';
import { encode } from '../../../src/bitstream/encode.ts';
import { EMPTY_INTERFACE } from '../../../src/bitstream/format.ts';
import { decodeSections, joinSections, sectionsOf } from '../../../src/bitstream/sections.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { buildProgram } from '../../../src/sweep/point/build.ts';
import { fabricNamed } from '../../support/fabric.ts';

const tiny = fabricNamed('tiny');
const { configs, host } = buildProgram(tiny, programNamed('innerproduct'), { n: 64 }, {}).sections[0];
const section = (number: number, of: number, steps?: number) =>
  encode(tiny, number === 2 ? new Map() : configs, { ...host, section: { number, of, ...(steps && { steps }) } });
const file = joinSections([section(1, 3, 4), section(2, 3, 7), section(3, 3)]);

const problemOf = (bytes: Uint8Array): string => {
  try {
    decodeSections(tiny, bytes);
    return 'none';
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message, notes }) => [code, message, ...notes].join('; ')).join(' | ');
  }
};

test('a file is its sections', () => {
  expect(sectionsOf(file).map(({ length }) => length)).toEqual([1, 2, 3].map((n) => section(n, 3, n === 1 ? 4 : n === 2 ? 7 : 0).length));
  const kbits = decodeSections(tiny, file);
  expect(kbits.map((kbit) => [kbit.configs.size, kbit.interface.section])).toEqual([
    [configs.size, { number: 1, of: 3, steps: 4 }],
    [0, { number: 2, of: 3, steps: 7 }],
    [configs.size, { number: 3, of: 3 }],
  ]);
});

test('one configuration is a file of one section that says nothing of it', () => {
  const bytes = encode(tiny, configs, EMPTY_INTERFACE);
  expect(sectionsOf(bytes)).toEqual([bytes]);
  expect(decodeSections(tiny, bytes)).toHaveLength(1);
});

test('the text has all sections and assembles to the same bytes', () => {
  const text = disassemble(tiny, file);
  expect(text.match(/^section$/gm)).toHaveLength(2);
  expect(Buffer.from(assemble(tiny, text)).equals(Buffer.from(file))).toBe(true);
});

test('sections that are missing, damaged, or in another order', () => {
  const [first, second, third] = sectionsOf(file);
  expect(problemOf(joinSections([first, second]))).toMatch(/^E0830; the bitstream has 2 of 3 sections$/);
  expect(problemOf(joinSections([first, third, second]))).toMatch(/^E0830; section 2 of the bitstream says that it is section 3 of 3$/);
  expect(problemOf(joinSections([second]))).toMatch(/^E0830; section 1 of the bitstream says that it is section 2 of 3$/);
  expect(problemOf(joinSections([first, encode(tiny, configs, host)]))).toMatch(/^E0830; section 2 .* section 1 of 1$/);
  const damaged = file.slice();
  damaged[first.length + 8] ^= 1;
  expect(problemOf(damaged)).toMatch(
    new RegExp(`^E0805; .*; section 2 begins at byte ${first.length} of the file; bytes are counted from there$`),
  );
  expect(problemOf(file.subarray(0, file.length - 1))).toMatch(/^E0804; .*; section 3 begins at byte \d+ of the file/);
  expect(problemOf(file.subarray(0, first.length + 40))).toMatch(/^E0804; .*; section 2 begins at byte/);
  expect(problemOf(joinSections([first, new Uint8Array(8)]))).toMatch(/^E0817; /);
});
