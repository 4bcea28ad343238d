/** What a part writes and nobody in it reads: it is left out, with all that was only for it. */
import type { LoopProgram, Nest, Statement } from '../../ir/loops.ts';
import { withEffects } from './fission.ts';
import { boundsOf, usesOf } from './uses.ts';

/** The body without dead writes, loads and enqueues, and without what holds nothing else. */
export function withoutDead(body: LoopProgram['body']): LoopProgram['body'] {
  const read = readIn(body);
  let changed = false;
  const visit = (statement: Statement): Statement[] => {
    if (statement.kind === 'nest') {
      const inner = statement.body.flatMap(visit);
      return inner.length === 0 ? [] : [{ ...statement, body: inner }];
    }
    if (statement.kind !== 'leaf') {
      const dead = statement.kind === 'load' && !read.has(statement.memory);
      changed ||= dead;
      return dead ? [] : [statement];
    }
    const effects = statement.effects.filter((effect) => effect.kind === 'result' || read.has(effect.memory));
    if (effects.length === statement.effects.length) return [statement];
    changed = true;
    return effects.length === 0 ? [] : [withEffects(statement, effects)];
  };
  const [now] = visit(body) as Nest[];
  return changed && now ? withoutDead(now) : (now ?? body);
}

/** Memories whose words somebody looks at. */
function readIn(body: Statement): Set<string> {
  const read = new Set<string>();
  const visit = (statement: Statement): void => {
    if (statement.kind === 'nest') {
      for (const { memory } of boundsOf(statement.loops)) read.add(memory);
      statement.body.forEach(visit);
      return;
    }
    for (const { memory, kind } of usesOf(statement)) if (kind === 'read') read.add(memory);
  };
  visit(body);
  return read;
}
