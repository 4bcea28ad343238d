/**
 * delay: memory units that hold what a quick way is ahead, where two ways part and meet again out of step.
 *
 *   x --> s0 --> s1 --> s2          x --> s0 --> s1 --> s2
 *    \_________________/      =>     \_____ PMU ______/
 *
 * Without them an expression cut over many compute units runs at the rate that input FIFOs alone carry: their depth over
 * the cycles of the slow way. Placement is not known yet, so hops are guessed; a memory holds far more than the error.
 */
import type { Arch } from '../arch/schema.ts';
import { zeroOf } from '../base/bitstruct.ts';
import { type PcuConfig, type PmuConfig, pmuLayout } from '../fabric/config.ts';
import { laneInverse } from '../fabric/lane-inverse.ts';
import { inputDepth } from '../fabric/ports.ts';
import type { Net, Netlist, PortRef } from '../ir/netlist.ts';
import { checkSlack } from './slack.ts';
import { issuesAtLast, tripsOf } from './trips.ts';
import type { Way } from './ways.ts';

/** Cycles that a net is taken to need; placements of leaves take two to four. */
const HOPS = 4;
/** Entries of one memory unit: what its token counters can count, one token an entry, both ways. */
const ENTRIES = 254;

/** The netlist with at most `room` memory units added; itself where all ways are in step. */
export function addDelays(netlist: Netlist, arch: Arch, room: number): Netlist {
  const entries = Math.min(ENTRIES, arch.pmu.bankWords);
  let current = netlist;
  let left = room;
  // Behind a memory unit the ways to its readers are compared anew: each round takes the nearest of them.
  while (left > 0) {
    const [worst] = wanted(current, arch).sort((a, b) => b.ratio - a.ratio);
    if (!worst) break;
    const count = Math.min(left, Math.max(1, Math.ceil(worst.missing / entries)));
    current = insert(current, arch, worst, count, entries);
    left -= count;
  }
  return current;
}

interface Wanted {
  readonly net: Net;
  readonly sinks: readonly PortRef[];
  /** Vectors that pass in a run. */
  readonly issues: number;
  /** Vectors that have to wait, beyond the FIFO, for the nearest of the sinks. */
  readonly missing: number;
  /** How much slower than full rate. */
  readonly ratio: number;
}

/** Nets that arrive too early, with the inputs where they do. */
function wanted(netlist: Netlist, arch: Arch): Wanted[] {
  const ways = new Map<string, Way>(netlist.nets.map((net) => [net.id, { hops: net.to.map(() => HOPS), shared: () => 0 }]));
  const early = new Map<string, Map<string, { needed: number; capacity: number }>>();
  for (const { quick, join, needed, capacity } of checkSlack(netlist, arch, ways)) {
    const joins = early.get(quick) ?? new Map<string, { needed: number; capacity: number }>();
    early.set(quick, joins);
    if (needed > (joins.get(join)?.needed ?? 0)) joins.set(join, { needed, capacity });
  }
  const units = new Map(netlist.units.map((unit) => [unit.id, unit]));
  const depth = inputDepth(arch, 'vector');
  return netlist.nets.flatMap((net): Wanted[] => {
    const joins = early.get(net.id);
    if (!joins || net.net !== 'vector') return [];
    const fits = net.to.flatMap((to) => {
      const facts = joins.get(to.unit);
      const issues = facts && issuesInto(units.get(to.unit)?.config as PcuConfig, to.port);
      return facts && issues !== undefined ? [{ to, issues, ...facts }] : [];
    });
    if (fits.length === 0) return [];
    const { issues } = fits[0];
    const together = fits.filter((one) => one.issues === issues);
    return [
      {
        net,
        sinks: together.map(({ to }) => to),
        issues,
        missing: Math.min(...together.map(({ needed }) => needed)) - depth,
        ratio: Math.max(...together.map(({ needed, capacity }) => needed / Math.max(1, capacity))),
      },
    ];
  });
}

/** Vectors that an input takes in a run, or nothing where they cannot be counted, or carry masks that a memory would drop. */
function issuesInto(config: PcuConfig, port: number): number | undefined {
  const input = config.vectorIn[port];
  const { chain } = config;
  if (!input.used || input.masks || chain.counters.slice(0, chain.count).some(({ bound }) => bound !== 0)) return undefined;
  const issues = issuesAtLast(tripsOf(chain), input.pop);
  return issues < 2 ** 31 ? issues : undefined;
}

/** `count` memory units in a row before the sinks. */
function insert(netlist: Netlist, arch: Arch, { net, sinks, issues }: Wanted, count: number, entries: number): Netlist {
  const added = netlist.units.filter(({ id }) => id.startsWith('pmu.delay')).length;
  const source = netlist.units.find(({ id }) => id === net.from.unit)?.source;
  const units = Array.from({ length: count }, (_, i) => {
    const name = `delay${added + i}`;
    return { id: `pmu.${name}`, kind: 'pmu' as const, config: delayConfig(arch, issues, entries), label: name, source };
  });
  const first = { unit: units[0].id, port: 0 };
  const nets = netlist.nets.map((one) =>
    one.id === net.id ? { ...one, to: [...one.to.filter((to) => !sinks.some((sink) => same(sink, to))), first] } : one,
  );
  const between = units.map(
    ({ id, label }, i): Net => ({
      id: `v_${label}`,
      net: 'vector',
      from: { unit: id, port: 0 },
      to: i + 1 < count ? [{ unit: units[i + 1].id, port: 0 }] : [...sinks],
      label: net.label,
    }),
  );
  return { units: [...netlist.units, ...units], nets: [...nets, ...between] };
}

const same = (a: PortRef, b: PortRef): boolean => a.unit === b.unit && a.port === b.port;

/** A queue of vectors: as many regions as entries, a token for each that is written and for each that is free. */
function delayConfig(arch: Arch, issues: number, entries: number): PmuConfig {
  const { lanes } = arch.pcu;
  const config: PmuConfig = zeroOf(pmuLayout(arch));
  const [write, read] = [config.write[0], config.read[0]];
  for (const context of [write, read]) {
    context.enable = 1;
    Object.assign(context.chain, { count: 1, par: lanes });
    context.chain.counters[0] = { min: 0, stride: 1, max: issues, bound: 0 };
    context.address = { ...context.address, lane: 1, laneInverse: laneInverse(1, lanes) };
    context.region = { count: entries, stride: lanes, mask: 0 };
  }
  write.fill = 1;
  read.vector = 1;
  const reader = arch.pmu.writeContexts;
  const own = arch.pmu.controlIn;
  config.tokenOut[0] = { used: 1, context: 0, mask: 0, net: 0 };
  config.tokenOut[1] = { used: 1, context: reader, mask: 0, net: 0 };
  config.tokenIn[0] = { used: 1, context: reader, mask: 0, init: 0, source: own };
  config.tokenIn[1] = { used: 1, context: 0, mask: 0, init: entries, source: own + 1 };
  return config;
}
