/** `--set path=value` and `--grid CxR`, applied to the fields of a file before they are checked. */
import { parse } from 'yaml';
import type { Diagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/text.ts';
import { ARCH_FIELDS, archField } from './fields.ts';
import { nearestField } from './issues.ts';
import { badGrid, badSet, unknownSetPath } from './messages.ts';
import type { Override, Places } from './place.ts';

/** Changes `fields` and tells `places` where the changed ones were written; returns what cannot be applied. */
export function applyOverrides(fields: Record<string, unknown>, overrides: readonly Override[], places: Places): Diagnostic[] {
  return overrides.flatMap((override, index) => (override.flag === '--grid' ? applyGrid : applySet)(fields, override, index, places));
}

function applyGrid(fields: Record<string, unknown>, { flag, text }: Override, index: number, places: Places): Diagnostic[] {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (!match) return [badGrid(places.override(index, flag, 0, text.length), text)];
  const [, columns, rows] = match;
  put(fields, ['grid', 'columns'], Number(columns));
  put(fields, ['grid', 'rows'], Number(rows));
  places.move(['grid', 'columns'], places.override(index, flag, 0, columns.length));
  places.move(['grid', 'rows'], places.override(index, flag, columns.length + 1, text.length));
  return [];
}

function applySet(fields: Record<string, unknown>, { flag, text }: Override, index: number, places: Places): Diagnostic[] {
  const equals = text.indexOf('=');
  if (equals <= 0 || equals === text.length - 1) return [badSet(places.override(index, flag, 0, text.length))];
  const name = text.slice(0, equals);
  const path = name.split('.');
  if (archField(name) === undefined) {
    const section = path.length > 1 ? path.slice(0, -1).join('.') : '';
    const near =
      didYouMean(
        name,
        ARCH_FIELDS.map((field) => field.path),
      ) ?? nearestField(path.at(-1) as string, section);
    return [unknownSetPath(places.override(index, flag, 0, equals), name, near)];
  }
  put(fields, path, parsed(text.slice(equals + 1)));
  places.move(path, places.override(index, flag, equals + 1, text.length));
  return [];
}

/** A value as YAML reads it; a text that is no YAML stays a word, for the schema to refuse. */
function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

/** A section that is missing or malformed is left for the schema: only what is absent is made. */
function put(fields: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (rest.length === 0) {
    fields[head] = value;
    return;
  }
  const inner = fields[head] ?? {};
  if (typeof inner !== 'object' || Array.isArray(inner)) return;
  fields[head] = inner;
  put(inner as Record<string, unknown>, rest, value);
}
