/** Every field of an architecture at odd values: it is built, or refused by one diagnostic whose advice is taken. */
import { describe, expect, test } from 'vitest';
import { ARCH_FIELDS, type ArchField } from '../../../src/arch/fields.ts';
import { type ParsedArch, parseArch } from '../../../src/arch/parse.ts';
import type { Override } from '../../../src/arch/place.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import { emitRtl } from '../../../src/rtl/emit.ts';
import { untidy } from '../../../src/rtl/tidy.ts';

const FULL = Boolean(process.env.KILN_FULL);
const TINY = 'name: odd\ngrid: { columns: 2, rows: 2 }\npcu: { lanes: 4 }\npmu: { bankWords: 256 }\n';

const set = (...texts: string[]): ParsedArch =>
  parseArch(
    TINY,
    'odd.yaml',
    texts.map((text): Override => ({ flag: '--set', text })),
  );

const oddValues = ({ minimum = 0, maximum = 0 }: ArchField): number[] => [
  ...new Set([-1, 0, 1, 2, 3, 7, minimum - 1, minimum, maximum - 1, maximum, maximum + 1, 2 * maximum, 1e9]),
];

/** Whether at most `steps` pieces of advice in numbers lead to something legal; other advice (grids) counts as taken. */
function advised(texts: readonly string[], path: string, steps: number): boolean {
  const [error] = set(...texts).diagnostics.filter(({ severity }) => severity === 'error');
  if (error === undefined) return true;
  const advice = /^the nearest legal values? (?:is|are|of `([^`]+)` is) (\d+)/.exec(error.help ?? '');
  if (advice === null) return /nearest legal/.test(error.help ?? '');
  const field = advice[1] ?? /^`([^`]+)`/.exec(error.message)?.[1] ?? path;
  return steps > 0 && advised([...texts, `${field}=${advice[2]}`], field, steps - 1);
}

const INTEGERS = ARCH_FIELDS.filter(({ type }) => type === 'integer');

describe.each(INTEGERS.map((field) => [field.path, field] as const))('%s', (path, field) => {
  test.each(oddValues(field))('%d', (value) => {
    const { arch, diagnostics } = set(`${path}=${value}`);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (arch) {
      expect(errors).toEqual([]);
      if (FULL)
        for (const { path: file, text } of emitRtl(new Fabric(arch))) if (file.endsWith('.sv')) expect(untidy(text), file).toEqual([]);
      return;
    }
    // One value, one diagnostic: which field, which limit, and what to do about it.
    expect(errors.map(({ code }) => code)).toHaveLength(1);
    const [{ message, label, help }] = errors;
    expect(`${message} ${label ?? ''}`).toMatch(path.startsWith('grid.') ? /grid/ : new RegExp(`\`${path}\``));
    expect(help).toMatch(/nearest legal/);
    // Who follows the advice, and what is said then, ends with an architecture.
    expect(advised([`${path}=${value}`], path, 3)).toBe(true);
  });
});

test.each([
  ['pcu.lanes=2.5', 'E0104'],
  ['pcu.lanes=many', 'E0104'],
  ['pcu.lanes=[1]', 'E0104'],
  ['pcu.lanes=null', 'E0104'],
  ['pcu.lanes=1e400', 'E0104'],
  ['pcu.float=7', 'E0104'],
  ['ag.sides=[]', 'E0112'],
  ['ag.sides=[up]', 'E0106'],
  ['ag.sides=west', 'E0104'],
  ['grid.pattern=spiral', 'E0106'],
  ['name=9', 'E0104'],
  ['name=Odd One', 'E0107'],
  ['pcu.lanes=', 'E0109'],
  ['lanes=4', 'E0110'],
])('--set %s is refused with %s', (text, code) => {
  const { arch, diagnostics } = set(text);
  expect(diagnostics.map((problem) => problem.code)).toEqual([code]);
  expect(arch).toBeUndefined();
});
