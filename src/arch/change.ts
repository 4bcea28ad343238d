/** One field of a checked architecture changed, with the fields that must follow it: what a program that does not fit would need. */
import { archField } from './fields.ts';
import type { Arch } from './schema.ts';
import { POWERS_OF_TWO } from './validate.ts';

/** The smallest legal value of a field that is not below `least`; nothing where it has none. */
export function legalFrom(field: string, least: number): number | undefined {
  const { minimum = least, maximum = least } = archField(field) ?? {};
  const value = Math.max(minimum, isPower(field) ? 2 ** Math.ceil(Math.log2(least)) : least);
  return value <= maximum ? value : undefined;
}

/** The next legal value from `from` towards `to`. */
export function legalTowards(field: string, from: number, to: number): number {
  if (isPower(field)) return to < from ? from / 2 : from * 2;
  return from + Math.sign(to - from);
}

/** The value of a field. */
export function fieldOf(arch: Arch, field: string): unknown {
  const [section, key] = field.split('.');
  return (arch[section as keyof Arch] as unknown as Record<string, unknown>)[key];
}

/** The architecture with another value of a field: a unit has token counters for all its token ports, and a ring the longest latency. */
export function withField(arch: Arch, field: string, value: unknown): Arch {
  const [section, key] = field.split('.');
  const changed = { ...arch, [section]: { ...(arch[section as keyof Arch] as unknown as object), [key]: value } } as Arch;
  const { pmu, pcu, latency } = changed;
  const longest = Math.max(latency.simple, latency.multiply, pcu.float ? latency.float : 0);
  return {
    ...changed,
    pmu: { ...pmu, tokens: Math.max(pmu.tokens, pmu.controlIn, pmu.controlOut) },
    pcu: { ...pcu, ring: Math.max(pcu.ring, longest) },
  };
}

/** The fields of two architectures that differ, in the order of `fields`. */
export const differences = (before: Arch, after: Arch, fields: Iterable<string>): string[] =>
  [...fields].filter((field) => fieldOf(before, field) !== fieldOf(after, field));

const isPower = (field: string): boolean => (POWERS_OF_TWO as readonly string[]).includes(field);
