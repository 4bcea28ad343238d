/** One leaf -> its PCUs: segments of work, each with a private copy of the loops. */
import type { Arch } from '../../arch/schema.ts';
import { zeroOf } from '../../base/bitstruct.ts';
import { DiagnosticError } from '../../base/diagnostic.ts';
import { invariant } from '../../base/invariant.ts';
import { INIT, INPUT, type PcuConfig, pcuLayout } from '../../fabric/config.ts';
import { isSingle } from '../../ir/affine.ts';
import type { Leaf, Loop, Reduce, Value } from '../../ir/loops.ts';
import { finishedBy } from '../../ir/rates.ts';
import { OPS } from '../../ops/table.ts';
import type { Access, Ended, Site } from '../analysis/sites.ts';
import { isTree, laneLoop, laneShape } from '../analysis/values.ts';
import { buildChain, type Chain, elementsOf } from '../chain.ts';
import { cutWork, type InputClass, type Segment } from '../datapath/segments.ts';
import { type Work, type WorkList, workOf } from '../datapath/work.ts';
import { lanesTooMany, noFloat, operationTooWide, ringTooShort, ringTooSlow, unsupported } from '../messages.ts';
import { mostTripsOf } from '../trips.ts';
import type { NetlistBuilder, Outlet, Unit } from './builder.ts';

/** An input of a leaf that others must feed. */
export interface Inlet {
  /** Value number: a read, an argument, or a reduction whose carried initial value it is. */
  readonly value: number;
  readonly net: 'vector' | 'scalar';
  readonly unit: Unit<'pcu'>;
  readonly port: number;
}

/** A scalar input that takes the bounds of a loop, or a word of a transfer. */
export interface BoundInlet {
  readonly taker: Ended;
  readonly unit: Unit;
  readonly port: number;
}

/** Where a reduction that starts from words of a memory waits for them: at issues that begin one. */
export interface Gate {
  /** Value number of the reduction. */
  readonly value: number;
  readonly unit: Unit<'pcu'>;
  /** Counters that are at their first value there. */
  readonly mask: number;
  /** Loops of the words that must be there: of the accumulators that take turns. */
  readonly words: readonly string[];
}

export interface LeafUnits {
  readonly units: readonly Unit<'pcu'>[];
  readonly inlets: readonly Inlet[];
  readonly gates: readonly Gate[];
  readonly bounds: readonly BoundInlet[];
  /** Outlet of each effect. */
  readonly effects: readonly Outlet[];
}

/**
 * `words`: memories whose words the leaf, which has one lane, sends as scalars. `filters`: how predicated effects go out, by number of
 * the effect.
 */
export function lowerLeaf(
  builder: NetlistBuilder,
  site: Site,
  name: string,
  words: ReadonlySet<string>,
  filters: ReadonlyMap<number, Access>,
): LeafUnits {
  const leaf = site.statement as Leaf;
  const { arch } = builder;
  checkLeaf(arch, leaf, name);
  checkBounded(leaf, [...site.outer, ...leaf.loops], name);
  const work = workOf(leaf, (effect) => filters.get(effect)?.filter === 'packed');
  const sent = new Map([...filters].map(([effect, access]) => [work.effectValues[effect], access]));
  const classOf = (id: number): InputClass => (work.carried.has(id) ? 'vector' : inputClass(leaf, site, id));
  const segments = cutWork({ arch, work, classOf });
  if (!Array.isArray(segments)) {
    if (segments.field === 'pcu.float') throw new DiagnosticError(noFloat(name, floatsOf(work), leaf.source));
    const users = (segments.users ?? []).map((id) => describe(leaf.values[id], id));
    throw new DiagnosticError(
      operationTooWide(name, segments.why, segments.field, segments.least, users.length > 0 ? [users.join(', ')] : [], leaf.source),
    );
  }
  const inlets: Inlet[] = [];
  const gates: Gate[] = [];
  const bounds: BoundInlet[] = [];
  const producers = new Map<number, Outlet>();
  const units = segments.map((segment, i) => {
    const id = segments.length > 1 ? `${name}.${i}` : name;
    return lowerSegment(builder, site, leaf, segment, id, work, sent, inlets, gates, bounds, producers, words);
  });
  const effects = work.effectValues.map((value) => producers.get(value) as Outlet);
  return { units, inlets, gates, bounds, effects };
}

/** The names of the float operations among the work. */
const floatsOf = ({ items }: WorkList): string[] => [...new Set(items.filter(({ op }) => OPS[op].float).map(({ op }) => `\`${op}\``))];

/** A value in the words of the program. */
function describe(value: Value | undefined, id: number): string {
  switch (value?.kind) {
    case 'read':
      return `a read of \`${value.memory}\``;
    case 'dequeue':
      return `a word of \`${value.memory}\``;
    case 'arg':
      return `argument \`${value.name}\``;
    case 'index':
      return `index \`${value.var}\``;
    case 'op':
    case 'reduce':
      return `${value.kind === 'op' ? 'the result of' : 'the reduction by'} \`${value.op}\``;
    default:
      return `value ${id}`;
  }
}

/**
 * What a loop without iterations asks of a reduction over it: one issue gives the start. A lane tree gives any; accumulators of single
 * lanes give the zeros of masked lanes.
 */
function checkBounded(leaf: Leaf, loops: readonly Loop[], name: string): void {
  const bounded = loops.filter(({ bound }) => bound);
  if (bounded.length === 0) return;
  const refuse = (why: string, help: string): never => {
    throw new DiagnosticError(unsupported(name, why, help, leaf.source));
  };
  for (const value of leaf.values) {
    if (value.kind !== 'reduce' || value.running || !bounded.some((loop) => value.over.includes(loop.var))) continue;
    const loop = bounded.find(({ var: v }) => value.over.includes(v)) as Loop;
    const what = `it reduces over \`${loop.var}\`, which ends at run time,`;
    if (value.init.kind === 'carried') refuse(`${what} on top of a memory`, 'reduce into a second memory, and add that in another leaf');
    if (isTree(leaf, value)) continue;
    if (value.init.kind === 'const' && value.init.bits !== 0)
      refuse(`${what} for each lane, from another start than 0`, 'start from 0, or reduce over the lanes too');
    if (stationaryEntries(leaf, value) > 1)
      refuse(`${what} for more than one vector of lanes`, 'let the lanes cover the loop they run over');
  }
  const each = leaf.effects.find((effect) => effect.kind === 'result' && leaf.values[effect.value].kind !== 'reduce');
  if (each) refuse('a result takes the last value of loops that may have no iteration', 'give a reduction as the result');
}

/** A scalar input for every counter of a chain that ends at run time. */
export function takeBounds(builder: NetlistBuilder, unit: Unit, { bounded, config }: Chain): BoundInlet[] {
  return bounded.map(({ counter, loop }) => {
    const port = builder.port(unit, 'scalar', 'in');
    config.counters[counter].bound = port + 1;
    return { taker: loop, unit, port };
  });
}

function checkLeaf(arch: Arch, leaf: Leaf, name: string): void {
  const lane = laneLoop(leaf);
  if (lane.par > arch.pcu.lanes) throw new DiagnosticError(lanesTooMany(lane.var, lane.par, arch.pcu.lanes, leaf.source));
  if (leaf.guards.length > 1)
    throw new DiagnosticError(unsupported(name, 'it has more than one guard', 'merge the guarded loops', leaf.source));
}

function inputClass(leaf: Leaf, site: Site, id: number): InputClass {
  const value: Value = leaf.values[id];
  if (value.kind === 'index') return 'counter';
  if (value.kind === 'arg') return 'scalar';
  if (value.kind === 'dequeue') return 'vector';
  invariant(value.kind === 'read', `value ${id} is an input`);
  return laneShape(leaf, { site, kind: 'read', ordinal: id, index: value.index, carried: false }).kind;
}

function lowerSegment(
  builder: NetlistBuilder,
  site: Site,
  leaf: Leaf,
  segment: Segment,
  id: string,
  work: WorkList,
  filters: ReadonlyMap<number, Access>,
  inlets: Inlet[],
  gates: Gate[],
  bounds: BoundInlet[],
  producers: Map<number, Outlet>,
  words: ReadonlySet<string>,
): Unit<'pcu'> {
  const { arch } = builder;
  const config = zeroOf(pcuLayout(arch));
  const unit = builder.add('pcu', `pcu.${id}`, config, id, leaf.source);
  const loops = [...site.outer, ...leaf.loops];
  const masks = new MaskRequests(loops.map((loop) => loop.var));
  for (const item of segment.items) if (item.reduce) masks.reduction(leaf, item.reduce);
  // A result that is no reduction is that of the last iteration.
  if (segment.items.some((item) => item.last)) masks.all.push(new Set(loops.map((loop) => loop.var)));
  for (const value of segment.outputs) {
    const flush = filters.get(value)?.flush;
    if (flush) masks.all.push(new Set(flush));
  }
  const pops = segment.inputs.filter((input) => input.from === 'scalar').map((input) => masks.scalarPop(leaf, site, input.id));
  const pinned = new Set(
    segment.inputs.flatMap((input) => (input.from === 'counter' ? [(leaf.values[input.id] as { var: string }).var] : [])),
  );
  const guard = leaf.guards[0];
  const chain = buildChain(
    { loops, lanes: true, affines: guard ? [guard.index] : [], masks: masks.all, pinned },
    { counters: arch.pcu.counters, field: 'pcu.counters', what: id, source: leaf.source },
  );
  config.enable = 1;
  config.chain = chain.config;
  bounds.push(...takeBounds(builder, unit, chain));
  if (guard) {
    const { base, inc, lane } = chain.affine(0);
    config.guard = { used: 1, limit: guard.limit, lane, at: { base, inc } };
  }
  config.stages = segment.plan.stages;
  let pop = 0;
  segment.inputs.forEach((input, i) => {
    const register = segment.plan.inputRegisters[i];
    switch (input.from) {
      case 'counter': {
        const variable = (leaf.values[input.id] as { var: string }).var;
        const counter = chain.counterOf(variable);
        if (counter === undefined)
          throw new DiagnosticError(
            unsupported(`index \`${variable}\` as a value`, 'its loop has a single iteration', 'use a constant instead', leaf.source),
          );
        config.inputs[register] = { kind: INPUT.counter, index: counter };
        break;
      }
      case 'scalar': {
        const port = builder.port(unit, 'scalar', 'in');
        config.scalarIn[port] = { used: 1, pop: chain.maskOf(pops[pop++]) };
        config.inputs[register] = { kind: INPUT.scalar, index: port };
        inlets.push({ value: input.id, net: 'scalar', unit, port });
        break;
      }
      default: {
        const port = builder.port(unit, 'vector', 'in');
        config.vectorIn[port] = { used: 1, pop: 0, masks: 0 };
        config.inputs[register] = { kind: INPUT.vector, index: port };
        if (input.from === 'vector') inlets.push({ value: work.carried.get(input.id) ?? input.id, net: 'vector', unit, port });
        else builder.connect(producers.get(input.id) as Outlet, { unit, port }, id);
      }
    }
  });
  for (const item of segment.items)
    if (item.reduce) configureReduction(builder, site, leaf, segment, item, item.reduce, config, chain, unit, id, inlets, gates);
  // The compactor is that of the first output.
  const outputs = [...segment.outputs].sort((a, b) => Number(work.packed.has(b)) - Number(work.packed.has(a)));
  for (const value of outputs) {
    const outlet = configureOutput(builder, leaf, segment, value, config, chain, unit, work.effectValues, words);
    producers.set(value, outlet);
    const filter = filters.get(value);
    if (filter?.filter === 'packed') config.compact = { used: 1, flush: chain.maskOf(filter.flush ?? []) };
    else if (filter?.filter === 'dropped') config.vectorOut[outlet.port].drop = 1;
  }
  return unit;
}

/** The sets of loop variables whose boundaries a PCU must see. */
class MaskRequests {
  readonly all: ReadonlySet<string>[] = [];

  constructor(readonly names: readonly string[]) {}

  reduction(leaf: Leaf, reduce: Reduce): void {
    this.all.push(new Set(reduce.over), new Set(reduceFirst(leaf, reduce)));
  }

  /** Loops for which a scalar input is kept. */
  scalarPop(leaf: Leaf, site: Site, id: number): ReadonlySet<string> {
    const value = leaf.values[id];
    let kept: ReadonlySet<string>;
    if (value.kind === 'read') {
      const shape = laneShape(leaf, { site, kind: 'read', ordinal: id, index: value.index, carried: false });
      kept = new Set(leaf.loops.slice(shape.loops.length).map((loop) => loop.var));
    } else kept = new Set(this.names);
    this.all.push(kept);
    return kept;
  }
}

function configureReduction(
  builder: NetlistBuilder,
  site: Site,
  leaf: Leaf,
  segment: Segment,
  item: Work,
  reduce: Reduce,
  config: PcuConfig,
  chain: Chain,
  unit: Unit<'pcu'>,
  id: string,
  inlets: Inlet[],
  gates: Gate[],
): void {
  const { arch } = builder;
  const tree = isTree(leaf, reduce);
  const latency = arch.latency[OPS[reduce.op].latency];
  const stageOf = segment.plan.stageOf.get(item.id) as number;
  const stage = config.stages[stageOf];
  const names = [...new Set([...reduce.over])];
  // The whole nest is in order outermost first; a stationary reduction begins with all loops inside it at first.
  const first = tree ? chain.maskOf(names) : chain.maskOf(reduceFirst(leaf, reduce));
  const length = tree ? latency : stationaryEntries(leaf, reduce);
  if (length > arch.pcu.ring)
    throw new DiagnosticError(ringTooShort(id, length, arch.pcu.ring, insideOf(leaf, reduce).map(tellLoop), leaf.source));
  if (length < latency)
    throw new DiagnosticError(ringTooSlow(id, length, latency, OPS[reduce.op].latency, insideOf(leaf, reduce).map(tellLoop), leaf.source));
  stage.acc = { used: 1, first, last: chain.maskOf(names), length, init: INIT.none, initReg: 0 };
  // A reduction of one vector has nothing to accumulate, nor ring entries to combine.
  if (tree && reduce.init.kind === 'none' && vectorsOf(chain, names) === 1) stage.acc.used = 0;
  if (tree) config.tree = { used: 1, source: segment.plan.treeSource as number };
  if (reduce.init.kind === 'const') {
    stage.acc.init = INIT.imm;
    stage.imm = reduce.init.bits;
  } else if (reduce.init.kind === 'carried') {
    invariant(!reduce.init.first, `${id} starts from a memory that was filled`);
    const port = builder.port(unit, 'vector', 'in');
    config.tapIn = { used: 1, port };
    stage.acc.init = INIT.tap;
    inlets.push({ value: item.id, net: 'vector', unit, port });
    if (followsClosely(arch, site, leaf, reduce, tree ? undefined : stageOf)) {
      const words = tree ? [] : insideOf(leaf, reduce).map((loop) => loop.var);
      gates.push({ value: item.id, unit, mask: first, words });
    }
  }
}

/**
 * May an element reach its stage (nothing: the lane tree) before the word that its sum starts from, which is the end of the sum before,
 * has left the pipeline ahead of it? Then neither would move. (The pipeline at its longest. Stage 0 takes the word at the issue.)
 */
function followsClosely({ latency, pcu }: Arch, { outer }: Site, leaf: Leaf, { over, init }: Reduce, stage: number | undefined): boolean {
  if (stage === 0 || init.kind !== 'carried') return false;
  const ahead = stage === undefined ? pcu.stages + Math.log2(pcu.lanes) + 1 : pcu.stages - stage;
  const loops = [...outer, ...leaf.loops];
  const carrying = loops.findLastIndex((loop) => init.over.includes(loop.var) && !isSingle(loop));
  if (carrying < 0) return false;
  // Issues from the last element of a sum to the first of the sum that starts from it; loops that end at run time may be short.
  let [pass, sum] = [1, 0];
  for (const loop of loops.slice(carrying + 1).reverse()) {
    const trips = loop.bound ? 1 : Math.ceil(elementsOf(loop) / loop.par);
    if (over.includes(loop.var)) sum += (trips - 1) * pass;
    pass *= trips;
  }
  // At that distance itself the element ahead stands at the end of the pipeline, which does not move.
  return pass - sum <= ahead * Math.max(...Object.values(latency));
}

/** Issues of one reduction over loops, at the most. */
function vectorsOf({ config, maskOf }: Chain, over: readonly string[]): number {
  const mask = maskOf(over);
  return mostTripsOf(config).reduce((product, trips, c) => ((mask >> c) & 1 ? product * trips : product), 1);
}

/** The reduced loops of the leaf and the leaf's loops inside the innermost of them. */
function reduceFirst(leaf: Leaf, reduce: Reduce): string[] {
  const at = leaf.loops.findIndex((loop) => reduce.over.includes(loop.var));
  const inside = at < 0 ? leaf.loops : leaf.loops.slice(at);
  return [...new Set([...reduce.over, ...inside.map((loop) => loop.var)])];
}

/** Accumulators that take turns: issues of the loops inside the reduced ones. */
const stationaryEntries = (leaf: Leaf, reduce: Reduce): number =>
  insideOf(leaf, reduce).reduce((n, loop, i, list) => n * Math.ceil(elementsOf(loop) / (i === list.length - 1 ? loop.par : 1)), 1);

/** The loops of the leaf inside all reduced ones. */
const insideOf = (leaf: Leaf, { over }: Reduce): readonly Loop[] =>
  leaf.loops.slice(leaf.loops.findLastIndex((loop) => over.includes(loop.var)) + 1);

const tellLoop = (loop: Loop): string => `\`${loop.var}\` (${elementsOf(loop)}${loop.par > 1 ? `, ${loop.par} lanes` : ''})`;

function configureOutput(
  builder: NetlistBuilder,
  leaf: Leaf,
  segment: Segment,
  value: number,
  config: PcuConfig,
  chain: Chain,
  unit: Unit<'pcu'>,
  effectValues: readonly number[],
  words: ReadonlySet<string>,
): Outlet {
  const item = segment.items.find((work) => work.id === value) as Work;
  const source = segment.plan.stageOf.get(value) as number;
  const mask = item.last ? 2 ** chain.config.count - 1 : item.reduce ? chain.maskOf(finishedBy(item.reduce)) : 0;
  invariant(item.kind === 'op' || effectValues.includes(value), 'reductions are only used by effects');
  const net = item.kind === 'tree' || sendsScalar(leaf, value, effectValues, words) ? 'scalar' : 'vector';
  const port = builder.port(unit, net, 'out');
  Object.assign((net === 'scalar' ? config.scalarOut : config.vectorOut)[port], { used: 1, source, mask, when: item.when ? 1 : 0 });
  return { unit: unit.id, net, port };
}

/** A result that is not a tree is lane 0 of its value, a bound too. */
const sendsScalar = (leaf: Leaf, value: number, effectValues: readonly number[], words: ReadonlySet<string>): boolean =>
  leaf.effects.some((effect, i) => effectValues[i] === value && (effect.kind === 'result' || words.has(effect.memory)));
