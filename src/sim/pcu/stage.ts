/**
 * Code for the stages of one configured PCU. For every segment a function of the element's slot is
 * generated: a loop over the lanes in which a register that an earlier stage wrote is a local
 * variable. Lanes come in two kinds: valid ones compute; masked ones have result 0, and in an
 * accumulating stage keep what the accumulator held.
 */
import { INPUT, OPERAND, type PcuConfig } from '../../fabric/config.ts';
import { floatOf, NAN_BITS } from '../../ops/eval.ts';
import { type Domain, EXPRESSION_NAMES, EXPRESSIONS } from '../../ops/expression.ts';
import { FMA_VARIABLES } from '../../ops/fma.ts';
import type { Fifo } from '../fifo.ts';
import { allLanes } from '../unit.ts';
import { entryText, operandText } from './accumulate.ts';
import type { Elements } from './elements.ts';
import { floatLiteral, intLiteral } from './literal.ts';
import { operandValue, type PcuPlan, type StagePlan, type Value } from './plan.ts';
import { operandsOf, type Segments } from './segments.ts';

/** What the stages read at an issue. */
export interface StageSources {
  readonly vector: readonly Fifo[];
  readonly scalar: readonly Fifo[];
  readonly tap: Fifo | undefined;
  /** Counter values, and the index difference between lanes of counter 0. */
  readonly counters: Int32Array;
  readonly laneStep: number;
}

/** A vector a slot. */
export interface KeptVectors {
  readonly words: Int32Array;
  readonly floats: Float32Array;
}

export interface CompiledStages {
  /** One function a segment: computes it for the element in `slot`; `tap`: it may take the tap-in head. */
  readonly run: readonly ((slot: number, tap: boolean) => void)[];
  /** Kept results by stage. */
  readonly results: readonly (KeptVectors | undefined)[];
  /** Accumulators by stage, entry by entry. */
  readonly rings: readonly (KeptVectors | undefined)[];
  /** Elements a stage has seen since its accumulation began, at most `length`. */
  readonly seen: Int32Array;
}

export function compileStages(
  plan: PcuPlan,
  split: Segments,
  config: PcuConfig,
  sources: StageSources,
  elements: Elements,
): CompiledStages {
  const vectors = (entries: number): KeptVectors => {
    const words = new Int32Array(entries * plan.lanes);
    return { words, floats: new Float32Array(words.buffer) };
  };
  const names: Record<string, unknown> = { ...EXPRESSION_NAMES };
  const bind = (stem: string, stored: KeptVectors) => {
    names[`${stem}i`] = stored.words;
    names[`${stem}f`] = stored.floats;
  };
  const results = plan.stages.map(({ s }) => (split.keptResults.has(s) ? vectors(elements.slots) : undefined));
  results.forEach((stored, s) => {
    if (stored) bind(`R${s}`, stored);
  });
  for (const r of split.keptInputs) bind(`X${r}`, vectors(elements.slots));
  const rings = plan.straight.map(({ length }) => (length > 0 ? vectors(length) : undefined));
  rings.forEach((stored, s) => {
    if (stored) bind(`A${s}`, stored);
  });
  const seen = new Int32Array(plan.stages.length);
  // The first index of all is 0: the entry before it is the last one.
  const entry = Int32Array.from(plan.stages, ({ length }) => Math.max(0, length - 1));
  const scratch = vectors(1);
  Object.assign(names, { seen, entry, Bi: scratch.words, Bf: scratch.floats, counters: sources.counters });
  Object.assign(names, { lanes: elements.lanes, acts: elements.acts, begins: elements.begins, isNull: elements.isNull });
  sources.vector.forEach((fifo, p) => {
    Object.assign(names, { [`V${p}`]: fifo, [`V${p}i`]: fifo.words, [`V${p}f`]: fifo.floats });
  });
  sources.scalar.forEach((fifo, p) => {
    Object.assign(names, { [`S${p}`]: fifo, [`S${p}i`]: fifo.words, [`S${p}f`]: fifo.floats });
  });
  if (sources.tap) Object.assign(names, { T: sources.tap, Ti: sources.tap.words, Tf: sources.tap.floats });
  const writer = new StageWriter(plan, split, config, sources);
  const functions = split.segments.map((_, g) => `(slot, tap) => {${writer.segment(g)}\n}`);
  const text = `'use strict'; const { ${Object.keys(names).join(', ')} } = names; const L = ${plan.lanes};\nreturn [${functions.join(',\n')}];`;
  return { run: new Function('names', text)(names), results, rings, seen };
}

class StageWriter {
  readonly #domains: (Domain | undefined)[] = [];

  constructor(
    private readonly plan: PcuPlan,
    private readonly split: Segments,
    private readonly config: PcuConfig,
    private readonly sources: StageSources,
  ) {}

  segment(g: number): string {
    const { loops, tapStage } = this.split.segments[g];
    const stages = loops.flat().filter(({ s }) => this.split.live.has(s));
    let text = `
    const m = lanes[slot];
    const at = slot * L;`;
    if (stages.some(({ op }) => op === 'fma')) text += `\n    ${FMA_VARIABLES}`;
    if (g === 0) text += this.#heads();
    if (tapStage >= 0)
      text += this.sources.tap ? '\n    const tapAt = T.head * L;' : '\n    const tapAt = 0, Ti = [], Tf = []; tap = false;';
    for (const stage of stages) if (stage.length > 0) text += entryText(stage);
    if (g === 0) {
      for (const r of this.split.keptInputs) {
        const value = this.#input(r, 'i', 'i');
        text += `\n    for (let i = 0; i < L; i++) X${r}i[at + i] = isNull[slot] ? 0 : ${value};`;
      }
    }
    for (const loop of loops) {
      const live = loop.filter(({ s }) => this.split.live.has(s));
      if (live.length === 0) continue;
      const valid = live.map((stage) => this.#validLane(stage, g)).join('');
      const masked = live.map((stage) => this.#maskedLane(stage, g)).join('');
      text += `
    if (m === ${allLanes(this.plan.lanes)}) {
      for (let i = 0; i < L; i++) {${valid}
      }
    } else {
      for (let i = 0; i < L; i++) {
        if ((m >> i & 1) !== 0) {${valid}
        } else {${masked}
        }
      }
    }`;
    }
    return text;
  }

  /** Positions and values that do not depend on the lane, read once an issue. */
  #heads(): string {
    const text = new Set<string>();
    for (const { kind, index } of this.config.inputs) {
      if (kind === INPUT.vector && this.sources.vector[index]) text.add(`const h${index} = V${index}.head * L;`);
      if (kind === INPUT.scalar && this.sources.scalar[index])
        text.add(`const s${index}i = S${index}i[S${index}.head], s${index}f = S${index}f[S${index}.head];`);
      if (kind === INPUT.counter && index < this.sources.counters.length) text.add(`const c${index} = counters[${index}];`);
    }
    return [...text].map((line) => `\n    ${line}`).join('');
  }

  /** Input register r of a lane at the issue. An input that is not used or not there reads 0. */
  #input(r: number, domain: Domain, lane: string | number): string {
    const { kind, index } = this.config.inputs[r];
    const { vector, scalar, counters, laneStep } = this.sources;
    if (kind === INPUT.vector) return vector[index] && this.config.vectorIn[index].used ? `V${index}${domain}[h${index} + ${lane}]` : '0';
    if (kind === INPUT.scalar) return scalar[index] && this.config.scalarIn[index].used ? `s${index}${domain}` : '0';
    if (index >= counters.length) return '0';
    const value = index === 0 ? `(c0 + ${lane} * ${laneStep} | 0)` : `c${index}`;
    return domain === 'i' ? value : `(Bi[0] = ${value}, Bf[0])`;
  }

  /** A register of a valid lane when stage s reads it. */
  #value(value: Value, domain: Domain, g: number, s: number, lane: string | number): string {
    if (value.kind === 'zero') return '0';
    if (value.kind === 'input') return g === 0 ? this.#input(value.r, domain, lane) : `X${value.r}${domain}[at + ${lane}]`;
    if (lane !== 'i' || this.split.loopOf[value.s] !== this.split.loopOf[s]) return `R${value.s}${domain}[at + ${lane}]`;
    const own = this.#domains[value.s];
    if (own === domain) return `r${value.s}`;
    return own === 'f' ? `(r${value.s} !== r${value.s} ? ${NAN_BITS} : (Bf[0] = r${value.s}, Bi[0]))` : `(Bi[0] = r${value.s}, Bf[0])`;
  }

  /** Where registers of masked lanes are looked at: only as the initial value of an accumulator. */
  #maskedValue(value: Value, g: number, s: number): string {
    if (value.kind === 'zero') return '0';
    if (value.kind === 'input') return g === 0 ? `(isNull[slot] ? 0 : ${this.#input(value.r, 'i', 'i')})` : `X${value.r}i[at + i]`;
    if (this.split.loopOf[value.s] !== this.split.loopOf[s]) return `R${value.s}i[at + i]`;
    return this.plan.stages[value.s].length > 0 ? `q${value.s}` : '0';
  }

  #validLane(stage: StagePlan, g: number): string {
    const { s, op, length } = stage;
    const kept = this.split.keptResults.has(s);
    if (op === undefined) {
      this.#domains[s] = 'i';
      return `${length > 0 ? `\n A${s}i[ring${s} + i] = 0;` : ''}${kept ? `\n R${s}i[at + i] = 0;` : ''}\n const r${s} = 0;`;
    }
    const { operands, result, text } = EXPRESSIONS[op];
    const reads = operandsOf(stage);
    const same: Domain =
      reads.every((operand, p) => operands[p] !== 'same' || this.#isFloat(stage, operand)) &&
      reads.some((operand, p) => operands[p] === 'same' && operand.kind === OPERAND.reg)
        ? 'f'
        : 'i';
    const domain = result === 'same' ? same : result;
    this.#domains[s] = domain;
    let code = '';
    const names = reads.map((operand, p) => {
      const wanted = operands[p];
      const read = wanted === 'same' ? same : wanted;
      const name = `o${s}${'abc'[p]}`;
      const source = this.#operand(stage, operand, read, g);
      code += `\n const ${name} = ${source};`;
      return name;
    });
    code += `\n const r${s} = ${text(names[0], names[1] ?? '0', names[2] ?? '0')};`;
    const store = (name: string, at: string) =>
      domain === 'i'
        ? `\n ${name}i[${at}] = r${s};`
        : `\n if (r${s} === r${s}) ${name}f[${at}] = r${s}; else ${name}i[${at}] = ${NAN_BITS};`;
    if (length > 0) code += store(`A${s}`, `ring${s} + i`);
    if (kept) code += store(`R${s}`, 'at + i');
    return code;
  }

  #operand(stage: StagePlan, operand: { kind: number; index: number }, domain: Domain, g: number): string {
    const { s, config, length } = stage;
    const value = operandValue(this.plan, s, operand);
    switch (operand.kind) {
      case OPERAND.imm:
        return domain === 'f' ? floatLiteral(config.imm) : intLiteral(config.imm);
      case OPERAND.reg:
        return this.#value(value, domain, g, s, 'i');
      case OPERAND.lane:
        return this.#value(value, domain, g, s, config.lane);
      case OPERAND.acc: {
        if (length === 0) return '0';
        const start = this.plan.banks[s][config.acc.initReg] ?? { kind: 'zero' };
        return operandText(stage, domain, (wanted) => this.#value(start, wanted, g, s, 'i'));
      }
      default:
        return '0';
    }
  }

  #maskedLane(stage: StagePlan, g: number): string {
    const { s, config, length } = stage;
    const kept = this.split.keptResults.has(s);
    if (length === 0) return kept ? `\n R${s}i[at + i] = 0;` : '';
    const start = this.plan.banks[s][config.acc.initReg] ?? { kind: 'zero' };
    const held = operandText(stage, 'i', () => this.#maskedValue(start, g, s));
    return `\n const q${s} = act${s} ? ${held} : 0; if (act${s}) A${s}i[ring${s} + i] = q${s};${kept ? ` R${s}i[at + i] = q${s};` : ''}`;
  }

  /** Whether an operand may pass a bit-preserving operation as a float: it is a computed float, or a harmless constant. */
  #isFloat(stage: StagePlan, operand: { kind: number; index: number }): boolean {
    if (operand.kind === OPERAND.imm) return !Number.isNaN(floatOf(stage.config.imm));
    if (operand.kind === OPERAND.acc || operand.kind === OPERAND.lane) return false;
    if (operand.kind !== OPERAND.reg) return true;
    const value = operandValue(this.plan, stage.s, operand);
    if (value.kind === 'result') return this.#domains[value.s] === 'f' && this.split.loopOf[value.s] === this.split.loopOf[stage.s];
    return value.kind === 'zero';
  }
}
