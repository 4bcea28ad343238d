/** Address generators alone: the bench is the memory port. */
import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import type { AgConfig } from '../../../src/fabric/config.ts';
import type { Ag } from '../../../src/sim/ag/ag.ts';
import { createAg, type UnitBench } from '../../../src/sim/bench.ts';
import { agConfig, chain, type Some } from '../../support/configs.ts';
import { archNamed } from '../../support/fabric.ts';
import { randomAg } from '../../support/random-units.ts';

const arch = archNamed('tiny');
const lanes = (n: number) => archNamed('tiny', { pcu: { lanes: n } });

/** A read stream over a memory in which word A holds A; beats come `latency` cycles after their address. */
function read(bench: UnitBench<Ag>, cycles: number, latency = 3, rng?: Rng) {
  const { unit } = bench;
  const requests: string[] = [];
  const vectors: string[] = [];
  const words: { word: number; real: boolean }[][] = [];
  const tokens: number[] = [];
  const coming: { at: number; beat: number }[] = [];
  let outstanding = 0;
  for (let t = 0; t < cycles; t++) {
    const moves = () => rng === undefined || rng.chance(0.6);
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

const READS: readonly { name: string; config: Some<AgConfig>; requests: string[]; vectors: string[]; tokens: number[] }[] = [
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
];

test.each(READS)('read: $name', ({ config, requests, vectors, tokens }) => {
  const fields = { ...config, tokenOut: [{ used: 1, mask: 0 }] };
  const seen = read(createAg(arch, agConfig(arch, fields)), vectors.length === 0 ? 10 : 60);
  expect(seen.requests).toEqual(requests);
  if (vectors.length > 0) expect({ vectors: seen.vectors, tokens: seen.tokens }).toEqual({ vectors, tokens });
});

/** The runs of a configuration: start and real words, by plain loops. */
function runsOf(config: AgConfig): { start: number; real: number }[] {
  const { chain: loops, address, row, column, run } = config;
  const runs: { start: number; real: number }[] = [];
  const at = (f: AgConfig['address'], trips: number[]) => f.base + trips.reduce((sum, n, c) => sum + n * f.inc[c], 0);
  const turn = (c: number, trips: number[]) => {
    if (c < 0) {
      const masked = row.used && at(row.at, trips) >= row.limit;
      const real = masked ? 0 : column.used ? Math.max(0, Math.min(run, column.limit - at(column.at, trips))) : run;
      runs.push({ start: at(address, trips), real });
      return;
    }
    const { min, max, stride } = loops.counters[c];
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
      const config = { ...randomAg(wide, rng), write: 0 };
      const bench = createAg(wide, config);
      const expected = runsOf(config).flatMap(({ start, real }) =>
        Array.from({ length: Math.ceil(config.run / n) * n }, (_, k) =>
          k < real ? { word: start + k, real: true } : { word: 0, real: false },
        ),
      );
      const { words } = read(bench, 40 + 6 * expected.length, rng.int(1, 20), rng);
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
      const config = { ...randomAg(wide, rng), write: 1 };
      for (const token of config.tokenOut) Object.assign(token, { used: 1, mask: 0 });
      const bench = createAg(wide, config);
      const { unit } = bench;
      const runs = runsOf(config);
      const expected: string[] = [];
      const vectors: { data: number[]; mask: number }[] = [];
      for (const { start, real } of runs) {
        for (let j = 0; j < Math.ceil(config.run / n); j++) {
          const mask = rng.chance(0.7) ? -1 : rng.int32();
          const data = Array.from({ length: n }, () => rng.int32());
          vectors.push({ data, mask });
          for (let k = 0; k < n && j * n + k < real; k++) if ((mask >> k) & 1) expected.push(`${start + j * n + k}=${data[k]}`);
        }
      }
      const written: string[] = [];
      const beats: { words: number[]; strobe: number }[] = [];
      const bursts: { beat: number; length: number }[] = [];
      const answers: number[] = [];
      let tokens = 0;
      const cycles = 300 + 8 * vectors.length;
      for (let t = 0; t < cycles; t++) {
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
            answers.push(t + rng.int(1, 10));
          }
        }
        if (answers.length > 0 && answers[0] <= t && unit.outstanding.valid) {
          answers.shift();
          unit.answer();
        }
        unit.outputs.control.forEach((counter) => {
          if (!counter.valid) return;
          tokens++;
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
