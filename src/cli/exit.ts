/** What a command ends with, and how what went wrong becomes that. */
import { DiagnosticError } from '../base/diagnostic.ts';
import { InternalError } from '../base/invariant.ts';
import type { Output } from './output.ts';

export const EXIT = {
  good: 0,
  /** The user's input, or answers that differ. */
  input: 1,
  usage: 2,
  /** A bug in kiln. */
  internal: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Reports whatever a command threw. Only a bug in kiln shows a stack, and only when `KILN_DEBUG` asks for it. */
export function reportFailure(error: unknown, out: Output): ExitCode {
  if (error instanceof DiagnosticError) {
    out.diagnostics(error.diagnostics);
    out.fail(error.diagnostics);
    return EXIT.input;
  }
  const message =
    error instanceof InternalError ? error.message : `internal error: ${describe(error)}; this is a bug in kiln, not your program`;
  out.note(`error: ${message}`);
  if (process.env.KILN_DEBUG) out.note(error instanceof Error ? (error.stack ?? '') : '');
  else out.note('help: run the command again with KILN_DEBUG=1 for the place in kiln, and report it with your input');
  out.fail([], message);
  return EXIT.internal;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
}
