/** Address generators alone: the bench is the memory port. */
import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import type { AgConfig } from '../../../src/fabric/config.ts';
import type { Ag } from '../../../src/sim/ag/ag.ts';
import { createAg, type UnitBench } from '../../../src/sim/bench.ts';
import { agConfig, chain, type Some } from '../../support/configs.ts';
import { archNamed } from '../../support/fabric.ts';
import { hits } from '../../support/loop-reference.ts';
import { randomAg } from '../../support/random-units.ts';

const arch = archNamed('tiny');
const lanes = (n: number) => archNamed('tiny', { pcu: { lanes: n } });

/** Words on their way to the scalar inputs, as fast as they are taken. */
function feed(unit: Ag, words: readonly number[][]): void {
  unit.inputs.scalar.forEach((input, p) => {
    if (input.ready && words[p]?.length > 0) input.push([words[p].shift()!]);
  });
}

/**
 * A read stream over a memory in which word A holds A; beats come `latency` cycles after their address, `scalars` one a
 * cycle on each input.
 */
function read(bench: UnitBench<Ag>, cycles: number, latency = 3, rng?: Rng, scalars: readonly number[][] = []) {
  const { unit } = bench;
  const requests: string[] = [];
  const vectors: string[] = [];
  const words: { word: number; real: boolean }[][] = [];
  const tokens: number[] = [];
  const coming: { at: number; beat: number }[] = [];
  let outstanding = 0;
  for (let t = 0; t < cycles; t++) {
    const moves = () => rng === undefined || rng.chance(0.6);
    feed(unit, scalars);
    if (unit.readAddresses.valid && moves()) {
      const beat = unit.readAddresses.word(0);
      const length = unit.readAddresses.word(1);
      requests.push(`${t} ${beat}+${length}`);
      unit.readAddresses.pop();
      for (let i = 0; i < length; i++) coming.push({ at: t + latency + i, beat: beat + i });
      outstanding += length;
    }
    if (outstanding > bench.arch.ag.responseBeats) expect.fail(`${outstanding} beats under way`);
    if (coming.length > 0 && coming[0].at <= t && moves()) {
      if (!unit.responses.ready) expect.fail('no room for a response');
      const { beat } = coming.shift()!;
      unit.responses.push(Array.from({ length: 16 }, (_, i) => beat * 16 + i));
    }
    const [out] = unit.outputs.vector;
    if (out.valid && moves()) {
      const mask = out.masks[out.head];
      const data = Array.from({ length: out.width }, (_, i) => out.word(i));
      vectors.push(`${t} ${data.join(' ')} /${mask.toString(16)}${out.lasts[out.head] ? ' last' : ''}`);
      words.push(data.map((word, i) => ({ word, real: ((mask >> i) & 1) === 1 })));
      out.pop();
    }
    unit.outputs.control.forEach((counter, p) => {
      if (!counter.valid) return;
      tokens.push(t * 10 + p);
      counter.pop();
    });
    unit.inputs.control.forEach((counter) => {
      if (counter.ready && rng?.chance(0.3)) counter.pushed();
    });
    bench.cycle();
    outstanding = coming.length + unit.responses.count;
  }
  return { requests, vectors, words, tokens };
}

const READS: readonly {
  name: string;
  config: Some<AgConfig>;
  scalars?: number[][];
  requests: string[];
  vectors: string[];
  tokens: number[];
}[] = [
  {
    name: 'an aligned run: issue 0, request 1, address 2',
    config: { chain: chain([[0, 1]]), run: 8, address: { base: 32 } },
    requests: ['2 2+1'],
    // The beat is pushed in 5, seen by the data engine in 6, the vector in 7; the second comes from the carry.
    vectors: ['7 32 33 34 35 /f', '8 36 37 38 39 /f last'],
    tokens: [80],
  },
  {
    name: 'an unaligned run takes two beats; the tail is masked',
    config: { chain: chain([[0, 1]]), run: 6, address: { base: 13 } },
    requests: ['2 0+2'],
    // Three words of the first beat are not enough; the second arrives a cycle later.
    vectors: ['8 13 14 15 16 /f', '9 17 18 0 0 /3 last'],
    tokens: [90],
  },
  {
    name: 'bursts end at four beats and at a 4 KB page',
    config: { chain: chain([[0, 1]]), run: 16 * 7, address: { base: 62 * 16 } },
    requests: ['2 62+2', '3 64+4', '4 68+1'],
    vectors: [],
    tokens: [],
  },
  {
    name: 'the row guard makes a run without words: masked vectors and no request',
    config: {
      chain: chain([[0, 2]]),
      run: 8,
      address: { base: 0, inc: [16] },
      row: { used: 1, limit: 1, at: { base: 1, inc: [-1] } },
    },
    requests: ['3 1+1'],
    // The first run is at the data engine in 1; the second run's beat is pushed in 6.
    vectors: ['2 0 0 0 0 /0', '3 0 0 0 0 /0', '8 16 17 18 19 /f', '9 20 21 22 23 /f last'],
    tokens: [30, 90],
  },
  {
    name: 'the column guard cuts the run',
    config: { chain: chain([[0, 1]]), run: 8, address: { base: 0 }, column: { used: 1, limit: 12, at: { base: 7 } } },
    requests: ['2 0+1'],
    vectors: ['7 0 1 2 3 /f', '8 4 0 0 0 /1 last'],
    tokens: [80],
  },
  {
    name: 'an offset and a number of words, each popped once a run and there from cycle 1 on',
    config: {
      chain: chain([[0, 2]]),
      run: 8,
      address: { base: 16 },
      offset: { used: 1, port: 1, mask: 0 },
      column: { used: 1, from: { used: 1, port: 0 } },
    },
    scalars: [
      [3, 9],
      [5, -2],
    ],
    requests: ['3 1+1', '4 0+2'],
    // Of the second run's first beat two words are not enough.
    vectors: ['8 21 22 23 0 /7', '9 0 0 0 0 /0', '11 14 15 16 17 /f', '12 18 19 20 21 /f last'],
    tokens: [90, 120],
  },
  {
    name: 'an offset holds over the loop inside its mask',
    config: {
      chain: chain([
        [0, 2],
        [0, 2],
      ]),
      run: 4,
      address: { inc: [4] },
      offset: { used: 1, mask: 1 },
    },
    scalars: [[32, 64]],
    requests: ['3 2+1', '4 2+1', '5 4+1', '6 4+1'],
    vectors: ['8 32 33 34 35 /f', '9 36 37 38 39 /f', '10 64 65 66 67 /f', '11 68 69 70 71 /f last'],
    tokens: [80, 90, 100, 110],
  },
  {
    name: 'loops without iterations have no vectors; tokens come where their masks hold the empty loop',
    config: {
      chain: {
        ...chain([
          [0, 9],
          [0, 3],
        ]),
        counters: [
          { stride: 1, bound: 1 },
          { stride: 1, max: 3 },
        ],
      },
      run: 4,
      tokenOut: [{ mask: 1 }],
    },
    scalars: [[0, 1, -5]],
    // Issues in 1, 2 and 3; at the data engine in 2, 3 (which waits for its beat) and 8.
    requests: ['4 0+1'],
    vectors: ['9 0 1 2 3 /f'],
    tokens: [30, 90, 100],
  },
];

test.each(READS)('read: $name', ({ config, scalars, requests, vectors, tokens }) => {
  const fields = { ...config, tokenOut: [{ used: 1, mask: 0, ...config.tokenOut?.[0] }] };
  const words = scalars?.map((list) => [...list]);
  const seen = read(createAg(arch, agConfig(arch, fields)), vectors.length === 0 ? 10 : 60, 3, undefined, words);
  expect(seen.requests).toEqual(requests);
  if (vectors.length > 0) expect({ vectors: seen.vectors, tokens: seen.tokens }).toEqual({ vectors, tokens });
});

/** Words for the scalar inputs: bounds are near nothing. */
const scalarsFor = (config: AgConfig, inputs: number, rng: Rng): number[][] =>
  Array.from({ length: inputs }, (_, p) => {
    const isBound = config.chain.counters.slice(0, config.chain.count).some(({ bound }) => bound === p + 1);
    return Array.from({ length: 3000 }, () => (isBound ? rng.int(-6, 4) : rng.int(-4, 70)));
  });

/** Words popped and bounds from inputs of their own, as a program has them. */
function unshared(config: AgConfig): AgConfig {
  const bounds = config.chain.counters.slice(0, config.chain.count).map(({ bound }) => bound - 1);
  for (const word of [config.offset, config.column.from]) if (bounds.includes(word.port)) word.used = 0;
  return config;
}

/** The runs of a configuration: start and real words, by plain loops. `scalars` are used up. */
function runsOf(config: AgConfig, scalars: readonly number[][]): { start: number; real: number }[] {
  const { chain: loops, address, row, column, run } = config;
  const kept = { offset: 0, limit: 0 };
  /** What the issue with these trips pops; `z`: the empty loop, or -1. */
  const issue = (trips: number[], z: number) => {
    const popped = new Map<number, number>();
    const take = ({ used, port, mask }: AgConfig['offset'], name: 'offset' | 'limit') => {
      if (!used || !hits(mask, { z, at: trips, final: false }, (c) => c >= loops.count || trips[c] === 0)) return;
      if (!popped.has(port)) popped.set(port, scalars[port].shift()!);
      kept[name] = popped.get(port)!;
    };
    take(config.offset, 'offset');
    if (column.used) take(column.from, 'limit');
  };
  const runs: { start: number; real: number }[] = [];
  const at = (f: AgConfig['address'], trips: number[]) => f.base + trips.reduce((sum, n, c) => sum + n * f.inc[c], 0);
  const turn = (c: number, trips: number[]) => {
    if (c < 0) {
      issue(trips, -1);
      const masked = row.used && at(row.at, trips) >= row.limit;
      const limit = column.from.used ? kept.limit : column.limit;
      const real = masked ? 0 : column.used ? Math.max(0, Math.min(run, limit - at(column.at, trips))) : run;
      runs.push({ start: at(address, trips) + kept.offset, real });
      return;
    }
    const { min, stride, bound } = loops.counters[c];
    const max = bound > 0 ? scalars[bound - 1].shift()! : loops.counters[c].max;
    if (stride > 0 ? min >= max : min <= max) issue(trips, c);
    for (let v = min, n = 0; stride > 0 ? v < max : v > max; v += stride, n++) turn(c - 1, Object.assign([...trips], { [c]: n }));
  };
  turn(loops.count - 1, Array(loops.counters.length).fill(0));
  return runs;
}

const ROUNDS = process.env.KILN_FULL ? 2000 : 60;

describe.each([1, 4, 16, 32])('random address generators with %i lanes', (n) => {
  const wide = lanes(n);
  test('read every word of every run in order', () => {
    for (let i = 0; i < ROUNDS; i++) {
      const rng = new Rng(`read/${n}/${i}`);
      const config = unshared({ ...randomAg(wide, rng), write: 0 });
      const bench = createAg(wide, config);
      const scalars = scalarsFor(config, wide.ag.scalarIn, rng);
      const expected = runsOf(
        config,
        scalars.map((list) => [...list]),
      ).flatMap(({ start, real }) =>
        Array.from({ length: Math.ceil(config.run / n) * n }, (_, k) =>
          k < real ? { word: start + k, real: true } : { word: 0, real: false },
        ),
      );
      // A null issue takes a cycle and a word or a token.
      const { words } = read(bench, 500 + 6 * expected.length, rng.int(1, 20), rng, scalars);
      if (
        words.flat().length !== expected.length ||
        !words.flat().every((w, k) => w.word === expected[k].word && w.real === expected[k].real)
      )
        expect(words.flat(), `read/${n}/${i}`).toEqual(expected);
      expect(bench.unit.quiet()).toBe(true);
    }
  });

  test('write every real word with its strobe, in bursts that stay in a page', () => {
    for (let i = 0; i < ROUNDS; i++) {
      const rng = new Rng(`write/${n}/${i}`);
      const config = unshared({ ...randomAg(wide, rng), write: 1 });
      for (const token of config.tokenOut) Object.assign(token, { used: 1, mask: 0 });
      const bench = createAg(wide, config);
      const { unit } = bench;
      const scalars = scalarsFor(config, wide.ag.scalarIn, rng);
      const runs = runsOf(
        config,
        scalars.map((list) => [...list]),
      );
      const expected: string[] = [];
      /** Words in memory when a run is told to be done. */
      const upTo: number[] = [];
      const vectors: { data: number[]; mask: number }[] = [];
      for (const { start, real } of runs) {
        for (let j = 0; j < Math.ceil(config.run / n); j++) {
          const mask = rng.chance(0.7) ? -1 : rng.int32();
          const data = Array.from({ length: n }, () => rng.int32());
          vectors.push({ data, mask });
          for (let k = 0; k < n && j * n + k < real; k++) if ((mask >> k) & 1) expected.push(`${start + j * n + k}=${data[k]}`);
        }
        upTo.push(expected.length);
      }
      const written: string[] = [];
      const beats: { words: number[]; strobe: number }[] = [];
      const bursts: { beat: number; length: number }[] = [];
      const answers: { at: number; written: number }[] = [];
      let inMemory = 0;
      let told = 0;
      let tokens = 0;
      const cycles = 700 + 8 * vectors.length;
      for (let t = 0; t < cycles; t++) {
        feed(unit, scalars);
        const [input] = unit.inputs.vector;
        if (input.ready && vectors.length > 0 && rng.chance(0.7)) {
          const { data, mask } = vectors.shift()!;
          input.push(data, mask);
        }
        if (unit.offersWrite && rng.chance(0.6)) {
          bursts.push({ beat: unit.writeAddresses.word(0), length: unit.writeAddresses.word(1) });
          unit.takeWriteAddress();
        }
        if (unit.writeBeats.valid && bursts.length > 0 && rng.chance(0.7)) {
          beats.push({
            words: Array.from({ length: 16 }, (_, k) => unit.writeBeats.word(k)),
            strobe: unit.writeBeats.masks[unit.writeBeats.head],
          });
          unit.writeBeats.pop();
          if (beats.length === bursts[0].length) {
            const { beat, length } = bursts.shift()!;
            if (length > wide.ag.burstBeats || beat >> 6 !== (beat + length - 1) >> 6) expect.fail(`a burst of ${length} beats at ${beat}`);
            beats.splice(0).forEach(({ words, strobe }, b) => {
              words.forEach((word, k) => {
                if ((strobe >> k) & 1) written.push(`${(beat + b) * 16 + k}=${word}`);
              });
            });
            answers.push({ at: t + rng.int(1, 10), written: written.length });
          }
        }
        if (answers.length > 0 && answers[0].at <= t && unit.outstanding.valid) {
          inMemory = answers.shift()!.written;
          unit.answer();
        }
        unit.outputs.control.forEach((counter, p) => {
          if (!counter.valid) return;
          tokens++;
          if (p === 0 && inMemory < upTo[told++]) expect.fail(`write/${n}/${i}: run ${told - 1} is done before it is in memory`);
          counter.pop();
        });
        for (const counter of unit.inputs.control) if (counter.ready && rng.chance(0.3)) counter.pushed();
        bench.cycle();
      }
      if (written.join() !== expected.join()) expect(written, `write/${n}/${i}`).toEqual(expected);
      expect(tokens, `write/${n}/${i}`).toBe(runs.length * config.tokenOut.length);
      expect(unit.quiet(), `write/${n}/${i}`).toBe(true);
    }
  });
});
