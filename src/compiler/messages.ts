/**
 * Every wording of the compiler's middle, by code. Codes E03xx: the program does not fit or cannot be mapped.
 *
 * What does not fit is told with its budget, who takes the most of it, and, where an architecture may have more, the field and the
 * least value with which this one object would fit (`limit`; the whole program may need more, see `sweep/point/fit`).
 */
import { legalFrom } from '../arch/change.ts';
import { archField } from '../arch/fields.ts';
import { type Diagnostic, errorDiagnostic, type Limit } from '../base/diagnostic.ts';
import { plural } from '../base/text.ts';
import type { Source } from '../ir/loops.ts';
import { byPlace, type Consumer, topOf } from './consumers.ts';

const span = (source: Source | undefined) =>
  source ? { file: source.file, line: source.line, column: source.column, length: 1 } : undefined;

/** What to change in the program, or in the architecture, where it may have a field of at least `least`. */
export function remedy(program: string, field: string, least: number): { readonly help: string; readonly limit?: Limit } {
  const value = legalFrom(field, least);
  if (value === undefined) return { help: `${program}; no architecture has \`${field}\` above ${archField(field)?.maximum}` };
  return { help: `${program}, or raise \`${field}\` to ${value}`, limit: { field, value } };
}

/** A counter by the loops that share it, and how often it steps. */
export interface CounterUse {
  readonly loops: readonly string[];
  readonly trips: number;
}

export const tooManyCounters = (
  what: string,
  counters: readonly CounterUse[],
  available: number,
  field: string,
  source?: Source,
): Diagnostic =>
  errorDiagnostic('E0301', `${what} needs ${counters.length} counters, the unit has ${available}`, {
    span: span(source),
    notes: [
      `its counters, outermost first: ${counters.map(({ loops, trips }) => `${loops.map((loop) => `\`${loop}\``).join(' with ')} (${trips})`).join(', ')}`,
      'loops whose index is unused, or that walk memory contiguously, are already merged into one counter',
    ],
    ...remedy('merge loops of the program', field, counters.length),
  });

/** `words` as laid out, all of `parts` together; `whole`: why it is not split over several memory units. */
export const memoryTooLarge = (
  memory: { readonly name: string; readonly source?: Source },
  words: number,
  parts: string,
  lanes: number,
  capacity: number,
  whole: string,
): Diagnostic =>
  errorDiagnostic('E0302', `memory \`${memory.name}\` needs ${words} words, a PMU holds ${capacity}`, {
    span: span(memory.source),
    notes: [parts, whole],
    ...remedy('use a smaller tile', 'pmu.bankWords', Math.ceil(words / lanes)),
  });

/** Parts are the compiler's (see `passes/parts`): the program has the whole. */
const partless = (memory: string): string => memory.replace(/\$p\d+$/, '');

export const tooManyContexts = (
  memory: string,
  kind: 'write' | 'read',
  users: readonly Consumer[],
  available: number,
  source?: Source,
): Diagnostic =>
  errorDiagnostic(
    'E0303',
    `memory \`${partless(memory)}\` has ${users.length} ${kind}rs at once, a PMU has ${available} ${kind} contexts`,
    {
      span: span(source),
      notes: topOf(byPlace(users), (count) => plural(count, `${kind}r`)),
      ...remedy(`lower the copies of the loops that ${kind} it`, `pmu.${kind}Contexts`, users.length),
    },
  );

/** `field` and `least`: what of the architecture would let it be mapped after all. */
export const unsupported = (what: string, why: string, help: string, source?: Source, field?: string, least?: number): Diagnostic =>
  errorDiagnostic('E0304', `${what} cannot be mapped yet: ${why}`, {
    span: span(source),
    ...(field === undefined || least === undefined ? { help } : remedy(help, field, least)),
  });

/** `least`: the smallest value of the field with which it fits; `users`: what takes the inputs, outputs or stages. */
export const operationTooWide = (
  what: string,
  why: string,
  field: string,
  least: number | undefined,
  users: readonly string[],
  source?: Source,
): Diagnostic =>
  errorDiagnostic('E0305', `${what} does not fit in one unit: ${why}`, {
    span: span(source),
    notes: users,
    ...(least === undefined ? { help: SMALLER.pcu } : remedy(SMALLER[field.split('.')[0]] ?? SMALLER.pcu, field, least)),
  });

/** What makes a unit's share of the program smaller. */
const SMALLER: Readonly<Record<string, string>> = {
  pcu: 'split the expression with an intermediate memory',
  pmu: 'let fewer statements use the memory',
  ag: 'let data decide fewer of the loops and words of the transfer, or let fewer transfers wait for it',
  host: 'use fewer arguments and results, or fewer stores at a time',
};

/** `users`: the accesses with the strides of their lanes. */
export const laneConflict = (memory: string, users: readonly string[], source?: Source): Diagnostic =>
  errorDiagnostic('E0307', `lanes of memory \`${memory}\` meet in one bank: no layout makes all lane strides odd`, {
    span: span(source),
    notes: [...users, 'banks = lanes; a vector access is free of conflicts when its lane stride is odd, on every architecture'],
    help: 'vectorise over another loop, or copy the memory transposed',
  });

export const runTooLong = (dram: string, words: number, limit: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0308', `transfer of \`${dram}\` has runs of ${words} words, an address generator takes ${limit}`, {
    span: span(source),
    notes: [
      'a run is what follows without a gap in DRAM: the last dimension of the transfer; its limit is that of the format, on every architecture',
    ],
    help: `use a smaller tile: at most ${limit} words in the last dimension`,
  });

/** `counters`: the loops between two steps of an accumulator. */
export const ringTooShort = (what: string, needed: number, available: number, loops: readonly string[], source?: Source): Diagnostic =>
  errorDiagnostic('E0309', `${what} needs an accumulator ring of ${needed} entries, the PCU has ${available}`, {
    span: span(source),
    notes: [`one for every vector of the loops inside the reduced one: ${loops.join(', ')}`],
    ...remedy(`let the loops inside the reduced one make at most ${available} vectors`, 'pcu.ring', needed),
  });

export const ringTooSlow = (
  what: string,
  entries: number,
  latency: number,
  kind: string,
  loops: readonly string[],
  source?: Source,
): Diagnostic =>
  errorDiagnostic('E0310', `${what} keeps ${plural(entries, 'accumulator')}, fewer than the ${latency} cycles of its operation`, {
    span: span(source),
    notes: [`one for every vector of the loops inside the reduced one: ${loops.length > 0 ? loops.join(', ') : 'there are none'}`],
    help: `let the loops inside the reduced one make at least ${latency} vectors, or lower \`latency.${kind}\` to ${entries}`,
    limit: { field: `latency.${kind}`, value: entries },
  });

/** `operations`: the names of those that are floats. */
export const noFloat = (what: string, operations: readonly string[], source?: Source): Diagnostic =>
  errorDiagnostic('E0311', `${what} needs float operations, this architecture is built without them`, {
    span: span(source),
    notes: operations.length > 0 ? [`its float operations: ${operations.join(', ')}`] : [],
    help: 'use i32, or set `pcu.float` to true',
    limit: { field: 'pcu.float', value: true },
  });

export const lanesTooMany = (variable: string, par: number, lanes: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0312', `loop \`${variable}\` asks for ${par} lanes, the fabric has ${lanes}`, {
    span: span(source),
    ...remedy(`use at most ${lanes} lanes`, 'pcu.lanes', par),
  });
