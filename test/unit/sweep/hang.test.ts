/** What a run that stands still tells: who waits for whom, by the names of the program. */
import { expect, test } from 'vitest';
import type { AgConfig } from '../../../src/fabric/config.ts';
import { programNamed } from '../../../src/programs/index.ts';
import { Dram } from '../../../src/sim/dram.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { Machine } from '../../../src/sim/machine.ts';
import { buildProgram, namesOf } from '../../../src/sweep/point/build.ts';
import { explainHang } from '../../../src/sweep/point/hang.ts';
import { fabricNamed } from '../../support/fabric.ts';

test('transfers that wait for each other are a circle, each with its line', () => {
  const fabric = fabricNamed('demo');
  const built = buildProgram(fabric, programNamed('suite/DRAMDoubleBuffer'), { ip: 8 }, {});
  const configs = structuredClone(new Map(built.configs));
  // Without the tokens of the start the first load waits for a store that waits for it.
  for (const [tile, { unit }] of configs) {
    if (fabric.tiles[tile].kind === 'ag') for (const token of (unit as AgConfig).tokenIn) token.init = 0;
  }
  const dram = new Dram(DRAM_PROFILES.ideal, fabric.arch.memory.ports, new Uint8Array(8192));
  const { status, waiting } = new Machine(fabric, configs, { args: [], dram, maxCycles: 2000 }).run();
  expect(status).toBe('limit');
  const names = built.compiled && namesOf(built.compiled);
  const lines = explainHang(fabric, configs, waiting, names);
  expect(lines[0]).toMatch(/^they wait for each other in a circle of \d+:$/);
  const size = Number(lines[0].match(/\d+/)?.[0]);
  const circle = lines.slice(1, 1 + size);
  for (const line of circle)
    expect(line).toMatch(/^`[\w.]+` \(src\/programs\/suite\/double-buffer\.ts:\d+\) waits for .* from `[\w.]+` \(/);
  expect(circle.join('\n')).toMatch(/`load\.\w+`.* waits for a token on input 0 from `store\.\w+`/);
  // Each waits for the next one, the last for the first.
  const [givers, takers] = [circle.map((line) => line.split(' from ')[1]), circle.map((line) => line.split(' waits for ')[0])];
  expect(givers).toEqual([...takers.slice(1), takers[0]]);
  // Nobody is told twice; without names the tiles are told by their places.
  expect(lines.length).toBe(1 + waiting.length);
  expect(explainHang(fabric, configs, waiting)[1]).toMatch(/^(ag|pcu|pmu) \(\d+,\d+\) waits for /);
});
