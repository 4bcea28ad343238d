/** Whole fabrics, configured by hand. */
import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import type { Fabric } from '../../../src/fabric/graph.ts';
import { DRAM_PROFILES, Dram } from '../../../src/sim/dram.ts';
import { Machine, type MachineOptions, type RunResult } from '../../../src/sim/machine.ts';
import { differenceOf, EVENT_KINDS } from '../../../src/sim/trace.ts';
import { describeWaiting } from '../../../src/sim/watchdog.ts';
import { agConfig, chain, code, FabricConfig, hostConfig, pcuConfig, pmuConfig, reg, skip } from '../../support/configs.ts';
import { fabricNamed } from '../../support/fabric.ts';

const fabric = fabricNamed('tiny');
const { arch } = fabric;
const hostTile = (f: Fabric) => f.tilesOf('host')[0].id;

function machine(
  config: FabricConfig,
  options: Partial<MachineOptions> = {},
  image = new Uint8Array(0),
): { result: RunResult; dram: Dram; machine: Machine } {
  const dram = new Dram(DRAM_PROFILES.pir2020, config.fabric.arch.memory.ports, image);
  const built = new Machine(config.fabric, config.configs, { args: [], dram, ...options });
  return { result: built.run(), dram, machine: built };
}

/** The number of links between two ports. */
function hops(config: FabricConfig, net: 'vector' | 'scalar' | 'control'): number {
  return [...config.configs.values()].reduce((sum, tile) => sum + tile.switch[net].link.filter((select) => select > 0).length, 0);
}

describe('an argument that comes back as a result', () => {
  const config = new FabricConfig(fabric);
  const host = config.unit('host', 0, hostConfig(arch, { args: [{ used: 1 }], results: [{ expect: 1 }] }));
  config.connect('scalar', [host, 0], [host, 0]);
  const { startDelay } = arch.control;

  test('takes a cycle a hop, two at the host, and one for done', () => {
    const { result } = machine(config, { args: [-5] });
    // Offered in T0 + startDelay; n links; the input queue; popped; counted, which done registers.
    const offered = 1 + startDelay;
    const counted = offered + hops(config, 'scalar') + 2;
    expect(result).toMatchObject({ status: 'done', residue: false, errors: [], cycles: counted + 1 });
    expect(result.results[0]).toBe(-5);
  });

  test('takes one register on the ideal network', () => {
    const { result } = machine(config, { args: [7], network: 'ideal' });
    expect(hops(config, 'scalar')).toBeGreaterThan(1);
    expect(result.cycles).toBe(1 + startDelay + 1 + 2 + 1);
    expect(result.results[0]).toBe(7);
  });
});

test('nothing expected: done in the first armed cycle', () => {
  const { result } = machine(new FabricConfig(fabric));
  expect(result).toMatchObject({ status: 'done', cycles: 1 + arch.control.startDelay + 1 });
});

test('two words for one expected leave a residue', () => {
  const config = new FabricConfig(fabric);
  const host = config.unit('host', 0, hostConfig(arch, { args: [{ used: 1 }, { used: 1 }], results: [{ expect: 1 }, {}] }));
  const pcu = config.unit('pcu', 0, pcuConfig(arch, {}));
  config.connect('scalar', [host, 0], [host, 0]);
  config.connect('scalar', [host, 1], [pcu, 0]);
  expect(machine(config, { args: [1, 2] }).result).toMatchObject({ status: 'done', residue: true });
});

/** DRAM to DRAM through the vector network, `rows` runs of `run` words. */
function copy(f: Fabric, rows: number, run: number, from: number, to: number, pitch: number): FabricConfig {
  const config = new FabricConfig(f);
  const host = config.unit('host', 0, hostConfig(f.arch, { tokens: [{ expect: 1 }] }));
  const loops = chain([[0, rows]]);
  const source = config.unit('ag', 0, agConfig(f.arch, { chain: loops, run, address: { base: from, inc: [pitch] } }));
  const sink = config.unit(
    'ag',
    2,
    agConfig(f.arch, { write: 1, chain: loops, run, address: { base: to, inc: [pitch] }, tokenOut: [{ used: 1, mask: 1 }] }),
  );
  config.connect('vector', [source, 0], [sink, 0]);
  config.connect('control', [sink, 0], [host, 0]);
  return config;
}

describe.each(['tiny', 'demo'])('a copy in DRAM on %s', (name) => {
  const f = fabricNamed(name);
  test.each([
    { rows: 1, run: 64, from: 0, to: 1024, pitch: 64 },
    { rows: 5, run: 37, from: 3, to: 2049, pitch: 41 },
    { rows: 9, run: 7, from: 1020, to: 3071, pitch: 13 },
    { rows: 3, run: 200, from: 0, to: 2040, pitch: 200 },
  ])('$rows rows of $run words', ({ rows, run, from, to, pitch }) => {
    const rng = new Rng(`${rows}/${run}`);
    const words = Uint32Array.from({ length: 4096 }, () => rng.next32());
    const wanted = words.slice();
    for (let r = 0; r < rows; r++) for (let i = 0; i < run; i++) wanted[to + r * pitch + i] = words[from + r * pitch + i];
    const { result, dram } = machine(copy(f, rows, run, from, to, pitch), {}, new Uint8Array(words.buffer));
    expect(result).toMatchObject({ status: 'done', residue: false, errors: [] });
    const image = dram.image;
    expect(new Uint32Array(image.buffer, image.byteOffset, words.length)).toEqual(wanted);
  });
});

/** Sum of squares of a DRAM array, by a PMU: load, then compute, then to the host. */
function dot(words: number): FabricConfig {
  const L = arch.pcu.lanes;
  const config = new FabricConfig(fabric);
  const host = config.unit('host', 0, hostConfig(arch, { results: [{ expect: 1 }] }));
  const load = config.unit('ag', 2, agConfig(arch, { chain: chain([[0, 1]]), run: words, address: { base: 16 } }));
  const address = { inc: [L], lane: 1, laneInverse: 1 };
  const stream = chain([[0, words, L]], L);
  const memory = config.unit(
    'pmu',
    0,
    pmuConfig(arch, {
      write: [{ enable: 1, chain: stream, source: 0, address }],
      read: [{ enable: 1, chain: stream, address, vector: 1 }],
      tokenOut: [{ used: 1, context: 0, mask: 1 }],
      tokenIn: [{ used: 1, context: 2, mask: 1, source: 4 }],
    }),
  );
  const compute = config.unit(
    'pcu',
    0,
    pcuConfig(arch, {
      chain: stream,
      vectorIn: [{ used: 1, masks: 1 }],
      inputs: [{ kind: 1, index: 0 }],
      tree: { used: 1, source: 0 },
      stages: [{ op: code('mul'), a: reg(0), b: reg(0) }, ...skip(4), { op: code('add'), acc: { used: 1, first: 1, last: 1, length: 1 } }],
      scalarOut: [{ used: 1, source: 5, mask: 1 }],
    }),
  );
  config.connect('vector', [load, 0], [memory, 0]);
  config.connect('vector', [memory, 0], [compute, 0]);
  config.connect('scalar', [compute, 0], [host, 0]);
  return config;
}

describe('load, square, add', () => {
  const n = 30;
  const words = Int32Array.from({ length: 64 }, (_, i) => i - 40);
  const image = () => new Uint8Array(words.slice().buffer);
  const wanted = words.slice(16, 16 + n).reduce((sum, x) => sum + x * x, 0);

  test('gives the sum, with statistics', () => {
    const { result } = machine(dot(n), {}, image());
    expect(result).toMatchObject({ status: 'done', residue: false, errors: [] });
    expect(result.results[0]).toBe(wanted);
    const pcu = result.stats.contexts.find(({ kind }) => kind === 'pcu')!;
    expect(pcu).toMatchObject({ issues: 8, laneIssues: n, nullIssues: 0 });
    // n products, and n additions in tree and accumulator.
    expect(result.stats.operations).toBe(2 * n);
    expect(Object.values(pcu.cycles).reduce((a, b) => a + b, 0)).toBe(result.cycles - 1);
    expect(pcu.cycles.issue).toBe(8);
  });

  test('the ideal network changes the cycles, not the bits', () => {
    const routed = machine(dot(n), {}, image()).result;
    const ideal = machine(dot(n), { network: 'ideal' }, image()).result;
    expect(ideal.results).toEqual(routed.results);
    expect(ideal.cycles).toBeLessThan(routed.cycles);
  });

  test('is repeatable, and the trace finds the first difference', () => {
    const traced = (values: Int32Array) => {
      const dram = new Dram(DRAM_PROFILES.pir2020, arch.memory.ports, new Uint8Array(values.slice().buffer));
      const { configs } = dot(n);
      return new Machine(fabric, configs, { args: [], dram, trace: true });
    };
    const firstDifference = (values: Int32Array) => {
      const [once, again] = [traced(words), traced(values)];
      for (let cycle = 1; cycle < 300; cycle++) {
        once.step();
        again.step();
        const found = differenceOf(once.tracer!.events, again.tracer!.events);
        if (found) return found;
      }
      return undefined;
    };
    expect(firstDifference(words)).toBeUndefined();
    const other = words.slice();
    other[20]++;
    // The beat with the changed word comes from the memory before it goes anywhere.
    const { golden, rtl } = firstDifference(other)!;
    expect(EVENT_KINDS[golden!.kind]).toBe('memory read data');
    expect(golden!.words.findIndex((word, i) => word !== rtl!.words[i])).toBe(20 % 16);
  });

  test('a missing token is a hang, explained', () => {
    const config = dot(n);
    const pmu = config.configs.get(fabric.tilesOf('pmu')[0].id)!.unit as ReturnType<typeof pmuConfig>;
    pmu.tokenOut[0].used = 0;
    const { result } = machine(config, {}, image());
    expect(result.status).toBe('hang');
    const lines = result.waiting.map(describeWaiting);
    const { x, y } = fabric.tilesOf('pmu')[0];
    expect(lines).toContain(`pmu (${x},${y}) read 0 waits for a token on counter 0`);
    expect(lines.some((line) => line.startsWith('pcu') && line.endsWith('waits for vector input 0'))).toBe(true);
    expect(lines.some((line) => line.endsWith('result 0 waits for 1 values (0 have come)'))).toBe(true);
    expect(result.cycles).toBeGreaterThan(2 ** arch.control.watchdogLog2);
  });

  test('the limit stops a run', () => {
    expect(machine(dot(n), { maxCycles: 20 }, image()).result).toMatchObject({ status: 'limit', cycles: 20 });
  });

  test('a poisoned scratchpad does not matter, and no word is read before it is written', () => {
    const { result } = machine(dot(n), { fill: 0x7fbadbad, watchUnwritten: true }, image());
    expect(result.results[0]).toBe(wanted);
    expect(result.unwritten).toEqual([]);
    expect(result.cycles).toBe(machine(dot(n), {}, image()).result.cycles);
  });

  test('a read that does not wait for the write is noticed', () => {
    const config = dot(n);
    const { id } = fabric.tilesOf('pmu')[0];
    (config.configs.get(id)!.unit as ReturnType<typeof pmuConfig>).tokenIn[0].used = 0;
    const { result } = machine(config, { watchUnwritten: true }, image());
    expect(result.unwritten).toEqual([{ tile: id, context: 0, cycle: 1 + arch.control.startDelay, address: 0 }]);
  });
});

test('sticky errors come in order of cycle, then of place', () => {
  const config = new FabricConfig(fabric);
  config.unit('host', 0, hostConfig(arch, { tokens: [{ expect: 1 }] }));
  const bad = { enable: 1, chain: chain([[0, 2]]), address: { base: 5000 } };
  config.unit('pmu', 1, pmuConfig(arch, { read: [bad] }));
  config.unit('pmu', 0, pmuConfig(arch, { read: [bad] }));
  const { errors } = machine(config, { maxCycles: 10 }).result;
  const cycle = 1 + arch.control.startDelay;
  const [a, b] = fabric.tilesOf('pmu').toSorted((p, q) => p.x - q.x || p.y - q.y);
  expect(errors).toEqual([a, b].map(({ id, x, y }) => ({ cause: 16, cycle, tile: id, x, y, info: 5000 })));
});

test('a host that expects something it never gets names it', () => {
  const config = new FabricConfig(fabric);
  config.unit('host', 0, hostConfig(arch, { tokens: [{ expect: 2 }] }));
  const { result } = machine(config, { maxCycles: 100 });
  expect(result.waiting.map(describeWaiting)).toEqual([
    `host (${fabric.tiles[hostTile(fabric)].x},${fabric.tiles[hostTile(fabric)].y}) token 0 waits for 2 tokens (0 have come)`,
  ]);
});
