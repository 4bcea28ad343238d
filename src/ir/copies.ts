/** What a program asks for side by side: copies of loops in space, `par` of every loop but the last of a leaf, whose `par` are lanes. */
import { tripsOf } from './affine.ts';
import type { Loop, LoopProgram, Nest, Source, Statement } from './loops.ts';

/** A loop that does not get all the copies, or lanes, it asks for. */
export interface FewerCopies {
  readonly loop: string;
  readonly asked: number;
  readonly got: number;
  readonly source?: Source;
}

const copiesOf = (loop: Loop): number => Math.min(loop.par, tripsOf(loop));

/** Loops of a statement that may be copied. */
const copyable = (statement: Statement): readonly Loop[] =>
  statement.kind === 'nest' ? statement.loops : statement.kind === 'leaf' ? statement.loops.slice(0, -1) : [];

/** The most copies that any loop asks for. */
export function mostCopies(program: LoopProgram): number {
  const visit = (statement: Statement): number =>
    Math.max(1, ...copyable(statement).map(copiesOf), ...(statement.kind === 'nest' ? statement.body.map(visit) : []));
  return visit(program.body);
}

/** The program with at most so many copies of each loop. It means the same; floats may be summed in another order. */
export function withCopiesAtMost(program: LoopProgram, most: number): LoopProgram {
  const visit = (statement: Statement): Statement => {
    const wide = copyable(statement);
    const loops = (list: readonly Loop[]) => list.map((loop) => (wide.includes(loop) && loop.par > most ? { ...loop, par: most } : loop));
    if (statement.kind === 'nest') return { ...statement, loops: loops(statement.loops), body: statement.body.map(visit) };
    return statement.kind === 'leaf' ? { ...statement, loops: loops(statement.loops) } : statement;
  };
  return { ...program, copies: most, body: visit(program.body) as Nest };
}

/** Which loops get fewer copies than they ask for, in program order. */
export function fewerCopies(program: LoopProgram, most: number): FewerCopies[] {
  const visit = (statement: Statement): FewerCopies[] => [
    ...copyable(statement)
      .filter((loop) => copiesOf(loop) > most)
      .map((loop) => ({ loop: loop.var, asked: copiesOf(loop), got: most, ...(statement.source && { source: statement.source }) })),
    ...(statement.kind === 'nest' ? statement.body.flatMap(visit) : []),
  ];
  return visit(program.body);
}

/** The program with at most so many lanes of each leaf. It means the same; floats may be summed in another order. */
export function withLanesAtMost(program: LoopProgram, most: number): LoopProgram {
  const visit = (statement: Statement): Statement => {
    if (statement.kind === 'nest') return { ...statement, body: statement.body.map(visit) };
    const last = statement.kind === 'leaf' ? statement.loops.at(-1) : undefined;
    if (statement.kind !== 'leaf' || !last || last.par <= most) return statement;
    return { ...statement, loops: [...statement.loops.slice(0, -1), { ...last, par: most }] };
  };
  const body = visit(program.body) as Nest;
  return fewerLanes(program, most).length > 0 ? { ...program, body } : program;
}

/** Which loops get fewer lanes than they ask for, in program order. */
export function fewerLanes(program: LoopProgram, most: number): FewerCopies[] {
  const visit = (statement: Statement): FewerCopies[] => {
    if (statement.kind === 'nest') return statement.body.flatMap(visit);
    const last = statement.kind === 'leaf' ? statement.loops.at(-1) : undefined;
    if (!last || last.par <= most) return [];
    return [{ loop: last.var, asked: last.par, got: most, ...(statement.source && { source: statement.source }) }];
  };
  return visit(program.body);
}
