/** What a run that stands still tells: who waits for whom, by the names of the program. */
import { expect, test } from 'vitest';
import type { AgConfig, PcuConfig } from '../../../src/fabric/config.ts';
import { carried, explicit, program, reduce } from '../../../src/index.ts';
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
  const configs = structuredClone(new Map(built.sections[0].configs));
  // Without the tokens of the start the first load waits for a store that waits for it.
  for (const [tile, { unit }] of configs) {
    if (fabric.tiles[tile].kind === 'ag') for (const token of (unit as AgConfig).tokenIn) token.init = 0;
  }
  const dram = new Dram(DRAM_PROFILES.ideal, fabric.arch.memory.ports, new Uint8Array(8192));
  const { status, waiting } = new Machine(fabric, configs, { args: [], dram, maxCycles: 2000 }).run();
  expect(status).toBe('limit');
  const names = built.sections[0].compiled && namesOf(built.sections[0].compiled);
  const lines = explainHang(fabric, configs, waiting, names);
  expect(lines[0]).toMatch(/^they wait for each other in a circle of \d+:$/);
  const size = Number(lines[0].match(/\d+/)?.[0]);
  const circle = lines.slice(1, 1 + size);
  for (const line of circle)
    expect(line).toMatch(/^`[\w.]+` \(src\/programs\/suite\/double-buffer\.ts:\d+\)( (read|write) \d)? waits for .* from `[\w.]+` \(/);
  expect(circle.join('\n')).toMatch(/`load\.\w+`.* waits for a token on input 0 from `store\.\w+`/);
  // Each waits for the next one, the last for the first.
  const [givers, takers] = [circle.map((line) => line.split(' from ')[1]), circle.map((line) => line.split(' waits for ')[0])];
  expect(givers).toEqual([...takers.slice(1), takers[0]]);
  // Nobody is told twice; without names the tiles are told by their places.
  expect(lines.length).toBe(1 + waiting.length);
  expect(explainHang(fabric, configs, waiting)[1]).toMatch(/^(ag|pcu|pmu) \(\d+,\d+\) waits for /);
});

test('a pipeline that waits for its own results is a circle', () => {
  const fabric = fabricNamed('demo');
  const sums = program({
    name: 'sums',
    params: {},
    build: () =>
      explicit((v) => {
        const [x, out, seen] = [v.dramIn('x', 'f32', [4, 32]), v.dramOut('out', 'f32', [32]), v.dramOut('seen', 'f32', [2])];
        v.pipe({}, () => {
          const [all, sum, at] = [v.sram('all', 'f32', [4, 32]), v.sram('sum', 'f32', [32]), v.sram('at', 'f32', [2])];
          v.load(x, [0, 0], all);
          v.pipe({ t: 2 }, ({ t }) => {
            v.leaf({ k: 2, j: { max: 32, par: 8 } }, ({ k, j }) => {
              const word = all.at(t.mul(2).add(k), j);
              sum.set([j], reduce('add', word.mul(word).sub(word), [k], carried(sum.at(j), [t])));
            });
            v.leaf({ u: 1 }, ({ u }) => at.set([t], sum.at(u)));
          });
          v.store(out, [0], sum);
          v.store(seen, [0], at);
        });
      }),
    data: () => ({ arrays: { x: new Float32Array(128) } }),
    reference: () => ({}),
  });
  const built = buildProgram(fabric, sums, {}, {});
  const configs = structuredClone(new Map(built.sections[0].configs));
  // Without its tokens the second round begins while the sums it starts from are still in the pipeline.
  for (const [tile, { unit }] of configs)
    if (fabric.tiles[tile].kind === 'pcu') for (const token of (unit as PcuConfig).tokenIn) token.used = 0;
  const dram = new Dram(DRAM_PROFILES.ideal, fabric.arch.memory.ports, new Uint8Array(8192));
  const { status, waiting } = new Machine(fabric, configs, { args: [], dram, maxCycles: 3000 }).run();
  expect(status).toBe('limit');
  const [head, ...circle] = explainHang(fabric, configs, waiting, built.sections[0].compiled && namesOf(built.sections[0].compiled));
  expect(head).toBe('they wait for each other in a circle of 3:');
  expect(circle.slice(0, 3).join('\n')).toMatch(
    /`leaf1` .* waits for the tap-in vector of stage 2 from `sum\.0` \(.*\) read 0\n.* read 0 waits for a token on counter 0 from .* write 0\n/,
  );
});
