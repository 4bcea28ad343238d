/**
 * zeros: a memory of which words may be read that the iteration has not written is filled with zeros once, before the loops. Predicates
 * leave words out, and so do statements that write other words each time, or write after the read.
 *
 *   nest (t) { leaf (i) { m[i] = x when p };  ... m ... }      =>      leaf (z) { m[z] = 0 };  nest (t) { ... }
 *
 * It has one buffer then, as a word stays as it is where nothing writes it. A memory whose first access writes all of it needs none.
 */
import type { Leaf, LoopProgram, Memory, Nest, Statement } from '../../ir/loops.ts';
import { variable } from '../affine.ts';
import { mayReadOlder } from '../analysis/older-words.ts';
import { type Access, accessesOf, sitesOf } from '../analysis/sites.ts';
import { writesWhole } from '../analysis/whole-writes.ts';

/** `lanes`: how many words are filled at once. */
export function fillUnwritten(program: LoopProgram, lanes: number): LoopProgram {
  const accesses = accessesOf(program, sitesOf(program));
  const open = program.memories.filter((memory) => {
    const list = accesses.get(memory.name) ?? [];
    if (list.some(isPredicated) && !writesAll(list[0], memory.shape)) return true;
    return memory.kind === undefined && !memory.words && mayReadOlder(memory, list, (write) => !isPredicated(write));
  });
  return filledFirst(program, open, lanes);
}

/** The program with memories filled with zeros once, before its loops. */
export function filledFirst(program: LoopProgram, memories: readonly Memory[], lanes: number): LoopProgram {
  if (memories.length === 0) return program;
  const root = program.body;
  const around: readonly Statement[] = root.loops.length === 0 ? root.body : [root];
  const body: Nest = { kind: 'nest', schedule: 'pipe', loops: [], body: [...memories.map((memory) => fillOf(memory, lanes)), ...around] };
  return { ...program, body: root.loops.length === 0 ? { ...root, body: body.body } : body };
}

const isPredicated = ({ site: { statement }, kind, ordinal }: Access): boolean =>
  kind === 'write' && statement.kind === 'leaf' && 'when' in statement.effects[ordinal];

/** Does an access write every word, whatever data says? */
function writesAll(access: Access, shape: readonly number[]): boolean {
  const { statement } = access.site;
  if (access.kind !== 'write' || isPredicated(access)) return false;
  if (statement.kind !== 'leaf') return true;
  return writesWhole(statement, access.index, shape);
}

function fillOf({ name, type, shape, source }: Memory, lanes: number): Leaf {
  const loops = shape.map((max, d) => ({ var: `z$${name}$${d}`, min: 0, max, step: 1, par: d === shape.length - 1 ? lanes : 1 }));
  return {
    kind: 'leaf',
    loops,
    values: [{ kind: 'const', type, bits: 0 }],
    effects: [{ kind: 'write', memory: name, index: loops.map((loop) => variable(loop.var)), value: 0 }],
    guards: [],
    label: `zeros.${name}`,
    ...(source && { source }),
  };
}
