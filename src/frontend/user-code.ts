/** Functions of a program's author, called so that what they throw is told as theirs, at their line. */
import { DiagnosticError } from '../base/diagnostic.ts';
import { InternalError } from '../base/invariant.ts';
import { sourceOf } from './dsl/caller.ts';
import { functionThrows } from './messages.ts';

/** The parts of a program that are functions. */
export type Part = 'build' | 'data' | 'reference';

/**
 * Calls `work`, the `part` of a program. An error from a line outside Kiln is the author's, also where Kiln threw it because of
 * what it was given; one from a program that comes with Kiln stays what it is.
 */
export function calling<T>(program: string, part: Part, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DiagnosticError || error instanceof InternalError) throw error;
    const source = error instanceof Error ? sourceOf(error.stack ?? '') : undefined;
    if (error instanceof Error && !source) throw error;
    throw new DiagnosticError(functionThrows(program, part, error instanceof Error ? error.message.split('\n')[0] : String(error), source));
  }
}
