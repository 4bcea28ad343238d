/**
 * Proves the functional units against the arithmetic of this machine, at the corners of what an
 * architecture may ask for: lanes, latencies and the float feature. What the operations compute is
 * stated once more in `templates/tb/fu_prove.cpp`, from the host's own floats.
 */
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { strict } from '../../src/rtl/strict.ts';
import { fuView } from '../../src/rtl/view/fu.ts';
import { build, nameOf, operations, render, settings, unit } from '../prove/unit.ts';
import { expectSilence } from '../support/lint.ts';

/** Random vectors an operation, besides the corners. */
const vectors = process.env.KILN_FU_VECTORS ?? (process.env.KILN_FULL ? '2000000' : '200000');
const seed = process.env.KILN_SEED ?? '1';

const long = { timeout: 3_600_000 };

/** Every way of cutting the pipelines, and every width of a port: C++ has four. */
const proved = [
  unit(16, true, 1, 2, 4),
  unit(1, true, 1, 1, 1),
  unit(1, true, 1, 2, 1),
  unit(2, true, 2, 1, 2),
  unit(3, true, 1, 3, 3),
  unit(4, true, 6, 6, 5),
  unit(33, true, 2, 2, 6),
  unit(4, false, 1, 2, 4),
];

/** Lanes are the same text, once more: every latency is read at one lane, and at sixteen in the long form. */
const linted = [
  ...(process.env.KILN_FULL ? [1, 16] : [1]).flatMap((lanes) => [1, 2, 3, 4, 5, 6].map((cycles) => unit(lanes, true, 1, 2, cycles))),
  ...[1, 16].flatMap((lanes) => [unit(lanes, true, 2, 1, 4), unit(lanes, false, 1, 1, 4), unit(lanes, false, 6, 6, 4)]),
];

describe('gives the answers of the host', () => {
  test.each(proved.map((params) => [nameOf(params), params] as const))('%s', long, async (name, params) => {
    const binary = await build(`prove-${name}`, params);
    const { stdout } = await execa(binary, [...settings(params, vectors, seed), ...operations(params)], { reject: false });
    const lines = stdout.split('\n').map((line) => line.split(' '));
    expect(lines.map(([op]) => op)).toEqual(operations(params).map((text) => text.split(':')[0]));
    expect(lines.filter(([, , mismatches]) => mismatches !== '0')).toEqual([]);
    expect(lines.filter(([, count]) => Number(count) < Number(vectors))).toEqual([]);
  });
});

describe('passes verilator, iverilog and yosys without a word', () => {
  test.each(linted.map((params) => [nameOf(params), params] as const))('%s', long, async (_, params) => {
    await expectSilence('kiln_fu', render(params));
  });
});

test('prints tidy text, the same every time', () => {
  for (const params of [...proved, ...linted]) {
    const texts = render(params);
    expect(render(params)).toEqual(texts);
    for (const { module, text } of texts) {
      expect(
        text.split('\n').filter((line) => line.length > 100 || /\s$|\t/.test(line)),
        module,
      ).toEqual([]);
      expect(text, module).not.toMatch(/undefined|\bNaN\b|\[object|\n\n\n|^\n|\n\n$/);
    }
  }
});

test('a view refuses a key it does not have, and says where', () => {
  const view = strict({ ports: [{ name: 'a' }] } as { ports: { name: string; width?: number }[] }, 'm');
  expect(view.ports[0].name).toBe('a');
  expect(() => view.ports[0].width).toThrow('the view has no `m.ports[0].width`');
});

test('refuses a latency below one cycle', () => {
  expect(() => fuView(unit(16, true, 1, 2, 0))).toThrow();
});
