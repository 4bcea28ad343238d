/** Where a command's words go: results to standard output, everything else to standard error. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pico from 'picocolors';
import type { Diagnostic } from '../base/diagnostic.ts';
import { renderDiagnostics } from '../base/frame.ts';
import { repositoryRoot } from '../tools/files.ts';

export class Output {
  readonly #texts = new Map<string, string>();

  /** With `json`, standard output carries exactly one object. */
  constructor(readonly json: boolean) {}

  /** The result of a command, for people and for machines. */
  result(text: string, value: object): void {
    process.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
  }

  /** The object of a command that failed before it had a result. */
  fail(diagnostics: readonly Diagnostic[], internal?: string): void {
    if (this.json) process.stdout.write(`${JSON.stringify({ ok: false, diagnostics, internal }, null, 2)}\n`);
  }

  /** A line on standard error. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  diagnostics(list: readonly Diagnostic[]): void {
    if (list.length > 0)
      this.note(renderDiagnostics(list, { textOf: (file) => this.#textOf(file), color: pico.isColorSupported && process.stderr.isTTY }));
  }

  /** Makes a text known under the name that diagnostics use for it. */
  know(texts: ReadonlyMap<string, string>): void {
    for (const [file, text] of texts) this.#texts.set(file, text);
  }

  #textOf(file: string): string | undefined {
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    for (const path of [resolve(file), resolve(repositoryRoot, file)]) {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        // Not there: the message then goes without a code frame.
      }
    }
    return undefined;
  }
}
