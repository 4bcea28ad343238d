/** A pattern memory unit: banks of words, write and read contexts that share one port each way. */
import type { MemoryWords, PmuConfig } from '../../fabric/config.ts';
import { narrow24 } from '../affine.ts';
import type { Fifo } from '../fifo.ts';
import { type Activity, DOING, type Doing } from '../observe.ts';
import { giveToken, tokenCounter } from '../tokens.ts';
import { allLanes, CAUSE, popCount, type UnitContext, type UnitModel, type UnitPorts, unitPorts, type Waiting } from '../unit.ts';
import { PmuContext } from './context.ts';

interface Writer {
  readonly context: PmuContext;
  readonly source: Fifo;
  readonly name: string;
  readonly isScalar: boolean;
  readonly fill: boolean;
  /** What lies outside the memory is no mistake. */
  readonly part: boolean;
}

interface Reader {
  readonly context: PmuContext;
  readonly part: boolean;
  readonly zero: { readonly used: number; readonly mask: number };
  readonly vector: Fifo | undefined;
  readonly scalar: Fifo | undefined;
  /** The word(s) read in the previous cycle, on their way to the outputs. */
  readonly data: Int32Array;
  mask: number;
  last: number;
  /** Issued in the previous cycle with an output. */
  inFlight: boolean;
  /** Its first read of a word that nobody had written, if reads are watched. */
  unwritten: UnwrittenWord | undefined;
}

/** A word that was read before anyone wrote it. */
export interface UnwrittenWord {
  readonly cycle: number;
  readonly address: number;
}

export class Pmu implements UnitModel {
  readonly kind = 'pmu';
  awake = false;
  issued = 0;
  readonly inputs: UnitPorts;
  readonly outputs: UnitPorts;
  readonly activity: readonly Activity[];
  /** The memory: bank A mod L, row floor(A / L), is word A. */
  readonly words: Int32Array;

  readonly #context: UnitContext;
  readonly #lanes: number;
  readonly #full: number;
  readonly #writers: Writer[];
  readonly #readers: Reader[];
  readonly #counters: Fifo[];
  /** What token output j feeds: the pending counter of the network and counters of this unit. */
  readonly #gains: Fifo[][];
  #grants = 0;
  readonly #enabled: boolean;

  /** Words written so far, if reads are watched. */
  readonly #written: Uint8Array | undefined;
  #cycle = 0;

  /**
   * `fill` is what every word holds that is neither in `memory` (what the bitstream carries) nor written; `watch`: reads of such
   * words are noticed. `left`: what a run before left in it, in place of what the bitstream carries.
   */
  constructor(context: UnitContext, config: PmuConfig, fill = 0, watch = false, memory: readonly MemoryWords[] = [], left?: Int32Array) {
    const { arch, edge } = context;
    const { pmu } = arch;
    this.#context = context;
    this.#lanes = arch.pcu.lanes;
    this.#full = allLanes(this.#lanes);
    this.words = new Int32Array(arch.pcu.lanes * pmu.bankWords);
    // Memory that stays 0 is not touched: a large array costs nothing before it is used.
    if (fill !== 0) this.words.fill(fill);
    if (watch) this.#written = new Uint8Array(this.words.length);
    for (const { address, words } of memory) {
      for (let i = 0; i < words.length; i++) this.words[address + i] = words[i];
      this.#written?.fill(1, address, address + words.length);
    }
    if (left) this.words.set(left);
    this.#counters = config.tokenIn.map(({ used, init }) => tokenCounter(edge, used === 1, init));
    for (const counter of this.#counters) counter.owner = this;
    const unheard = tokenCounter(edge, false);
    const network = Array.from({ length: pmu.controlIn }, (_, p) => {
      const t = config.tokenIn.findIndex(({ used, source }) => used === 1 && source === p);
      return t < 0 ? unheard : this.#counters[t];
    });
    const pending = Array.from({ length: pmu.controlOut }, () => tokenCounter(edge, true));
    ({ inputs: this.inputs, outputs: this.outputs } = unitPorts(context, 'pmu', this, { in: network, out: pending }));
    this.#gains = config.tokenOut.map(({ net }, j) => [
      ...(net && j < pending.length ? [pending[j]] : []),
      ...this.#counters.filter((_, t) => config.tokenIn[t].used && config.tokenIn[t].source === pmu.controlIn + j),
    ]);
    const { scalar, vector } = this.inputs;
    // A context that is not enabled may hold anything.
    this.#writers = config.write.flatMap((write, i) => {
      if (!write.enable) return [];
      const isScalar = write.source >= pmu.vectorIn;
      const source = isScalar ? scalar[write.source - pmu.vectorIn] : vector[write.source];
      const name = isScalar ? `scalar input ${write.source - pmu.vectorIn}` : `vector input ${write.source}`;
      const inner = new PmuContext(i, `write ${i}`, write, config, scalar, this.#counters);
      return [{ context: inner, source: source ?? unheard, name, isScalar, fill: write.fill === 1, part: write.part === 1 }];
    });
    this.#readers = config.read.flatMap((read, i) => {
      if (!read.enable) return [];
      const inner = new PmuContext(pmu.writeContexts + i, `read ${i}`, read, config, scalar, this.#counters);
      const reader: Reader = {
        context: inner,
        part: read.part === 1,
        zero: read.zero,
        vector: read.vector ? this.outputs.vector[i] : undefined,
        scalar: read.scalar ? this.outputs.scalar[i] : undefined,
        data: new Int32Array(this.#lanes),
        mask: 0,
        last: 0,
        inFlight: false,
        unwritten: undefined,
      };
      return [reader];
    });
    this.activity = [...this.#writers, ...this.#readers].map(({ context: inner }) => inner.activity);
    this.#enabled = this.activity.length > 0;
  }

  /** Names of the contexts behind `activity`. */
  get contextNames(): string[] {
    return [...this.#writers, ...this.#readers].map(({ context }) => context.name);
  }

  step(cycle: number): void {
    this.issued = 0;
    if (!this.#enabled) {
      this.awake = false;
      return;
    }
    this.#cycle = cycle;
    const writer = this.#grant(this.#writers, this.#writeHinders, cycle);
    const reader = this.#grant(this.#readers, this.#readHinders, cycle);
    let arriving = false;
    for (const r of this.#readers) {
      if (!r.inFlight) continue;
      this.#deliver(r);
      r.inFlight = false;
      arriving = true;
    }
    // The read comes first: a word written in this cycle is read as it was.
    const wrong = reader === undefined ? undefined : this.#read(reader);
    if (writer !== undefined) this.#write(writer);
    if (wrong !== undefined) this.#context.raise(CAUSE.range, wrong);
    if (reader !== undefined) this.#finish(reader.context, cycle);
    if (writer !== undefined) this.#finish(writer.context, cycle);
    this.awake = writer !== undefined || reader !== undefined || arriving;
  }

  // ---- Ports

  /** The eligible context least recently granted; the others are noted with what holds them up. */
  #grant<T extends { readonly context: PmuContext }>(all: readonly T[], hinders: (one: T) => Doing, cycle: number): T | undefined {
    let best: T | undefined;
    for (const one of all) {
      const doing = hinders(one);
      if (doing !== DOING.issue) {
        one.context.activity.note(doing, cycle);
        continue;
      }
      if (best === undefined || one.context.granted < best.context.granted) {
        best?.context.activity.note(DOING.port, cycle);
        best = one;
      } else one.context.activity.note(DOING.port, cycle);
    }
    if (best !== undefined) best.context.granted = this.#grants++;
    return best;
  }

  readonly #writeHinders = ({ context, source }: Writer): Doing => {
    const doing = context.hinders();
    return doing === DOING.issue && context.chain.z < 0 && source.count === 0 ? DOING.input : doing;
  };

  readonly #readHinders = (reader: Reader): Doing => {
    const doing = reader.context.hinders();
    return doing === DOING.issue && reader.context.chain.z < 0 && this.#fullOutput(reader) !== undefined ? DOING.output : doing;
  };

  #fullOutput({ vector, scalar, inFlight }: Reader): 'vector' | 'scalar' | undefined {
    const coming = inFlight ? 1 : 0;
    if (vector !== undefined && vector.count + coming >= vector.depth) return 'vector';
    return scalar !== undefined && scalar.count + coming >= scalar.depth ? 'scalar' : undefined;
  }

  // ---- Issues

  #write({ context, source, isScalar, fill, part }: Writer): void {
    const { chain } = context;
    if (chain.z >= 0) return;
    const lanes = isScalar ? chain.lanes & 1 : fill ? chain.lanes : chain.lanes & source.masks[source.head];
    const wrong = this.#store(context.address(), context.lane, lanes, source.words, source.head * source.width);
    if (wrong !== undefined && !part) this.#context.raise(CAUSE.range, wrong);
    source.pop();
    context.activity.laneIssues += popCount(lanes);
  }

  /** Reads the SRAM; the words reach the outputs a cycle later. Gives the first address out of range. */
  #read(reader: Reader): number | undefined {
    const { context, zero, vector, scalar } = reader;
    const { chain } = context;
    if (chain.z >= 0) return undefined;
    const lanes = zero.used === 1 && chain.isFirst(zero.mask) ? 0 : chain.lanes;
    const wrong = this.#load(reader, lanes);
    reader.mask = chain.lanes;
    reader.last = chain.final ? 1 : 0;
    reader.inFlight = vector !== undefined || scalar !== undefined;
    context.activity.laneIssues += popCount(chain.lanes);
    return reader.part ? undefined : wrong;
  }

  /** Whether all lanes from `first` on stay inside the memory (steps are monotonous). */
  #inside(first: number, step: number): boolean {
    const end = first + (this.#lanes - 1) * step;
    return first >= 0 && first < this.words.length && end >= 0 && end < this.words.length;
  }

  /** Writes the lanes given; the first address out of range, if there is one. */
  #store(first: number, step: number, lanes: number, from: Int32Array, at: number): number | undefined {
    const { words } = this;
    if (lanes === this.#full && this.#written === undefined && this.#inside(first, step)) {
      for (let i = 0, address = first; i < this.#lanes; i++, address += step) words[address] = from[at + i];
      return undefined;
    }
    let wrong: number | undefined;
    for (let i = 0; i < this.#lanes; i++) {
      if (!((lanes >> i) & 1)) continue;
      const address = narrow24(first + i * step);
      if (address >= 0 && address < words.length) {
        words[address] = from[at + i];
        if (this.#written !== undefined) this.#written[address] = 1;
      } else wrong ??= address;
    }
    return wrong;
  }

  /** Reads the lanes given, the others as 0; the first address out of range, if there is one. */
  #load(reader: Reader, lanes: number): number | undefined {
    const { words } = this;
    const { context, data: to } = reader;
    const first = context.address();
    const step = context.lane;
    if (lanes === this.#full && this.#written === undefined && this.#inside(first, step)) {
      for (let i = 0, address = first; i < this.#lanes; i++, address += step) to[i] = words[address];
      return undefined;
    }
    let wrong: number | undefined;
    for (let i = 0; i < this.#lanes; i++) {
      to[i] = 0;
      if (!((lanes >> i) & 1)) continue;
      const address = narrow24(first + i * step);
      if (address >= 0 && address < words.length) {
        to[i] = words[address];
        if (this.#written?.[address] === 0) reader.unwritten ??= { cycle: this.#cycle, address };
      } else wrong ??= address;
    }
    return wrong;
  }

  #deliver({ vector, scalar, data, mask, last }: Reader): void {
    if (vector !== undefined) {
      const slot = vector.tail;
      const at = slot * this.#lanes;
      for (let i = 0; i < this.#lanes; i++) vector.words[at + i] = data[i];
      vector.masks[slot] = mask;
      vector.lasts[slot] = last;
      vector.pushed();
    }
    if (scalar !== undefined) {
      const slot = scalar.tail;
      scalar.words[slot] = data[0];
      scalar.lasts[slot] = last;
      scalar.pushed();
    }
  }

  #finish(context: PmuContext, cycle: number): void {
    const { chain } = context;
    this.issued |= 1 << context.number;
    context.activity.issue(cycle, chain.z >= 0);
    for (const [j, mask] of context.tokenOut) {
      if (!chain.isLast(mask)) continue;
      for (const counter of this.#gains[j]) if (!giveToken(counter)) this.#context.raise(CAUSE.tokenOverflow, 0);
    }
    context.finishIssue();
  }

  // ---- Observation

  /** Of every read context the first read of a word that nobody had written, if reads are watched. */
  get unwritten(): (UnwrittenWord & { readonly context: number })[] {
    return this.#readers.flatMap(({ context, unwritten }) =>
      unwritten ? [{ context: context.number - this.#firstReader, ...unwritten }] : [],
    );
  }

  quiet(): boolean {
    return (
      [...this.#writers, ...this.#readers].every(({ context }) => context.chain.finished) &&
      this.#readers.every(({ inFlight }) => !inFlight)
    );
  }

  waiting(): Waiting[] {
    const found: Waiting[] = [];
    const add = (context: PmuContext, missing: string | undefined) => {
      if (missing !== undefined) found.push({ context: context.name, missing });
    };
    for (const { context, source, name } of this.#writers) {
      add(context, context.lack() ?? (!context.chain.finished && source.count === 0 ? name : undefined));
    }
    for (const reader of this.#readers) {
      const { context } = reader;
      const full = this.#fullOutput(reader);
      add(
        context,
        context.lack() ?? (!context.chain.finished && full ? `room in ${full} output ${context.number - this.#firstReader}` : undefined),
      );
    }
    return found;
  }

  get #firstReader(): number {
    return this.#context.arch.pmu.writeContexts;
  }
}
