import { expect, test } from 'vitest';
import { didYouMean, editDistance, indent, naturalSort, plural, table } from '../../../src/base/text.ts';

test('numbers in names sort by value', () => {
  expect(naturalSort(['pcu_10', 'pcu_2', 'ag', 'pcu_02', 'pcu', '9', 'pcu_2b'])).toEqual([
    '9',
    'ag',
    'pcu',
    'pcu_02',
    'pcu_2',
    'pcu_2b',
    'pcu_10',
  ]);
});

test('indent leaves empty lines empty', () => {
  expect(indent('a\n\n  b', 2)).toBe('  a\n\n    b');
});

test('tables align numbers right and leave no trailing spaces', () => {
  const rows = [
    ['unit', 'count', 'share'],
    ['pcu', 64, '97.5%'],
    ['switch', 8, '2.5%'],
  ];
  expect(`\n${table(rows, { header: true })}\n`).toBe(`
unit    count  share
------  -----  -----
pcu        64  97.5%
switch      8   2.5%
`);
  expect(table([['a', 'b'], ['ccc']], { align: 'rl' })).toBe('  a  b\nccc');
  expect(table([])).toBe('');
});

test('plural', () => {
  expect([plural(1, 'tile'), plural(0, 'tile'), plural(2, 'switch', 'switches')]).toEqual(['1 tile', '0 tiles', '2 switches']);
});

test('a near name is proposed, a far one is not', () => {
  expect(didYouMean('topolgy', ['lanes', 'topology', 'tracks'])).toBe('topology');
  expect(didYouMean('LANES', ['lanes'])).toBe('lanes');
  expect(didYouMean('zzz', ['lanes', 'tracks'])).toBeUndefined();
  expect(editDistance('abcd', 'abdc')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
});
