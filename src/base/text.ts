const digits = /(\d+)/;

/** Compares names so that `pcu_2` comes before `pcu_10`; a total order, equal only for equal strings. */
export function naturalCompare(a: string, b: string): number {
  const as = a.split(digits);
  const bs = b.split(digits);
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const difference = i % 2 === 1 ? Number(as[i]) - Number(bs[i]) : byCode(as[i], bs[i]);
    if (difference !== 0) return difference;
  }
  return as.length - bs.length || byCode(a, b);
}

/** A sorted copy in natural order. */
export function naturalSort(names: Iterable<string>): string[] {
  return [...names].sort(naturalCompare);
}

/** Puts `by` spaces before every line that is not empty. */
export function indent(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** `1 tile`, `2 tiles`, `3 switches` (with the plural given). */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export interface TableOptions {
  /** The first row is a header, underlined. */
  readonly header?: boolean;
  /** Per column `l` or `r`; by default a column of numbers goes right. */
  readonly align?: string;
  readonly gap?: number;
}

/** Aligns rows into columns; no trailing spaces, no newline at the end. */
export function table(rows: readonly (readonly (string | number)[])[], options: TableOptions = {}): string {
  const cells = rows.map((row) => row.map(String));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const body = options.header ? cells.slice(1) : cells;
  const widths = Array.from({ length: columns }, (_, c) => Math.max(0, ...cells.map((row) => row[c]?.length ?? 0)));
  const right = widths.map((_, c) =>
    options.align?.[c] ? options.align[c] === 'r' : body.length > 0 && body.every((row) => isNumeric(row[c])),
  );
  const gap = ' '.repeat(options.gap ?? 2);
  const format = (row: readonly string[]) =>
    widths
      .map((width, c) => (right[c] ? (row[c] ?? '').padStart(width) : (row[c] ?? '').padEnd(width)))
      .join(gap)
      .trimEnd();
  const lines = cells.map(format);
  if (options.header && lines.length > 0) lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join(gap));
  return lines.join('\n');
}

/** The candidate nearest to a misspelt word, or nothing when none is near enough. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const distance = candidate === word ? 0 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replace, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNumeric(cell: string | undefined): boolean {
  return cell === undefined || cell === '' || /^[-+]?[\d.,]+(e[-+]?\d+)?\s?[%×x]?$/i.test(cell) || cell === '–' || cell === '-';
}
