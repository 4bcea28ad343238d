import { expect, test } from 'vitest';
import { zeroOf } from '../../../src/base/bitstruct.ts';
import { checkSlack, slackDiagnostics } from '../../../src/compiler/slack.ts';
import { countAtLast, firstAtLast, issuesAtLast } from '../../../src/compiler/trips.ts';
import { type PcuConfig, pcuLayout, pmuLayout } from '../../../src/fabric/config.ts';
import type { Net, Netlist } from '../../../src/ir/netlist.ts';
import { OPS } from '../../../src/ops/table.ts';
import { archNamed } from '../../support/fabric.ts';

const arch = archNamed('plasticine');

/** A compute unit that takes `inputs` vector inputs each issue, `trips` times, through `stages` float stages. */
function pcu(inputs: number, trips: number, stages: number, outputMask = 0): PcuConfig {
  const config = zeroOf(pcuLayout(arch));
  config.enable = 1;
  config.chain.count = 2;
  config.chain.counters[0] = { min: 0, stride: 1, max: trips, bound: 0 };
  config.chain.counters[1] = { min: 0, stride: 1, max: 10, bound: 0 };
  for (let i = 0; i < inputs; i++) config.vectorIn[i].used = 1;
  for (let s = 0; s < stages; s++) config.stages[s].op = OPS.fadd.code;
  config.vectorOut[0] = { used: 1, source: Math.max(0, stages - 1), mask: outputMask };
  return config;
}

/** A memory unit whose read context 0 goes to `join` directly and to it through `steps`. */
function diamond(steps: PcuConfig[], join: PcuConfig): { netlist: Netlist; hops: Map<string, number[]> } {
  const units: Netlist['units'] = [
    { id: 'mem', kind: 'pmu', config: zeroOf(pmuLayout(arch)) },
    { id: 'join', kind: 'pcu', config: join },
    ...steps.map((config, i) => ({ id: `step${i}`, kind: 'pcu' as const, config })),
  ];
  const to = (unit: string, port = 0) => ({ unit, port });
  const nets: Net[] = [{ id: 'direct', net: 'vector', from: to('mem'), to: [to('join'), to('step0')] }];
  for (let i = 0; i < steps.length; i++)
    nets.push({ id: `n${i}`, net: 'vector', from: to(`step${i}`), to: [i + 1 < steps.length ? to(`step${i + 1}`) : to('join', 1)] });
  return { netlist: { units, nets }, hops: new Map(nets.map((net) => [net.id, net.to.map(() => 2)])) };
}

test('a way through one short unit fits the FIFO of the other', () => {
  const { netlist, hops } = diamond([pcu(1, 8, 3)], pcu(2, 8, 1));
  expect(checkSlack(netlist, arch, hops)).toEqual([]);
});

test('a way through two long units is out of step by their latencies and hops', () => {
  const { netlist, hops } = diamond([pcu(1, 8, 6), pcu(1, 8, 6)], pcu(2, 8, 1));
  // Two units of 6 stages of 4 cycles and one for the output FIFO, two nets of 2 hops.
  const imbalance = 2 * (24 + 1) + 2 * 2;
  expect(checkSlack(netlist, arch, hops)).toEqual([
    { kind: 'rate', fork: 'mem.read0', join: 'join', quick: 'direct', slow: 'n1', lead: 0, imbalance, needed: imbalance + 2, capacity: 32 },
  ]);
  expect(slackDiagnostics(checkSlack(netlist, arch, hops)).map((d) => d.code)).toEqual(['W0610']);
});

test('a reduction on one way makes the other hold a whole group', () => {
  const violations = (trips: number) => {
    const join = pcu(2, trips, 1);
    join.vectorIn[1].pop = 1;
    const { netlist, hops } = diamond([pcu(1, trips, 1, 1)], join);
    return checkSlack(netlist, arch, hops);
  };
  expect(violations(20)).toEqual([]);
  expect(violations(30)).toMatchObject([{ kind: 'rate', lead: 29, capacity: 32 }]);
  // 32 in the FIFO, 2 in the hop, 4 in the output FIFO.
  expect(violations(39)).toMatchObject([{ kind: 'rate', lead: 38 }]);
  expect(violations(40)).toMatchObject([{ kind: 'deadlock', lead: 39, needed: 39, capacity: 38 }]);
  expect(slackDiagnostics(violations(40)).map((d) => d.code)).toEqual(['E0611']);
});

test('the counting of issues agrees with counting them one by one', () => {
  const trips = [3, 1, 4, 2];
  const digits = (issue: number) => trips.map((trip, c) => Math.floor(issue / trips.slice(0, c).reduce((a, b) => a * b, 1)) % trip);
  const all = [...Array(24).keys()];
  for (let mask = 0; mask < 16; mask++) {
    const matching = all.filter((issue) => digits(issue).every((digit, c) => !((mask >> c) & 1) || digit === trips[c] - 1));
    expect(issuesAtLast(trips, mask)).toBe(matching.length);
    expect(firstAtLast(trips, mask)).toBe(matching[0]);
    for (const issue of all) expect(countAtLast(trips, mask, issue)).toBe(matching.filter((other) => other < issue).length);
  }
});
