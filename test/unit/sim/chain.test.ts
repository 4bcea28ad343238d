import { describe, expect, test } from 'vitest';
import { Affine } from '../../../src/sim/affine.ts';
import { Chain } from '../../../src/sim/chain.ts';
import { ClockEdge, Fifo } from '../../../src/sim/fifo.ts';
import { allTrips, counterOf, hits, issuesOf } from '../../support/loop-reference.ts';

function check(trips: readonly number[], dynamic: boolean): void {
  const edge = new ClockEdge();
  const inputs = trips.map(() => new Fifo(edge, 64, 1));
  const counters = trips.map((count, c) => {
    return { ...counterOf(c, count), bound: dynamic ? c + 1 : 0 };
  });
  const address = new Affine({ base: 5, inc: [1, 100, 10_000] });
  const chain = new Chain({ count: trips.length, par: 1, laneStep: 1, counters }, inputs, [address]);
  const feed = (c: number) => {
    inputs[c].push([counters[c].max]);
    edge.commit();
  };
  if (dynamic) for (let c = 0; c < 3; c++) while (inputs[c].ready) feed(c);
  const expected = issuesOf(trips);
  const events = new Map<number, number>();
  let popped = 0;
  for (const issue of expected) {
    const { z, at, final } = issue;
    expect(chain.finished).toBe(false);
    expect(chain.look()).toBe(true);
    expect(chain.z).toBe(z);
    expect(chain.final).toBe(final);
    for (let c = Math.max(z, 0); c < 3; c++) expect(chain.value[c]).toBe(counters[c].min + at[c] * counters[c].stride);
    if (z < 0) expect(address.value).toBe(5 + at[0] + 100 * at[1] + 10_000 * at[2]);
    for (let mask = 0; mask < 8; mask++) {
      const first = hits(mask, issue, (c) => at[c] === 0);
      const last = hits(mask, issue, (c) => at[c] === trips[c] - 1);
      expect(chain.isFirst(mask)).toBe(first);
      expect(chain.isLast(mask)).toBe(last);
      if (last) events.set(mask, (events.get(mask) ?? 0) + 1);
    }
    chain.step();
    popped += inputs.reduce((sum, { pops }) => sum + pops, 0);
    edge.commit();
    if (dynamic) for (let c = 0; c < 3; c++) if (inputs[c].ready) feed(c);
  }
  expect(chain.finished).toBe(true);
  // The level k acts as often as the loops from k outwards turn, whatever is empty inside.
  const product = (from: number) => trips.slice(from).reduce((a, b) => a * b, 1);
  for (let level = 0; level <= 3; level++) expect(events.get((1 << level) - 1) ?? 0).toBe(product(level));
  // A bound is popped once a run: as often as the loops outside turn.
  if (dynamic) expect(popped).toBe(product(1) + product(2) + 1);
}

describe('three nested counters', () => {
  test.each(allTrips(3, 3))('trips %i %i %i: issues, values, firsts and lasts of every mask', (...trips) => {
    check(trips, false);
    check(trips, true);
  });
});

test.each([
  { name: 'a masked tail', counter: [0, 8, 10], par: 8, laneStep: 1, lanes: [0xff, 0x03] },
  { name: 'fewer lanes than the vector', counter: [0, 3, 7], par: 3, laneStep: 1, lanes: [0x7, 0x7, 0x1] },
  { name: 'downwards', counter: [5, -4, -1], par: 4, laneStep: -1, lanes: [0xf, 0x3] },
  { name: 'lane steps of two', counter: [0, 8, 11], par: 4, laneStep: 2, lanes: [0xf, 0x3] },
  { name: 'lanes against the stride', counter: [2, 4, 8], par: 4, laneStep: -1, lanes: [0xf, 0xf] },
  { name: 'the comparison does not wrap', counter: [0x7ffffff0, 8, 0x7fffffff], par: 32, laneStep: 1, lanes: [0x7fff, 0x7f] },
])('lanes of counter 0: $name', ({ counter: [min, stride, max], par, laneStep, lanes }) => {
  const chain = new Chain({ count: 1, par, laneStep, counters: [{ min, stride, max, bound: 0 }] }, [], []);
  const seen: number[] = [];
  while (!chain.finished) {
    chain.look();
    seen.push(chain.lanes);
    chain.step();
  }
  expect(seen).toEqual(lanes);
});

test('no counters: one issue, first and last of everything, `par` lanes', () => {
  const chain = new Chain({ count: 0, par: 5, laneStep: 1, counters: [{ min: 0, stride: 0, max: 0, bound: 0 }] }, [], []);
  expect(chain.look()).toBe(true);
  expect([chain.z, chain.lanes, chain.final, chain.isFirst(1), chain.isLast(1)]).toEqual([-1, 31, true, true, true]);
  chain.step();
  expect(chain.finished).toBe(true);
});
