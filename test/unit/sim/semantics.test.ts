/**
 * HARDWARE.md as a table: small hand-made configurations and what comes out of them in which cycle.
 * Cycle 0 is the first in which the unit is armed; a line is the cycle in which an output is first
 * visible, the port, lanes (or the word), and for vectors `/mask`, `last` where it is set.
 */
import { describe, expect, test } from 'vitest';
import type { PcuConfig, PmuConfig } from '../../../src/fabric/config.ts';
import { createAg, createPcu, createPmu, type UnitBench } from '../../../src/sim/bench.ts';
import { ClockEdge, Fifo } from '../../../src/sim/fifo.ts';
import { Fork } from '../../../src/sim/switch.ts';
import { acc, agConfig, chain, code, f32, imm, lane, pcuConfig, pmuConfig, reg, type Some, skip } from '../../support/configs.ts';
import { archNamed } from '../../support/fabric.ts';

const arch = archNamed('tiny');

/** Words to push into an input, one entry each as soon as there is room (the first visible in cycle 0). */
interface Feed {
  readonly vector?: Record<number, readonly { readonly data: readonly number[]; readonly mask?: number }[]>;
  readonly scalar?: Record<number, readonly number[]>;
  /** Token arrivals: [cycle in which it is pushed, input]. */
  readonly tokens?: readonly (readonly [number, number])[];
}

/** Runs a unit with outputs always taken. */
function run(bench: UnitBench, feed: Feed, cycles: number, float = false): string[] {
  const { unit } = bench;
  const lines: string[] = [];
  const queues = {
    vector: unit.inputs.vector.map((_, p) => [...(feed.vector?.[p] ?? [])]),
    scalar: unit.inputs.scalar.map((_, p) => [...(feed.scalar?.[p] ?? [])]),
  };
  const show = (word: number) => (float ? new Float32Array(new Int32Array([word]).buffer)[0] : word);
  for (let t = -1; t < cycles; t++) {
    unit.inputs.vector.forEach((fifo, p) => {
      if (!fifo.ready || queues.vector[p].length === 0) return;
      const { data, mask = 15 } = queues.vector[p].shift()!;
      fifo.push(data, mask);
    });
    unit.inputs.scalar.forEach((fifo, p) => {
      if (fifo.ready && queues.scalar[p].length > 0) fifo.push([queues.scalar[p].shift()!]);
    });
    for (const [at, p] of feed.tokens ?? []) if (at === t) unit.inputs.control[p].pushed();
    unit.outputs.vector.forEach((fifo, p) => {
      if (!fifo.valid) return;
      const data = Array.from({ length: fifo.width }, (_, i) => show(fifo.word(i)));
      lines.push(`${t} v${p} ${data.join(' ')} /${fifo.masks[fifo.head].toString(16)}${fifo.lasts[fifo.head] ? ' last' : ''}`);
      fifo.pop();
    });
    unit.outputs.scalar.forEach((fifo, p) => {
      if (!fifo.valid) return;
      lines.push(`${t} s${p} ${show(fifo.word())}${fifo.lasts[fifo.head] ? ' last' : ''}`);
      fifo.pop();
    });
    unit.outputs.control.forEach((counter, p) => {
      if (!counter.valid) return;
      lines.push(`${t} t${p}`);
      counter.pop();
    });
    bench.cycle(t >= 0);
  }
  return lines;
}

interface PcuCase {
  readonly name: string;
  readonly config: Some<PcuConfig>;
  readonly feed?: Feed;
  readonly float?: boolean;
  readonly out: readonly string[];
}

const counter0 = { kind: 3, index: 0 };
const vector0 = { kind: 1, index: 0 };
const FULL = 0b111111;

const PCU: readonly PcuCase[] = [
  {
    name: 'an integer stage: issue, one cycle, output queue',
    config: {
      chain: chain([[0, 8, 4]], 4),
      inputs: [counter0],
      stages: [{ op: code('add'), a: reg(0), b: imm, imm: 100 }],
      vectorOut: [{ used: 1, source: 0 }],
    },
    out: ['2 v0 100 101 102 103 /f', '3 v0 104 105 106 107 /f last'],
  },
  {
    name: 'a masked tail goes out as 0',
    config: {
      chain: chain([[0, 6, 4]], 4),
      inputs: [counter0],
      stages: [{ op: code('add'), a: reg(0), b: imm, imm: 1 }],
      vectorOut: [{ used: 1, source: 0 }],
    },
    out: ['2 v0 1 2 3 4 /f', '3 v0 5 6 0 0 /3 last'],
  },
  {
    name: 'latencies add up: multiply 2, simple 1, and outputs tap any stage',
    config: {
      chain: chain([[0, 1]], 4),
      inputs: [counter0],
      stages: [
        { op: code('mul'), a: reg(0), b: imm, imm: 10, write: 1, dst: 1, pass: 1 },
        { op: code('add'), a: reg(0), b: reg(1) },
      ],
      vectorOut: [
        { used: 1, source: 1 },
        { used: 1, source: 0 },
      ],
      tokenOut: [{ used: 1, source: 1 }],
    },
    out: ['3 v1 0 0 0 0 /1 last', '4 v0 0 0 0 0 /1 last', '4 t0'],
  },
  {
    name: 'a register that is not passed reads 0 in the next bank',
    config: {
      chain: chain([[7, 8]], 1),
      inputs: [counter0],
      stages: [
        { op: code('mov'), a: reg(0) },
        { op: code('add'), a: reg(0), b: imm, imm: 3 },
      ],
      scalarOut: [{ used: 1, source: 1 }],
    },
    out: ['3 s0 3 last'],
  },
  {
    name: 'a lane is broadcast',
    config: {
      chain: chain([[0, 4, 4]], 4),
      inputs: [counter0],
      stages: [{ op: code('mac'), a: reg(0), b: lane(0), c: reg(0), lane: 3 }],
      vectorOut: [{ used: 1, source: 0 }],
    },
    out: ['3 v0 0 4 8 12 /f last'],
  },
  {
    name: 'a sum over the inner loop leaves at level 1',
    config: {
      chain: chain(
        [
          [0, 3],
          [0, 2],
        ],
        1,
      ),
      inputs: [counter0],
      stages: [{ op: code('add'), a: reg(0), b: acc, acc: { used: 1, first: 1, last: 1, length: 1 } }],
      vectorOut: [{ used: 1, source: 0, mask: 1 }],
    },
    out: ['4 v0 3 0 0 0 /1', '7 v0 3 0 0 0 /1 last'],
  },
  {
    name: 'an empty inner loop is one null issue that sends the initial value',
    config: {
      chain: chain(
        [
          [0, 0],
          [0, 2],
        ],
        1,
      ),
      inputs: [counter0],
      stages: [{ op: code('add'), a: reg(0), b: acc, imm: 42, acc: { used: 1, first: 1, last: 1, length: 1, init: 1 } }],
      scalarOut: [
        { used: 1, source: 0, mask: 1 },
        { used: 1, source: 0, mask: 0 },
      ],
      vectorOut: [{ used: 1, source: 0, mask: 1 }],
    },
    out: ['2 v0 0 0 0 0 /0', '2 s0 42', '3 v0 0 0 0 0 /0 last', '3 s0 42 last'],
  },
  {
    name: 'a ring of four: element n adds to what n - 4 left',
    float: true,
    config: {
      chain: chain([[0, 8]], 1),
      inputs: [counter0],
      stages: [
        { op: code('i2f'), a: reg(0), write: 1, dst: 0 },
        { op: code('fadd'), a: reg(0), b: acc, acc: { used: 1, first: 1, last: 1, length: 4 } },
      ],
      scalarOut: [{ used: 1, source: 1, mask: 0 }],
    },
    out: ['9 s0 0', '10 s0 1', '11 s0 2', '12 s0 3', '13 s0 4', '14 s0 6', '15 s0 8', '16 s0 10 last'],
  },
  {
    name: 'an integer tree of four lanes: two levels and the accumulation step',
    config: {
      chain: chain([[0, 8, 4]], 4),
      inputs: [counter0],
      tree: { used: 1, source: 0 },
      stages: [{ op: code('mov'), a: reg(0) }, ...skip(4), { op: code('add') }],
      scalarOut: [{ used: 1, source: 5 }],
      vectorOut: [{ used: 1, source: 5 }],
    },
    out: ['5 v0 6 0 0 0 /1', '5 s0 6', '6 v0 22 0 0 0 /1 last', '6 s0 22 last'],
  },
  {
    name: 'the tree adds neighbours first, and leaves masked lanes out',
    float: true,
    config: {
      chain: chain([[0, 3]], 4, 0),
      vectorIn: [{ used: 1, masks: 1 }],
      inputs: [vector0],
      tree: { used: 1, source: 0 },
      stages: [{ op: code('mov'), a: reg(0) }, ...skip(4), { op: code('fadd') }],
      scalarOut: [{ used: 1, source: 5 }],
    },
    feed: {
      vector: {
        0: [
          { data: [f32(1e8), f32(1), f32(-1e8), f32(1)] }, // (1e8 + 1) + (-1e8 + 1)
          { data: [f32(1e8), f32(1), 0, f32(1)], mask: 0b1011 }, // (1e8 + 1) + 1
          { data: [0, 0, 0, 0], mask: 0 },
        ],
      },
    },
    // Stage 0 takes 1 cycle, the tree 3 * 4.
    out: ['14 s0 0', '15 s0 100000000', '16 s0 0 last'],
  },
  {
    name: 'a completed ring is combined in 9 cycles beside the pipeline',
    float: true,
    config: {
      chain: chain([[0, 20, 4]], 4),
      inputs: [counter0],
      tree: { used: 1, source: 0 },
      stages: [{ op: code('i2f'), a: reg(0) }, ...skip(4), { op: code('fadd'), acc: { used: 1, first: 1, last: 1, length: 4 } }],
      scalarOut: [{ used: 1, source: 5, mask: 1 }],
      tokenOut: [{ used: 1, source: 5, mask: 1 }],
    },
    // Issued in 4, at stage 0's output in 8, at the tree's in 20, combined from 29 on.
    out: ['30 s0 190 last', '30 t0'],
  },
  {
    name: 'an accumulator starts from the tap-in vector and leaves by the tap-out bus',
    config: {
      chain: chain(
        [
          [1, 4],
          [0, 2],
        ],
        4,
        0,
      ),
      inputs: [counter0],
      tapIn: { used: 1, port: 2 },
      stages: [{ op: code('add'), a: reg(0), b: acc, acc: { used: 1, first: 1, last: 1, length: 1, init: 3 }, tapOut: 1 }],
      vectorOut: [{ used: 1, source: 6 }],
    },
    feed: { vector: { 2: [{ data: [0, 10, 20, 30] }, { data: [5, 5, 5, 5] }] } },
    out: ['4 v0 6 16 26 36 /f', '7 v0 11 11 11 11 /f last'],
  },
  {
    name: 'inputs of level 1 are kept for the inner loop, tokens are taken where it begins',
    config: {
      chain: chain(
        [
          [0, 2],
          [0, 2],
        ],
        1,
      ),
      scalarIn: [{ used: 1, pop: 1 }],
      tokenIn: [{ used: 1, mask: 1, init: 1 }],
      inputs: [counter0, { kind: 2, index: 0 }],
      stages: [{ op: code('add'), a: reg(0), b: reg(1) }],
      scalarOut: [{ used: 1, source: 0 }],
    },
    feed: { scalar: { 0: [100, 200] }, tokens: [[6, 0]] },
    // Issues in 0, 1; the second token arrives in 6, so the others are in 7 and 8.
    out: ['2 s0 100', '3 s0 101', '9 s0 200', '10 s0 201 last'],
  },
  {
    name: 'a bound from a scalar input holds for one run',
    config: {
      chain: {
        count: 2,
        par: 1,
        laneStep: 1,
        counters: [
          { min: 0, stride: 1, bound: 2 },
          { min: 0, stride: 1, max: 3 },
        ],
      },
      inputs: [counter0],
      stages: [{ op: code('mov'), a: reg(0) }],
      scalarOut: [{ used: 1, source: 0 }],
      tokenOut: [{ used: 1, source: 0, mask: 1 }],
    },
    feed: { scalar: { 1: [2, 0, 1] } },
    out: ['2 s0 0', '3 s0 1', '3 t0', '4 t0', '5 s0 0 last', '5 t0'],
  },
  {
    name: 'the guard masks lanes at or above its limit',
    config: {
      chain: chain(
        [
          [0, 4, 4],
          [0, 2],
        ],
        4,
      ),
      guard: { used: 1, limit: 5, lane: 1, at: { base: 0, inc: [0, 3] } },
      inputs: [counter0],
      stages: [{ op: code('add'), a: reg(0), b: imm, imm: 1 }],
      vectorOut: [{ used: 1, source: 0 }],
    },
    out: ['2 v0 1 2 3 4 /f', '3 v0 1 2 0 0 /3 last'],
  },
];

test.each(PCU)('PCU: $name', ({ config, feed = {}, float, out }) => {
  const bench = createPcu(arch, pcuConfig(arch, config));
  expect(run(bench, feed, 60, float)).toEqual(out);
  expect(bench.unit.quiet()).toBe(true);
  expect(bench.errors).toEqual([]);
});

test('PCU: a full output queue stops the pipeline, and nothing is lost', () => {
  const bench = createPcu(
    arch,
    pcuConfig(arch, {
      chain: chain([[0, 12]]),
      inputs: [counter0],
      stages: [{ op: code('mov'), a: reg(0) }],
      scalarOut: [{ used: 1, source: 0 }],
    }),
  );
  const [out] = bench.unit.outputs.scalar;
  for (let t = 0; t < 20; t++) bench.cycle();
  // Four in the queue, and one at the output of stage 0 that holds up everything.
  expect([out.count, bench.unit.activity[0].issues]).toEqual([4, 5]);
  const words: number[] = [];
  for (let t = 0; t < 40; t++) {
    if (out.valid) {
      words.push(out.word());
      out.pop();
    }
    bench.cycle();
  }
  expect(words).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('PCU: two stages that complete at once collide on the tap-out bus', () => {
  const accumulate = { op: code('add'), a: reg(0), b: acc, acc: { used: 1, first: 0, last: 0, length: 1 }, tapOut: 1, pass: FULL };
  const bench = createPcu(
    arch,
    pcuConfig(arch, { chain: chain([[0, 2]]), stages: [accumulate, accumulate], vectorOut: [{ used: 1, source: 6 }] }),
  );
  for (let t = 0; t < 10; t++) bench.cycle();
  // The first element is at stage 1's output when the second is at stage 0's.
  expect(bench.errors).toEqual([{ cause: 18, cycle: 2, info: 0 }]);
  // The first element's second completion is the one lost.
  expect(bench.unit.outputs.vector[0].count).toBe(3);
});

interface PmuCase {
  readonly name: string;
  readonly config: Some<PmuConfig>;
  readonly feed?: Feed;
  readonly fill?: number;
  readonly out: readonly string[];
  readonly errors?: readonly { cause: number; cycle: number; info: number }[];
}

const splat = (x: number) => ({ data: [x, x, x, x] });
const lane1 = { lane: 1, laneInverse: 1 };
const readAll = { enable: 1, chain: chain([[0, 4]], 4, 0), address: { lane: 1 }, vector: 1 };

const PMU: readonly PmuCase[] = [
  {
    name: 'a word read and written in one cycle is read as it was',
    fill: 7,
    config: { write: [{ enable: 1, chain: chain([[0, 3]], 4, 0), source: 0, address: lane1 }], read: [readAll] },
    feed: { vector: { 0: [splat(10), splat(11), splat(12)] } },
    out: ['2 v0 7 7 7 7 /f', '3 v0 10 10 10 10 /f', '4 v0 11 11 11 11 /f', '5 v0 12 12 12 12 /f last'],
  },
  {
    name: "a write's token is seen in the next cycle, when its word is readable",
    config: {
      write: [{ enable: 1, chain: chain([[0, 1]], 4, 0), source: 0, address: { base: 8, ...lane1 } }],
      read: [{ ...readAll, chain: chain([[0, 1]], 4, 0), address: { base: 9, ...lane1 } }],
      tokenIn: [{ used: 1, context: 2, source: 4 + 3 }],
      tokenOut: [...skip(3), { used: 1, context: 0, net: 1 }],
    },
    feed: { vector: { 0: [{ data: [1, 2, 3, 4] }] } },
    out: ['1 t3', '3 v0 2 3 4 0 /f last'],
  },
  {
    name: 'ports go to the least recently granted context',
    config: {
      read: [
        { ...readAll, chain: chain([[0, 3]], 1, 0), address: { base: 0 }, vector: 0, scalar: 1 },
        { ...readAll, chain: chain([[0, 2]], 1, 0), address: { base: 1 }, vector: 0, scalar: 1 },
      ],
    },
    fill: 9,
    out: ['2 s0 9', '3 s1 9', '4 s0 9', '5 s1 9 last', '6 s0 9 last'],
  },
  {
    name: 'region pointers step where their mask is last and come back at `count`',
    config: {
      write: [{ enable: 1, chain: chain([[0, 6]], 1, 0), source: 3 + 1, address: {}, region: { count: 3, stride: 10, mask: 0 } }],
      read: [
        {
          enable: 1,
          chain: chain(
            [
              [0, 2],
              [0, 3],
            ],
            1,
            0,
          ),
          address: {},
          region: { count: 3, stride: 10, mask: 1 },
          scalar: 1,
        },
      ],
      tokenIn: [{ used: 1, context: 2, mask: 3, source: 4 }],
      tokenOut: [{ used: 1, context: 0, mask: 1 }],
    },
    feed: { scalar: { 1: [1, 2, 3, 4, 5, 6] } },
    // All six are written (cycles 0..5): the regions hold 4, 5, 6. The token is there in 6.
    out: ['8 s0 4', '9 s0 4', '10 s0 5', '11 s0 5', '12 s0 6', '13 s0 6 last'],
  },
  {
    name: 'masked lanes are not written, or with `fill` written as 0',
    fill: 5,
    config: {
      write: [
        { enable: 1, chain: chain([[0, 1]], 4, 0), source: 0, address: lane1 },
        { enable: 1, chain: chain([[0, 1]], 3, 0), source: 1, address: { base: 4, ...lane1 }, fill: 1 },
      ],
      read: [{ ...readAll, chain: chain([[0, 2]], 4, 0), address: { inc: [4], ...lane1 } }],
      tokenIn: [{ used: 1, context: 2, mask: 1, source: 4 + 1 }],
      tokenOut: [...skip(1), { used: 1, context: 1 }],
    },
    feed: { vector: { 0: [{ data: [1, 0, 3, 0], mask: 5 }], 1: [{ data: [1, 0, 3, 0], mask: 5 }] } },
    out: ['4 v0 1 5 3 5 /f', '5 v0 1 0 3 5 /f last'],
  },
  {
    name: 'out of range: reads give 0, writes are dropped, the first address is kept',
    fill: 3,
    config: {
      write: [{ enable: 1, chain: chain([[0, 1]], 4, 0), source: 0, address: { base: 1022, ...lane1 } }],
      read: [{ ...readAll, chain: chain([[0, 1]], 4, 0), address: { base: -2, ...lane1 } }],
    },
    feed: { vector: { 0: [splat(1)] } },
    out: ['2 v0 0 0 3 3 /f last'],
    errors: [
      { cause: 16, cycle: 1, info: 1024 },
      { cause: 16, cycle: 1, info: -2 },
    ],
  },
  {
    name: 'a zeroed read, a broadcast read',
    config: {
      read: [
        { ...readAll, chain: chain([[0, 2]], 4, 0), address: lane1, zero: { used: 1, mask: 1 } },
        { enable: 1, chain: chain([[0, 1]], 4, 0), address: { base: 2, lane: 0 }, vector: 1 },
      ],
    },
    fill: 6,
    out: ['2 v0 0 0 0 0 /f', '3 v1 6 6 6 6 /f last', '4 v0 6 6 6 6 /f last'],
  },
];

test.each(PMU)('PMU: $name', ({ config, feed = {}, fill, out, errors = [] }) => {
  const bench = createPmu(arch, pmuConfig(arch, config), fill);
  expect(run(bench, feed, 40)).toEqual(out);
  expect(bench.unit.quiet()).toBe(true);
  expect(bench.errors).toEqual(errors);
});

test('PMU: a read context sends at full rate and stops before its output overflows', () => {
  const bench = createPmu(arch, pmuConfig(arch, { read: [{ ...readAll, chain: chain([[0, 20]], 4, 0) }] }));
  for (let t = 0; t < 12; t++) bench.cycle();
  expect(bench.unit.outputs.vector[0].count).toBe(arch.fifo.output);
  expect(bench.unit.activity[0].issues).toBe(arch.fifo.output);
  const busy = createPmu(arch, pmuConfig(arch, { read: [{ ...readAll, chain: chain([[0, 20]], 4, 0) }] }));
  expect(run(busy, {}, 40).map((line) => Number(line.split(' ')[0]))).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
});

test('what is not enabled may hold a configuration without a meaning', () => {
  const wrong = { count: 15 };
  const units = [
    createPmu(arch, pmuConfig(arch, { write: [{ enable: 0, chain: wrong }], read: [{ ...readAll, chain: chain([[0, 1]], 4, 0) }] })),
    createPcu(arch, pcuConfig(arch, { enable: 0, chain: wrong })),
    createAg(arch, agConfig(arch, { enable: 0, chain: wrong })),
  ];
  for (const unit of units) {
    for (let t = 0; t < 8; t++) unit.cycle();
    expect(unit.unit.quiet()).toBe(true);
  }
});

describe('switch', () => {
  /** Readiness of the sinks by cycle (1: room for one), and the cycles in which each takes and the source pops. */
  const cases = [
    { name: 'all ready', ready: [[1], [1], [1]], takes: [[0], [0], [0]], pop: 0 },
    { name: 'one late', ready: [[1], [0, 0, 1], [1]], takes: [[0], [2], [0]], pop: 2 },
    { name: 'each in its own cycle', ready: [[0, 0, 0, 1], [0, 1], [1]], takes: [[3], [1], [0]], pop: 3 },
  ];
  test.each(cases)('an eager fork: $name', ({ ready, takes, pop }) => {
    const edge = new ClockEdge();
    const source = new Fifo(edge, 4, 1);
    const sinks = ready.map(() => new Fifo(edge, 2, 1));
    const fork = new Fork(source, sinks);
    source.push([77]);
    edge.commit();
    for (const sink of sinks) for (let i = 0; i < 2; i++, edge.commit()) sink.push([0]);
    const taken = sinks.map((): number[] => []);
    let popped = -1;
    for (let t = 0; t < 6; t++) {
      // Room shows in the cycle after the pop.
      sinks.forEach((sink, i) => {
        if (ready[i][t] === 1) {
          sink.pop();
        }
      });
      edge.commit();
      if (source.count > 0) fork.step();
      if (source.pops > 0) popped = t;
      sinks.forEach((sink, i) => {
        if (sink.pushes > 0) taken[i].push(t);
      });
      edge.commit();
    }
    expect({ taken, popped }).toEqual({ taken: takes, popped: pop });
  });
});
