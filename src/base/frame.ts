import type { Diagnostic, Span } from './diagnostic.ts';
import { Source } from './source.ts';

export interface FrameOptions {
  /** The text of a file named in a span; without it only the place is printed. */
  readonly textOf?: (file: string) => string | undefined;
  readonly color?: boolean;
}

const colors = { error: 31, warning: 33, frame: 34, note: 36, help: 32 } as const;
const bold = 1;

/** Renders one diagnostic as a message, a code frame, notes and help; no newline at the end. */
export function renderDiagnostic(d: Diagnostic, options: FrameOptions = {}): string {
  const paint = options.color ? ansi : plain;
  const lines = [paint(`${d.severity}[${d.code}]`, bold, colors[d.severity]) + paint(`: ${d.message}`, bold)];
  if (d.span) lines.push(...codeFrame(d, d.span, options, paint));
  else if (d.label) lines.push(`${paint('note', bold, colors.note)}: ${d.label}`);
  for (const note of d.notes) lines.push(`${paint('note', bold, colors.note)}: ${note.replaceAll('\n', '\n      ')}`);
  if (d.help) lines.push(`${paint('help', bold, colors.help)}: ${d.help.replaceAll('\n', '\n      ')}`);
  return lines.join('\n');
}

/** Renders many, with an empty line between them, errors and warnings in the order given. */
export function renderDiagnostics(list: readonly Diagnostic[], options: FrameOptions = {}): string {
  return list.map((d) => renderDiagnostic(d, options)).join('\n\n');
}

function codeFrame({ label, severity, notes, help }: Diagnostic, span: Span, options: FrameOptions, paint: Paint): string[] {
  const number = String(span.line);
  const gutter = ' '.repeat(number.length);
  const arrow = `${gutter}${paint('-->', bold, colors.frame)} ${span.file}:${span.line}:${span.column}`;
  const text = options.textOf?.(span.file);
  const line = text === undefined ? undefined : new Source(span.file, text).line(span.line);
  if (line === undefined) return label ? [arrow, `${gutter} ${paint('=', bold, colors.frame)} ${label}`] : [arrow];
  const bar = paint('|', bold, colors.frame);
  const pad = line
    .slice(0, span.column - 1)
    .replace(/[^\t]/g, ' ')
    .padEnd(span.column - 1);
  const carets = '^'.repeat(Math.max(1, Math.min(span.length, line.length - span.column + 1)));
  const pointer = paint(label ? `${carets} ${label}` : carets, bold, colors[severity]);
  return [
    arrow,
    `${gutter} ${bar}`,
    `${paint(number, bold, colors.frame)} ${bar}${line ? ` ${line}` : ''}`,
    `${gutter} ${bar} ${pad}${pointer}`,
    ...(notes.length > 0 || help ? [`${gutter} ${bar}`] : []),
  ];
}

type Paint = (text: string, ...codes: readonly number[]) => string;

const plain: Paint = (text) => text;
const ansi: Paint = (text, ...codes) => `\u001b[${codes.join(';')}m${text}\u001b[0m`;
