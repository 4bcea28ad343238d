import { describe, expect, test } from 'vitest';
import { DRAM_PROFILES, Dram } from '../../../src/sim/dram.ts';
import { dramCases, playCase } from '../../support/dram-case.ts';

describe('the table of cases', () => {
  test.each(dramCases().map((c) => [c.name, c] as const))('%s', (_name, c) => {
    const { log, memory, outOfRange } = playCase(c);
    expect(log).toEqual(c.log);
    const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    for (const [word, value] of Object.entries(c.memory ?? {})) expect(view.getUint32(4 * Number(word), true), `word ${word}`).toBe(value);
    expect(outOfRange).toBe(c.outOfRange);
  });
});

/** Beats a cycle of `ports` ports that always ask for more, over `cycles` cycles after the start. */
function rate(profile: keyof typeof DRAM_PROFILES, ports: number, kinds: 'r' | 'w' | 'rw', cycles = 4000) {
  const dram = new Dram(DRAM_PROFILES[profile], ports, new Uint8Array(1 << 16));
  const data = new Uint32Array(16);
  const beats = { r: new Array<number>(ports).fill(0), w: new Array<number>(ports).fill(0) };
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let p = 0; p < ports; p++) {
      if (dram.rHead(p)) beats.r[p]++;
      if (kinds !== 'w' && dram.arReady(p)) dram.ar(p, { id: p, address: 1024 * p, beats: 16 });
      if (kinds !== 'r' && dram.wReady(p)) {
        dram.w(p, { data, strobe: 0xffff, last: false });
        beats.w[p]++;
      }
      if (kinds !== 'r' && dram.awReady(p)) dram.aw(p, { id: p, address: 1024 * p, beats: 16 });
    }
    dram.tick();
  }
  const { reads, writes } = dram.served;
  return { read: (64 * reads) / cycles, write: (64 * writes) / cycles, beats };
}

describe('rates under load', () => {
  test('pir2020 reads 96 bytes a cycle, all told 120', () => {
    expect(rate('pir2020', 4, 'r').read).toBeCloseTo(96, -1);
    const both = rate('pir2020', 4, 'rw');
    expect(both.read + both.write).toBeGreaterThan(119);
    expect(both.read + both.write).toBeLessThan(120.1);
  });

  test('ddr3x4 moves 51.2 bytes a cycle and starves neither direction of one port', () => {
    expect(rate('ddr3x4', 4, 'r').read).toBeGreaterThan(50.5);
    expect(rate('ddr3x4', 4, 'r').read).toBeLessThan(51.21);
    const one = rate('ddr3x4', 1, 'rw');
    expect(Math.abs(one.read - one.write)).toBeLessThan(2);
  });

  test('ports share evenly', () => {
    const { beats } = rate('pir2020', 5, 'rw');
    for (const list of [beats.r, beats.w]) expect(Math.max(...list) / Math.min(...list)).toBeLessThan(1.05);
  });

  test('ideal is bounded by a beat a port and direction', () => {
    const { read, write } = rate('ideal', 16, 'rw');
    expect(read).toBeGreaterThan(0.98 * 64 * 16);
    expect(write).toBeGreaterThan(0.9 * 64 * 16);
  });
});

test('idle says when everything has come back', () => {
  const dram = new Dram(DRAM_PROFILES.pir2020, 2, new Uint8Array(256));
  expect(dram.idle()).toBe(true);
  dram.aw(1, { id: 0, address: 0, beats: 1 });
  dram.tick();
  dram.w(1, { data: new Uint32Array(16), strobe: 1, last: true });
  let cycles = 0;
  while (!dram.idle() && cycles++ < 100) dram.tick();
  expect(cycles).toBe(1 + 8);
});

test('the image given is not written to', () => {
  const image = new Uint8Array(64);
  const dram = new Dram(DRAM_PROFILES.ideal, 1, image);
  dram.aw(0, { id: 0, address: 0, beats: 1 });
  dram.tick();
  dram.w(0, { data: new Uint32Array(16).fill(7), strobe: 1, last: true });
  dram.tick();
  expect([image[0], dram.image[0]]).toEqual([0, 7]);
});
