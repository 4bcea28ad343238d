/**
 * Architecture files: YAML text and overrides in, a checked `Arch` or every problem at its line out.
 *
 *   parseArch('name: a\npcu: { lanes: 3 }\n', 'a.yaml')   ->   error[E0120] at a.yaml:2:15
 */
import { parseDocument } from 'yaml';
import { type Diagnostic, DiagnosticCollector, DiagnosticError } from '../base/diagnostic.ts';
import { Source } from '../base/source.ts';
import { describeIssue } from './issues.ts';
import { notAMapping, yamlSyntax } from './messages.ts';
import { applyOverrides } from './overrides.ts';
import { papercuts } from './papercuts.ts';
import { COMMAND_LINE, type FieldPath, type Override, Places } from './place.ts';
import { type Arch, archSchema } from './schema.ts';
import { validate } from './validate.ts';

export interface ParsedArch {
  /** Absent exactly when there is an error. */
  readonly arch?: Arch;
  /** Errors, or warnings about what is legal and surely not meant. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each file named in the diagnostics. */
  readonly texts: ReadonlyMap<string, string>;
}

/** `file` names the text in messages. Overrides apply in order, after the file and before every check. */
export function parseArch(text: string, file: string, overrides: readonly Override[] = []): ParsedArch {
  const source = new Source(file, text);
  const document = parseDocument(text, { prettyErrors: false });
  const places = new Places(source, document, overrides);
  const found = new DiagnosticCollector();
  const done = (arch?: Arch): ParsedArch => ({
    arch: found.hasErrors ? undefined : arch,
    diagnostics: found.all,
    texts: new Map([source, places.overrides].map((known) => [known.file, known.text])),
  });

  // What follows the first mistake of syntax is mostly its echo.
  const [broken] = document.errors;
  if (broken) {
    found.add(yamlSyntax(source.span(...broken.pos), tidy(broken.message)));
    return done();
  }
  const fields: unknown = document.toJS();
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    found.add(notAMapping(places.start(), fields === null ? 'empty' : Array.isArray(fields) ? 'a list' : 'a single value'));
    return done();
  }
  found.add(...applyOverrides(fields as Record<string, unknown>, overrides, places));
  const checked = archSchema.safeParse(fields);
  if (!checked.success) {
    const problems = checked.error.issues.flatMap((issue) => describeIssue(issue, valueAt(fields, issue.path as FieldPath), places));
    found.add(...problems.sort(byPlace));
    return done();
  }
  found.add(...validate(checked.data, places));
  if (!found.hasErrors) found.add(...papercuts(checked.data, places));
  return done(checked.data);
}

/** The architecture of a text known to be good, as in tests; throws what `parseArch` reports. */
export function archOf(text: string, file = 'arch.yaml', overrides: readonly Override[] = []): Arch {
  const { arch, diagnostics } = parseArch(text, file, overrides);
  if (arch === undefined) throw new DiagnosticError(diagnostics);
  return arch;
}

/** In the order of the text; problems of the file before those of the command line. */
function byPlace({ span: a }: Diagnostic, { span: b }: Diagnostic): number {
  if (!a || !b) return 0;
  return Number(a.file === COMMAND_LINE) - Number(b.file === COMMAND_LINE) || a.line - b.line || a.column - b.column;
}

const valueAt = (fields: object, path: FieldPath): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key], fields);

/** The parser's sentence in our style: lower case first, no full stop, on one line. */
function tidy(message: string): string {
  const line = message.split('\n')[0].replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
