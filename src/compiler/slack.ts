/**
 * Slack: where two streams part at one context and meet again at one compute unit, the quicker way
 * has to hold what the slower one still works on, in the input FIFOs along it.
 *
 * Everything is counted in *tokens*: issues of the context at the fork, one a cycle. With lead λ (tokens
 * the slow way needs before its first value, beyond what the quick way needs) and imbalance Δ (cycles):
 * the program lives iff the quick way holds λ tokens, hops counting two; it runs at full rate iff its
 * FIFOs alone hold λ + Δ + 2. Memory units and memory decouple; a path ends there, and where data decides what is sent.
 */
import type { Arch } from '../arch/schema.ts';
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../base/diagnostic.ts';
import type { PcuConfig, PmuConfig } from '../fabric/config.ts';
import { inputDepth } from '../fabric/ports.ts';
import type { Net, Netlist, PortRef, VUnit } from '../ir/netlist.ts';
import { pcuLatency } from './latency.ts';
import { isThinned } from './thinned.ts';
import { countAtLast, firstAtLast, issuesAtLast, mostTripsOf } from './trips.ts';
import type { Way } from './ways.ts';

export interface SlackViolation {
  /** `deadlock`: the program cannot run; `rate`: it runs, slower than it could. */
  readonly kind: 'deadlock' | 'rate';
  /** Unit (and for a memory unit its read context) where the ways part, compute unit where they meet. */
  readonly fork: string;
  readonly join: string;
  /** The nets on which the ways arrive. */
  readonly quick: string;
  readonly slow: string;
  /** Tokens the slow way needs before its first value, beyond those of the quick one. */
  readonly lead: number;
  /** Cycles the slow way takes longer. */
  readonly imbalance: number;
  /** Tokens the quick way has to hold, and those it can. */
  readonly needed: number;
  readonly capacity: number;
}

/** How one input port is reached from a fork. */
interface Arrival {
  readonly net: Net;
  readonly earliest: number;
  readonly latest: number;
  /** Tokens of the fork before the first entry arrives, and for each further one. */
  readonly need: number;
  readonly per: number;
  /** Tokens the way holds: in input FIFOs, and with the buffers of its hops after the first net. */
  readonly fifo: number;
  readonly all: number;
  /** The connections by which the way leaves the fork. */
  readonly roots: readonly Root[];
}
interface Root {
  readonly net: string;
  readonly sink: number;
  readonly per: number;
}
type Reach = Omit<Arrival, 'net'>;

/** Every pair of ways that violates its bound. */
export function checkSlack(netlist: Netlist, arch: Arch, ways: ReadonlyMap<string, Way>): SlackViolation[] {
  const units = new Map(netlist.units.map((unit) => [unit.id, unit]));
  const order = dataOrder(netlist, units);
  const violations = new Map<string, SlackViolation>();
  for (const fork of forksOf(netlist, units)) {
    const arrivals = new Map<string, Map<string, Arrival>>();
    const send = (net: Net, reach: Reach) => {
      for (const [s, to] of net.to.entries()) deliver(arch, arrivals, net, to, s, ways.get(net.id)?.hops[s] ?? 1, reach);
    };
    for (const { net, need, per } of fork.nets) send(net, { earliest: 0, latest: 0, need, per, fifo: 0, all: 0, roots: [] });
    for (const unit of order.after(fork.unit)) {
      const inputs = arrivals.get(unit.id);
      if (!inputs) continue;
      for (const violation of compare(arch, ways, fork.name, unit.id, [...inputs.values()])) {
        const key = `${violation.join}/${violation.quick}/${violation.slow}`;
        const known = violations.get(key);
        if (!known || violation.needed - violation.capacity > known.needed - known.capacity) violations.set(key, violation);
      }
      for (const net of order.nets(unit.id))
        if (!isThinned(unit.config as PcuConfig, net.net, net.from.port)) send(net, through(arch, unit.config as PcuConfig, net, inputs));
    }
  }
  return [...violations.values()];
}

/** The violations in words: those that stop the program are errors. */
export function slackDiagnostics(violations: readonly SlackViolation[]): Diagnostic[] {
  return violations.map(({ kind, fork, join, quick, slow, lead, imbalance, needed, capacity }) => {
    const details = {
      label: `\`${quick}\` holds ${capacity} of the ${needed} values that \`${slow}\` is behind`,
      notes: [`lead ${lead}, imbalance ${imbalance} cycles`],
    };
    return kind === 'deadlock'
      ? errorDiagnostic('E0611', `streams from \`${fork}\` wait for each other at \`${join}\``, details)
      : warningDiagnostic('W0610', `streams from \`${fork}\` meet out of step at \`${join}\``, details);
  });
}

function compare(arch: Arch, ways: ReadonlyMap<string, Way>, fork: string, join: string, inputs: readonly Arrival[]): SlackViolation[] {
  const found: SlackViolation[] = [];
  for (const quick of inputs) {
    for (const slow of inputs) {
      if (quick === slow) continue;
      const lead = Math.max(0, slow.need - quick.need);
      const imbalance = slow.latest - quick.earliest;
      if (lead + imbalance <= 0) continue;
      const facts = { fork, join, quick: quick.net.id, slow: slow.net.id, lead, imbalance };
      const all = quick.all + heldBeforeFirst(arch, ways, quick, slow);
      if (all < lead) found.push({ kind: 'deadlock', ...facts, needed: lead, capacity: all });
      else if (imbalance > 0 && quick.fifo < lead + imbalance + 2)
        found.push({ kind: 'rate', ...facts, needed: lead + imbalance + 2, capacity: quick.fifo });
    }
  }
  return found;
}

/**
 * What the first net of the quick way holds beyond its FIFO. On the slow way's net: the links behind the switch where they
 * part; the token that the slow way was waiting for may stay before it. On a net of its own: the output FIFO and the links,
 * but that token too has to go somewhere.
 */
function heldBeforeFirst(arch: Arch, ways: ReadonlyMap<string, Way>, quick: Arrival, slow: Arrival): number {
  const held = quick.roots.map(({ net, sink, per }) => {
    const way = ways.get(net);
    const links = (way?.hops[sink] ?? 1) - 1;
    const common = slow.roots.filter((root) => root.net === net).map((root) => way?.shared(sink, root.sink) ?? links);
    return common.length > 0 ? 2 * per * (links - Math.max(...common)) : per * (arch.fifo.output + 2 * links) - 1;
  });
  return Math.min(...held);
}

function deliver(
  arch: Arch,
  arrivals: Map<string, Map<string, Arrival>>,
  net: Net,
  to: PortRef,
  sink: number,
  hops: number,
  reach: Reach,
): void {
  const inputs = arrivals.get(to.unit) ?? new Map<string, Arrival>();
  arrivals.set(to.unit, inputs);
  const first = reach.roots.length === 0;
  const depth = inputDepth(arch, net.net) * reach.per;
  inputs.set(`${net.net}${to.port}`, {
    net,
    earliest: reach.earliest + hops,
    latest: reach.latest + hops,
    need: reach.need,
    per: reach.per,
    fifo: reach.fifo + depth,
    all: reach.all + depth + (first ? 0 : 2 * (hops - 1) * reach.per),
    roots: first ? [{ net: net.id, sink, per: reach.per }] : reach.roots,
  });
}

/** What leaves a compute unit on a net, given what of the fork arrives at its inputs. */
function through(arch: Arch, config: PcuConfig, net: Net, inputs: ReadonlyMap<string, Arrival>): Reach {
  const trips = mostTripsOf(config.chain);
  const output = (net.net === 'vector' ? config.vectorOut : config.scalarOut)[net.from.port];
  const mask = output.source === arch.pcu.stages ? tapMask(config) : output.mask;
  const first = firstAtLast(trips, mask);
  const sent = issuesAtLast(trips, mask);
  const inside = pcuLatency(arch, config, output.source);
  const reach = {
    earliest: Number.POSITIVE_INFINITY,
    latest: 0,
    need: 0,
    per: 0,
    fifo: Number.POSITIVE_INFINITY,
    all: Number.POSITIVE_INFINITY,
    // Once each: diamonds in a row would double them every time.
    roots: [...new Map([...inputs.values()].flatMap(({ roots }) => roots.map((root) => [`${root.net} ${root.sink}`, root]))).values()],
  };
  for (const [port, arrival] of inputs) {
    const pop = popMask(config, port);
    const entries = countAtLast(trips, pop, first) + 1;
    reach.earliest = Math.min(reach.earliest, arrival.earliest + inside);
    reach.latest = Math.max(reach.latest, arrival.latest + inside);
    reach.need = Math.max(reach.need, arrival.need + (entries - 1) * arrival.per);
    reach.per = Math.max(reach.per, (arrival.per * issuesAtLast(trips, pop)) / sent);
    reach.fifo = Math.min(reach.fifo, arrival.fifo);
    reach.all = Math.min(reach.all, arrival.all + arch.fifo.output * arrival.per);
  }
  return reach;
}

/** When an input is popped: its mask, or for a bound, once a run of the counter it bounds. */
function popMask(config: PcuConfig, port: string): number {
  const number = Number(port.replace(/\D+/, ''));
  const input = (port.startsWith('vector') ? config.vectorIn : config.scalarIn)[number];
  if (port.startsWith('scalar') && !input.used) {
    const counter = config.chain.counters.findIndex((one) => one.bound === number + 1);
    if (counter >= 0) return 2 ** (counter + 1) - 1;
  }
  return input.pop;
}

/** The bus carries completed accumulations of the tapped stages. */
const tapMask = (config: PcuConfig): number => config.stages.find((stage) => stage.tapOut)?.acc.last ?? 0;

interface Fork {
  readonly name: string;
  readonly unit: string;
  readonly nets: readonly { readonly net: Net; readonly need: number; readonly per: number }[];
}

/** Contexts that send to more than one input; tokens are their issues (a generator's: vectors). */
function forksOf(netlist: Netlist, units: ReadonlyMap<string, VUnit>): Fork[] {
  const forks = new Map<string, { name: string; unit: string; nets: { net: Net; need: number; per: number }[] }>();
  for (const net of netlist.nets) {
    const unit = units.get(net.from.unit) as VUnit;
    if (net.net === 'control' || unit.kind === 'host') continue;
    let name = unit.id;
    let [need, per] = [1, 1];
    if (unit.kind === 'pmu') {
      const { read } = unit.config as PmuConfig;
      if (read[net.from.port]) name = `${unit.id}.read${net.from.port}`;
    } else if (unit.kind === 'pcu') {
      const config = unit.config as PcuConfig;
      if (isThinned(config, net.net, net.from.port)) continue;
      const output = (net.net === 'vector' ? config.vectorOut : config.scalarOut)[net.from.port];
      const trips = mostTripsOf(config.chain);
      const mask = output.source === config.stages.length ? tapMask(config) : output.mask;
      need = firstAtLast(trips, mask) + 1;
      per = issuesAtLast(trips, 0) / issuesAtLast(trips, mask);
    }
    const fork = forks.get(name) ?? { name, unit: unit.id, nets: [] };
    forks.set(name, fork);
    fork.nets.push({ net, need, per });
  }
  return [...forks.values()].filter((fork) => fork.nets.length > 1 || fork.nets[0].net.to.length > 1);
}

/** Compute units in the order in which data passes them; streams that close a cycle are not followed. */
function dataOrder(netlist: Netlist, units: ReadonlyMap<string, VUnit>) {
  const isPcu = (id: string) => units.get(id)?.kind === 'pcu';
  const nets = new Map<string, Net[]>();
  for (const net of netlist.nets) if (net.net !== 'control') nets.set(net.from.unit, [...(nets.get(net.from.unit) ?? []), net]);
  const sinks = (id: string) => (nets.get(id) ?? []).flatMap((net) => net.to.map((to) => to.unit)).filter(isPcu);
  const state = new Map<string, 'open' | 'done'>();
  const post: string[] = [];
  const forward = new Set<string>();
  const visit = (root: string) => {
    const stack = [{ id: root, rest: sinks(root) }];
    state.set(root, 'open');
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const next = top.rest.shift();
      if (next === undefined) {
        state.set(top.id, 'done');
        post.push(top.id);
        stack.pop();
        continue;
      }
      if (state.get(next) !== 'open') forward.add(`${top.id} ${next}`);
      if (state.has(next)) continue;
      state.set(next, 'open');
      stack.push({ id: next, rest: sinks(next) });
    }
  };
  for (const unit of netlist.units) if (unit.kind === 'pcu' && !state.has(unit.id)) visit(unit.id);
  const order = post.reverse().map((id) => units.get(id) as VUnit);
  return {
    /** Compute units that can follow a unit: all but itself. */
    after: (id: string) => order.slice(isPcu(id) ? order.findIndex((unit) => unit.id === id) + 1 : 0),
    /** The data nets of a compute unit that lead onwards. */
    nets: (id: string) =>
      (nets.get(id) ?? [])
        .map((net) => ({ ...net, to: net.to.map((to) => (isPcu(to.unit) && !forward.has(`${id} ${to.unit}`) ? undefined : to)) }))
        .filter((net): net is Net => net.to.every((to) => to !== undefined)),
  };
}
