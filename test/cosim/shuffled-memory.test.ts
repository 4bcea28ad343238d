/**
 * Programs on a memory that takes addresses, serves bursts of different IDs and answers in any order and time that AXI4
 * allows: every word as the golden machine has it, whose memory is to the cycle. The protocol checkers look on.
 */
import { expect, test } from 'vitest';
import { argWords, inputWords } from '../../src/frontend/check.ts';
import { programNamed } from '../../src/programs/index.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { argumentRegisters, dramImage } from '../../src/sweep/point/image.ts';
import { inputsOf } from '../../src/sweep/point/inputs.ts';
import { runBoth } from '../support/both.ts';
import { fabricNamed } from '../support/fabric.ts';

type Case = readonly [name: string, arch: string, params: Readonly<Record<string, number>>];

const QUICK: readonly Case[] = [['gemm', 'demo', { m: 12, n: 40, k: 20 }]];
const MORE: readonly Case[] = [
  ['tpchq6', 'demo', { n: 1000 }],
  ['outerproduct', 'demo', { m: 40, n: 50 }],
  ['conv', 'demo', { channels: 4, filters: 6, height: 8, width: 8 }],
  ['gda', 'demo', { n: 64, d: 11 }],
  ['sgd', 'demo', { batches: 2, batch: 19, d: 13, epochs: 2 }],
  ['innerproduct', 'tiny', { n: 1000 }],
];
const SEEDS = process.env.KILN_FULL ? [1, 2, 3, 4, 5, 6] : [1];

test.each(process.env.KILN_FULL ? [...QUICK, ...MORE] : QUICK)('%s on %s: %o', { timeout: 1_800_000 }, async (name, arch, params) => {
  const fabric = fabricNamed(arch);
  const { program, loops, kbit, host, params: all } = buildProgram(fabric, programNamed(name), params, {});
  const inputs = inputsOf(program, all, loops, { arrays: new Map(), args: new Map(), seed: 1 });
  const image = dramImage(fabric.arch, host, kbit, inputWords(inputs));
  const args = argumentRegisters(fabric.arch, host, argWords(loops, inputs));
  const cycles = new Set<number>();
  for (const shuffle of SEEDS) {
    const { golden, rtl } = await runBoth(fabric, kbit, { image, args, shuffle });
    expect(rtl).toMatchObject({ status: 'done', errors: [], residue: false });
    expect([...rtl.results]).toEqual([...golden.results]);
    expect(Buffer.from(rtl.image).equals(Buffer.from(golden.image))).toBe(true);
    // It is another memory indeed.
    expect(rtl.cycles).not.toBe(golden.cycles);
    cycles.add(rtl.cycles);
  }
  // Another one with every seed; two may take as long by chance.
  expect(cycles.size).toBeGreaterThan(SEEDS.length / 2);
});
