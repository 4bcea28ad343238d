/**
 * The lane tree in the last stage and its accumulation step. It is computed when an element's root
 * arrives; results wait per slot until the element is at the output.
 */
import { INIT } from '../../fabric/config.ts';
import { bitsOf, EVAL } from '../../ops/eval.ts';
import { EXPRESSION_NAMES, EXPRESSIONS } from '../../ops/expression.ts';
import type { Op } from '../../ops/table.ts';
import type { Fifo } from '../fifo.ts';
import { allLanes } from '../unit.ts';
import type { Elements } from './elements.ts';
import type { StagePlan } from './plan.ts';
import type { KeptVectors } from './stage.ts';

export class LaneTree {
  /** By slot: what stage S-1 puts out for the element. */
  readonly value: Int32Array;
  readonly ok: Uint8Array;
  /** By slot of complete elements: the combined ring. */
  readonly combined: Int32Array;
  readonly combinedOk: Uint8Array;
  /** Elements since the accumulation began, at most `length`. */
  seen = 0;

  readonly #s: number;
  readonly #length: number;
  readonly #init: number;
  readonly #imm: number;
  readonly #eval: (a: number, b: number) => number;
  readonly #full: number;
  readonly #reduceFull: (at: number) => number;
  /** Leaves of a reduction with masked lanes. */
  readonly #leaf: Int32Array;
  readonly #leafOk: Uint8Array;
  /** The ring. */
  readonly #entry: Int32Array;
  readonly #entryOk: Uint8Array;
  #index: number;

  constructor(
    stage: StagePlan,
    private readonly lanes: number,
    private readonly leaves: KeptVectors,
    private readonly elements: Elements,
    private readonly tap: Fifo | undefined,
  ) {
    this.#s = stage.s;
    this.#length = stage.length;
    this.#init = stage.config.acc.init;
    this.#imm = stage.config.imm | 0;
    const { op } = stage;
    this.#eval = op === undefined ? () => 0 : (a, b) => EVAL[op](a, b, 0);
    this.#full = allLanes(lanes);
    this.#reduceFull = op === undefined ? () => 0 : compileReduction(op, lanes, leaves);
    this.value = new Int32Array(elements.slots);
    this.ok = new Uint8Array(elements.slots);
    this.combined = new Int32Array(elements.slots);
    this.combinedOk = new Uint8Array(elements.slots);
    this.#leaf = new Int32Array(Math.max(lanes, this.#length));
    this.#leafOk = new Uint8Array(Math.max(lanes, this.#length));
    this.#entry = new Int32Array(this.#length);
    this.#entryOk = new Uint8Array(this.#length);
    this.#index = Math.max(0, this.#length - 1);
  }

  /** The root of the element in `slot` arrives; `tap`: it may take the tap-in head. */
  arrive(slot: number, tap: boolean): void {
    const mask = this.elements.lanes[slot];
    let root = 0;
    let ok = mask !== 0;
    if (mask === this.#full) root = this.lanes === 1 ? this.leaves.words[slot] : this.#reduceFull(slot * this.lanes);
    else if (ok) root = this.#reduceMasked(slot * this.lanes, mask);
    if (this.#length > 0) {
      if ((this.elements.acts[slot] >> this.#s) & 1) {
        const start = (this.elements.begins[slot] >> this.#s) & 1;
        if (start) this.seen = 0;
        this.#index = start || this.#index + 1 === this.#length ? 0 : this.#index + 1;
        const e = this.#index;
        let accumulator = this.#entry[e];
        let accumulatorOk = this.seen < this.#length ? 0 : this.#entryOk[e];
        if (this.seen === 0) {
          accumulator = this.#initial(tap);
          accumulatorOk = this.#init === INIT.none ? 0 : 1;
        }
        if (accumulatorOk) {
          root = ok ? this.#eval(accumulator, root) : accumulator;
          ok = true;
        }
        this.#entry[e] = root;
        this.#entryOk[e] = ok ? 1 : 0;
        if (this.seen < this.#length) this.seen++;
      } else {
        root = 0;
        ok = false;
      }
      if (this.#length > 1 && (this.elements.complete[slot] >> this.#s) & 1) this.#combine(slot);
    }
    this.value[slot] = ok ? root : 0;
    this.ok[slot] = ok ? 1 : 0;
  }

  #initial(tap: boolean): number {
    if (this.#init === INIT.imm) return this.#imm;
    if (this.#init === INIT.tap && tap && this.tap) return this.tap.words[this.tap.head * this.lanes];
    return 0;
  }

  #reduceMasked(at: number, mask: number): number {
    for (let i = 0; i < this.lanes; i++) {
      this.#leaf[i] = this.leaves.words[at + i];
      this.#leafOk[i] = (mask >> i) & 1;
    }
    for (let width = this.lanes / 2; width >= 1; width /= 2) {
      for (let i = 0; i < width; i++) this.#join(i, 2 * i, 2 * i + 1);
    }
    return this.#leaf[0];
  }

  /** leaf[to] = combine(leaf[left], leaf[right]). */
  #join(to: number, left: number, right: number): void {
    const leaf = this.#leaf;
    const leafOk = this.#leafOk;
    const value = leafOk[left] ? (leafOk[right] ? this.#eval(leaf[left], leaf[right]) : leaf[left]) : leaf[right];
    leaf[to] = value;
    leafOk[to] = leafOk[left] | leafOk[right];
  }

  /** The ring as it is now, combined in the combiner's order. */
  #combine(slot: number): void {
    const n = this.#length;
    for (let i = 0; i < n; i++) {
      this.#leaf[i] = this.#entry[i];
      this.#leafOk[i] = i < this.seen ? this.#entryOk[i] : 0;
    }
    for (let d = 1; d < n; d *= 2) {
      for (let i = 0; i + d < n; i += 2 * d) this.#join(i, i, i + d);
    }
    this.combined[slot] = this.#leafOk[0] ? this.#leaf[0] : 0;
    this.combinedOk[slot] = this.#leafOk[0];
  }
}

/** The reduction of a vector with all lanes valid, level by level, as straight code. */
function compileReduction(op: Op, lanes: number, leaves: KeptVectors): (at: number) => number {
  const { operands, result, text } = EXPRESSIONS[op];
  const real = operands[0] === 'f' && result === 'f' && op !== 'fma';
  if (!real && (operands[0] === 'f' || result === 'f')) {
    return (at) => {
      let level = Array.from(leaves.words.subarray(at, at + lanes));
      while (level.length > 1) level = level.filter((_, i) => i % 2 === 0).map((left, i) => EVAL[op](left, level[2 * i + 1], 0));
      return level[0];
    };
  }
  let code = '';
  let level = Array.from({ length: lanes }, (_, i) => `x0_${i}`);
  level.forEach((name, i) => {
    code += `const ${name} = leaves[at + ${i}];\n`;
  });
  for (let depth = 1; level.length > 1; depth++) {
    level = level
      .filter((_, i) => i % 2 === 0)
      .map((left, i) => {
        const name = `x${depth}_${i}`;
        code += `const ${name} = ${text(left, level[2 * i + 1], '0')};\n`;
        return name;
      });
  }
  const names = Object.keys(EXPRESSION_NAMES).join(', ');
  const build = new Function(
    'leaves',
    'names',
    `'use strict'; const { ${names} } = names; return (at) => {\n${code}return ${level[0]};\n};`,
  );
  const run: (at: number) => number = build(real ? leaves.floats : leaves.words, EXPRESSION_NAMES);
  return real ? (at) => bitsOf(run(at)) : run;
}
