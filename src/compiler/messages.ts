/** Every wording of the compiler's middle, by code. Codes E03xx: the program does not fit or cannot be mapped. */
import { type Diagnostic, errorDiagnostic } from '../base/diagnostic.ts';
import type { Source } from '../ir/loops.ts';

const span = (source: Source | undefined) =>
  source ? { file: source.file, line: source.line, column: source.column, length: 1 } : undefined;

export const tooManyCounters = (what: string, needed: number, available: number, field: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0301', `${what} needs ${needed} counters, the unit has ${available}`, {
    span: span(source),
    notes: ['loops whose index is unused, or that walk memory contiguously, are already merged into one counter'],
    help: `merge loops of the program, or raise \`${field}\` to ${needed}`,
  });

export const memoryTooLarge = (memory: string, words: number, buffers: number, capacity: number, source?: Source): Diagnostic =>
  errorDiagnostic(
    'E0302',
    `memory \`${memory}\` needs ${words} words${buffers > 1 ? ` (${buffers} buffers)` : ''}, a PMU holds ${capacity}`,
    {
      span: span(source),
      help: 'use a smaller tile, or raise `pmu.bankWords`',
    },
  );

export const tooManyContexts = (memory: string, kind: 'write' | 'read', needed: number, available: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0303', `memory \`${memory}\` has ${needed} ${kind}rs at once, a PMU has ${available} ${kind} contexts`, {
    span: span(source),
    help: `lower the copies of the loops that ${kind} it, or raise \`pmu.${kind}Contexts\``,
  });

export const unsupported = (what: string, why: string, help: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0304', `${what} cannot be mapped yet: ${why}`, { span: span(source), help });

export const operationTooWide = (what: string, why: string, field: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0305', `${what} does not fit in one PCU: ${why}`, {
    span: span(source),
    help: `split the expression with an intermediate memory, or raise \`${field}\``,
  });

export const tooManyUnits = (kind: string, needed: number, available: number, users: readonly string[]): Diagnostic =>
  errorDiagnostic('E0306', `the program needs ${needed} ${kind.toUpperCase()}s, the fabric has ${available}`, {
    notes: [`used by: ${users.slice(0, 12).join(', ')}${users.length > 12 ? ` and ${users.length - 12} more` : ''}`],
    help: kind === 'ag' ? 'transfer fewer arrays at once, or add `ag.sides`' : 'lower the copies of a loop, or use a larger `grid`',
  });

export const laneConflict = (memory: string, strides: readonly number[], source?: Source): Diagnostic =>
  errorDiagnostic('E0307', `lanes of memory \`${memory}\` meet in one bank: lane strides ${strides.join(', ')} cannot all be odd`, {
    span: span(source),
    notes: ['banks = lanes; a vector access is free of conflicts when its lane stride is odd'],
    help: 'vectorise over another loop, or copy the memory transposed',
  });

export const runTooLong = (dram: string, words: number, limit: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0308', `transfer of \`${dram}\` has runs of ${words} words, an address generator takes ${limit}`, {
    span: span(source),
    help: 'use a smaller tile',
  });

export const ringTooShort = (what: string, needed: number, available: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0309', `${what} needs an accumulator ring of ${needed} entries, the PCU has ${available}`, {
    span: span(source),
    help: `raise \`pcu.ring\` to ${needed}`,
  });

export const ringTooSlow = (what: string, entries: number, latency: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0310', `${what} keeps ${entries} accumulators, fewer than the ${latency} cycles of its operation`, {
    span: span(source),
    help: `let the loops inside the reduced one make at least ${latency} vectors`,
  });

export const noFloat = (what: string, source?: Source): Diagnostic =>
  errorDiagnostic('E0311', `${what} needs float operations, this architecture is built without them`, {
    span: span(source),
    help: 'set `pcu.float: true`, or use i32',
  });

export const lanesTooMany = (variable: string, par: number, lanes: number, source?: Source): Diagnostic =>
  errorDiagnostic('E0312', `loop \`${variable}\` asks for ${par} lanes, the fabric has ${lanes}`, {
    span: span(source),
    help: `use at most ${lanes} lanes`,
  });
