import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Arch, archSchema } from '../../src/arch/schema.ts';
import { Fabric } from '../../src/fabric/graph.ts';

/** A shipped architecture by name, with fields of `change` put over those of the file (one level deep). */
export function archNamed(name: string, change: Record<string, unknown> = {}): Arch {
  const text = readFileSync(new URL(`../../arch/${name}.yaml`, import.meta.url), 'utf8');
  const fields = parse(text) as Record<string, unknown>;
  for (const [key, value] of Object.entries(change))
    fields[key] = typeof value === 'object' ? { ...(fields[key] as object), ...(value as object) } : value;
  return archSchema.parse(fields);
}

export const fabricNamed = (name: string, change?: Record<string, unknown>) => new Fabric(archNamed(name, change));
