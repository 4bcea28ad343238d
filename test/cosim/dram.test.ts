/** The DRAM models of the harnesses against the table of cases, and against the golden machine's on random traffic. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { Dram } from '../../src/sim/dram.ts';
import { repositoryRoot } from '../../src/tools/files.ts';
import { runIcarus } from '../../src/tools/icarus.ts';
import { run } from '../../src/tools/run.ts';
import { requireTools } from '../../src/tools/versions.ts';
import { type Action, countingImage, type DramAnswer, type DramCase, dramCases, playCase, profileOf } from '../support/dram-case.ts';

type Play = (c: DramCase) => Promise<DramAnswer>;

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kiln-dram-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The model of the Verilator harness. */
async function playInCpp(c: DramCase): Promise<DramAnswer> {
  const binary = await (built ??= buildCpp());
  const { stdout } = await run(binary, [], { input: textOf(c, (action) => action) });
  const log = stdout.trimEnd().split('\n');
  const memory = Uint8Array.from(log.pop()?.split(' ').slice(1) ?? [], (byte) => Number.parseInt(byte, 16));
  return { ...withoutRange(log), memory };
}
let built: Promise<string> | undefined;

async function buildCpp(): Promise<string> {
  const { compiler } = await requireTools('compiler');
  const binary = join(scratch, 'dram_case');
  const source = join(repositoryRoot, 'templates/tb/dram_case.cpp');
  await run(compiler.command, ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror', '-o', binary, source]);
  return binary;
}

/** The model of the Icarus bench. */
async function playInVerilog(c: DramCase): Promise<DramAnswer> {
  const dir = await mkdtemp(join(scratch, 'verilog-'));
  await writeFile(
    join(dir, 'case.txt'),
    textOf(c, (action) => (action[2] === 'w' ? [...action, 0] : action)),
  );
  const { stdout } = await runIcarus({
    dir,
    top: 'kiln_dram_case',
    fileList: ['kiln_dram.sv', 'kiln_dram_case.sv'].map((name) => join(repositoryRoot, 'templates/tb', name)),
    parameters: { Ports: c.ports, Beats: Math.ceil(c.bytes / 64) },
  });
  const lines = stdout.trimEnd().split('\n');
  const words = Uint32Array.from(lines.filter((line) => line.startsWith('word ')).map((line) => Number(line.slice(5))));
  const log = lines.filter((line) => !line.startsWith('word ') && !line.includes('$finish'));
  return { ...withoutRange(log), memory: new Uint8Array(words.buffer, 0, c.bytes) };
}

function textOf(c: DramCase, write: (action: Action) => readonly (string | number)[]): string {
  const { unit, read, total, readLatency, writeLatency } = profileOf(c.profile);
  const lines = [[unit, read, total, readLatency, writeLatency, c.ports, c.bytes, c.cycles], ...c.do.map(write)];
  return `${lines.map((line) => line.join(' ')).join('\n')}\n`;
}

function withoutRange(log: string[]): Omit<DramAnswer, 'memory'> {
  const last = log.at(-1)?.split(' ');
  if (last?.[0] !== 'outOfRange') return { log, outOfRange: undefined };
  return { log: log.slice(0, -1), outOfRange: Number(last[1]) };
}

describe.each<[string, Play]>([
  ['C++', playInCpp],
  ['Verilog', playInVerilog],
])('the model in %s', (_language, play) => {
  test.each(dramCases().map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const answer = await play(c);
    expect(answer.log).toEqual(c.log);
    expect(answer.outOfRange).toBe(c.outOfRange);
    const view = new DataView(answer.memory.buffer);
    for (const [word, value] of Object.entries(c.memory ?? {})) expect(view.getUint32(4 * Number(word), true), `word ${word}`).toBe(value);
  });

  test('random traffic, every profile: it says the same as the golden model in every cycle', async () => {
    const rng = new Rng('dram');
    for (const profile of ['pir2020', 'ddr3x4', 'ideal', 'narrow']) {
      for (const ports of [1, 2, 5]) {
        const c = randomCase(rng, profile === 'narrow' ? narrow : profile, ports);
        const golden = playCase(c);
        const answer = await play(c);
        expect(answer.log).toEqual(golden.log);
        expect(Buffer.from(answer.memory).equals(Buffer.from(golden.memory))).toBe(true);
        expect(answer.outOfRange).toBe(golden.outOfRange);
        expect(golden.log.length, 'there is traffic').toBeGreaterThan(300);
      }
    }
  });
});

const narrow = { name: 'narrow', unit: 3, read: 50, total: 100, readLatency: 3, writeLatency: 2 };

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
