/**
 * The canonical text of a program at the explicit level; `parseLoops` reads it back.
 *
 *     program "dot" {"n":64}
 *     dram in x i32 [64] @dot.ts:4:13
 *     result sum i32
 *     memory tile i32 [32]
 *     nest pipe (t: 0..64 step 32) {
 *       load x[t] [32] -> tile                       (with words of run time: `x[t] [32] from start[0] below count[0]`)
 *       leaf (i: 0..32 par 16) {                     (a bound of run time: `i: 0..32 below count[t] par 16`)
 *         guard t + i < 60
 *         %0 = read tile[i] : i32
 *         %1 = reduce add %0 over t i : i32
 *         result sum = %1
 *       }
 *     }
 */
import { printAffine } from './affine.ts';
import { printContraction } from './contraction.ts';
import type { AffineExpr, Bound, Effect, Leaf, Loop, LoopProgram, ReduceInit, Source, Statement, Value } from './loops.ts';

export function printLoops(program: LoopProgram): string {
  const lines = [`program ${JSON.stringify(program.name)} ${JSON.stringify(program.params)}`];
  for (const { role, name, type, shape, source } of program.dram) lines.push(`dram ${role} ${name} ${type} ${sizes(shape)}${at(source)}`);
  for (const { name, type } of program.args) lines.push(`arg ${name} ${type}`);
  for (const { name, type } of program.results) lines.push(`result ${name} ${type}`);
  for (const { kind = 'memory', name, type, shape, words, banks, stride, part, source } of program.memories)
    lines.push(
      `${part ? 'part' : kind} ${name} ${type} ${sizes(shape)}${banks === undefined ? '' : ` banks ${banks}`}${stride === undefined ? '' : ` stride ${stride}`}${part ? ` of ${part.from}..${part.to}` : ''}${words ? ` = ${sizes(words)}` : ''}${at(source)}`,
    );
  if (program.contraction) lines.push(printContraction(program.contraction));
  printStatement(program.body, '', lines);
  return lines.map((line) => `${line}\n`).join('');
}

function printStatement(statement: Statement, margin: string, lines: string[]): void {
  const { label, source } = statement;
  const tail = `${label === undefined ? '' : ` ${JSON.stringify(label)}`}${at(source)}`;
  const inside = `${margin}  `;
  if (statement.kind === 'nest') {
    lines.push(`${margin}nest ${statement.schedule} (${statement.loops.map(printLoop).join(', ')})${tail} {`);
    for (const child of statement.body) printStatement(child, inside, lines);
    lines.push(`${margin}}`);
  } else if (statement.kind === 'leaf') {
    lines.push(`${margin}leaf (${statement.loops.map(printLoop).join(', ')})${tail} {`);
    for (const line of leafLines(statement)) lines.push(inside + line);
    lines.push(`${margin}}`);
  } else {
    const { kind, dram, memory, offset, extent, start, count } = statement;
    const word = (name: string, bound: Bound | undefined) => (bound ? ` ${name} ${bound.memory}${indices(bound.index)}` : '');
    const box = `${dram}${indices(offset)} ${sizes(extent)}${word('from', start)}${word('below', count)}`;
    lines.push(`${margin}${kind} ${kind === 'load' ? `${box} -> ${memory}` : `${memory} -> ${box}`}${tail}`);
  }
}

function leafLines({ guards, values, effects }: Leaf): string[] {
  return [
    ...guards.map(({ index, limit }) => `guard ${printAffine(index)} < ${limit}`),
    ...values.map((value, id) => `%${id} = ${printValue(value)}`),
    ...effects.map(printEffect),
  ];
}

function printValue(value: Value): string {
  switch (value.kind) {
    case 'const':
      return `const ${hex(value.bits)} : ${value.type}`;
    case 'index':
      return `index ${value.var}`;
    case 'arg':
      return `arg ${value.name} : ${value.type}`;
    case 'read':
      return `read ${value.memory}${indices(value.index)} : ${value.type}`;
    case 'dequeue':
      return `dequeue ${value.memory}${value.args.map((arg) => ` %${arg}`).join('')} : ${value.type}`;
    case 'op':
      return `${value.op} ${numbers(value.args)} : ${value.type}`;
    case 'macro':
      return `macro ${value.macro} ${value.fraction === undefined ? '' : `${value.fraction} `}${numbers(value.args)} : ${value.type}`;
    case 'cast':
      return `cast ${numbers(value.args)} : ${value.type}`;
    case 'reduce':
      return `${value.running ? 'scan' : 'reduce'} ${value.op} ${numbers(value.args)} over ${value.over.join(' ')}${printInit(value.init)} : ${value.type}`;
  }
}

function printInit(init: ReduceInit): string {
  if (init.kind === 'none') return '';
  if (init.kind === 'const') return ` from ${hex(init.bits)}`;
  return ` carried ${init.memory}${indices(init.index)} over ${init.over.join(' ')}${init.first === undefined ? '' : ` first ${hex(init.first)}`}`;
}

function printEffect(effect: Effect): string {
  if (effect.kind === 'result') return `result ${effect.name} = %${effect.value}`;
  const place = effect.kind === 'write' ? `write ${effect.memory}${indices(effect.index)}` : `enqueue ${effect.memory}`;
  return `${place} = %${effect.value}${effect.when === undefined ? '' : ` when %${effect.when}`}`;
}

function printLoop({ var: name, min, max, step, par, bound }: Loop): string {
  const below = bound ? ` below ${bound.memory}${indices(bound.index)}` : '';
  return `${name}: ${min}..${max}${below}${step === 1 ? '' : ` step ${step}`}${par === 1 ? '' : ` par ${par}`}`;
}

const numbers = (args: readonly number[]): string => args.map((arg) => `%${arg}`).join(' ');
const sizes = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
const indices = (index: readonly AffineExpr[]): string => `[${index.map(printAffine).join(', ')}]`;
const hex = (bits: number): string => `0x${bits.toString(16).padStart(8, '0')}`;

/** `@file:line:column`; a name that could be read otherwise is quoted. */
function at(source: Source | undefined): string {
  if (!source) return '';
  const file = /^[\w./$-]+$/.test(source.file) ? source.file : JSON.stringify(source.file);
  return ` @${file}:${source.line}:${source.column}`;
}
