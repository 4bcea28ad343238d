/**
 * The words of the assembly text: where a number of a configuration has a name, both directions
 * read it here. A *place* is a field path without its indices, e.g. `stages[].acc.init`.
 */
import { INIT, INPUT, OPERAND } from '../fabric/config.ts';
import type { TileKind } from '../fabric/ports.ts';
import { OP_NAMES, OPS } from '../ops/table.ts';
import type { Arch } from './format.ts';

/** Words for the values of one field, or for whole small structs. */
export interface Words {
  /** A single field's values by word. */
  readonly values?: ReadonlyMap<string, number>;
  /** A struct's values by word: `a = r2` is `a { kind = reg index = 2 }`. */
  readonly structs?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Written even when the number is 0, if anything else of its struct is. */
  readonly always?: boolean;
}

/** The place of a path: its indices dropped. */
export function placeOf(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

/** The words of each place of a unit that has some. */
export function wordsFor(arch: Arch, kind: TileKind): ReadonlyMap<string, Words> {
  if (kind === 'pcu') return pcuWords(arch);
  if (kind === 'pmu') return pmuWords(arch);
  if (kind === 'ag') return agWords(arch);
  return new Map();
}

/** Flags are written as their bare name. */
export const FLAGS: ReadonlySet<string> = new Set([
  'used',
  'enable',
  'write',
  'masks',
  'fill',
  'part',
  'vector',
  'scalar',
  'net',
  'tapOut',
  'predicate',
  'when',
  'drop',
]);

/** Masks are written in binary, the innermost counter (or register 0) on the right. */
export const MASKS: ReadonlySet<string> = new Set(['mask', 'pop', 'pass', 'first', 'last', 'flush']);

function pcuWords(arch: Arch): Map<string, Words> {
  const { pcu } = arch;
  const source = { values: new Map([...numbered('stage', pcu.stages), ['tap', pcu.stages]]), always: true };
  const words = new Map<string, Words>([
    ['chain.counters[].bound', { values: numbered('scalar', pcu.scalarIn, 1) }],
    ['inputs[]', { structs: inputWords(pcu) }],
    ['inputs[].kind', { values: new Map(Object.entries(INPUT)) }],
    ['tree.source', { values: numbered('stage', pcu.stages), always: true }],
    ['stages[].op', { values: new Map(OP_NAMES.map((name) => [name, OPS[name].code])), always: true }],
    ['stages[].acc.init', { values: new Map(Object.entries(INIT)), always: true }],
    ['vectorOut[].source', source],
    ['scalarOut[].source', source],
    ['tokenOut[].source', source],
  ]);
  const operands = operandWords(pcu.registers);
  for (const name of ['a', 'b', 'c']) {
    words.set(`stages[].${name}`, { structs: operands });
    words.set(`stages[].${name}.kind`, { values: new Map(Object.entries(OPERAND)) });
  }
  return words;
}

function operandWords(registers: number): Map<string, Record<string, number>> {
  const words = new Map<string, Record<string, number>>([
    ['imm', { kind: OPERAND.imm, index: 0 }],
    ['acc', { kind: OPERAND.acc, index: 0 }],
  ]);
  for (let r = 0; r < registers; r++) {
    words.set(`r${r}`, { kind: OPERAND.reg, index: r });
    words.set(`lane_r${r}`, { kind: OPERAND.lane, index: r });
  }
  return words;
}

function inputWords({ vectorIn, scalarIn, counters }: Arch['pcu']): Map<string, Record<string, number>> {
  const words = new Map<string, Record<string, number>>();
  for (let i = 0; i < vectorIn; i++) words.set(`vector${i}`, { kind: INPUT.vector, index: i });
  for (let i = 0; i < scalarIn; i++) words.set(`scalar${i}`, { kind: INPUT.scalar, index: i });
  for (let i = 0; i < counters; i++) words.set(`counter${i}`, { kind: INPUT.counter, index: i });
  return words;
}

function pmuWords(arch: Arch): Map<string, Words> {
  const { pmu } = arch;
  const bound = { values: numbered('scalar', pmu.scalarIn, 1) };
  const context = {
    values: new Map([...numbered('write', pmu.writeContexts), ...numbered('read', pmu.readContexts, pmu.writeContexts)]),
    always: true,
  };
  return new Map<string, Words>([
    ['write[].chain.counters[].bound', bound],
    ['read[].chain.counters[].bound', bound],
    [
      'write[].source',
      { values: new Map([...numbered('vector', pmu.vectorIn), ...numbered('scalar', pmu.scalarIn, pmu.vectorIn)]), always: true },
    ],
    ['tokenIn[].context', context],
    ['tokenOut[].context', context],
    [
      'tokenIn[].source',
      { values: new Map([...numbered('net', pmu.controlIn), ...numbered('local', pmu.tokens, pmu.controlIn)]), always: true },
    ],
  ]);
}

function agWords({ ag }: Arch): Map<string, Words> {
  const port = { values: numbered('scalar', ag.scalarIn), always: true };
  return new Map<string, Words>([
    ['chain.counters[].bound', { values: numbered('scalar', ag.scalarIn, 1) }],
    ['offset.port', port],
    ['column.from.port', port],
  ]);
}

/** `stem0`, `stem1`, ... for `first`, `first + 1`, ... */
function numbered(stem: string, count: number, first = 0): Map<string, number> {
  return new Map(Array.from({ length: count }, (_, i) => [`${stem}${i}`, first + i]));
}
