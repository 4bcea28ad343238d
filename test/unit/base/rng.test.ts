import { expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';

const draw = (rng: Rng, count = 8) => Array.from({ length: count }, () => rng.next32());

test('the sequence of a seed never changes', () => {
  expect(draw(new Rng(1), 4)).toMatchInlineSnapshot(`
    [
      2663160560,
      1878516465,
      1686827306,
      294793740,
    ]
  `);
});

test('the same seed gives the same numbers, another seed others', () => {
  expect(draw(new Rng('a'))).toEqual(draw(new Rng('a')));
  expect(draw(new Rng('a'))).not.toEqual(draw(new Rng('b')));
  expect(draw(new Rng(7))).toEqual(draw(new Rng('7')));
});

test('a fork depends on seed and label, not on what was drawn', () => {
  const rng = new Rng(3);
  const early = draw(rng.fork('inputs'));
  draw(rng);
  expect(draw(rng.fork('inputs'))).toEqual(early);
  expect(draw(rng.fork('place'))).not.toEqual(early);
});

test('integers stay in range, reach both ends and are even', () => {
  const rng = new Rng(5);
  const counts = new Map<number, number>();
  for (let i = 0; i < 60_000; i++) {
    const value = rng.int(-2, 3);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  expect(rng.int(4, 4)).toBe(4);
  expect(() => rng.int(2, 1)).toThrow('no integers');
  expect(Number.isInteger(rng.int(-(2 ** 31), 2 ** 31 - 1))).toBe(true);
});

test('fractions lie in [0, 1) with the right mean; float32 is rounded', () => {
  const rng = new Rng(6);
  let sum = 0;
  for (let i = 0; i < 20_000; i++) {
    const value = rng.float01();
    expect(value >= 0 && value < 1).toBe(true);
    sum += value;
  }
  expect(sum / 20_000).toBeCloseTo(0.5, 2);
  const value = rng.float32(-4, 4);
  expect(Math.fround(value)).toBe(value);
});

test('float bits reach infinities, zeros, NaN and subnormals', () => {
  const rng = new Rng(8);
  const seen = new Set(Array.from({ length: 5000 }, () => rng.float32Bits()));
  for (const bits of [0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 1]) expect(seen.has(bits)).toBe(true);
});

test('shuffle keeps the elements, pick takes one of them', () => {
  const rng = new Rng(9);
  const list = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = rng.shuffle([...list]);
  expect(shuffled).not.toEqual(list);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(list);
  expect(list).toContain(rng.pick(list));
  expect(() => rng.pick([])).toThrow('this is a bug in kiln');
});
