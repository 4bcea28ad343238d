/**
 * unroll: loops with `par` copies become copies in space.
 *
 *   nest (i: 0..8 par 2) { load a; leaf }      leaf (j: 0..6 par 2, k: 0..16 par 16) { ... }
 *   =>
 *   nest (i: 0..8 step 2) {                    leaf (j: 0..6 step 2, k) { ... }
 *     load a$0; leaf$0  with i -> i            leaf (j: 1..6 step 2, k) { ... }
 *     load a$1; leaf$1  with i -> i + 1
 *   }
 *
 * Only lane loops (the last loop of a leaf) keep `par` > 1. Copies of a nest get memories of their own, except
 * those that something outside the nest accesses too; copies of a leaf share memories. Surplus copies of the last group do nothing, by their bounds.
 */
import { DiagnosticError } from '../../base/diagnostic.ts';
import type { AffineExpr, Leaf, Loop, LoopProgram, Memory, Nest, Statement } from '../../ir/loops.ts';
import { unsupported } from '../messages.ts';

export function unroll(program: LoopProgram): LoopProgram {
  const memories: Memory[] = [...program.memories];
  const body = unrollNest(program.body, memories, program.body);
  const used = new Set<string>();
  collectMemories(body, used);
  return { ...program, memories: memories.filter((memory) => used.has(memory.name)), body };
}

function unrollNest(nest: Nest, memories: Memory[], root: Nest): Nest {
  let body: Statement[] = nest.body.flatMap((child): Statement[] => {
    if (child.kind === 'nest') return [unrollNest(child, memories, root)];
    return child.kind === 'leaf' ? unrollLeaf(child) : [child];
  });
  const loops = nest.loops.map((loop) => {
    if (loop.par === 1) return loop;
    const trips = Math.ceil((loop.max - loop.min) / loop.step);
    const copies = Math.min(loop.par, trips);
    if (trips % copies !== 0) {
      throw new DiagnosticError(
        unsupported(
          `${copies} copies of loop \`${loop.var}\``,
          `its ${trips} iterations do not divide`,
          `use a number of copies that divides ${trips}`,
          nest.source,
        ),
      );
    }
    checkReductions(body, loop.var);
    const local = localMemories(body, root, nest);
    body = Array.from({ length: copies }, (_, c) =>
      body.map((child) => copyStatement(child, loop.var, c * loop.step, local, `$${c}`)),
    ).flat();
    for (const name of local) {
      const memory = memories.find((m) => m.name === name) as Memory;
      for (let c = 0; c < copies; c++) memories.push({ ...memory, name: `${name}$${c}` });
    }
    return { ...loop, step: loop.step * copies, par: 1 };
  });
  return { ...nest, loops, body };
}

/** Copies of the loops of a leaf other than the lane loop. */
function unrollLeaf(leaf: Leaf): Leaf[] {
  const at = leaf.loops.findIndex((loop, i) => loop.par > 1 && i < leaf.loops.length - 1);
  if (at < 0) return [leaf];
  const loop = leaf.loops[at];
  checkReductions([leaf], loop.var);
  const trips = Math.ceil((loop.max - loop.min) / loop.step);
  const copies = Math.min(loop.par, trips);
  return Array.from({ length: copies }, (_, c) => {
    const loops = leaf.loops.map((l, i) => (i === at ? { ...l, min: l.min + c * l.step, step: l.step * copies, par: 1 } : l));
    return { ...leaf, loops, label: leaf.label && `${leaf.label}$${c}` };
  }).flatMap(unrollLeaf);
}

function checkReductions(body: readonly Statement[], variable: string): void {
  for (const child of body) {
    if (child.kind === 'nest') checkReductions(child.body, variable);
    if (child.kind !== 'leaf') continue;
    for (const value of child.values) {
      if (value.kind === 'reduce' && value.over.includes(variable)) {
        throw new DiagnosticError(
          unsupported(
            `copies of the reduced loop \`${variable}\``,
            'partial results of copies would need combining',
            'use lanes, or copies of a loop that is not reduced',
            child.source,
          ),
        );
      }
    }
  }
}

/** Memories accessed in these statements only: a copied body owns its tiles, and shares what is filled or emptied outside. */
function localMemories(body: readonly Statement[], root: Nest, nest: Nest): Set<string> {
  const names = new Set<string>();
  for (const child of body) collectMemories(child, names);
  const outside = new Set<string>();
  collectMemories(root, outside, nest);
  return new Set([...names].filter((name) => !outside.has(name)));
}

function collectMemories(statement: Statement, names: Set<string>, except?: Statement): void {
  if (statement === except) return;
  if (statement.kind === 'nest') for (const child of statement.body) collectMemories(child, names, except);
  else if (statement.kind === 'leaf') {
    for (const value of statement.values) {
      if (value.kind === 'read') names.add(value.memory);
      if (value.kind === 'reduce' && value.init.kind === 'carried') names.add(value.init.memory);
    }
    for (const effect of statement.effects) if (effect.kind === 'write') names.add(effect.memory);
  } else names.add(statement.memory);
}

function copyStatement(statement: Statement, variable: string, shift: number, local: ReadonlySet<string>, suffix: string): Statement {
  const expr = (e: AffineExpr): AffineExpr => ({
    ...e,
    base: e.base + e.terms.reduce((sum, t) => sum + (t.var === variable ? t.coef * shift : 0), 0),
  });
  const name = (memory: string) => (local.has(memory) ? memory + suffix : memory);
  if (statement.kind === 'nest')
    return { ...statement, body: statement.body.map((child) => copyStatement(child, variable, shift, local, suffix)) };
  if (statement.kind !== 'leaf') return { ...statement, memory: name(statement.memory), offset: statement.offset.map(expr) };
  return {
    ...statement,
    label: statement.label && statement.label + suffix,
    guards: statement.guards.map((guard) => ({ ...guard, index: expr(guard.index) })),
    values: statement.values.map((value) => {
      if (value.kind === 'read') return { ...value, memory: name(value.memory), index: value.index.map(expr) };
      if (value.kind === 'reduce' && value.init.kind === 'carried') {
        return { ...value, init: { ...value.init, memory: name(value.init.memory), index: value.init.index.map(expr) } };
      }
      if (value.kind === 'index' && value.var === variable && shift !== 0) {
        throw new DiagnosticError(
          unsupported(`index \`${variable}\` as a value`, 'its loop has copies', 'use one copy of this loop', statement.source),
        );
      }
      return value;
    }),
    effects: statement.effects.map((effect) =>
      effect.kind === 'write' ? { ...effect, memory: name(effect.memory), index: effect.index.map(expr) } : effect,
    ),
  };
}

/** Loops of a nest and leaf in order, for messages. */
export const loopNames = (loops: readonly Loop[]): string => loops.map((loop) => loop.var).join(', ');
