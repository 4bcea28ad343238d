import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ARCH_FIELDS, archJsonSchema } from '../../../src/arch/fields.ts';
import { archOf, parseArch } from '../../../src/arch/parse.ts';
import type { Override } from '../../../src/arch/place.ts';
import { formatShort } from '../../../src/base/diagnostic.ts';

const check = (text: string, overrides: readonly Override[] = []): string[] =>
  parseArch(text, 'a.yaml', overrides).diagnostics.map(formatShort);
const set = (text: string): Override => ({ flag: '--set', text });
const grid = (text: string): Override => ({ flag: '--grid', text });

test('a name is enough: everything else has a default', () => {
  const arch = archOf('name: plain\n');
  expect([arch.grid.columns, arch.grid.rows, arch.pcu.lanes, arch.pcu.stages]).toEqual([16, 8, 16, 6]);
});

test('every shipped architecture is without a word', () => {
  const folder = new URL('../../../arch/', import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const { arch, diagnostics } = parseArch(readFileSync(new URL(file, folder), 'utf8'), file);
    expect(diagnostics).toEqual([]);
    expect(`${arch?.name}.yaml`).toBe(file);
  }
});

test('all problems come together, each at its place', () => {
  const text = 'name: a\ngrid: { columns: 100, rows: 4 }\npcu:\n  lanes: sixteen\n  stags: 6\nlanes: 8\n';
  expect(check(text)).toEqual([
    'error[E0105]: `grid.columns` is 100, it must be from 1 to 64 (a.yaml:2:18)',
    'error[E0104]: `pcu.lanes` must be a whole number (a.yaml:4:10)',
    'error[E0103]: `stags` is not a field of `pcu` (a.yaml:5:3)',
    'error[E0103]: `lanes` is not a field of an architecture (a.yaml:6:1)',
  ]);
});

test('a misspelt or misplaced field is told where it belongs', () => {
  const helpOf = (text: string) => parseArch(text, 'a.yaml').diagnostics[0].help;
  expect(helpOf('name: a\npcu: { stags: 6 }\n')).toBe('did you mean `pcu.stages`?');
  expect(helpOf('name: a\nlanes: 8\n')).toBe('did you mean `pcu.lanes`?');
  expect(helpOf('name: a\ngird: { rows: 2 }\n')).toBe('did you mean `grid`?');
  expect(helpOf('name: a\nfifo: { zzz: 6 }\n')).toBe('fields are vector, scalar, output');
});

test('overrides replace what the file says, in order', () => {
  const arch = archOf('name: a\ngrid: { columns: 2, rows: 2 }\n', 'a.yaml', [grid('4x3'), set('grid.rows=5'), set('ag.sides=[north]')]);
  expect(arch.grid).toMatchObject({ columns: 4, rows: 5 });
  expect(arch.ag.sides).toEqual(['north']);
});

test('a problem in an override is shown on the command line', () => {
  const problems = check('name: a\n', [grid('4x'), set('pcu.lane=8'), set('pcu.lanes'), set('pcu.stages=99')]);
  expect(problems).toEqual([
    'error[E0111]: `4x` is not a grid (command line:1:8)',
    'error[E0110]: `pcu.lane` is not a field of an architecture (command line:2:7)',
    'error[E0109]: an override is written `path=value` (command line:3:7)',
    'error[E0105]: `pcu.stages` is 99, it must be from 2 to 16 (command line:4:18)',
  ]);
});

test.each([
  ['name: a\n  b: c: d\n', 'E0101'],
  ['name: a\nname: b\n', 'E0101'],
  ['', 'E0102'],
  ['- name: a\n', 'E0102'],
  ['grid: {}\n', 'E0108'],
  ['name: a\npcu:\n', 'E0104'],
  ['name: a\npcu: { lanes: "8" }\n', 'E0104'],
  ['name: a\npcu: { lanes: 8.5 }\n', 'E0104'],
  ['name: a\npcu: { float: 1 }\n', 'E0104'],
  ['name: a\ngrid: { pattern: checkers }\n', 'E0106'],
  ['name: a\nag: { sides: [west, wset] }\n', 'E0106'],
  ['name: A-1\n', 'E0107'],
  ['name: a\nag: { sides: [] }\n', 'E0112'],
  ['name: a\nag: { sides: [west, west] }\n', 'E0113'],
  ['name: a\nag: { sides: [west, west, west, west, west] }\n', 'E0114'],
])('%j is refused with %s', (text, code) => {
  expect(parseArch(text, 'a.yaml').diagnostics.map((problem) => problem.code)).toEqual([code]);
  expect(parseArch(text, 'a.yaml').arch).toBeUndefined();
});

test('the committed schema is the one of the code', () => {
  const committed = readFileSync(new URL('../../../arch/schema.json', import.meta.url), 'utf8');
  expect(committed, 'run: node src/cli/bin.js check --schema > arch/schema.json').toBe(archJsonSchema());
});

test('every field has a sentence, and every count a range around its default', () => {
  for (const field of ARCH_FIELDS) {
    expect(field.doc, field.path).not.toBe('');
    if (field.type !== 'integer') continue;
    expect(field.minimum).toBeLessThanOrEqual(field.default as number);
    expect(field.maximum).toBeGreaterThanOrEqual(field.default as number);
  }
});
