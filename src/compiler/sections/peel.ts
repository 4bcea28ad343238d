/**
 * The first iteration of a loop as a nest of its own, so that a cut can lie within it and not within the others:
 *
 *   pipe (t: 0..10) { A; B }      =>      pipe (t: 0..1) { A; B }   pipe (t: 1..10) { A; B }
 */
import { tripsOf } from '../../ir/affine.ts';
import type { Loop, LoopProgram, Nest, Statement, Value } from '../../ir/loops.ts';

/** A program with a statement to find in it. */
export interface Peeled {
  readonly program: LoopProgram;
  /** As in `Step`: the statement in the first iteration. */
  readonly path: readonly number[];
}

/** Peels the outermost loop around a statement that has more than one iteration; nothing where there is none, or it has to stay whole. */
export function peelAround({ program, path }: Peeled): Peeled | undefined {
  if (path.length === 0) return undefined;
  const lined = new Set(program.memories.flatMap(({ kind, name }) => (kind === 'lines' ? [name] : [])));
  const peel = (nest: Nest, [at, ...below]: readonly number[]): readonly Nest[] | undefined => {
    const loop = nest.loops.find((one) => tripsOf(one) > 1);
    if (loop) return peelable(nest, loop, lined) ? partsOf(nest, loop) : undefined;
    const child = nest.body[at];
    const parts = child?.kind === 'nest' ? peel(child, below) : undefined;
    return parts && [{ ...nest, body: nest.body.flatMap((one, i): readonly Statement[] => (i === at ? parts : [one])) }];
  };
  const parts = peel(program.body, path);
  if (!parts) return undefined;
  if (parts.length === 1) return { program: { ...program, body: parts[0] }, path };
  return { program: { ...program, body: { kind: 'nest', schedule: 'pipe', loops: [], body: parts } }, path: [0, ...path] };
}

function partsOf(nest: Nest, loop: Loop): readonly Nest[] {
  const second = loop.min + loop.step;
  const withLoop = (now: Loop): Nest => ({ ...nest, loops: nest.loops.map((one) => (one === loop ? now : one)) });
  const later = withLoop({ ...loop, min: second });
  return [withLoop({ ...loop, max: second }), { ...later, body: later.body.map((child) => goesOn(child, loop.var)) }];
}

/** Statements of their own for the later iterations; what was carried over the loop from a start goes on from what the first one left. */
function goesOn(statement: Statement, loop: string): Statement {
  if (statement.kind === 'nest') return { ...statement, body: statement.body.map((child) => goesOn(child, loop)) };
  if (statement.kind !== 'leaf') return { ...statement };
  const values = statement.values.map((value): Value => {
    if (value.kind !== 'reduce' || value.init.kind !== 'carried' || !value.init.over.includes(loop)) return value;
    const { first: _, ...init } = value.init;
    return { ...value, init };
  });
  return { ...statement, values };
}

/**
 * No accumulator of a unit goes over its iterations, no start is that of this loop and another one, no line buffer moves with it, and its
 * iterations are counted before the run.
 */
function peelable(nest: Nest, { var: name, bound }: Loop, lined: ReadonlySet<string>): boolean {
  if (bound) return false;
  const stays = (statement: Statement): boolean => {
    if (statement.kind === 'nest') return statement.body.some(stays);
    if (statement.kind !== 'leaf') return lined.has(statement.memory);
    return (
      statement.effects.some((effect) => effect.kind === 'write' && lined.has(effect.memory)) ||
      statement.values.some(
        (value) =>
          value.kind === 'reduce' &&
          (value.over.includes(name) ||
            (value.init.kind === 'carried' &&
              value.init.first !== undefined &&
              value.init.over.includes(name) &&
              value.init.over.length > 1)),
      )
    );
  };
  return !nest.body.some(stays);
}
