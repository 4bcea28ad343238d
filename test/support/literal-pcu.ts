/**
 * A PCU written down from HARDWARE.md section 4 word by word: every bank of every stage is a
 * register, elements move, accumulators are written when their result is ready, the tree goes
 * level by level. Slow and simple, to hold the simulator's generated code against.
 */
import { INIT, INPUT, OPERAND, type PcuConfig } from '../../src/fabric/config.ts';
import type { Fabric } from '../../src/fabric/graph.ts';
import { EVAL } from '../../src/ops/eval.ts';
import { OPS, opOfCode } from '../../src/ops/table.ts';

type Arch = Fabric['arch'];
export interface Vector {
  readonly data: number[];
  readonly mask: number;
  readonly last: number;
}

interface Element {
  cf: boolean[];
  cl: boolean[];
  z: number;
  mask: boolean[];
  predicate: boolean[];
  final: number;
  /** Bank to read by the next stage. */
  bank: number[][];
  /** R of the stage whose output it is at. */
  result: number[];
}
interface Partial {
  value: number;
  ok: boolean;
}
interface InTree {
  element: Element;
  leaves: Partial[];
  /** Left until the root arrives, then until the output. */
  steps: number;
  entry: Partial;
  combined?: Partial;
}

export class LiteralPcu {
  readonly vectorIn: Vector[][];
  readonly scalarIn: number[][];
  readonly tokens: number[];
  readonly vectorOut: Vector[][];
  readonly scalarOut: { word: number; last: number }[][];
  readonly pending: number[];
  /** Words in the compactor. */
  readonly held: number[] = [];
  closing = false;
  collision = false;
  overflow = false;
  issued = false;

  // Chain.
  readonly #v: number[];
  readonly #fresh: boolean[];
  readonly #kept: (number | undefined)[];
  readonly #off: number[];
  finished = false;
  // Pipeline: pipe[s][k] is the element k cycles into stage s; the last place is the output of s.
  readonly #pipe: (Element | undefined)[][];
  readonly #treePipe: (InTree | undefined)[];
  readonly #acc: { n: number; e: number; ring: number[][]; writes: { at: number; e: number; values: number[] }[] }[];
  #treeN = 0;
  #treeE: number;
  readonly #treeRing: Partial[];
  #advances = 0;
  #closed = false;
  #drained = 0;
  #combiner: { element: Element; value: Partial; wait: number } | undefined;
  readonly #lat: number[];
  readonly #S: number;
  readonly #L: number;

  constructor(
    private readonly arch: Arch,
    private readonly config: PcuConfig,
  ) {
    const { pcu } = arch;
    this.#S = pcu.stages;
    this.#L = pcu.lanes;
    this.vectorIn = config.vectorIn.map(() => []);
    this.scalarIn = config.scalarIn.map(() => []);
    this.tokens = config.tokenIn.map(({ used, init }) => (used ? init : 0));
    this.vectorOut = config.vectorOut.map(() => []);
    this.scalarOut = config.scalarOut.map(() => []);
    this.pending = config.tokenOut.map(() => 0);
    this.#v = config.chain.counters.map(({ min }) => min);
    this.#fresh = this.#v.map(() => true);
    this.#kept = this.#v.map(() => undefined);
    this.#off = this.#v.map(() => 0);
    this.#lat = config.stages.map(({ op }) => {
      const name = opOfCode(op);
      return arch.latency[name === undefined || (OPS[name].float && !pcu.float) ? 'simple' : OPS[name].latency];
    });
    this.#pipe = this.#lat.map((lat) => Array(lat).fill(undefined));
    const last = config.stages[this.#S - 1];
    this.#treePipe = Array((Math.log2(this.#L) + 1) * this.#lat[this.#S - 1]).fill(undefined);
    this.#acc = config.stages.map(({ acc }) => ({
      n: 0,
      e: acc.length - 1,
      ring: Array.from({ length: acc.length }, () => Array(this.#L).fill(0)),
      writes: [],
    }));
    this.#treeE = last.acc.length - 1;
    this.#treeRing = Array.from({ length: last.acc.length }, () => ({ value: 0, ok: false }));
  }

  // ---- Events

  #facts(): { cf: boolean[]; cl: boolean[]; z: number; limits: number[] } | undefined {
    const { chain } = this.config;
    const limits: number[] = [];
    let z = -1;
    for (let c = chain.count - 1; c >= 0 && z < 0; c--) {
      const { min, max, stride, bound } = chain.counters[c];
      let limit = max;
      if (bound > 0) {
        const kept = this.#kept[c];
        const head = this.scalarIn[bound - 1][0];
        if (kept === undefined && head === undefined) return undefined;
        limit = kept ?? head;
      }
      limits[c] = limit;
      if (this.#fresh[c] && (stride > 0 ? min >= limit : min <= limit)) z = c;
    }
    const used = this.#v.map((_, c) => c < chain.count);
    const cf = used.map((u, c) => !u || c <= z || this.#fresh[c]);
    const cl = used.map((u, c) => {
      if (!u || c <= z) return true;
      const next = this.#v[c] + chain.counters[c].stride;
      return chain.counters[c].stride > 0 ? next >= limits[c] : next <= limits[c];
    });
    return { cf, cl, z, limits };
  }

  static acts(e: { z: number }, mask: number): boolean {
    return e.z < 0 || ((mask >> e.z) & 1) === 1;
  }
  static first(e: { z: number; cf: boolean[] }, mask: number): boolean {
    return LiteralPcu.acts(e, mask) && e.cf.every((f, c) => f || !((mask >> c) & 1));
  }
  static last(e: { z: number; cl: boolean[] }, mask: number): boolean {
    return LiteralPcu.acts(e, mask) && e.cl.every((l, c) => l || !((mask >> c) & 1));
  }

  // ---- One cycle

  cycle(armed: boolean): void {
    const { config } = this;
    const S = this.#S;
    this.issued = false;
    const depth = this.arch.fifo.output;
    const fullVector = this.vectorOut.map((q) => q.length >= depth);
    const fullScalar = this.scalarOut.map((q) => q.length >= depth);
    const tapHead = config.tapIn.used ? this.vectorIn[config.tapIn.port][0] : undefined;
    const inTree = config.tree.used === 1;
    const lastStage = config.stages[S - 1];
    const combines = inTree && lastStage.acc.used === 1 && lastStage.acc.length > 1;
    const straight = inTree ? S - 1 : S;
    const combinerIdle = this.#combiner === undefined;

    // What is where, by registers.
    const atOutput: (Element | undefined)[] = this.#pipe.slice(0, straight).map((stage) => stage[stage.length - 1]);
    const treeOut = inTree ? this.#treePipe[this.#treePipe.length - 1] : undefined;
    if (inTree) atOutput[S - 1] = treeOut?.element;
    const entering = (s: number) => (s === 0 ? undefined : atOutput[s - 1]);
    const root = inTree ? this.#treePipe[this.#treePipe.length - 1 - this.#lat[S - 1]] : undefined;
    // With one lane the root arrives as the element does.
    const arriving = inTree ? (this.#L === 1 ? this.#asLeaf(atOutput[config.tree.source]) : root) : undefined;

    const tapping = config.stages.flatMap(({ tapOut }, s) => (tapOut && s < straight ? [s] : []));
    const atRest = this.#pipe.every((stage) => stage.every((e) => e === undefined)) && this.#treePipe.every((e) => e === undefined);
    const drains = this.#closed && atRest;
    const entries = tapping.flatMap((s) => Array.from({ length: Math.max(1, config.stages[s].acc.length) }, (_, e) => ({ s, e })));
    const leaving = drains ? entries[this.#drained] : undefined;
    const drivers = config.hold.used
      ? leaving
        ? [leaving.s]
        : []
      : tapping.filter((s) => atOutput[s] && LiteralPcu.last(atOutput[s]!, config.stages[s].acc.last));
    const complete = combines && treeOut !== undefined && LiteralPcu.last(treeOut.element, lastStage.acc.last);
    const sends = (output: PcuConfig['scalarOut'][number]) => {
      if (!output.used) return false;
      if (output.source === S) return drivers.length > 0;
      if (output.source > S || (combines && output.source === S - 1)) return false;
      const e = atOutput[output.source];
      return e !== undefined && LiteralPcu.last(e, output.mask);
    };
    const compacts = config.compact.used === 1 && config.vectorOut[0]?.used === 1 && config.vectorOut[0].source < straight;
    const flushed = compacts ? atOutput[config.vectorOut[0].source] : undefined;
    const flushes = flushed !== undefined && LiteralPcu.last(flushed, config.compact.flush);
    let adv = !this.closing;
    config.vectorOut.forEach((o, p) => {
      if ((sends(o) || (p === 0 && flushes)) && fullVector[p]) adv = false;
    });
    config.scalarOut.forEach((o, p) => {
      if (sends(o) && fullScalar[p]) adv = false;
    });
    const wants = (e: Element | undefined, s: number): boolean => {
      if (e === undefined) return false;
      const { acc } = config.stages[s];
      if (!acc.used || acc.init !== INIT.tap || !LiteralPcu.acts(e, acc.first)) return false;
      if (LiteralPcu.first(e, acc.first)) return true;
      return inTree && s === S - 1 ? this.#treeN === 0 : this.#acc[s].n < acc.length;
    };
    const tapWanted = config.stages.map((_, s) => (inTree && s === S - 1 ? wants(arriving?.element, s) : s > 0 && wants(entering(s), s)));
    if (tapWanted.some(Boolean) && tapHead === undefined) adv = false;
    if (complete && !combinerIdle) adv = false;

    // The combiner.
    if (this.#combiner) {
      const { element, value } = this.#combiner;
      if (this.#combiner.wait > 0) this.#combiner.wait--;
      if (this.#combiner.wait === 0) {
        const mine = (o: PcuConfig['scalarOut'][number]) => o.used === 1 && o.source === S - 1 && LiteralPcu.last(element, o.mask);
        const blocked =
          config.vectorOut.some((o, p) => mine(o) && fullVector[p]) || config.scalarOut.some((o, p) => mine(o) && fullScalar[p]);
        if (!blocked) {
          config.vectorOut.forEach((o, p) => {
            if (mine(o) && (value.ok || !o.drop)) this.vectorOut[p].push(this.#lane0(value, element.final));
          });
          config.scalarOut.forEach((o, p) => {
            if (mine(o)) this.scalarOut[p].push({ word: value.value, last: element.final });
          });
          config.tokenOut.forEach((o, p) => {
            if (mine(o)) this.#token(p);
          });
          this.#combiner = undefined;
        }
      }
    }
    if (this.closing && !fullVector[0]) {
      this.#pushHeld(this.held.length, 1);
      this.closing = false;
    }
    if (!adv) return;

    // Outputs.
    const laneSent = (e: Element, s: number, when: number) => e.mask.map((valid, i) => valid && (!when || s >= straight || e.predicate[i]));
    const held = leaving && this.#heldVector(leaving.s, leaving.e, this.#drained === entries.length - 1);
    const vectorOf = (s: number, when: number): Vector => {
      const e = atOutput[s]!;
      if (inTree && s === S - 1) return this.#lane0(treeOut!.entry, e.final);
      const sent = laneSent(e, s, when);
      return { data: e.result.map((x, i) => (sent[i] ? x : 0)), mask: maskOf(sent), last: e.final };
    };
    /** A scalar or token under a predicate that does not hold in lane 0. */
    const silent = (o: PcuConfig['scalarOut'][number]) =>
      o.when === 1 && o.source < straight && !laneSent(atOutput[o.source]!, o.source, 1)[0];
    const scalarOf = (s: number) => ({
      word: inTree && s === S - 1 ? (treeOut!.entry.ok ? treeOut!.entry.value : 0) : atOutput[s]!.result[0],
      last: atOutput[s]!.final,
    });
    const sourceOf = (source: number) => (source === S ? drivers[0] : source);
    config.vectorOut.forEach((o, p) => {
      if (p === 0 && compacts) {
        const joining = sends(o) ? vectorOf(o.source, o.when) : undefined;
        if (joining) this.held.push(...joining.data.filter((_, i) => (joining.mask >> i) & 1));
        const c = this.held.length;
        if (flushes && c <= this.#L) this.#pushHeld(c, 1);
        else if (c >= this.#L) {
          this.#pushHeld(this.#L, 0);
          this.closing = flushes;
        }
        return;
      }
      if (!sends(o)) return;
      const sent = held && o.source === S ? held : vectorOf(sourceOf(o.source), o.source === S ? 0 : o.when);
      if (sent.mask !== 0 || !o.drop) this.vectorOut[p].push(sent);
    });
    config.scalarOut.forEach((o, p) => {
      if (sends(o) && held && o.source === S) this.scalarOut[p].push({ word: held.data[0], last: held.last });
      else if (sends(o) && !silent(o)) this.scalarOut[p].push(scalarOf(sourceOf(o.source)));
    });
    config.tokenOut.forEach((o, p) => {
      if (sends(o) && !silent(o)) this.#token(p);
    });
    if (drivers.length > 1) this.collision = true;
    if (complete) this.#combiner = { element: treeOut!.element, value: treeOut!.combined!, wait: this.#combineTime() };

    // Held sums.
    const open = !this.#closed;
    if (drains && ++this.#drained >= entries.length) {
      this.#closed = false;
      this.#drained = 0;
    }

    // Issue.
    const issue = armed && open && config.enable === 1 && !this.finished ? this.#issue(tapHead !== undefined) : undefined;
    if (issue && config.hold.used && LiteralPcu.last(issue.element, config.hold.mask)) this.#closed = true;
    const enter = (s: number) => (s === 0 ? issue?.element : entering(s));
    let tapTaken = false;
    const takeTap = (): Vector | undefined => {
      if (tapTaken) {
        this.collision = true;
        return undefined;
      }
      tapTaken = true;
      return tapHead;
    };
    const entrants: (Element | undefined)[] = [];
    for (let s = 0; s < straight; s++) {
      const e = enter(s);
      const wanted = s === 0 ? issue?.tap === true : tapWanted[s];
      entrants[s] = e === undefined ? undefined : this.#stage(s, e, wanted ? takeTap() : undefined);
    }
    const treeWanted = inTree && tapWanted[S - 1];
    if (arriving) this.#treeStep(arriving, treeWanted ? takeTap() : undefined);
    if (tapTaken || issue?.popsTap) this.vectorIn[config.tapIn.port].shift();
    issue?.pop();

    // Everything moves.
    this.#advances++;
    for (let s = 0; s < straight; s++) {
      this.#pipe[s].pop();
      this.#pipe[s].unshift(entrants[s]);
    }
    if (inTree) {
      const leaf = this.#L === 1 ? arriving : this.#asLeaf(atOutput[config.tree.source]);
      this.#treePipe.pop();
      this.#treePipe.unshift(leaf);
    }
  }

  get empty(): boolean {
    return (
      this.#pipe.every((stage, s) => !this.#counts(s) || stage.every((e) => e === undefined)) &&
      this.#treePipe.every((e) => e === undefined) &&
      this.#combiner === undefined &&
      this.held.length === 0 &&
      !this.#closed &&
      !this.closing
    );
  }

  /** Something still comes from the elements of stage s, or they are on their way to the tree. */
  #counts(s: number): boolean {
    const { vectorOut, scalarOut, tokenOut, tree } = this.config;
    if (tree.used && (s <= tree.source || s === this.#S - 1)) return true;
    return [...vectorOut, ...scalarOut, ...tokenOut].some(
      ({ used, source }) => used && source >= s && !(tree.used && source === this.#S - 1),
    );
  }

  // ---- Parts

  #issue(tapPresent: boolean): { element: Element; tap: boolean; popsTap: boolean; pop: () => void } | undefined {
    const { config } = this;
    const { chain, guard } = config;
    const facts = this.#facts();
    if (facts === undefined) return undefined;
    const { cf, cl, z, limits } = facts;
    const isNull = z >= 0;
    const needed = (pop: number) => !isNull || ((pop >> z) & 1) === 1;
    if (config.vectorIn.some(({ used, pop }, p) => used && needed(pop) && this.vectorIn[p].length === 0)) return undefined;
    if (config.scalarIn.some(({ used, pop }, p) => used && needed(pop) && this.scalarIn[p].length === 0)) return undefined;
    if (config.tokenIn.some(({ used, mask }, p) => used && LiteralPcu.first(facts, mask) && this.tokens[p] === 0)) return undefined;
    const { acc } = config.stages[0];
    const tap =
      acc.used === 1 &&
      acc.init === INIT.tap &&
      LiteralPcu.acts(facts, acc.first) &&
      (LiteralPcu.first(facts, acc.first) || this.#acc[0].n < acc.length);
    if (tap && !tapPresent) return undefined;
    const at = guard.at.base + guard.at.inc.reduce((sum, _, c) => sum + this.#off[c], 0);
    const index = (i: number) => this.#v[0] + i * chain.laneStep;
    const mask = Array.from({ length: this.#L }, (_, i) => {
      if (isNull || i >= chain.par) return false;
      if (chain.count > 0 && !(chain.counters[0].stride > 0 ? index(i) < limits[0] : index(i) > limits[0])) return false;
      if (guard.used && ((at + i * guard.lane) | 0) >= guard.limit) return false;
      return config.vectorIn.every(({ used, masks }, p) => !used || !masks || ((this.vectorIn[p][0].mask >> i) & 1) === 1);
    });
    const bank = config.inputs.map(({ kind, index: from }) =>
      Array.from({ length: this.#L }, (_, i) => {
        if (isNull) return 0;
        if (kind === INPUT.vector) return this.vectorIn[from][0].data[i] | 0;
        if (kind === INPUT.scalar) return this.scalarIn[from][0] | 0;
        if (kind === INPUT.counter) return (from === 0 ? index(i) : this.#v[from]) | 0;
        return 0;
      }),
    );
    const pops = config.vectorIn.flatMap(({ used, pop }, p) => (used && LiteralPcu.last(facts, pop) ? [p] : []));
    const scalarPops = new Set(config.scalarIn.flatMap(({ used, pop }, p) => (used && LiteralPcu.last(facts, pop) ? [p] : [])));
    const counting = this.#v.map((_, c) => c).filter((c) => c < chain.count && (!isNull || c >= z));
    for (const c of counting) {
      const { bound } = chain.counters[c];
      if (bound === 0 || this.#kept[c] !== undefined) continue;
      scalarPops.add(bound - 1);
      if (c !== z) this.#kept[c] = limits[c];
    }
    const tapPort = config.tapIn.used ? config.tapIn.port : -1;
    const pop = () => {
      for (const p of pops) if (p !== tapPort) this.vectorIn[p].shift();
      for (const p of scalarPops) this.scalarIn[p].shift();
    };
    config.tokenIn.forEach(({ used, mask: m }, p) => {
      if (used && LiteralPcu.first(facts, m)) this.tokens[p]--;
    });
    // Counters.
    let carries = true;
    for (let c = z + 1; c < chain.count && carries; c++) {
      if (cl[c]) {
        this.#v[c] = chain.counters[c].min;
        this.#fresh[c] = true;
        this.#kept[c] = undefined;
        this.#off[c] = 0;
      } else {
        this.#v[c] += chain.counters[c].stride;
        this.#fresh[c] = false;
        this.#off[c] += guard.at.inc[c];
        carries = false;
      }
    }
    this.finished = carries;
    this.issued = true;
    const element: Element = { cf, cl, z, mask, predicate: mask.map(() => true), final: carries ? 1 : 0, bank, result: [] };
    return { element, tap, popsTap: pops.includes(tapPort), pop };
  }

  /** The element leaving stage s, `lat` cycles from now. */
  #stage(s: number, e: Element, tap: Vector | undefined): Element {
    const { op, a, b, c, imm, lane, write, dst, pass, acc, predicate } = this.config.stages[s];
    const state = this.#acc[s];
    state.writes = state.writes.filter(({ at, e: entry, values }) => {
      if (at > this.#advances) return true;
      state.ring[entry] = values;
      return false;
    });
    const bankOf = (r: number, i: number) => e.bank[r]?.[i] ?? 0;
    const acts = acc.used === 1 && LiteralPcu.acts(e, acc.first);
    let initial = false;
    if (acts) {
      const starts = LiteralPcu.first(e, acc.first);
      if (starts) state.n = 0;
      state.e = starts ? 0 : (state.e + 1) % acc.length;
      initial = state.n < acc.length;
      state.n = Math.min(acc.length, state.n + 1);
    }
    const accumulator = (i: number): number => {
      if (!acc.used) return 0;
      if (!initial) return state.ring[state.e][i];
      if (acc.init === INIT.imm) return imm | 0;
      if (acc.init === INIT.reg) return bankOf(acc.initReg, i);
      if (acc.init === INIT.tap) return (tap?.data[i] ?? 0) | 0;
      return 0;
    };
    const operand = ({ kind, index }: { kind: number; index: number }, i: number): number => {
      if (kind === OPERAND.imm) return imm | 0;
      if (kind === OPERAND.reg) return bankOf(index, i);
      if (kind === OPERAND.lane) return bankOf(index, lane);
      return kind === OPERAND.acc ? accumulator(i) : 0;
    };
    const name = opOfCode(op);
    const result = e.mask.map((valid, i) => {
      if (!valid) return acts ? accumulator(i) : 0;
      if (name === undefined || (OPS[name].float && !this.arch.pcu.float)) return 0;
      return EVAL[name](operand(a, i), operand(b, i), operand(c, i));
    });
    if (acts) state.writes.push({ at: this.#advances + this.#lat[s], e: state.e, values: result });
    const bank = e.bank.map((values, r) => (write && r === dst ? result : (pass >> r) & 1 ? values : values.map(() => 0)));
    return { ...e, bank, result, ...(predicate ? { predicate: result.map((x) => x !== 0) } : {}) };
  }

  #asLeaf(e: Element | undefined): InTree | undefined {
    if (e === undefined) return undefined;
    return { element: e, leaves: e.result.map((value, i) => ({ value, ok: e.mask[i] })), steps: 0, entry: { value: 0, ok: false } };
  }

  #combine(x: Partial, y: Partial): Partial {
    const name = opOfCode(this.config.stages[this.#S - 1].op);
    if (x.ok && y.ok)
      return { value: name === undefined || (OPS[name].float && !this.arch.pcu.float) ? 0 : EVAL[name](x.value, y.value, 0), ok: true };
    return x.ok ? x : y.ok ? y : { value: 0, ok: false };
  }

  #treeStep(t: InTree, tap: Vector | undefined): void {
    const { acc, imm } = this.config.stages[this.#S - 1];
    let level = t.leaves;
    while (level.length > 1) level = level.filter((_, i) => i % 2 === 0).map((x, i) => this.#combine(x, level[2 * i + 1]));
    const root = level[0];
    t.entry = root.ok ? root : { value: 0, ok: false };
    if (!acc.used) return;
    const e = t.element;
    if (LiteralPcu.acts(e, acc.first)) {
      const starts = LiteralPcu.first(e, acc.first);
      if (starts) this.#treeN = 0;
      this.#treeE = starts ? 0 : (this.#treeE + 1) % acc.length;
      const value = acc.init === INIT.imm ? imm | 0 : acc.init === INIT.tap ? (tap?.data[0] ?? 0) | 0 : 0;
      const A: Partial =
        this.#treeN === 0
          ? { value, ok: acc.init !== INIT.none }
          : this.#treeN < acc.length
            ? { value: 0, ok: false }
            : this.#treeRing[this.#treeE];
      t.entry = this.#combine(A, root);
      this.#treeRing[this.#treeE] = t.entry;
      this.#treeN = Math.min(acc.length, this.#treeN + 1);
    } else t.entry = { value: 0, ok: false };
    const entries = this.#treeRing.map((x, i) => (i < this.#treeN ? x : { value: 0, ok: false }));
    for (let d = 1; d < acc.length; d *= 2)
      for (let i = 0; i + d < acc.length; i += 2 * d) entries[i] = this.#combine(entries[i], entries[i + d]);
    t.combined = entries[0];
  }

  #combineTime(): number {
    const { length } = this.config.stages[this.#S - 1].acc;
    let time = 0;
    for (let d = 1; d < length; d *= 2) {
      let pairs = 0;
      for (let i = 0; i + d < length; i += 2 * d) pairs++;
      time += pairs - 1 + this.#lat[this.#S - 1];
    }
    return time;
  }

  /** Entry e of stage s when everything has come to rest. */
  #heldVector(s: number, e: number, last: boolean): Vector {
    const { n, ring, writes } = this.#acc[s];
    for (const write of writes.splice(0)) ring[write.e] = write.values;
    const data = Array.from({ length: this.#L }, (_, i) => (e < n ? ring[e][i] : 0));
    return { data, mask: maskOf(data.map(() => true)), last: this.finished && last ? 1 : 0 };
  }

  #lane0({ value, ok }: Partial, last: number): Vector {
    return { data: Array.from({ length: this.#L }, (_, i) => (i === 0 && ok ? value : 0)), mask: ok ? 1 : 0, last };
  }

  #pushHeld(count: number, last: number): void {
    const words = this.held.splice(0, count);
    this.vectorOut[0].push({ data: Array.from({ length: this.#L }, (_, i) => words[i] ?? 0), mask: (2 ** count - 1) | 0, last });
  }

  #token(p: number): void {
    if (this.pending[p] === 255) this.overflow = true;
    else this.pending[p]++;
  }
}

const maskOf = (mask: readonly boolean[]): number => mask.reduce((sum, valid, i) => (valid ? sum | (1 << i) : sum), 0);
