export type Severity = 'error' | 'warning';

/** A place in a text the user wrote: lines and columns count from 1, `length` in characters. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A field of an architecture that is too small (or too large) for a program, and the nearest value that is not. */
export interface Limit {
  readonly field: string;
  readonly value: number | boolean;
}

/** One message, as data: what is wrong, where, why (`label`, `notes`) and what to do (`help`). */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span;
  readonly label?: string;
  readonly notes: readonly string[];
  readonly help?: string;
  readonly limit?: Limit;
}

/** The optional parts of a diagnostic, as the message functions give them. */
export interface Details {
  readonly span?: Span;
  readonly label?: string;
  readonly notes?: readonly string[];
  readonly help?: string;
  readonly limit?: Limit;
}

/** Makes an error: `code` is `E` and four digits. */
export function errorDiagnostic(code: string, message: string, details: Details = {}): Diagnostic {
  return { code, severity: 'error', message, ...details, notes: details.notes ?? [] };
}

/** Makes a warning: `code` is `W` and four digits. */
export function warningDiagnostic(code: string, message: string, details: Details = {}): Diagnostic {
  return { code, severity: 'warning', message, ...details, notes: details.notes ?? [] };
}

/** Diagnostics that end a command: thrown where no value can be returned. */
export class DiagnosticError extends Error {
  override name = 'DiagnosticError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: Diagnostic | readonly Diagnostic[]) {
    const list = 'code' in diagnostics ? [diagnostics] : diagnostics;
    super(list.map(formatShort).join('\n'));
    this.diagnostics = list;
  }
}

/** Gathers the problems of one stage, so that they are reported together. */
export class DiagnosticCollector {
  readonly #list: Diagnostic[] = [];

  get all(): readonly Diagnostic[] {
    return this.#list;
  }

  get errors(): readonly Diagnostic[] {
    return this.#list.filter((d) => d.severity === 'error');
  }

  get warnings(): readonly Diagnostic[] {
    return this.#list.filter((d) => d.severity === 'warning');
  }

  get hasErrors(): boolean {
    return this.#list.some((d) => d.severity === 'error');
  }

  add(...diagnostics: readonly Diagnostic[]): void {
    this.#list.push(...diagnostics);
  }

  error(code: string, message: string, details?: Details): void {
    this.#list.push(errorDiagnostic(code, message, details));
  }

  warning(code: string, message: string, details?: Details): void {
    this.#list.push(warningDiagnostic(code, message, details));
  }

  /** Does a piece of the work; what it throws is gathered too, and the others may go on. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      this.add(...error.diagnostics);
    }
  }

  /** Throws everything gathered when there is at least one error. */
  throwIfErrors(): void {
    if (this.hasErrors) throw new DiagnosticError(this.#list);
  }
}

/** One line, without a code frame: for logs and for `Error.message`. */
export function formatShort(d: Diagnostic): string {
  const where = d.span ? ` (${d.span.file}:${d.span.line}:${d.span.column})` : '';
  return `${d.severity}[${d.code}]: ${d.message}${where}`;
}
