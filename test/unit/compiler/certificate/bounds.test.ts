import { describe, expect, test } from 'vitest';
import { zeroOf } from '../../../../src/base/bitstruct.ts';
import type { Context } from '../../../../src/compiler/certificate/contexts.ts';
import { eventsOf } from '../../../../src/compiler/certificate/contexts.ts';
import type { Edge } from '../../../../src/compiler/certificate/edges.ts';
import { criticalPath } from '../../../../src/compiler/certificate/path.ts';
import { slowestRecurrence } from '../../../../src/compiler/certificate/recurrence.ts';
import { trafficOf } from '../../../../src/compiler/certificate/traffic.ts';
import { agLayout } from '../../../../src/fabric/config.ts';
import { archNamed } from '../../../support/fabric.ts';

/** A context with constant loops, the innermost first. */
function context(number: number, ...trips: number[]): Context {
  const counters = trips.map((max) => ({ min: 0, stride: 1, max, bound: 0 }));
  const chain = { count: trips.length, par: 1, laneStep: 0, counters };
  const tile = { id: number, x: number, y: 0, kind: 'pmu', index: number } as Context['tile'];
  return { tile, kind: 'write', number, chain, name: `c${number}`, issues: trips.reduce((a, b) => a * b, 1), exact: true };
}

describe('events of a mask', () => {
  const c = context(0, 4, 1, 3, 5);
  test.each([
    [0b0000, 60, 1],
    [0b0001, 15, 4],
    [0b0101, 5, 12],
    [0b1101, 1, 60],
  ])('%i', (mask, count, every) => {
    expect(eventsOf(c, mask)).toEqual({ count, every });
  });

  test('are irregular when a loop inside is left out, or a bound comes from a stream', () => {
    expect(eventsOf(c, 0b0100)).toBeUndefined();
    expect(eventsOf({ ...c, exact: false }, 0b0001)).toBeUndefined();
  });
});

describe('a recurrence', () => {
  // A writer and a reader of 8 words a round, ten rounds, with B buffers.
  const contexts = [context(0, 8, 10), context(1, 8, 10)];
  const edges = (buffers: number): Edge[] => [
    { from: 0, to: 1, latency: 1, push: 1, token: { pop: 1, init: 0 } },
    { from: 1, to: 0, latency: 1, push: 1, token: { pop: 1, init: buffers } },
  ];
  test.each([
    [1, 9 * 16],
    [2, 4 * 16],
    [4, 2 * 16],
  ])('of %i buffers', (buffers, cycles) => {
    expect(slowestRecurrence(contexts, edges(buffers))).toMatchObject({ cycles, around: 16, tokens: buffers, rounds: 10 });
  });

  test('takes the slowest of several cycles, data included', () => {
    const carried: Edge[] = [
      { from: 1, to: 0, latency: 30, push: 0 },
      { from: 0, to: 1, latency: 1, push: 1, token: { pop: 1, init: 1 } },
    ];
    expect(slowestRecurrence(contexts, carried)).toMatchObject({ cycles: 9 * 38, tokens: 1 });
  });

  test('is none without a cycle', () => {
    expect(slowestRecurrence(contexts, edges(1).slice(0, 1))).toBeUndefined();
  });
});

test('the critical path adds latencies, work and the time until done', () => {
  const contexts = [context(0, 10), context(1, 10), context(2, 1)];
  const edges: Edge[] = [
    { from: 0, to: 1, latency: 5, push: 0 },
    // One value, after the last of ten issues.
    { from: 1, to: 2, latency: 7, push: 1 },
    { from: 2, latency: 3, push: 0 },
  ];
  const path = criticalPath(contexts, edges, 2, ({ issues }) => issues);
  // Issues of 0 in 2..11, of 1 in 7..16, of 2 in 16 + 7 = 23; at the host in 26, done two cycles later.
  expect(path?.cycles).toBe(28);
  expect(path?.contexts.map(({ name }) => name)).toEqual(['c0', 'c1', 'c2']);
  expect(path?.tails).toEqual([5 + 7 + 3 + 2, 7 + 3 + 2, 3 + 2]);
});

test.each([
  // All of a memory is written before its words are read, 5 times 8; or each round of 8 before that round.
  ['once', context(0, 8), context(1, 8, 5), 0b01, 0b11, 0, 1 + 39 + 3 + 2],
  ['round by round', context(0, 8, 5), context(1, 8, 5), 0b01, 0b01, 0, 1 + 7 + 3 + 2],
  ['with a credit that may be there before', context(0, 8, 5), context(1, 8, 5), 0b01, 0b01, 1, 0],
] as const)('what waits for the last token of a context is behind its last issue: %s', (_, writer, reader, push, pop, init, tail) => {
  const edges: Edge[] = [
    { from: 0, to: 1, latency: 1, push, token: { pop, init } },
    { from: 1, latency: 3, push: 0b11 },
  ];
  const path = criticalPath([writer, reader], edges, 2, ({ issues }) => issues);
  expect(path?.tails).toEqual([tail, 3 + 2]);
});

test('contexts in a circle without tokens have no path', () => {
  const edges: Edge[] = [
    { from: 0, to: 1, latency: 1, push: 0 },
    { from: 1, to: 0, latency: 1, push: 0 },
  ];
  expect(criticalPath([context(0, 2), context(1, 2)], edges, 2, () => 2)).toBeUndefined();
});

describe('the traffic of a generator', () => {
  const ag = (run: number, base: number, trips: number, stride: number, limit?: number) => {
    const config = zeroOf(agLayout(archNamed('demo')));
    config.chain = { ...config.chain, count: 1, par: 1 };
    config.chain.counters[0] = { min: 0, stride: 1, max: trips, bound: 0 };
    config.run = run;
    config.address = { base, inc: config.address.inc.map((_, c) => (c === 0 ? stride : 0)) };
    if (limit !== undefined)
      Object.assign(config.column, { used: 1, limit, at: { base: 0, inc: config.column.at.inc.map((_, c) => (c === 0 ? run : 0)) } });
    return trafficOf(config, 8);
  };
  test.each([
    ['aligned', ag(16, 0, 4, 16), { beats: 4, vectors: 8 }],
    ['across a beat', ag(16, 8, 4, 16), { beats: 8, vectors: 8 }],
    ['short runs', ag(3, 0, 5, 16), { beats: 5, vectors: 5 }],
    ['a ragged end', ag(16, 0, 4, 16, 40), { beats: 3, vectors: 8 }],
  ])('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
});
