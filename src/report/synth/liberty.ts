/** The little that a report needs to know of a Liberty file: which cells there are, and which of them are registers. */
import { type Diagnostic, errorDiagnostic } from '../../base/diagnostic.ts';

export interface LibraryCell {
  /** µm² in the libraries we know of. */
  readonly area: number;
  readonly flipFlop: boolean;
}

export type Library = ReadonlyMap<string, LibraryCell>;

/** The cells with their area, and whether they hold a `ff` group; nothing else of what is inside. */
export function parseLiberty(text: string): Library {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, ' ');
  const heads = [...plain.matchAll(/\bcell\s*\(\s*"?([\w$.]+)"?\s*\)\s*\{/g)];
  return new Map(
    heads.map(({ 1: name, index }, i) => {
      const body = plain.slice(index, heads[i + 1]?.index);
      const area = Number(/\barea\s*:\s*"?([\d.eE+-]+)/.exec(body)?.[1] ?? 0);
      return [name, { area, flipFlop: /\bff(_bank)?\s*\(/.test(body) }];
    }),
  );
}

/** E0950: a file that cannot be mapped to. */
export const notLiberty = (path: string, why: string): Diagnostic =>
  errorDiagnostic('E0950', `\`${path}\` is not a Liberty file to map to: ${why}`, {
    help: 'name the `.lib` of a standard cell library, with gates and at least one flip-flop, not compressed',
  });

/** Why a library will not do; undefined when it will. */
export function lacksOf(library: Library): string | undefined {
  const cells = [...library.values()];
  if (cells.length === 0) return 'it has no cell';
  if (cells.every(({ flipFlop }) => !flipFlop)) return 'none of its cells is a flip-flop';
  return cells.every(({ flipFlop }) => flipFlop) ? 'it has no gate' : undefined;
}
