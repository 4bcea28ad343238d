/**
 * The longest path through a synthesised unit, over the borders of its modules: from registers and inputs to registers and
 * outputs. In levels (cells on the path) without a library, in nanoseconds with one.
 */
import { invariant } from '../../base/invariant.ts';
import { isFlipFlop } from './cells.ts';
import { type Library, lookUp, type TimingArc } from './liberty.ts';
import type { Cell, Netlist } from './netlist.ts';

export interface LongestPath {
  /** Cells on it, without the registers at its ends. */
  readonly levels: number;
  /** With a library, from the clock edge to the next one's setup. */
  readonly ns?: number;
  /** Where it begins and ends: a register, a memory or a port, with the instances around it. */
  readonly from: string;
  readonly to: string;
}

/** What a cell does for timing. */
interface Shape {
  readonly inputs: readonly number[];
  readonly net: number;
  readonly arcs?: readonly (TimingArc | undefined)[];
}

/** A path that comes to a net. */
interface Arrival {
  readonly levels: number;
  readonly rise: number;
  readonly fall: number;
  readonly riseSlew: number;
  readonly fallSlew: number;
  readonly from: number;
}

/** Nets of all instances, joined at ports. */
class Flat {
  readonly names: { readonly prefix: string; readonly first: number; readonly nets: readonly string[] }[] = [];
  readonly same: number[] = [];

  add(prefix: string, nets: readonly string[]): number {
    const first = this.same.length;
    this.names.push({ prefix, first, nets });
    for (let i = 0; i < nets.length; i++) this.same.push(first + i);
    return first;
  }

  root(net: number): number {
    let root = net;
    while (this.same[root] !== root) root = this.same[root] = this.same[this.same[root]];
    return root;
  }

  nameOf(net: number): string {
    let low = 0;
    let high = this.names.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.names[middle].first <= net) low = middle;
      else high = middle - 1;
    }
    const { prefix, first, nets } = this.names[low];
    return prefix + nets[net - first];
  }
}

/** The longest path below `top`; undefined where there is none. `netlists` by module; others are black boxes with registers inside. */
export function longestPath(top: string, netlists: ReadonlyMap<string, Netlist>, library?: Library): LongestPath | undefined {
  const flat = new Flat();
  /** The gates by output net, and nets where a path ends: the net, whose pin, its setup. */
  const gates = new Map<number, Shape>();
  const ends: { net: number; at: number; setup: number }[] = [];
  const starts = new Map<number, { name: number; clock?: TimingArc }>();
  const loads = new Map<number, number>();

  const place = (cell: Cell, first: number) => {
    const kind = library?.cells.get(cell.type);
    const pins = new Map(cell.pins.map(([pin, net]) => [pin, first + net]));
    if (kind) for (const [pin, capacitance] of kind.inputs) add(loads, pins.get(pin), capacitance);
    if (kind?.flipFlop ?? isFlipFlop(cell.type)) {
      const outputs = kind ? kind.outputs : ['Q'];
      const q = outputs.map((pin) => pins.get(pin)).find((net) => net !== undefined);
      if (q === undefined) return;
      for (const pin of outputs) {
        const net = pins.get(pin);
        if (net !== undefined) starts.set(net, { name: q, clock: kind?.arcs.find((arc) => arc.to === pin) });
      }
      const clocks = new Set(kind ? kind.arcs.map(({ from }) => from) : ['C']);
      for (const [pin, net] of pins) if (!outputs.includes(pin) && !clocks.has(pin)) ends.push({ net, at: q, setup: kind?.setup ?? 0 });
      return;
    }
    if (cell.type === '$mem_v2') return placeMemory(cell, first);
    if (kind) {
      for (const pin of kind.outputs) {
        const net = pins.get(pin);
        if (net === undefined) continue;
        const arcs = kind.arcs.filter((arc) => arc.to === pin && pins.has(arc.from));
        gates.set(net, { inputs: arcs.map((arc) => pins.get(arc.from) as number), net, arcs });
      }
      return;
    }
    const output = pins.get('Y');
    if (cell.type.startsWith('$_') && output !== undefined) {
      gates.set(output, { inputs: [...pins].filter(([pin]) => pin !== 'Y').map(([, net]) => net), net: output });
      return;
    }
    // A black box: registers behind its ports.
    for (const [, net] of pins) {
      ends.push({ net, at: net, setup: 0 });
      starts.set(net, { name: net });
    }
  };

  /** Reads are asynchronous: the address of a port, and what is kept, give its data. */
  const placeMemory = (cell: Cell, first: number) => {
    const of = (pin: string) => cell.pins.filter(([name]) => name.replace(/\[\d+\]$/, '') === pin).map(([, net]) => first + net);
    const [data, address, ports] = [of('RD_DATA'), of('RD_ADDR'), Math.max(1, of('RD_EN').length)];
    data.forEach((net, i) => {
      const port = Math.floor((i * ports) / data.length);
      const width = address.length / ports;
      gates.set(net, { inputs: address.slice(port * width, (port + 1) * width), net });
    });
    for (const pin of ['WR_DATA', 'WR_ADDR', 'WR_EN']) for (const net of of(pin)) ends.push({ net, at: net, setup: 0 });
  };

  const build = (name: string, prefix: string): { first: number; netlist: Netlist } => {
    const netlist = netlists.get(name);
    invariant(netlist, () => `no netlist of \`${name}\``);
    const first = flat.add(prefix, netlist.nets);
    for (const cell of netlist.cells) {
      if (!netlists.has(cell.type)) {
        place(cell, first);
        continue;
      }
      const child = build(cell.type, `${prefix}${cell.name}.`);
      for (const [pin, net] of cell.pins) {
        const port = child.netlist.inputs.get(pin) ?? child.netlist.outputs.get(pin);
        if (port !== undefined) flat.same[flat.root(child.first + port)] = flat.root(first + net);
      }
    }
    return { first, netlist };
  };
  const { first, netlist } = build(top, '');
  for (const [, net] of netlist.inputs) starts.set(first + net, { name: first + net });
  for (const [, net] of netlist.outputs) ends.push({ net: first + net, at: first + net, setup: 0 });

  return search(flat, { gates, starts, ends, loads }, library);
}

interface Graph {
  readonly gates: ReadonlyMap<number, Shape>;
  readonly starts: ReadonlyMap<number, { name: number; clock?: TimingArc }>;
  readonly ends: readonly { net: number; at: number; setup: number }[];
  readonly loads: ReadonlyMap<number, number>;
}

function search(flat: Flat, { gates, starts, ends, loads }: Graph, library: Library | undefined): LongestPath | undefined {
  const drivers = new Map<number, Shape>();
  for (const [net, gate] of gates) drivers.set(flat.root(net), gate);
  const load = new Map<number, number>();
  for (const [net, capacitance] of loads) add(load, flat.root(net), capacitance);
  const arrivals = new Map<number, Arrival>();
  for (const [net, { name, clock }] of starts) {
    const root = flat.root(net);
    // A pin of a black box that something drives is one of its inputs.
    if (drivers.has(root)) continue;
    const c = load.get(root) ?? 0;
    const time = (table: TimingArc['rise'] | undefined) => (table ? lookUp(table, 0, c) : 0);
    const made = { rise: time(clock?.rise), fall: time(clock?.fall), riseSlew: time(clock?.riseSlew), fallSlew: time(clock?.fallSlew) };
    arrivals.set(root, { levels: 0, from: name, ...made });
  }
  const later = (a: Arrival, b: Arrival | undefined) => b === undefined || (library ? latest(a) > latest(b) : a.levels > b.levels);

  let worst: { arrival: Arrival; at: number; setup: number } | undefined;
  for (const { net, at, setup } of ends) {
    const arrival = arrive(flat, flat.root(net), drivers, arrivals, load, later);
    if (!arrival || (arrival.levels === 0 && !library)) continue;
    const sooner =
      worst === undefined ||
      (library ? latest(arrival) + setup > latest(worst.arrival) + worst.setup : arrival.levels > worst.arrival.levels);
    if (sooner) worst = { arrival, at, setup };
  }
  if (!worst) return undefined;
  const { arrival, at, setup } = worst;
  return {
    levels: arrival.levels,
    ...(library ? { ns: (latest(arrival) + setup) * library.nsPerUnit } : {}),
    from: flat.nameOf(arrival.from),
    to: flat.nameOf(at),
  };
}

const latest = ({ rise, fall }: Arrival): number => Math.max(rise, fall);

/** The latest path to a net; undefined for constants. A net on a loop counts from where the loop is entered. */
function arrive(
  flat: Flat,
  goal: number,
  drivers: ReadonlyMap<number, Shape>,
  arrivals: Map<number, Arrival>,
  loads: ReadonlyMap<number, number>,
  later: (a: Arrival, b: Arrival | undefined) => boolean,
): Arrival | undefined {
  const open = [goal];
  const entered = new Set<number>();
  while (open.length > 0) {
    const net = open[open.length - 1];
    const gate = drivers.get(net);
    if (arrivals.has(net) || !gate) {
      open.pop();
      continue;
    }
    const before = gate.inputs.map((input) => flat.root(input));
    if (!entered.has(net)) {
      entered.add(net);
      const missing = before.filter((input) => !arrivals.has(input) && drivers.has(input) && !entered.has(input));
      if (missing.length > 0) {
        open.push(...missing);
        continue;
      }
    }
    open.pop();
    let best: Arrival | undefined;
    before.forEach((input, i) => {
      const from = arrivals.get(input);
      if (!from) return;
      const made = through(from, gate.arcs?.[i], loads.get(net) ?? 0);
      best = best === undefined ? made : merged(best, made, later(made, best));
    });
    // Memories without an address, gates of constants.
    arrivals.set(net, best ?? { levels: 0, rise: 0, fall: 0, riseSlew: 0, fallSlew: 0, from: gate.net });
  }
  return arrivals.get(goal);
}

function through(from: Arrival, arc: TimingArc | undefined, load: number): Arrival {
  const levels = from.levels + 1;
  if (!arc) return { ...from, levels };
  const causes = (rising: boolean) => {
    const same = { time: rising ? from.rise : from.fall, slew: rising ? from.riseSlew : from.fallSlew };
    const other = { time: rising ? from.fall : from.rise, slew: rising ? from.fallSlew : from.riseSlew };
    return arc.sense === 'positive' ? [same] : arc.sense === 'negative' ? [other] : [same, other];
  };
  const most = (rising: boolean, delays: TimingArc['rise'] | undefined, slews: TimingArc['rise']) =>
    Math.max(...causes(rising).map(({ time, slew }) => (delays ? time + lookUp(delays, slew, load) : lookUp(slews, slew, load))));
  return {
    levels,
    from: from.from,
    rise: most(true, arc.rise, arc.riseSlew),
    fall: most(false, arc.fall, arc.fallSlew),
    riseSlew: most(true, undefined, arc.riseSlew),
    fallSlew: most(false, undefined, arc.fallSlew),
  };
}

/** Two paths to one net: the worse edges of both, the levels and the beginning of the later. */
function merged(a: Arrival, b: Arrival, second: boolean): Arrival {
  const { levels, from } = second ? b : a;
  return {
    levels,
    from,
    rise: Math.max(a.rise, b.rise),
    fall: Math.max(a.fall, b.fall),
    riseSlew: Math.max(a.riseSlew, b.riseSlew),
    fallSlew: Math.max(a.fallSlew, b.fallSlew),
  };
}

function add(sums: Map<number, number>, key: number | undefined, value: number): void {
  if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + value);
}
