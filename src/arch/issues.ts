/** What the schema found, in our words. */
import type { z } from 'zod';
import type { Diagnostic } from '../base/diagnostic.ts';
import { unreachable } from '../base/invariant.ts';
import { didYouMean } from '../base/text.ts';
import { ARCH_FIELDS, ARCH_SECTIONS, type ArchField, archField } from './fields.ts';
import { badName, emptyList, longList, missingField, notOneOf, outOfRange, unknownKey, wrongType } from './messages.ts';
import type { FieldPath, Places } from './place.ts';

type Issue = z.core.$ZodIssue;

const needs: Readonly<Record<ArchField['type'], string>> = {
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a word',
  list: 'a list',
};

/** One issue may be several problems (unknown keys). `value` is what stands at its path. */
export function describeIssue(issue: Issue, value: unknown, places: Places): Diagnostic[] {
  const path = issue.path as FieldPath;
  const name = path.join('.');
  const span = places.value(path);
  const field = archField(path.filter((part) => typeof part === 'string').join('.'));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(places.key([...path, key]), key, name, nearestField(key, name), fieldsIn(name)));
    case 'invalid_type':
      if (value === undefined && field) return [missingField(span, field)];
      return [wrongType(span, name, field ? needs[field.type] : 'a section with fields', describeValue(value))];
    case 'too_big':
    case 'too_small':
      if (field?.type === 'integer') return [outOfRange(span, field, value as number)];
      return [issue.code === 'too_small' ? emptyList(span, name, field?.values ?? []) : longList(span, name, Number(issue.maximum))];
    case 'invalid_value': {
      if (typeof value !== 'string') return [wrongType(span, name, 'a word', describeValue(value))];
      const values = issue.values.map(String);
      return [notOneOf(span, name, value, values, didYouMean(value, values))];
    }
    case 'invalid_format':
      return [badName(span, String(value), legalName(String(value)))];
    default:
      return unreachable(issue as never, 'schema issue');
  }
}

/** A field of this section with a similar name, or of any section when none here is similar. */
export function nearestField(key: string, section: string): string | undefined {
  const here = didYouMean(key, fieldsIn(section));
  if (here !== undefined) return section === '' ? here : `${section}.${here}`;
  const elsewhere = ARCH_FIELDS.find(({ path }) => path.split('.').at(-1) === key) ?? undefined;
  return elsewhere?.path;
}

/** The names of the fields and sections directly inside a section. */
export function fieldsIn(section: string): string[] {
  if (section === '') return [...ARCH_FIELDS.map(({ path }) => path).filter((path) => !path.includes('.')), ...ARCH_SECTIONS];
  return ARCH_FIELDS.filter(({ path }) => path.startsWith(`${section}.`)).map(({ path }) => path.slice(section.length + 1));
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section with fields';
  return `\`${String(value)}\``;
}

function legalName(name: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^[^a-z]+/, '');
  return word === '' ? 'my_fabric' : word;
}
