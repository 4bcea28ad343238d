/** Keeps the errors of macros, as measured, where the documentation takes them from. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { operationsMarkdown } from '../../src/ops/document.ts';
import { MEASURED, type Measured } from '../../src/ops/macros/measured.ts';
import { MACRO_NAMES, type MacroName } from '../../src/ops/macros.ts';
import type { MacroError } from './macro-error.ts';

/** Prints `OPERATIONS.md`. */
export function writePage(): void {
  writeFileSync(fileURLToPath(new URL('../../src/ops/OPERATIONS.md', import.meta.url)), operationsMarkdown());
}

const file = fileURLToPath(new URL('../../src/ops/macros/measured.ts', import.meta.url));

/** The measured values of the macros that were run, beside those of the others. */
export function record(errors: readonly MacroError[]): void {
  const all: Partial<Record<MacroName, Measured>> = { ...MEASURED };
  for (const { name, vectors, worst, worstTiny, at } of errors) all[name] = { vectors, worst, worstTiny, at };
  const rows = MACRO_NAMES.filter((name) => all[name]).map((name) => {
    const { vectors, worst, worstTiny, at } = all[name] as Measured;
    return `  ${name}: { vectors: ${vectors}, worst: ${round(worst)}, worstTiny: ${round(worstTiny)}, at: [${at.join(', ')}] },`;
  });
  writeFileSync(
    file,
    `/**
 * The errors of the macros, as \`npm run prove -- --record\` measured them: units of the last place
 * of results from 2^-126 on, of smaller ones, and the patterns of the worst arguments.
 */
import type { MacroName } from '../macros.ts';

export interface Measured {
  readonly vectors: number;
  readonly worst: number;
  readonly worstTiny: number;
  readonly at: readonly number[];
}

export const MEASURED: Partial<Record<MacroName, Measured>> = {
${rows.join('\n')}
};
`,
  );
}

const round = (error: number): number => Math.ceil(error * 1000) / 1000;
