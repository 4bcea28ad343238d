/** The harness's DRAM model against the table of cases, and against the golden machine's on random traffic. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { Dram } from '../../src/sim/dram.ts';
import { repositoryRoot } from '../../src/tools/files.ts';
import { run } from '../../src/tools/run.ts';
import { requireTools } from '../../src/tools/versions.ts';
import { type Action, countingImage, type DramAnswer, type DramCase, dramCases, playCase, profileOf } from '../support/dram-case.ts';

let scratch = '';
let binary = '';
beforeAll(async () => {
  const { compiler } = await requireTools('compiler');
  scratch = await mkdtemp(join(tmpdir(), 'kiln-dram-'));
  binary = join(scratch, 'dram_case');
  const source = join(repositoryRoot, 'templates/tb/dram_case.cpp');
  await run(compiler.command, ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror', '-o', binary, source]);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test.each(dramCases().map((c) => [c.name, c] as const))('%s', async (_name, c) => {
  const answer = await playInCpp(c);
  expect(answer.log).toEqual(c.log);
  expect(answer.outOfRange).toBe(c.outOfRange);
  const view = new DataView(answer.memory.buffer);
  for (const [word, value] of Object.entries(c.memory ?? {})) expect(view.getUint32(4 * Number(word), true), `word ${word}`).toBe(value);
});

test('random traffic, every profile: both models say the same in every cycle', async () => {
  const rng = new Rng('dram');
  for (const profile of ['pir2020', 'ddr3x4', 'ideal', 'narrow']) {
    for (const ports of [1, 2, 5]) {
      const c = randomCase(rng, profile === 'narrow' ? narrow : profile, ports);
      const golden = playCase(c);
      const answer = await playInCpp(c);
      expect(answer.log).toEqual(golden.log);
      expect(Buffer.from(answer.memory).equals(Buffer.from(golden.memory))).toBe(true);
      expect(answer.outOfRange).toBe(golden.outOfRange);
      expect(golden.log.length, 'there is traffic').toBeGreaterThan(300);
    }
  }
});

const narrow = { name: 'narrow', unit: 3, read: 50, total: 100, readLatency: 3, writeLatency: 2 };

async function playInCpp(c: DramCase): Promise<DramAnswer> {
  const { unit, read, total, readLatency, writeLatency } = profileOf(c.profile);
  const lines = [[unit, read, total, readLatency, writeLatency, c.ports, c.bytes, c.cycles], ...c.do].map((line) => line.join(' '));
  const { stdout } = await run(binary, [], { input: lines.join('\n') });
  const log = stdout.trimEnd().split('\n');
  const memory = Uint8Array.from(log.pop()?.split(' ').slice(1) ?? [], (byte) => Number.parseInt(byte, 16));
  const last = log.at(-1)?.split(' ');
  const outOfRange = last?.[0] === 'outOfRange' ? Number(last[1]) : undefined;
  if (outOfRange !== undefined) log.pop();
  return { log, memory, outOfRange };
}

/** Traffic that keeps to ready: in bursts and pauses, with addresses that collide and some beyond the image. */
function randomCase(rng: Rng, profile: DramCase['profile'], ports: number): DramCase {
  const bytes = 4000;
  const cycles = 1500;
  const dram = new Dram(profileOf(profile), ports, countingImage(bytes));
  const actions: Action[] = [];
  const data = new Uint32Array(16);
  let busy = 0.5;
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (cycle % 100 === 0) busy = rng.pick([0.02, 0.3, 1]);
    for (let port = 0; port < ports; port++) {
      const request = () => ({ id: rng.int(0, 255), address: 64 * rng.int(0, rng.chance(0.05) ? 70 : 45), beats: rng.int(1, 16) });
      if (dram.wReady(port) && rng.chance(busy)) {
        const first = rng.next32() >>> 4;
        const strobe = rng.pick([0xffff, 0, rng.int(0, 0xffff)]);
        for (let i = 0; i < 16; i++) data[i] = first + i;
        dram.w(port, { data, strobe, last: false });
        actions.push([cycle, port, 'w', first, strobe]);
      }
      for (const what of ['ar', 'aw'] as const) {
        if (!(what === 'ar' ? dram.arReady(port) : dram.awReady(port)) || !rng.chance(busy)) continue;
        const { id, address, beats } = request();
        if (what === 'ar') dram.ar(port, { id, address, beats });
        else dram.aw(port, { id, address, beats });
        actions.push([cycle, port, what, id, address, beats]);
      }
    }
    dram.tick();
  }
  return { name: 'random', profile, ports, bytes, cycles, do: actions, log: [] };
}
