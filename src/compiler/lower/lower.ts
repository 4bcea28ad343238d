/**
 * lower: an unrolled loop program -> a netlist of configured units.
 *
 *   load a -> tile; leaf { sum += tile[i] }     =>     AG --vector--> PCU --scalar--> host
 *
 * Each transfer is an address generator, each leaf one or more PCUs, each memory one or more PMUs unless it is a
 * stream. There is no central controller: every unit carries its own loops and tokens order the rest.
 */
import type { Arch } from '../../arch/schema.ts';
import { BEAT_WORDS } from '../../arch/schema.ts';
import { zeroOf } from '../../base/bitstruct.ts';
import { DiagnosticCollector, DiagnosticError } from '../../base/diagnostic.ts';
import { invariant } from '../../base/invariant.ts';
import { hostLayout } from '../../fabric/config.ts';
import type { DramArray, Leaf, Loop, LoopProgram, Memory } from '../../ir/loops.ts';
import type { Netlist } from '../../ir/netlist.ts';
import { type Access, accessesOf, type Ended, type Site, sitesOf } from '../analysis/sites.ts';
import { elementsOf } from '../chain.ts';
import { unsupported } from '../messages.ts';
import { maskFirstLines } from '../passes/first-lines.ts';
import { joinWriters } from '../passes/joined-writers.ts';
import { splitParts } from '../passes/parts.ts';
import { rankDequeues } from '../passes/ranked-dequeues.ts';
import { findStreams } from '../passes/streams.ts';
import { NetlistBuilder, type Outlet, type Unit } from './builder.ts';
import { joinTokens, sendToken } from './join.ts';
import { type BoundInlet, type LeafUnits, lowerLeaf } from './leaf.ts';
import { type MemoryPlan, planMemory } from './memory-plan.ts';
import { type OrderEdge, orderOf } from './order.ts';
import { lowerMemory } from './pmu.ts';
import { planQueues, transferMemory } from './queues.ts';
import { lowerTransfer, type TransferUnit } from './transfer.ts';

/** Arrays start at a page, so that a burst of a full row never crosses one more boundary than it must. */
const PAGE_WORDS = 1024;

export interface Lowered {
  readonly netlist: Netlist;
  /** First word address of each DRAM array. */
  readonly addresses: ReadonlyMap<string, number>;
  /** Words of DRAM in use, a multiple of a beat. */
  readonly dramWords: number;
  /** Issues of the busiest compute context: the program's lower bound at this parallelisation. */
  readonly busiest: number;
  /** Host argument and result register of each name. */
  readonly args: ReadonlyMap<string, number>;
  readonly results: ReadonlyMap<string, number>;
  readonly memories: readonly MemoryPlan[];
  readonly streams: ReadonlySet<string>;
}

export function lower(arch: Arch, mapped: LoopProgram): Lowered {
  const whole = joinWriters(arch, rankDequeues(arch, mapped));
  const capacity = arch.pcu.lanes * arch.pmu.bankWords;
  const program = maskFirstLines(
    splitParts(whole, { capacity, writeContexts: arch.pmu.writeContexts }, flowOf(arch, whole).streams),
    capacity,
  );
  const { sites, queues, accesses, streams } = flowOf(arch, program);
  const builder = new NetlistBuilder(arch);
  const { addresses, dramWords } = allocateDram(program.dram);
  const busiest = Math.max(1, ...sites.map((site) => issuesOf(site)));

  const order = orderOf(program, sites);
  const ordered = new Map<Site, TransferUnit>();
  const transfers = new Map<Site, Unit<'ag'>>();
  const leaves = new Map<Site, LeafUnits>();
  const words = wordsOf(accesses, streams);
  const told = sites.some(({ statement, outer }) => statement.kind === 'store' && isOpen(outer));
  const found = new DiagnosticCollector();
  const taken = new Set<string>();
  /** Two statements may have one label, or move one memory. */
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    taken.add(name);
    return name;
  };
  const lowerSite = (site: Site): void => {
    if (site.statement.kind === 'leaf') {
      leaves.set(site, lowerLeaf(builder, site, unique(site.statement.label ?? `leaf${site.id}`), words, filtersOf(accesses, site)));
    } else {
      const { statement } = site;
      const dram = program.dram.find((array) => array.name === statement.dram) as DramArray;
      const memory = program.memories.find((m) => m.name === statement.memory) as Memory;
      const name = unique(statement.label ?? `${statement.kind}.${statement.memory}`);
      const around = order.flatMap(({ from, to, sent, taken }) => (from === site ? [sent] : to === site ? [taken] : []));
      const transfer = lowerTransfer(
        builder,
        site,
        dram,
        transferMemory(memory, statement),
        addresses.get(dram.name) as number,
        name,
        around,
        told && isOpen(site.outer),
      );
      transfers.set(site, transfer.unit);
      ordered.set(site, transfer);
    }
  };
  for (const site of sites) if (!site.bounds) found.attempt(() => lowerSite(site));
  // What the leaves of a program ask for is told together, and then what its memories ask for.
  found.throwIfErrors();
  connectOrder(builder, order, ordered);
  const ends = new Endpoints(builder, transfers, leaves);
  const bounds: BoundInlet[] = [...leaves.values(), ...ordered.values()].flatMap((units) => units.bounds);
  // Which contexts end at a bound is known when all of them are there.
  const sources: { readonly from: Outlet; readonly taker: Ended; readonly label: string }[] = [];
  const memories: MemoryPlan[] = [];
  /** What is through at run time, beside the stores: it comes before them as a rule. */
  const early: Outlet[] = endsOf(builder, told, ordered, leaves, (site) => dropsIn(accesses, site));
  const connectMemory = (declared: Memory): void => {
    const queue = queues.get(declared.name);
    if (declared.kind === 'fifo' && !queue) return;
    const memory = queue?.memory ?? declared;
    const list = accesses.get(memory.name) as readonly Access[];
    const reads = list.filter((access) => access.kind === 'read');
    const writes = list.filter((access) => access.kind === 'write');
    if (reads.length === 0 || (writes.length === 0 && !memory.words)) {
      throw new DiagnosticError(
        unsupported(
          `memory \`${memory.name}\``,
          reads.length === 0 ? 'it is never read' : 'it is read but never written',
          'remove it, or add the missing access',
          memory.source,
        ),
      );
    }
    const { bounds: ended } = reads[0].site;
    if (streams.has(memory.name) && ended) {
      sources.push({ from: ends.writer(writes[0]), taker: ended, label: memory.name });
      return;
    }
    if (streams.has(memory.name)) {
      for (const read of reads) for (const inlet of ends.readers(read)) builder.connect(ends.writer(writes[0]), inlet, memory.name);
      return;
    }
    const plan = planMemory(arch, memory, list, busiest);
    memories.push(plan);
    const gatesOf = (access: Access) => leaves.get(access.site)?.gates.filter(({ value }) => value === access.ordinal) ?? [];
    const units = lowerMemory(builder, plan, told, (access) => gatesOf(access)[0]?.words);
    early.push(...units.ends);
    plan.writers.forEach((writer, w) => {
      for (const inlet of units.inlets[w]) builder.connect(ends.writer(writer.access), inlet, `${memory.name} write`);
    });
    bounds.push(...units.bounds);
    for (const [{ access }, from] of units.outlets)
      if (access.site.bounds) sources.push({ from, taker: access.site.bounds, label: `${memory.name} read` });
    for (const [{ access }, outlet] of units.read) {
      for (const { unit, mask } of gatesOf(access)) {
        const port = builder.port(unit, 'control', 'in');
        unit.config.tokenIn[port] = { used: 1, mask, init: 0 };
        builder.connect(outlet, { unit, port }, `${memory.name} is read`);
      }
    }
    for (const [reader, outlet] of units.outlets)
      for (const inlet of ends.readers(reader.access)) builder.connect(outlet, inlet, `${memory.name} read`);
  };
  for (const memory of program.memories) found.attempt(() => connectMemory(memory));
  found.throwIfErrors();
  for (const { from, taker, label } of sources) for (const inlet of bounds) if (inlet.taker === taker) builder.connect(from, inlet, label);
  const { args, results } = lowerHost(builder, sites, transfers, leaves, early);
  return { netlist: builder.finish(), addresses, dramWords, busiest, args, results, memories, streams };
}

/** Who accesses what, and which memories are streams. */
function flowOf(arch: Arch, program: LoopProgram) {
  const sites = sitesOf(program);
  const queues = planQueues(arch, program, sites);
  const accesses = new Map<string, readonly Access[]>([
    ...accessesOf(program, sites),
    ...[...queues].map(([name, queue]) => [name, queue.accesses] as const),
  ]);
  return { sites, queues, accesses, streams: findStreams(program, accesses, arch.pcu.lanes, queues) };
}

/** What the predicated writes of a leaf do, by number of the effect. */
function filtersOf(accesses: ReadonlyMap<string, readonly Access[]>, site: Site): Map<number, Access> {
  const own = [...accesses.values()].flat().filter((access) => access.site === site && access.kind === 'write' && access.filter);
  return new Map(own.map((access) => [access.ordinal, access]));
}

/** Does the leaf leave out passes of its lane loop, as data says? */
const dropsIn = (accesses: ReadonlyMap<string, readonly Access[]>, site: Site): boolean =>
  [...filtersOf(accesses, site).values()].some(({ filter }) => filter === 'dropped');

/** Where the two ends of each access connect. */
class Endpoints {
  constructor(
    readonly builder: NetlistBuilder,
    readonly transfers: ReadonlyMap<Site, Unit<'ag'>>,
    readonly leaves: ReadonlyMap<Site, LeafUnits>,
  ) {}

  writer(access: Access): Outlet {
    const ag = this.transfers.get(access.site);
    if (ag) return { unit: ag.id, net: 'vector', port: 0 };
    return (this.leaves.get(access.site) as LeafUnits).effects[access.ordinal];
  }

  readers(access: Access): { unit: Unit; port: number }[] {
    // Bounds go to every context with the loop, and are connected last.
    if (access.site.bounds) return [];
    const ag = this.transfers.get(access.site);
    if (ag) return [{ unit: ag, port: 0 }];
    const inlets = (this.leaves.get(access.site) as LeafUnits).inlets.filter((inlet) => inlet.value === access.ordinal);
    invariant(inlets.length > 0, 'a read value is used');
    return inlets.map(({ unit, port }) => ({ unit, port }));
  }
}

/** Does one of the loops end at run time? */
const isOpen = (loops: readonly Loop[]): boolean => loops.some(({ bound }) => bound);

/**
 * Tokens of what may still go on when the last store is done. A store in a loop that ends at run time (`told`) may be done without
 * data, before what would have made the data has passed over its iteration; a leaf that drops passes may drop the last ones.
 */
function endsOf(
  builder: NetlistBuilder,
  told: boolean,
  transfers: ReadonlyMap<Site, TransferUnit>,
  leaves: ReadonlyMap<Site, LeafUnits>,
  drops: (site: Site) => boolean,
): Outlet[] {
  const loads = told ? [...transfers].filter(([{ statement, outer }]) => statement.kind === 'load' && isOpen(outer)) : [];
  const units = [...leaves].filter(([site]) => (told && isOpen(site.outer)) || drops(site)).flatMap(([, leaf]) => leaf.units);
  return [
    ...loads.map(([, { unit }]): Outlet => ({ unit: unit.id, net: 'control', port: 0 })),
    ...units.map(
      (unit): Outlet => ({
        unit: unit.id,
        net: 'control',
        port: sendToken(builder, unit, 2 ** unit.config.chain.count - 1, lastStage(unit)),
      }),
    ),
  ];
}

/** The last stage from which something leaves straight. */
function lastStage({ config }: Unit<'pcu'>): number {
  const sources = [...config.vectorOut, ...config.scalarOut].filter(({ used }) => used).map(({ source }) => source);
  return Math.min(Math.max(...sources), config.tree.used ? config.tree.source : config.stages.length - 1);
}

/** A token for every edge; transfers that several wait for at the same loops send one. */
function connectOrder(builder: NetlistBuilder, order: readonly OrderEdge[], transfers: ReadonlyMap<Site, TransferUnit>): void {
  const sent = new Map<string, Outlet>();
  for (const { unit } of transfers.values()) {
    const [done] = unit.config.tokenOut;
    if (done.used) sent.set(`${unit.id} ${done.mask}`, { unit: unit.id, net: 'control', port: 0 });
  }
  for (const { from, to, sent: own, taken, init } of order) {
    const [before, after] = [from, to].map((site) => transfers.get(site) as TransferUnit);
    const mask = before.insideOf(own);
    const key = `${before.unit.id} ${mask}`;
    let outlet = sent.get(key);
    if (!outlet) {
      const port = builder.port(before.unit, 'control', 'out');
      before.unit.config.tokenOut[port] = { used: 1, mask };
      outlet = { unit: before.unit.id, net: 'control', port };
      sent.set(key, outlet);
    }
    const port = builder.port(after.unit, 'control', 'in');
    after.unit.config.tokenIn[port] = { used: 1, mask: after.insideOf(taken), init };
    builder.connect(outlet, { unit: after.unit, port }, `${before.unit.label} before ${after.unit.label}`);
  }
}

/** Streams that are the bound of a loop. */
const wordsOf = (accesses: ReadonlyMap<string, readonly Access[]>, streams: ReadonlySet<string>): Set<string> =>
  new Set([...streams].filter((name) => accesses.get(name)?.some(({ site }) => site.bounds)));

/** Word addresses of arrays, each from a page on. */
export function allocateDram(arrays: readonly DramArray[]): { addresses: Map<string, number>; dramWords: number } {
  const addresses = new Map<string, number>();
  let next = 0;
  for (const array of arrays) {
    addresses.set(array.name, next);
    const words = array.shape.reduce((n, extent) => n * extent, 1);
    next += Math.ceil(words / PAGE_WORDS) * PAGE_WORDS;
  }
  return { addresses, dramWords: Math.max(next, BEAT_WORDS) };
}

/** Issues of a leaf's context in a run. */
function issuesOf(site: Site): number {
  if (site.statement.kind !== 'leaf') return 0;
  const loops = [...site.outer, ...site.statement.loops];
  return loops.reduce((n, loop, i) => n * Math.ceil(elementsOf(loop) / (i === loops.length - 1 ? loop.par : 1)), 1);
}

function lowerHost(
  builder: NetlistBuilder,
  sites: readonly Site[],
  transfers: ReadonlyMap<Site, Unit<'ag'>>,
  leaves: ReadonlyMap<Site, LeafUnits>,
  early: readonly Outlet[],
): { args: Map<string, number>; results: Map<string, number> } {
  const config = zeroOf(hostLayout(builder.arch));
  const host = builder.add('host', 'host', config, 'host');
  const args = new Map<string, number>();
  const results = new Map<string, number>();
  const stores = sites.filter(({ statement }) => statement.kind === 'store');
  const stored = stores.map((site): Outlet => ({ unit: (transfers.get(site) as Unit<'ag'>).id, net: 'control', port: 0 }));
  for (const outlet of joinTokens(builder, [...early, ...stored], builder.arch.host.tokens)) {
    const port = builder.port(host, 'control', 'in');
    config.tokens[port].expect = 1;
    builder.connect(outlet, { unit: host, port }, `${outlet.unit} done`);
  }
  for (const site of sites) {
    const { statement } = site;
    if (statement.kind !== 'leaf' || site.bounds) continue;
    const units = leaves.get(site) as LeafUnits;
    (statement as Leaf).effects.forEach((effect, i) => {
      if (effect.kind !== 'result') return;
      const port = builder.port(host, 'scalar', 'in');
      config.results[port].expect = 1;
      results.set(effect.name, port);
      builder.connect(units.effects[i], { unit: host, port }, effect.name);
    });
    for (const inlet of units.inlets) {
      const value = statement.values[inlet.value];
      if (value.kind !== 'arg') continue;
      let port = args.get(value.name);
      if (port === undefined) {
        port = builder.port(host, 'scalar', 'out');
        config.args[port].used = 1;
        args.set(value.name, port);
      }
      builder.connect({ unit: host.id, net: 'scalar', port }, inlet, value.name);
    }
  }
  return { args, results };
}
