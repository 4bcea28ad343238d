/** Problems met while a program is built: gathered by the builder that runs, thrown when none does. */
import { type Diagnostic, DiagnosticCollector, DiagnosticError, formatShort } from '../../base/diagnostic.ts';

let active: DiagnosticCollector | undefined;

/**
 * Reports a problem, once however often its line is come by; the caller goes on with a harmless substitute so that later problems are
 * found too.
 */
export function problem(diagnostic: Diagnostic): void {
  if (!active) throw new DiagnosticError(diagnostic);
  const text = formatShort(diagnostic);
  if (!active.all.some((known) => formatShort(known) === text)) active.add(diagnostic);
}

/** Runs `build` with its problems gathered. */
export function gathering<T>(build: () => T): { readonly value: T; readonly problems: DiagnosticCollector } {
  const outer = active;
  const problems = new DiagnosticCollector();
  active = problems;
  try {
    return { value: build(), problems };
  } finally {
    active = outer;
  }
}
