/** The steps of a program, in its order: transfers, leaves, and the operations of a leaf. A cut lies behind one of them. */
import type { Leaf, LoopProgram, Nest, Statement, Transfer } from '../../ir/loops.ts';

export interface Step {
  /** Where the statement stands: its number in the body of each nest around it, outermost first. */
  readonly path: readonly number[];
  readonly statement: Leaf | Transfer;
  /** Within a leaf: the value behind which the cut lies. */
  readonly value?: number;
}

/** All steps of a program; the last one is its end. */
export function stepsOf(program: LoopProgram): Step[] {
  const steps: Step[] = [];
  const visit = (statement: Statement, path: readonly number[]): void => {
    if (statement.kind === 'nest') {
      for (const [i, child] of statement.body.entries()) visit(child, [...path, i]);
      return;
    }
    if (statement.kind === 'leaf')
      for (const [value, { kind }] of statement.values.slice(0, -1).entries()) if (kind === 'op') steps.push({ path, statement, value });
    steps.push({ path, statement });
  };
  visit(program.body, []);
  return steps;
}

/** The nests around a statement, outermost first. */
export function nestsAlong(body: Nest, path: readonly number[]): Nest[] {
  const nests = [body];
  for (const i of path.slice(0, -1)) nests.push(nests[nests.length - 1].body[i] as Nest);
  return nests;
}
