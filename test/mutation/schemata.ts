/**
 * Mutant schemata: all chosen mutants of a module in one text. Each place becomes `(kiln_mutant::id == k ? wrong :
 * right)`, and the simulation chooses k when it begins (`+mutant=k`; 0 is the module as it is).
 */
import { Rng } from '../../src/base/rng.ts';
import { type Alternative, type Node, parseModule } from './verilog.ts';

/** The package that holds the choice. */
export const MUTANT_PACKAGE = {
  module: 'kiln_mutant',
  text: `package kiln_mutant;
  function automatic int unsigned chosen();
    int unsigned k;
    k = 0;
    if ($value$plusargs("mutant=%d", k) == 0) k = 0;
    return k;
  endfunction
  int unsigned id = chosen();
endpackage
`,
};

export interface Mutant {
  /** As the simulation knows it; from 1 on. */
  readonly id: number;
  readonly module: string;
  readonly what: string;
  /** The line of the generated text, without the blanks around it, and which one of those equal lines. */
  readonly line: string;
  readonly nth: number;
  /** Column of the expression in the line. */
  readonly column: number;
}

export interface Schemata {
  readonly text: string;
  readonly mutants: readonly Mutant[];
  /** Mutants that could have been chosen; places that are fixed at elaboration. */
  readonly possible: number;
  readonly fixed: number;
}

/** Up to `count` mutants of a module, drawn by its name; ids from `firstId` on. */
export function schemataOf(module: string, text: string, count: number, firstId: number, seed = '1'): Schemata {
  const { roots, fixed } = parseModule(text);
  const all: { node: Node; alternative: Alternative }[] = [];
  const collect = (node: Node) => {
    for (const alternative of node.alternatives) all.push({ node, alternative });
    node.kids.forEach(collect);
  };
  roots.forEach(collect);
  const chosen = new Rng(`mutants/${seed}/${module}`).shuffle(all.slice()).slice(0, count);
  const ids = new Map<Alternative, number>();
  // Numbered in the order of the text.
  for (const { alternative } of all) if (chosen.some((one) => one.alternative === alternative)) ids.set(alternative, firstId + ids.size);
  const mutants = all.flatMap(({ node, alternative }): Mutant[] => {
    const id = ids.get(alternative);
    return id === undefined ? [] : [{ id, module, what: alternative.what, ...placeOf(text, node.start) }];
  });
  return { text: emit(text, roots, ids), mutants, possible: all.length, fixed };
}

/** The text with every place that has chosen alternatives opened. */
function emit(text: string, roots: readonly Node[], ids: ReadonlyMap<Alternative, number>): string {
  const inside = (start: number, end: number, nodes: readonly Node[]): string => {
    let out = '';
    let at = start;
    for (const node of [...nodes].sort((a, b) => a.start - b.start)) {
      out += text.slice(at, node.start) + open(node);
      at = node.end;
    }
    return out + text.slice(at, end);
  };
  const open = (node: Node): string => {
    let out = inside(node.start, node.end, node.kids);
    for (const alternative of node.alternatives) {
      const id = ids.get(alternative);
      if (id !== undefined) out = `((kiln_mutant::id == 32'd${id}) ? (${alternative.text}) : (${out}))`;
    }
    return out;
  };
  return inside(0, text.length, roots);
}

function placeOf(text: string, at: number): Pick<Mutant, 'line' | 'nth' | 'column'> {
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const raw = text.slice(start, end);
  const line = raw.trim();
  const before = text.slice(0, start).split('\n');
  return { line, nth: before.filter((other) => other.trim() === line).length, column: at - start - (raw.length - raw.trimStart().length) };
}
