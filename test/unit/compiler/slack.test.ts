import { expect, test } from 'vitest';
import { zeroOf } from '../../../src/base/bitstruct.ts';
import { placeAndRoute } from '../../../src/compiler/pnr.ts';
import { checkSlack, slackDiagnostics } from '../../../src/compiler/slack.ts';
import { countAtLast, firstAtLast, issuesAtLast } from '../../../src/compiler/trips.ts';
import { type Way, waysOf } from '../../../src/compiler/ways.ts';
import { agLayout, hostLayout, type PcuConfig, pcuLayout, pmuLayout } from '../../../src/fabric/config.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import type { Net, Netlist } from '../../../src/ir/netlist.ts';
import { OPS } from '../../../src/ops/table.ts';
import { DRAM_PROFILES, Dram } from '../../../src/sim/dram.ts';
import { Machine } from '../../../src/sim/machine.ts';
import { archNamed } from '../../support/fabric.ts';

const arch = archNamed('plasticine');

/** A compute unit that takes `inputs` vector inputs each issue, `trips` times, through `stages` float stages. */
function pcu(inputs: number, trips: number, stages: number, outputMask = 0, on = arch): PcuConfig {
  const config = zeroOf(pcuLayout(on));
  config.enable = 1;
  config.chain.count = 2;
  config.chain.par = on.pcu.lanes;
  config.chain.counters[0] = { min: 0, stride: 1, max: trips, bound: 0 };
  config.chain.counters[1] = { min: 0, stride: 1, max: 10, bound: 0 };
  for (let i = 0; i < inputs; i++) config.vectorIn[i].used = 1;
  for (let s = 0; s < stages; s++) config.stages[s].op = OPS.fadd.code;
  if (outputMask !== 0b11) Object.assign(config.vectorOut[0], { used: 1, source: Math.max(0, stages - 1), mask: outputMask });
  return config;
}

/** A memory unit whose read context 0 goes to `join` directly and to it through `steps`. */
function diamond(steps: PcuConfig[], join: PcuConfig): { netlist: Netlist; ways: Map<string, Way> } {
  const units: Netlist['units'] = [
    { id: 'mem', kind: 'pmu', config: zeroOf(pmuLayout(arch)) },
    { id: 'join', kind: 'pcu', config: join },
    ...steps.map((config, i) => ({ id: `step${i}`, kind: 'pcu' as const, config })),
  ];
  const to = (unit: string, port = 0) => ({ unit, port });
  const nets: Net[] = [{ id: 'direct', net: 'vector', from: to('mem'), to: [to('join'), to('step0')] }];
  for (let i = 0; i < steps.length; i++)
    nets.push({ id: `n${i}`, net: 'vector', from: to(`step${i}`), to: [i + 1 < steps.length ? to(`step${i + 1}`) : to('join', 1)] });
  return { netlist: { units, nets }, ways: new Map(nets.map((net) => [net.id, { hops: net.to.map(() => 2), shared: () => 0 }])) };
}

test('a way through one short unit fits the FIFO of the other', () => {
  const { netlist, ways } = diamond([pcu(1, 8, 3)], pcu(2, 8, 1));
  expect(checkSlack(netlist, arch, ways)).toEqual([]);
});

test('a way through two long units is out of step by their latencies and hops', () => {
  const { netlist, ways } = diamond([pcu(1, 8, 6), pcu(1, 8, 6)], pcu(2, 8, 1));
  // Two units of 6 stages of 4 cycles and one for the output FIFO, two nets of 2 hops.
  const imbalance = 2 * (24 + 1) + 2 * 2;
  expect(checkSlack(netlist, arch, ways)).toEqual([
    { kind: 'rate', fork: 'mem.read0', join: 'join', quick: 'direct', slow: 'n1', lead: 0, imbalance, needed: imbalance + 2, capacity: 32 },
  ]);
  expect(slackDiagnostics(checkSlack(netlist, arch, ways)).map((d) => d.code)).toEqual(['W0610']);
});

test('a reduction on one way makes the other hold a whole group', () => {
  const violations = (trips: number) => {
    const join = pcu(2, trips, 1);
    join.vectorIn[1].pop = 1;
    const { netlist, ways } = diamond([pcu(1, trips, 1, 1)], join);
    return checkSlack(netlist, arch, ways);
  };
  expect(violations(20)).toEqual([]);
  expect(violations(30)).toMatchObject([{ kind: 'rate', lead: 29, capacity: 32 }]);
  // 32 in the FIFO and 2 in the link after the ways part.
  expect(violations(35)).toMatchObject([{ kind: 'rate', lead: 34 }]);
  expect(violations(36)).toMatchObject([{ kind: 'deadlock', lead: 35, needed: 35, capacity: 34 }]);
  expect(slackDiagnostics(violations(36)).map((d) => d.code)).toEqual(['E0611']);
});

test.each(['one net', 'two nets'])('what is called a deadlock on %s hangs, and nothing else does', (fork) => {
  const small = archNamed('tiny', { grid: { columns: 4, rows: 2 }, fifo: { vector: 8 }, control: { watchdogLog2: 10 } });
  const fabric = new Fabric(small);
  const verdicts = new Set<string>();
  for (let group = 2; group <= 24; group++) {
    const join = pcu(2, group, 1, 0b11, small);
    join.vectorIn[1].pop = 1;
    Object.assign(join.tokenOut[0], { used: 1, source: 0, mask: 0b11 });
    const reduce = pcu(1, group, 1, 1, small);
    const ag = zeroOf(agLayout(small));
    Object.assign(ag, { enable: 1, run: 10 * group * small.pcu.lanes });
    ag.chain.par = small.pcu.lanes;
    const host = zeroOf(hostLayout(small));
    host.tokens[0].expect = 1;
    // Parting on the generator's net, or at a unit that passes it on by two outputs.
    const split = pcu(1, group, 1, 0, small);
    Object.assign(split.vectorOut[1], { used: 1, source: 0, mask: 0 });
    const netlist: Netlist = {
      units: [
        { id: 'load', kind: 'ag', config: ag },
        { id: 'join', kind: 'pcu', config: join },
        { id: 'reduce', kind: 'pcu', config: reduce },
        { id: 'host', kind: 'host', config: host },
      ],
      nets: [
        { id: 'sum', net: 'vector', from: { unit: 'reduce', port: 0 }, to: [{ unit: 'join', port: 1 }] },
        { id: 'done', net: 'control', from: { unit: 'join', port: 0 }, to: [{ unit: 'host', port: 0 }] },
      ],
    };
    const [quick, slow] = ['join', 'reduce'].map((unit) => ({ unit, port: 0 }));
    if (fork === 'one net') netlist.nets.push({ id: 'x', net: 'vector', from: { unit: 'load', port: 0 }, to: [quick, slow] });
    else {
      netlist.units.push({ id: 'split', kind: 'pcu', config: split });
      netlist.nets.push({ id: 'x', net: 'vector', from: { unit: 'load', port: 0 }, to: [{ unit: 'split', port: 0 }] });
      netlist.nets.push({ id: 'q', net: 'vector', from: { unit: 'split', port: 0 }, to: [quick] });
      netlist.nets.push({ id: 's', net: 'vector', from: { unit: 'split', port: 1 }, to: [slow] });
    }
    const { value } = placeAndRoute(netlist, fabric, { seed: group });
    if (!value) throw new Error('four units do not fit');
    const stuck = checkSlack(netlist, small, waysOf(netlist, fabric, value.placement, value.routes)).some(
      ({ kind }) => kind === 'deadlock',
    );
    const dram = new Dram(DRAM_PROFILES.ideal, small.memory.ports, new Uint8Array(4096));
    const { status } = new Machine(fabric, value.configs, { args: [], dram }).run();
    expect([group, status]).toEqual([group, stuck ? 'hang' : 'done']);
    verdicts.add(status);
  }
  expect(verdicts).toEqual(new Set(['done', 'hang']));
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
