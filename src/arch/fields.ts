/** Every field of an architecture as a flat list, read off the schema: for messages, `--set` and editors. */
import { z } from 'zod';
import { archSchema } from './schema.ts';

export interface ArchField {
  /** `pcu.lanes`; a field at the top has no dot. */
  readonly path: string;
  readonly type: 'integer' | 'boolean' | 'string' | 'list';
  readonly doc: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The words it may be, or may list. */
  readonly values?: readonly string[];
  readonly default?: unknown;
}

/** The parts of a JSON Schema that an architecture uses. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

const schema = z.toJSONSchema(archSchema, { io: 'input' });

/** In the order of the schema. */
export const ARCH_FIELDS: readonly ArchField[] = fieldsOf(schema as JsonSchema, '');

/** The sections: fields that hold fields. */
export const ARCH_SECTIONS: readonly string[] = [...new Set(ARCH_FIELDS.map(({ path }) => path.split('.')))]
  .filter((path) => path.length > 1)
  .map(([section]) => section)
  .filter((section, i, all) => all.indexOf(section) === i);

export function archField(path: string): ArchField | undefined {
  return ARCH_FIELDS.find((field) => field.path === path);
}

/** The JSON Schema of architecture files, for editors; the committed copy is `arch/schema.json`. */
export function archJsonSchema(): string {
  return `${JSON.stringify({ ...schema, title: 'Kiln architecture' }, null, 2)}\n`;
}

function fieldsOf(section: JsonSchema, prefix: string): ArchField[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, field]) => {
    const path = `${prefix}${key}`;
    if (field.properties) return fieldsOf(field, `${path}.`);
    const { description: doc = '', minimum, maximum, default: value } = field;
    return [{ path, type: typeOf(field), doc, minimum, maximum, values: field.enum ?? field.items?.enum, default: value }];
  });
}

function typeOf({ type }: JsonSchema): ArchField['type'] {
  if (type === 'integer' || type === 'boolean') return type;
  return type === 'array' ? 'list' : 'string';
}
