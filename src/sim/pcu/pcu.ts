/** A pattern compute unit: one context that issues elements into a pipeline of stages. */
import type { PcuConfig } from '../../fabric/config.ts';
import { Affine } from '../affine.ts';
import { Chain } from '../chain.ts';
import type { Fifo } from '../fifo.ts';
import { Activity, DOING, type Doing } from '../observe.ts';
import { TokenInputs, tokenCounter } from '../tokens.ts';
import { CAUSE, popCount, type UnitContext, type UnitModel, type UnitPorts, unitPorts, type Waiting } from '../unit.ts';
import { TapBus } from './bus.ts';
import { Combiner } from './combiner.ts';
import { type Compactor, compactorOf } from './compactor.ts';
import { Elements } from './elements.ts';
import { HeldSums } from './hold.ts';
import { PcuInputs } from './inputs.ts';
import { outputsOf, type PcuOutput, sendVector, sendWord } from './outputs.ts';
import { type PcuPlan, planPcu, type StagePlan } from './plan.ts';
import { type Segments, splitStages } from './segments.ts';
import { type CompiledStages, compileStages } from './stage.ts';
import { LaneTree } from './tree.ts';

/** What an output that blocks the pipeline lacks. */
const roomIn = ({ kind }: PcuOutput): string => `room in ${kind} output`;

/** The bit of `Elements.sends` that says that the compactor is flushed. */
const FLUSH = 1 << 30;

export class Pcu implements UnitModel {
  readonly kind = 'pcu';
  awake = false;
  issued = 0;
  readonly inputs: UnitPorts;
  readonly outputs: UnitPorts;
  readonly activity: readonly Activity[] = [new Activity()];

  readonly #context: UnitContext;
  readonly #enabled: boolean;
  readonly #lanes: number;
  readonly #config: PcuConfig;
  readonly #plan: PcuPlan;
  readonly #chain: Chain;
  readonly #guard: Affine;
  readonly #uses: PcuInputs;
  readonly #tokens: TokenInputs;
  readonly #tap: Fifo | undefined;
  readonly #elements: Elements;
  readonly #segments: Segments;
  readonly #stages: CompiledStages;
  readonly #tree: LaneTree | undefined;
  readonly #combiner: Combiner | undefined;
  readonly #compactor: Compactor | undefined;
  /** Outputs fed by the pipeline, by the combiner, by the tap-out bus. */
  readonly #direct: PcuOutput[];
  readonly #combined: PcuOutput[];
  readonly #bus: TapBus;
  readonly #hold: HeldSums | undefined;
  readonly #accumulating: StagePlan[];
  /** Stages after the first that tap, the tree's among them. */
  readonly #tappers: { readonly s: number; readonly at: number }[];
  readonly #operationsPerLane: number;
  /** What held the context up in the last step. */
  #what = '';
  #which = 0;

  constructor(context: UnitContext, config: PcuConfig) {
    const { arch, edge } = context;
    this.#context = context;
    this.#config = config;
    this.#enabled = config.enable === 1;
    this.#lanes = arch.pcu.lanes;
    const tokens = config.tokenIn.map(({ used, init }) => tokenCounter(edge, used === 1, init));
    const pending = config.tokenOut.map(() => tokenCounter(edge, true));
    ({ inputs: this.inputs, outputs: this.outputs } = unitPorts(context, 'pcu', this, { in: tokens, out: pending }));
    this.#plan = planPcu(arch, config);
    this.#guard = new Affine(config.guard.at);
    // A unit that is not enabled may hold anything.
    const chain = this.#enabled ? config.chain : { ...config.chain, count: 0 };
    this.#chain = new Chain(chain, this.inputs.scalar, config.guard.used ? [this.#guard] : []);
    this.#uses = new PcuInputs(config, this.inputs);
    const used = config.tokenIn.map((_, p) => p).filter((p) => config.tokenIn[p].used);
    this.#tokens = new TokenInputs(
      used.map((p) => tokens[p]),
      used.map((p) => config.tokenIn[p].mask),
      used,
    );
    this.#tap = config.tapIn.used ? this.inputs.vector[config.tapIn.port] : undefined;
    this.#elements = new Elements(this.#plan.depth, this.#plan.leaves);
    this.#segments = splitStages(this.#plan, config);
    const { vector, scalar } = this.inputs;
    const sources = { vector, scalar, tap: this.#tap, counters: this.#chain.value, laneStep: config.chain.laneStep };
    this.#stages = compileStages(this.#plan, this.#segments, config, sources, this.#elements);
    const { tree } = this.#plan;
    const last = this.#plan.stages.length - 1;
    if (tree) {
      this.#tree = new LaneTree(this.#plan.stages[last], this.#lanes, this.#stages.results[tree.source]!, this.#elements, this.#tap);
      if (this.#plan.stages[last].length > 1) this.#combiner = new Combiner(tree.combineTime);
    }
    const all = outputsOf(config, this.outputs);
    this.#compactor = compactorOf(config, all, this.#lanes);
    this.#combined = this.#combiner ? all.filter(({ source }) => source === last) : [];
    this.#direct = all.filter((output) => output.source <= last && !this.#combined.includes(output));
    const drivers = this.#plan.straight.filter(({ config: stage }) => stage.tapOut);
    const listening = all.filter(({ source }) => source === last + 1);
    this.#bus = new TapBus(config.hold.used ? [] : drivers, listening, this.#elements, this.#stages, this.#lanes);
    if (config.hold.used) this.#hold = new HeldSums(config, drivers, listening, this.#stages, this.#lanes);
    this.#accumulating = this.#plan.stages.filter(({ length }) => length > 0);
    this.#tappers = this.#plan.stages
      .filter(({ s, taps }) => taps && (s > 0 || (tree !== undefined && s === last)))
      .map(({ s, entry }) => ({ s, at: tree && s === last ? tree.arrival : entry }));
    this.#operationsPerLane = this.#plan.straight.filter(
      ({ s, op }) => op !== undefined && op !== 'mov' && this.#segments.live.has(s),
    ).length;
  }

  step(cycle: number): void {
    this.issued = 0;
    if (!this.#enabled) {
      this.awake = false;
      return;
    }
    const combinerBusy = this.#combiner?.busy === true;
    const moving = this.#elements.inFlight;
    const closing = this.#compactor?.closing === true;
    if (this.#hold?.closed && !moving) {
      this.#drain(combinerBusy, closing, cycle);
      return;
    }
    const advances = closing ? this.#block('room in vector output', 0) : !moving || this.#advances(combinerBusy);
    if (combinerBusy) this.#deliver(cycle);
    if (closing) this.#compactor!.close();
    if (!advances) {
      this.activity[0].note(DOING.output, cycle);
      this.awake = combinerBusy || closing;
      return;
    }
    const doing = this.#hinders();
    if (doing === DOING.issue || moving) this.#advance(cycle, doing === DOING.issue);
    else this.awake = combinerBusy;
    if (doing !== DOING.issue) this.activity[0].note(doing, cycle);
  }

  /** A cycle in which held sums leave, if there is room for them. */
  #drain(combinerBusy: boolean, closing: boolean, cycle: number): void {
    const hold = this.#hold!;
    const listener = hold.blocked();
    const advances = closing ? this.#block('room in vector output', 0) : !listener || this.#block(roomIn(listener), listener.port);
    if (combinerBusy) this.#deliver(cycle);
    if (closing) this.#compactor!.close();
    if (advances) hold.send(this.#chain.finished, this.#lostToken);
    this.activity[0].note(DOING.output, cycle);
    this.awake = true;
  }

  readonly #lostToken = (): void => this.#context.raise(CAUSE.tokenOverflow, 0);
  readonly #collision = (): void => this.#context.raise(CAUSE.tapCollision, 0);

  // ---- Issue

  /** What keeps the context from issuing, or `issue`. Looks at registers only. */
  #hinders(): Doing {
    const chain = this.#chain;
    if (chain.finished) return DOING.finished;
    if (this.#hold?.closed) return this.#lack(DOING.output, 'sums that have not left stage', this.#plan.straight.length - 1);
    if (!chain.look()) return this.#lack(DOING.input, 'a bound on scalar input', chain.missingBound());
    const use = this.#uses.missing(chain);
    if (use !== undefined) return this.#lack(DOING.input, use.name, use.port);
    const token = this.#tokens.missing(chain);
    if (token >= 0) return this.#lack(DOING.token, 'a token on input', token);
    if (this.#wantsTapAtIssue() && !(this.#tap && this.#tap.count > 0)) return this.#lack(DOING.input, 'the tap-in vector of stage', 0);
    return DOING.issue;
  }

  #lack(doing: Doing, what: string, which: number): Doing {
    this.#what = what;
    this.#which = which;
    return doing;
  }

  #wantsTapAtIssue(): boolean {
    const stage = this.#plan.stages[0];
    if (!stage.taps || this.#plan.straight.length === 0) return false;
    const { first } = stage.config.acc;
    return this.#chain.acts(first) && (this.#chain.isFirst(first) || this.#stages.seen[0] < stage.length);
  }

  /** Puts the element of this issue into its slot. */
  #enter(slot: number, cycle: number): void {
    const chain = this.#chain;
    const e = this.#elements;
    const isNull = chain.z >= 0;
    let lanes = isNull ? 0 : chain.lanes;
    if (!isNull) {
      lanes = this.#uses.mask(lanes);
      if (this.#config.guard.used) lanes &= this.#guarded();
    }
    e.lanes[slot] = lanes;
    e.isNull[slot] = isNull ? 1 : 0;
    e.final[slot] = chain.final ? 1 : 0;
    let sends = 0;
    for (const output of this.#direct) if (chain.isLast(output.mask)) sends |= 1 << output.bit;
    if (this.#compactor?.flushes(chain)) sends |= FLUSH;
    if (this.#hold?.closes(chain)) this.#hold.closed = true;
    for (const output of this.#combined) if (chain.isLast(output.mask)) sends |= 1 << output.bit;
    e.sends[slot] = sends;
    let acts = 0;
    let begins = 0;
    let complete = 0;
    for (const { s, config } of this.#accumulating) {
      if (chain.acts(config.acc.first)) acts |= 1 << s;
      if (chain.isFirst(config.acc.first)) begins |= 1 << s;
      if (chain.isLast(config.acc.last)) complete |= 1 << s;
    }
    for (const { s, config } of this.#bus.drivers) if (chain.isLast(config.acc.last)) complete |= 1 << s;
    e.acts[slot] = acts;
    e.begins[slot] = begins;
    e.complete[slot] = complete;
    const activity = this.activity[0];
    activity.issue(cycle, isNull);
    const valid = popCount(lanes);
    activity.laneIssues += valid;
    activity.operations += valid * this.#operationsPerLane;
    if (this.#tree && valid > 0) activity.operations += valid - (this.#plan.stages[this.#plan.stages.length - 1].length > 0 ? 0 : 1);
  }

  /** Lanes whose guard value is below the limit. */
  #guarded(): number {
    const { limit, lane } = this.#config.guard;
    let mask = 0;
    for (let i = 0; i < this.#lanes; i++) if (((this.#guard.value + i * lane) | 0) < limit) mask |= 1 << i;
    return mask;
  }

  // ---- Pipeline

  /** `adv`: whether the pipeline moves in this cycle, from registers. */
  #advances(combinerBusy: boolean): boolean {
    const e = this.#elements;
    for (const output of this.#direct) {
      if (output.kind === 'token' || output.fifo.ready) continue;
      const slot = e.at(this.#plan.stages[output.source].depth);
      if (slot >= 0 && e.sends[slot] & this.#bitsOf(output)) return this.#block(roomIn(output), output.port);
    }
    const listener = this.#bus.blocked();
    if (listener !== undefined) return this.#block(roomIn(listener), listener.port);
    for (const tapper of this.#tappers) {
      if (this.#wantsTap(tapper) && !(this.#tap && this.#tap.count > 0)) return this.#block('the tap-in vector of stage', tapper.s);
    }
    if (combinerBusy && this.#completed() >= 0) return this.#block('the combiner of stage', this.#plan.stages.length - 1);
    return true;
  }

  #block(what: string, which: number): boolean {
    this.#what = what;
    this.#which = which;
    return false;
  }

  #wantsTap({ s, at }: { s: number; at: number }): boolean {
    const slot = this.#elements.at(at);
    if (slot < 0 || !((this.#elements.acts[slot] >> s) & 1)) return false;
    const begins = ((this.#elements.begins[slot] >> s) & 1) === 1;
    if (this.#tree && s === this.#plan.stages.length - 1) return begins || this.#tree.seen === 0;
    return begins || this.#stages.seen[s] < this.#plan.stages[s].length;
  }

  /** Slot of the complete element at the output of the tree stage, or -1. */
  #completed(): number {
    const slot = this.#elements.at(this.#plan.tree!.depth);
    return slot >= 0 && (this.#elements.complete[slot] >> (this.#plan.stages.length - 1)) & 1 ? slot : -1;
  }

  /** One advancing cycle. */
  #advance(cycle: number, issues: boolean): void {
    const e = this.#elements;
    this.#send(cycle);
    let taken = false;
    if (issues) {
      this.issued = 1;
      const slot = e.time & e.wrap;
      this.#enter(slot, cycle);
      taken = this.#wantsTapAtIssue();
      this.#stages.run[0](slot, taken);
      const chain = this.#chain;
      this.#uses.pop(chain);
      this.#tokens.consume(chain);
      chain.step();
    }
    const { segments } = this.#segments;
    for (let g = 1; g < segments.length; g++) {
      const slot = e.at(segments[g].entry);
      if (slot < 0) continue;
      const wants = this.#wantsTap({ s: segments[g].tapStage, at: segments[g].entry });
      const mine = wants && !taken;
      if (wants && taken) this.#collision();
      taken ||= wants;
      this.#stages.run[g](slot, mine);
    }
    if (this.#tree) {
      const slot = e.at(this.#plan.tree!.arrival);
      if (slot >= 0) {
        const last = this.#plan.stages.length - 1;
        const wants = this.#plan.stages[last].taps && this.#wantsTap({ s: last, at: this.#plan.tree!.arrival });
        if (wants && taken) this.#collision();
        this.#tree.arrive(slot, wants && !taken);
        taken ||= wants;
      }
    }
    if (taken) this.#tap?.pop();
    e.advance(issues);
  }

  /** Outputs of the elements that are at the output of a stage. */
  #send(cycle: number): void {
    const e = this.#elements;
    const { stages, tree } = this.#plan;
    for (const output of this.#direct) {
      const slot = e.at(stages[output.source].depth);
      if (slot < 0 || !(e.sends[slot] & this.#bitsOf(output))) continue;
      const ofTree = tree !== undefined && output.source === stages.length - 1;
      const from = this.#stages.results[output.source];
      const at = slot * this.#lanes;
      if (output === this.#compactor?.output) {
        const joins = (e.sends[slot] >> output.bit) & 1;
        this.#compactor.take(from!.words, at, joins ? this.#sentLanes(output, slot) : 0, (e.sends[slot] & FLUSH) !== 0);
        continue;
      }
      const sent = ofTree
        ? sendWord(output, this.#tree!.value[slot], this.#tree!.ok[slot], this.#lanes, e.final[slot])
        : sendVector(output, from, at, this.#lanes, this.#sentLanes(output, slot), e.final[slot]);
      if (!sent) this.#lostToken();
    }
    if (this.#bus.drivers.length > 0) this.#bus.send(this.#lostToken, this.#collision);
    if (this.#combiner) {
      const slot = this.#completed();
      if (slot >= 0) this.#combiner.snapshot(cycle, this.#tree!.combined[slot], this.#tree!.combinedOk[slot], e.sends[slot], e.final[slot]);
    }
  }

  /** Bits of `Elements.sends` that concern an output. */
  #bitsOf(output: PcuOutput): number {
    return (1 << output.bit) | (output === this.#compactor?.output ? FLUSH : 0);
  }

  /** Lanes of the element in a slot that an output sends. */
  #sentLanes({ predicate }: PcuOutput, slot: number): number {
    let lanes = this.#elements.lanes[slot];
    if (predicate < 0) return lanes;
    const { words } = this.#stages.results[predicate]!;
    const at = slot * this.#lanes;
    for (let i = 0; i < this.#lanes; i++) if (words[at + i] === 0) lanes &= ~(1 << i);
    return lanes;
  }

  /** The combiner's result leaves when all its outputs can take it. */
  #deliver(cycle: number): void {
    const combiner = this.#combiner!;
    if (cycle < combiner.validFrom) return;
    for (const output of this.#combined) {
      if ((combiner.sends >> output.bit) & 1 && output.kind !== 'token' && !output.fifo.ready) return;
    }
    for (const output of this.#combined) {
      if (!((combiner.sends >> output.bit) & 1)) continue;
      if (!sendWord(output, combiner.value, combiner.ok, this.#lanes, combiner.final)) this.#lostToken();
    }
    combiner.busy = false;
  }

  // ---- Observation

  quiet(): boolean {
    if (!this.#enabled) return true;
    return (
      this.#chain.finished &&
      !this.#elements.awaited &&
      this.#hold?.closed !== true &&
      this.#combiner?.busy !== true &&
      this.#compactor?.empty !== false
    );
  }

  waiting(): Waiting[] {
    if (!this.#enabled || this.quiet()) return [];
    const moving = this.#elements.inFlight;
    if (this.#compactor?.closing) return [{ context: 'compactor', missing: 'room in vector output 0' }];
    const listener = this.#hold?.closed && !moving ? this.#hold.blocked() : undefined;
    if (listener) return [{ context: 'held sums', missing: `${roomIn(listener)} ${listener.port}` }];
    if (moving && !this.#advances(this.#combiner?.busy === true)) return [{ context: 'pipeline', missing: `${this.#what} ${this.#which}` }];
    const doing = this.#hinders();
    return doing === DOING.issue || doing === DOING.finished ? [] : [{ context: 'context', missing: `${this.#what} ${this.#which}` }];
  }
}
