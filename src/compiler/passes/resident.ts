/**
 * resident: sums that the accumulators of a leaf hold as a whole stay in them. From iteration to iteration of a loop around the
 * leaf they need not go through a memory.
 *
 *   nest (t) { leaf (k, i) { %1 = reduce fadd %0 over k carried s[i] over t first 0; s[i] = %1 } }
 *     =>
 *   nest (t) { leaf (k, i) { %1 = reduce fadd %0 over t k from 0; s[i] = %1 } }
 *
 * More than a saving: the next iteration follows the last element at once, and a pipeline that waits for its own results has
 * no way to let them out.
 */
import { isSingle } from '../../ir/affine.ts';
import type { Leaf, Loop, LoopProgram, Nest, Reduce, Statement } from '../../ir/loops.ts';

export function keepResident(program: LoopProgram): LoopProgram {
  const visit = (statement: Statement, around: readonly Nest[]): Statement => {
    if (statement.kind === 'nest') return { ...statement, body: statement.body.map((child) => visit(child, [...around, statement])) };
    return statement.kind === 'leaf' ? keepIn(statement, around) : statement;
  };
  return { ...program, body: visit(program.body, []) as Nest };
}

function keepIn(leaf: Leaf, around: readonly Nest[]): Leaf {
  const values = leaf.values.map((value, id) => (value.kind === 'reduce' ? (resident(leaf, value, id, around) ?? value) : value));
  return values.every((value, id) => value === leaf.values[id]) ? leaf : { ...leaf, values };
}

/** The reduction over the carrying loops too, where it is the only one that touches its memory in them. */
function resident(leaf: Leaf, reduce: Reduce, id: number, around: readonly Nest[]): Reduce | undefined {
  const { init, over } = reduce;
  if (init.kind !== 'carried' || init.first === undefined || reduce.running) return undefined;
  const carries = (loop: Loop) => init.over.includes(loop.var);
  const outermost = around.findIndex(({ loops }) => loops.some(carries));
  if (outermost < 0) return undefined;
  const nests = around.slice(outermost);
  const first = nests[0].loops.findIndex(carries);
  const loops = nests.flatMap((nest, depth) => (depth === 0 ? nest.loops.slice(first) : nest.loops));
  const sums = (loop: Loop) => carries(loop) || over.includes(loop.var);
  // All loops from there on are summed over, but for the accumulators that take turns in the leaf.
  const entries = leaf.loops.findIndex((loop) => !over.includes(loop.var));
  // (A sum of one element has no accumulators; those of more are as many as the fabric has, or the leaf does not map.)
  const turns =
    leaf.loops.slice(0, Math.max(0, entries)).some((loop) => !isSingle(loop)) &&
    leaf.loops.slice(entries).every((loop) => !over.includes(loop.var));
  if (!turns || !loops.every((loop) => sums(loop) && loop.par === 1 && !loop.bound)) return undefined;
  if (
    leaf.effects.some(
      (effect) => effect.value === id && !(effect.kind === 'write' && effect.memory === init.memory && effect.when === undefined),
    )
  )
    return undefined;
  if (leaf.values.some((value) => 'args' in value && value.args.includes(id))) return undefined;
  const touching = nests[0].body.flatMap((child) => touches(child, init.memory));
  if (touching.some((one) => one !== leaf) || touching.length !== 1) return undefined;
  return {
    ...reduce,
    over: [...loops.map((loop) => loop.var), ...over.filter((name) => !loops.some((loop) => loop.var === name))],
    init: { kind: 'const', bits: init.first },
  };
}

/** Statements that read or write a memory: of a leaf, other than by the reduction that is carried in it. */
function touches(statement: Statement, memory: string): Statement[] {
  if (statement.kind === 'nest') return statement.body.flatMap((child) => touches(child, memory));
  if (statement.kind !== 'leaf') return statement.memory === memory ? [statement] : [];
  const reads = statement.values.some((value) => (value.kind === 'read' || value.kind === 'dequeue') && value.memory === memory);
  const bounds = statement.loops.some(({ bound }) => bound?.memory === memory);
  const writes = statement.effects.filter((effect) => effect.kind !== 'result' && effect.memory === memory);
  if (reads || bounds || writes.length > 1) return [statement, statement];
  return writes.length === 1 ? [statement] : [];
}
