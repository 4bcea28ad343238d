/**
 * A program as the text of one JavaScript function.
 *
 *   nest (t: 0..64 step 32) { leaf (i: 0..32 par 16) { r = reduce add x over t i; result s = r } }
 *   =>
 *   start(r); for (let v_t ...) { for (let v_i ...) { r = add(r, x) } } finish(r); results.s = r
 *
 * A reduction starts before and finishes after the outermost of its loops, wherever that stands.
 */
import { EXPRESSION_NAMES } from '../ops/expression.ts';
import { tripsOf } from './affine.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { type LeafPlace, leafBody, type ReductionCode, reductionsOf } from './evaluate-leaf.ts';
import { queueReaders, roundsOf } from './evaluate-queues.ts';
import { affine, Block, endOf, type Names, wordText } from './evaluate-values.ts';
import { lineOf } from './line-verify.ts';
import type { Bound, Leaf, Loop, LoopProgram, Nest, Statement, Transfer } from './loops.ts';

/** The body of a function of (dram, memories, queues, args, results, lib). */
export function generateCode(program: LoopProgram, options: EvaluateOptions): string {
  const names: Names = { program, readers: queueReaders(program), rounds: roundsOf(program), ops: options.evalOp !== undefined };
  const lines = ["'use strict';", `const { transfer, fma, bits, num, ops, ${Object.keys(EXPRESSION_NAMES).join(', ')} } = lib;`];
  for (const { name } of program.dram) lines.push(`const d_${name} = dram.${name};`);
  // Every word by both its readings: legal programs have no casts left.
  for (const { kind, name } of program.memories)
    lines.push(
      kind === 'fifo'
        ? `const q_${name} = queues.${name};`
        : `const m_${name} = memories.${name}, n_${name} = new Float32Array(m_${name}.buffer);`,
    );
  for (const { name } of program.args) lines.push(`const a_${name} = args.${name}, b_${name} = num(a_${name});`);
  const root = placeOf(program.body, [], { count: 0 }, options);
  for (const leaf of root.leaves) for (const reduction of leaf.reductions) lines.push(...reduction.declare);
  emit(root, names, lines);
  return lines.join('\n');
}

/** A statement with the loops around it and the leaves inside it. */
interface Placed {
  readonly statement: Statement;
  readonly outer: readonly Loop[];
  readonly children: readonly Placed[];
  readonly leaves: readonly LeafPlace[];
}

function placeOf(statement: Statement, outer: readonly Loop[], numbers: { count: number }, options: EvaluateOptions): Placed {
  if (statement.kind === 'nest') {
    const inner = [...outer, ...statement.loops];
    const children = statement.body.map((child) => placeOf(child, inner, numbers, options));
    return { statement, outer, children, leaves: children.flatMap((child) => child.leaves) };
  }
  if (statement.kind !== 'leaf') return { statement, outer, children: [], leaves: [] };
  const loops = [...outer, ...statement.loops];
  return {
    statement,
    outer,
    children: [],
    leaves: [{ leaf: statement, loops, reductions: reductionsOf(statement, loops, numbers.count++, options) }],
  };
}

function emit(placed: Placed, names: Names, lines: string[]): void {
  const { statement } = placed;
  if (statement.kind === 'leaf') {
    for (const effect of statement.effects) if (effect.kind === 'write') lines.push(...newLine(effect.memory, names));
    emitLoops(placed, 0, names, lines, () => lines.push(...leafBody(placed.leaves[0], names)));
  } else if (statement.kind === 'nest') {
    emitLoops(placed, 0, names, lines, () => {
      for (const child of placed.children) emit(child, names, lines);
      for (const queue of names.rounds.get(statement) ?? []) lines.push(`q_${queue}.round();`);
    });
  } else lines.push(transferCode(statement, names));
}

/** The loops of a nest, or of a leaf but its lane loop, with the starts and finishes of reductions around them. */
function emitLoops(placed: Placed, at: number, names: Names, lines: string[], body: () => void): void {
  const { loops } = placed.statement as Nest | Leaf;
  const loop = loops[at];
  if (!loop) {
    body();
    return;
  }
  const depth = placed.outer.length + at;
  const beginning = placed.leaves.flatMap((leaf) =>
    leaf.reductions.filter((r) => r.depth === depth).map((reduction) => ({ leaf, reduction })),
  );
  for (const { leaf, reduction } of beginning) lines.push(...reduction.start(new Block(leaf.leaf, leaf.loops, names)));
  if (placed.statement.kind === 'leaf' && at === loops.length - 1) body();
  else {
    const end = endOf(loop, names.program);
    lines.push('{', ...end.define);
    lines.push(`for (let v_${loop.var} = ${loop.min}; v_${loop.var} < ${end.text}; v_${loop.var} += ${loop.step}) {`);
    emitLoops(placed, at + 1, names, lines, body);
    lines.push('}', '}');
  }
  for (const leaf of new Set(beginning.map((entry) => entry.leaf))) lines.push(...finishCode(leaf, depth, names));
}

/** Ends the reductions of a leaf that begin at a depth, and does what is done with them. */
function finishCode(place: LeafPlace, depth: number, names: Names): string[] {
  const { leaf } = place;
  const ending = place.reductions.filter((reduction) => reduction.depth === depth);
  const effects = leaf.effects.filter((effect) => ending.some((reduction) => reduction.reaches(effect.value)));
  const block = new Block(leaf, place.loops, names, new Map(ending.map((reduction: ReductionCode) => [reduction.id, reduction.value])));
  const stationary = ending.some((reduction) => !reduction.tree);
  const lane = leaf.loops[leaf.loops.length - 1];
  const lines = ['{', ...ending.flatMap((reduction) => reduction.finish)];
  if (stationary) lines.push(`for (let v_${lane.var} = ${lane.min}, l = 0; l < ${tripsOf(lane)}; v_${lane.var} += ${lane.step}, l++) {`);
  if (stationary) for (const guard of leaf.guards) lines.push(`if (!(${affine(guard.index)} < ${guard.limit})) continue;`);
  for (const effect of effects) block.effect(effect);
  lines.push(...block.lines);
  if (stationary) lines.push('}');
  lines.push('}');
  return lines;
}

const wordsIn = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The lines of a line buffer move down, before the newest one is written; other memories stay. */
function newLine(name: string, { program }: Names): string[] {
  const memory = program.memories.find((candidate) => candidate.name === name);
  return memory?.kind === 'lines' ? [`m_${name}.copyWithin(0, ${wordsIn(lineOf(memory))});`] : [];
}

function transferCode(transfer: Transfer, names: Names): string {
  const { program, readers } = names;
  const shape = program.dram.find(({ name }) => name === transfer.dram)?.shape ?? [];
  const list = (items: readonly (string | number)[]) => `[${items.join(', ')}]`;
  const word = (bound: Bound | undefined, otherwise: string) => (bound ? wordText(program, bound) : otherwise);
  const data = `${word(transfer.start, '0')}, ${word(transfer.count, 'Infinity')}`;
  const moved = (memory: string) =>
    `transfer(${transfer.kind === 'load'}, d_${transfer.dram}, ${list(shape)}, ${memory}, ${list(transfer.offset.map(affine))}, ${list(transfer.extent)}, ${data});`;
  const memory = program.memories.find(({ name }) => name === transfer.memory);
  if (memory?.kind === 'lines')
    return [...newLine(memory.name, names), moved(`m_${memory.name}.subarray(${(memory.shape[0] - 1) * wordsIn(lineOf(memory))})`)].join(
      ' ',
    );
  if (memory?.kind !== 'fifo') return moved(`m_${transfer.memory}`);
  const box = `const box = new Int32Array(${wordsIn(transfer.extent)});`;
  const queue = `q_${transfer.memory}`;
  return transfer.kind === 'load'
    ? `{ ${box} ${moved('box')} for (const word of box) ${queue}.put(word); }`
    : `{ ${box} for (let w = 0; w < box.length; w++) box[w] = ${queue}.take(${readers.get(transfer)}); ${moved('box')} }`;
}
