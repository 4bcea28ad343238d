/** One planned memory -> its PMUs with write and read contexts, N-buffer regions and local tokens. */

import { zeroOf } from '../../base/bitstruct.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { type PmuConfig, pmuLayout } from '../../fabric/config.ts';
import { laneInverse } from '../../fabric/lane-inverse.ts';
import { isSingle } from '../../ir/affine.ts';
import type { Reduce } from '../../ir/loops.ts';
import { variablesOf } from '../affine.ts';
import { carriedPair, type Dependence, dependences } from '../analysis/order.ts';
import { type Access, userOf } from '../analysis/sites.ts';
import { buildChain, type Chain, elementsOf } from '../chain.ts';
import { tooManyContexts, unsupported } from '../messages.ts';
import type { NetlistBuilder, Outlet, Unit } from './builder.ts';
import { type BoundInlet, takeBounds } from './leaf.ts';
import { type AccessPlan, type MemoryPlan, presentIn } from './memory-plan.ts';

/** A PMU's place in the data flow: where writers connect, where readers come out. */
export interface MemoryUnits {
  /** Per writer (in plan order) the input ports that must receive its stream. */
  readonly inlets: readonly { readonly net: 'vector' | 'scalar'; readonly unit: Unit<'pmu'>; readonly port: number }[][];
  /** Per reader the outlet of its stream. */
  readonly outlets: ReadonlyMap<AccessPlan, Outlet>;
  /** Per awaited reader the outlet of a token for the words it has read. */
  readonly read: ReadonlyMap<AccessPlan, Outlet>;
  readonly bounds: readonly BoundInlet[];
  /** Tokens of contexts that end at run time, each when it is through. */
  readonly ends: readonly Outlet[];
}

type TokenIn = PmuConfig['tokenIn'][number];

/** `told`: contexts that end at run time say when they are through. `awaited`: the loops at whose ends a carried read says that it has their words. */
export function lowerMemory(
  builder: NetlistBuilder,
  plan: MemoryPlan,
  told: boolean,
  awaited: (access: Access) => readonly string[] | undefined,
): MemoryUnits {
  const { arch } = builder;
  const { memory, writers } = plan;
  if (writers.length > arch.pmu.writeContexts) {
    throw new DiagnosticError(
      tooManyContexts(
        memory.name,
        'write',
        writers.map(({ access }) => userOf(access)),
        arch.pmu.writeContexts,
        memory.source,
      ),
    );
  }
  const inlets: MemoryUnits['inlets'] = writers.map(() => []);
  const outlets = new Map<AccessPlan, Outlet>();
  const bounds: BoundInlet[] = [];
  const read: Map<AccessPlan, Outlet> = new Map();
  const ends: Outlet[] = [];
  plan.groups.forEach((readers, g) => {
    const config = zeroOf(pmuLayout(arch));
    const name = plan.groups.length > 1 ? `${memory.name}.${g}` : memory.name;
    const unit = builder.add('pmu', `pmu.${name}`, config, name, memory.source);
    if (plan.contents) unit.memory = [{ address: 0, words: plan.contents }];
    const tokens = new TokenTable(config, arch.pmu.controlIn);

    const edges = dependences(presentIn(plan.accesses, readers));
    const writeChains = writers.map((writer, w) => {
      const net = writer.lanes ? 'vector' : 'scalar';
      const port = builder.port(unit, net, 'in');
      inlets[w].push({ net, unit, port });
      const chain = contextChain(builder, writer, plan, masksOf(writer, edges, granuleOf(readers, writer)));
      const context = config.write[w];
      context.enable = 1;
      context.chain = chain.config;
      context.source = writer.lanes ? port : arch.pmu.vectorIn + port;
      context.fill = leavesOut(writer) ? 0 : 1;
      context.part = memory.part || writer.part ? 1 : 0;
      bounds.push(...takeBounds(builder, unit, chain));
      fillAddress(context, chain, plan, writer, arch.pcu.lanes);
      return chain;
    });
    const readChains = readers.map((reader, r) => {
      const first = zeroedOver(reader);
      const words = awaited(reader.access);
      const masks = [
        ...masksOf(reader, edges, reader.access.carried ? carriedGranule(reader) : undefined),
        ...(first ? [new Set(first)] : []),
        ...(words ? [new Set(words)] : []),
      ];
      const chain = contextChain(builder, reader, plan, masks);
      const context = config.read[r];
      context.enable = 1;
      context.part = memory.part || reader.part ? 1 : 0;
      if (reader.part) unit.beyond = [...(unit.beyond ?? []), r];
      context.chain = chain.config;
      bounds.push(...takeBounds(builder, unit, chain));
      fillAddress(context, chain, plan, reader, arch.pcu.lanes);
      if (first) context.zero = { used: 1, mask: chain.maskOf(first) };
      // A carried scalar (lane tree) still travels as a vector: it enters the tree's tap-in FIFO.
      const net = reader.lanes || reader.access.carried ? 'vector' : 'scalar';
      context[net] = 1;
      outlets.set(reader, { unit: unit.id, net, port: r });
      return chain;
    });

    const eventOf = (one: AccessPlan, inside: Iterable<string>): TokenEvent => {
      const w = writers.indexOf(one);
      if (w >= 0) return { context: w, mask: writeChains[w].maskOf(inside) };
      const r = readers.indexOf(one);
      return { context: arch.pmu.writeContexts + r, mask: readChains[r].maskOf(inside) };
    };
    for (const reader of readers) {
      const words = awaited(reader.access);
      if (!words) continue;
      const port = tokens.report(eventOf(reader, words), arch.pmu.controlOut);
      if (port === undefined)
        throw new DiagnosticError(
          unsupported(
            `memory \`${memory.name}\``,
            'more reductions start from its words than the unit has token outputs',
            'give each a memory of its own',
            memory.source,
            'pmu.controlOut',
            arch.pmu.controlOut + 1,
          ),
        );
      read.set(reader, { unit: unit.id, net: 'control', port });
    }
    for (const reader of readers) {
      const writer = writers.find((one) => carriedPair(reader, one));
      if (!writer) continue;
      const granule = carriedGranule(reader);
      tokens.edge({ from: eventOf(writer, granule.inside), to: eventOf(reader, granule.inside), init: granule.tokens });
    }
    for (const edge of edges) {
      const whole = edge.around.size === plan.scope.size;
      const init = edge.next ? (whole ? plan.buffers : 1) : 0;
      tokens.edge({
        from: eventOf(edge.from, insideOf(edge.from, edge.around)),
        to: eventOf(edge.to, insideOf(edge.to, edge.around)),
        init,
      });
    }
    const open = told ? [...writers, ...readers].filter(({ loops }) => loops.some(({ bound }) => bound)) : [];
    for (const one of open) {
      const port = tokens.report(
        eventOf(
          one,
          one.loops.map((loop) => loop.var),
        ),
        arch.pmu.controlOut,
      );
      if (port !== undefined) ends.push({ unit: unit.id, net: 'control', port });
    }
  });
  return { inlets, outlets, read, bounds, ends };
}

/** Loops of a context inside those around a dependence. */
const insideOf = (access: AccessPlan, around: ReadonlySet<string>): Set<string> =>
  new Set(access.loops.map((loop) => loop.var).filter((name) => !around.has(name)));

/** Sets of loops whose ends the context of an access must tell, for its tokens. */
const masksOf = (access: AccessPlan, edges: readonly Dependence<AccessPlan>[], granule: Granule | undefined): ReadonlySet<string>[] => [
  ...edges.filter(({ from, to }) => from === access || to === access).map(({ around }) => insideOf(access, around)),
  ...(granule ? [granule.inside] : []),
];

/** The granules in which a write is followed by the carried read of the same leaf. */
function granuleOf(readers: readonly AccessPlan[], writer: AccessPlan): Granule | undefined {
  const reader = readers.find((one) => carriedPair(one, writer));
  return reader && carriedGranule(reader);
}

/** The loops in whose first iteration a carried read finds zeros instead of what the memory holds. */
function zeroedOver(reader: AccessPlan): readonly string[] | undefined {
  if (!reader.access.carried || reader.access.site.statement.kind !== 'leaf') return undefined;
  const { init } = reader.access.site.statement.values[reader.access.ordinal] as Reduce;
  return init.kind === 'carried' && init.first !== undefined ? init.over : undefined;
}

interface Granule {
  readonly inside: ReadonlySet<string>;
  readonly tokens: number;
}

/**
 * How far a carried read follows its writer: it may run one pass over the memory behind, counted in granules, the
 * iterations of the outermost loop of a pass. (A pass: the loops inside the last one that the place does not depend on.)
 * Initial tokens = granules of one pass; when a token counter could not hold them the granule is the whole pass (then a
 * pipeline latency shows at each).
 */
function carriedGranule(reader: AccessPlan): Granule {
  const used = new Set(reader.access.index.flatMap((expr) => [...variablesOf(expr)]));
  const last = reader.loops.reduce((at, loop, i) => (used.has(loop.var) || isSingle(loop) ? at : i), -1);
  const within = reader.loops.slice(last + 1).filter((loop, i, all) => !isSingle(loop) || (reader.lanes && i === all.length - 1));
  const lane = reader.lanes ? within.at(-1) : undefined;
  const outer = within[0];
  // How many granules a pass has is not known: it is one.
  const bounded = within.some(({ bound }) => bound);
  const trips = outer === undefined ? 1 : Math.ceil(elementsOf(outer) / (outer === lane ? outer.par : 1));
  if (outer !== undefined && !bounded && trips <= 200) return { inside: new Set(within.slice(1).map((loop) => loop.var)), tokens: trips };
  return { inside: new Set(within.map((loop) => loop.var)), tokens: 1 };
}

function contextChain(builder: NetlistBuilder, access: AccessPlan, plan: MemoryPlan, masks: readonly ReadonlySet<string>[]): Chain {
  const inside = new Set(access.loops.map((loop) => loop.var).filter((name) => !plan.scope.has(name)));
  const { site } = access.access;
  return buildChain(
    { loops: access.loops, lanes: access.lanes, affines: [access.address], masks: [inside, ...masks], pinned: new Set() },
    {
      counters: builder.arch.pmu.counters,
      field: 'pmu.counters',
      what: `access to memory \`${plan.memory.name}\``,
      source: site.statement.source,
    },
  );
}

function fillAddress(
  context: { address: PmuConfig['write'][number]['address']; region: PmuConfig['write'][number]['region'] },
  chain: Chain,
  plan: MemoryPlan,
  access: AccessPlan,
  lanes: number,
): void {
  const { base, inc, lane } = chain.affine(0);
  const step = chain.config.par > 1 ? lane : 1;
  context.address = { base, inc, lane: step, laneInverse: laneInverse(step, lanes) };
  const inside = access.loops.map((loop) => loop.var).filter((name) => !plan.scope.has(name));
  context.region =
    plan.regions > 1 ? { count: plan.regions, stride: plan.words, mask: chain.maskOf(inside) } : { count: 0, stride: 0, mask: 0 };
}

/** Does what arrives say which words are written? */
function leavesOut({ access }: AccessPlan): boolean {
  const { statement } = access.site;
  return access.filter !== undefined || (statement.kind === 'leaf' && 'when' in statement.effects[access.ordinal]);
}

interface TokenEvent {
  readonly context: number;
  readonly mask: number;
}

/** Local token counters and events of one PMU. */
class TokenTable {
  #ins = 0;
  readonly #outs: TokenEvent[] = [];

  constructor(
    readonly config: PmuConfig,
    readonly controlIn: number,
  ) {}

  edge({ from, to, init }: { from: TokenEvent; to: TokenEvent; init: number }): void {
    const out = this.#output(from);
    const entry: TokenIn = { used: 1, context: to.context, mask: to.mask, init, source: this.controlIn + out };
    this.config.tokenIn[this.#ins++] = entry;
  }

  /** The event's token goes to the network too: its output there, if there is one that high. */
  report(event: TokenEvent, outputs: number): number | undefined {
    const out = this.#output(event);
    if (out >= outputs) return undefined;
    this.config.tokenOut[out].net = 1;
    return out;
  }

  #output(event: TokenEvent): number {
    const known = this.#outs.findIndex(({ context, mask }) => context === event.context && mask === event.mask);
    if (known >= 0) return known;
    const out = this.#outs.length;
    this.#outs.push(event);
    this.config.tokenOut[out] = { used: 1, context: event.context, mask: event.mask, net: 0 };
    return out;
  }
}
