/**
 * Values of a leaf as JavaScript text. Each may be asked for in two domains: `i`, a 32-bit pattern in the
 * signed reading, and `f`, a number that is exactly a binary32 (any NaN stands for the one NaN).
 */
import { invariant } from '../base/invariant.ts';
import { floatOf } from '../ops/eval.ts';
import { type Domain, EXPRESSIONS, type Expression } from '../ops/expression.ts';
import type { Op } from '../ops/table.ts';
import { leavesShape } from './affine.ts';
import type { AffineExpr, Bound, Effect, Leaf, Loop, LoopProgram, Nest, Statement } from './loops.ts';

export interface Names {
  readonly program: LoopProgram;
  /** Statements that read FIFOs, by number. */
  readonly readers: ReadonlyMap<Statement, number>;
  /** FIFOs that are empty at the end of each iteration of a nest. */
  readonly rounds: ReadonlyMap<Nest, readonly string[]>;
  /** Arithmetic by `ops.name(a, b, c)` on patterns. */
  readonly ops: boolean;
}

/** A JavaScript expression and the domain it is in. */
export interface Text {
  readonly text: string;
  readonly domain: Domain;
}

/** The pattern of the one NaN. */
const NAN = 0x7fc00000;

/** `(v_t + 2 * v_i - 3)` */
export function affine(expr: AffineExpr): string {
  const parts = expr.terms.map(({ var: name, coef }) => (coef === 1 ? `v_${name}` : `${coef} * v_${name}`));
  if (expr.base !== 0 || parts.length === 0) parts.push(String(expr.base));
  return parts.length === 1 ? parts[0] : `(${parts.join(' + ')})`;
}

/** Word address of an access, row major. */
export function address(program: LoopProgram, memory: string, index: readonly AffineExpr[]): string {
  const shape = program.memories.find(({ name }) => name === memory)?.shape;
  invariant(shape && shape.length === index.length, () => `access to ${memory} was not verified`);
  return index.map(affine).reduce((row, next, d) => (d === 0 ? next : `(${row} * ${shape[d]} + ${next})`), '0');
}

/** Is the index inside the memory? Asked of the dimensions in which it may leave it; nothing: it never does. */
function insideText(
  program: LoopProgram,
  memory: string,
  index: readonly AffineExpr[],
  loops: ReadonlyMap<string, Loop>,
): string | undefined {
  const shape = program.memories.find(({ name }) => name === memory)?.shape ?? [];
  const asked = leavesShape(index, shape, loops).flatMap(({ dimension, low, high, size }) => {
    const at = affine(index[dimension]);
    return [...(low < 0 ? [`${at} >= 0`] : []), ...(high >= size ? [`${at} < ${size}`] : [])];
  });
  return asked.length > 0 ? asked.join(' && ') : undefined;
}

/** Where a loop ends, and the line that finds it out as the loop begins (none for a constant). */
export function endOf({ var: name, max, bound }: Loop, program: LoopProgram): { readonly text: string; readonly define: string[] } {
  if (!bound) return { text: String(max), define: [] };
  return { text: `end_${name}`, define: [`const end_${name} = Math.min(${max}, ${wordText(program, bound)});`] };
}

/** The word of a bound. */
export const wordText = (program: LoopProgram, { memory, index }: Bound): string => `m_${memory}[${address(program, memory, index)}]`;

/** The domain in which an operation gives its result, and its text for operands asked for by `get`. */
export function operationText(op: Op, ops: boolean, get: (operand: number, domain: Domain) => string, arity: number): Text {
  if (ops) {
    const operands = [0, 1, 2].map((i) => (i < arity ? get(i, 'i') : '0'));
    return { text: `ops.${op}(${operands.join(', ')})`, domain: 'i' };
  }
  // A call here: the text of a fused operation keeps its steps in variables, which belong to one loop at a time.
  if (op === 'fma') return { text: `fma(${get(0, 'f')}, ${get(1, 'f')}, ${get(2, 'f')})`, domain: 'f' };
  const { operands, result, text }: Expression = EXPRESSIONS[op];
  const domainOf = (domain: Domain | 'same'): Domain => (domain === 'same' ? 'i' : domain);
  const [a, b, c] = [0, 1, 2].map((i) => (i < arity ? get(i, domainOf(operands[i])) : '0'));
  return { text: text(a, b, c), domain: domainOf(result) };
}

/** Text in another domain. */
export function convert({ text, domain }: Text, to: Domain): string {
  if (domain === to) return text;
  return to === 'f' ? `num(${text})` : `bits(${text})`;
}

/** A stretch of code in which every value is computed once. */
export class Block {
  readonly lines: string[] = [];
  readonly #leaf: Leaf;
  readonly #names: Names;
  /** All loops around and of the leaf. */
  readonly #loops: ReadonlyMap<string, Loop>;
  /** Finished reductions by value number. */
  readonly #reductions: ReadonlyMap<number, Text>;
  readonly #known = new Map<string, string>();
  readonly #natural = new Map<number, Text>();

  constructor(leaf: Leaf, loops: readonly Loop[], names: Names, reductions: ReadonlyMap<number, Text> = new Map()) {
    this.#leaf = leaf;
    this.#loops = new Map(loops.map((loop) => [loop.var, loop]));
    this.#names = names;
    this.#reductions = reductions;
  }

  get ops(): boolean {
    return this.#names.ops;
  }

  /** A name or literal for a value. */
  get(id: number, domain: Domain): string {
    const key = `${id}${domain}`;
    let name = this.#known.get(key);
    if (name === undefined) {
      name = this.#make(id, domain);
      this.#known.set(key, name);
    }
    return name;
  }

  /** The word of a memory in its own domain; 0 outside it. */
  read(memory: string, index: readonly AffineExpr[], domain: Domain): string {
    const word = `${domain === 'f' ? 'n' : 'm'}_${memory}[${address(this.#names.program, memory, index)}]`;
    const inside = insideText(this.#names.program, memory, index, this.#loops);
    return inside === undefined ? word : `(${inside} ? ${word} : 0)`;
  }

  /** Code of an effect. */
  effect(effect: Effect): void {
    const { text, domain } = this.#inOwnDomain(effect.value);
    if (effect.kind === 'result') {
      this.lines.push(`results.${effect.name} = ${convert({ text, domain }, 'i')};`);
      return;
    }
    const when = effect.when === undefined ? '' : `if (${this.get(effect.when, 'i')}) `;
    if (effect.kind === 'enqueue') {
      this.lines.push(`${when}q_${effect.memory}.put(${convert({ text, domain }, 'i')});`);
      return;
    }
    const at = address(this.#names.program, effect.memory, effect.index);
    if (domain === 'i') this.lines.push(`${when}m_${effect.memory}[${at}] = ${text};`);
    else
      this.lines.push(`${when}{ if (${text} === ${text}) n_${effect.memory}[${at}] = ${text}; else m_${effect.memory}[${at}] = ${NAN}; }`);
  }

  #make(id: number, domain: Domain): string {
    const value = this.#leaf.values[id];
    if (value.kind === 'const') return literal(value.bits, domain);
    if (value.kind === 'index') return domain === 'f' ? `num(v_${value.var})` : `v_${value.var}`;
    if (value.kind === 'arg') return `${domain === 'f' ? 'b' : 'a'}_${value.name}`;
    if (value.kind === 'read') return this.#define(id, domain, this.read(value.memory, value.index, domain));
    const own = this.#inOwnDomain(id);
    return own.domain === domain ? own.text : this.#define(id, domain, convert(own, domain));
  }

  #inOwnDomain(id: number): Text {
    const known = this.#natural.get(id);
    if (known) return known;
    const value = this.#leaf.values[id];
    let own: Text;
    if (value.kind === 'op') {
      const { text, domain } = operationText(value.op, this.#names.ops, (i, wanted) => this.get(value.args[i], wanted), value.args.length);
      own = { text: this.#define(id, domain, text), domain };
    } else if (value.kind === 'reduce') {
      const reduction = this.#reductions.get(id);
      invariant(reduction, 'a reduction is used before it is finished');
      own = { text: this.#define(id, reduction.domain, reduction.text), domain: reduction.domain };
    } else if (value.kind === 'dequeue') {
      const taken = `q_${value.memory}.take(${this.#names.readers.get(this.#leaf)})`;
      const text = value.args.length === 0 ? taken : `(${this.get(value.args[0], 'i')} ? ${taken} : 0)`;
      own = { text: this.#define(id, 'i', text), domain: 'i' };
    } else {
      invariant(value.kind !== 'macro' && value.kind !== 'cast', 'a program is made legal before it runs');
      own = { text: this.get(id, 'i'), domain: 'i' };
    }
    this.#natural.set(id, own);
    this.#known.set(`${id}${own.domain}`, own.text);
    return own;
  }

  #define(id: number, domain: Domain, text: string): string {
    const name = `x${id}${domain}`;
    this.lines.push(`const ${name} = ${text};`);
    return name;
  }
}

/** A constant; negative ones in parentheses, as they may follow a minus. */
export function literal(bits: number, domain: Domain): string {
  const value = domain === 'i' ? bits | 0 : floatOf(bits);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.startsWith('-') ? `(${text})` : text;
}
