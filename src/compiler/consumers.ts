/** Who takes the most of what there is too little of, for messages: by the line of the program it comes from. */
import type { Source } from '../ir/loops.ts';

/** Lines of the program that a message names. */
export const TOP = 4;

export interface Consumer {
  readonly name: string;
  readonly source?: Pick<Source, 'file' | 'line'>;
}

export interface Consumers {
  /** The first name, how many more, and the place. */
  readonly what: string;
  readonly count: number;
}

/** Grouped by the line of the program (by name without one), the most first. */
export function byPlace(list: readonly Consumer[]): Consumers[] {
  const groups = new Map<string, { place: string; names: string[] }>();
  for (const { name, source } of list) {
    const place = source ? ` (${source.file}:${source.line})` : '';
    const key = place || name;
    groups.set(key, { place, names: [...(groups.get(key)?.names ?? []), name] });
  }
  return [...groups.values()]
    .map(({ place, names: [first, ...more] }) => ({
      what: `\`${first}\`${more.length > 0 ? ` and ${more.length} more` : ''}${place}`,
      count: more.length + 1,
    }))
    .sort((a, b) => b.count - a.count);
}

/** The first lines, and one for all others; `tell` words a count. */
export function topOf(consumers: readonly Consumers[], tell: (count: number) => string): string[] {
  const rest = consumers.slice(TOP).reduce((sum, { count }) => sum + count, 0);
  return [
    ...consumers.slice(0, TOP).map(({ what, count }) => `${tell(count)} for ${what}`),
    ...(rest > 0 ? [`${tell(rest)} for other lines`] : []),
  ];
}
