/** Patterns of several stages, iterated ones among them, at every choice of tiles and copies. */
import { describe, expect, test } from 'vitest';
import { defaultTarget, type Target } from '../../src/frontend/program.ts';
import { printLoops } from '../../src/ir/loops-print.ts';
import { programNamed } from '../../src/programs/index.ts';
import { choosingTarget } from '../../src/sweep/point/target.ts';
import { fabricNamed } from '../support/fabric.ts';
import { demoTarget, runProgram, tinyTarget } from './check.ts';

const targets = { tiny: tinyTarget, demo: demoTarget, plasticine: defaultTarget } as const;

const CASES: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  ['gda', { n: 64, d: 16 }],
  ['gda', { n: 101, d: 19 }],
  ['gda', { n: 1, d: 1 }],
  ['logreg', { n: 64, d: 16, epochs: 2 }],
  ['logreg', { n: 300, d: 37, epochs: 3 }],
  ['logreg', { n: 3, d: 1, epochs: 1 }],
  ['sgd', { batches: 3, batch: 32, d: 16, epochs: 2 }],
  ['sgd', { batches: 2, batch: 75, d: 33, epochs: 2 }],
  ['sgd', { batches: 1, batch: 1, d: 1, epochs: 1 }],
  ['kmeans', { n: 128, d: 16, k: 4, epochs: 2 }],
  ['kmeans', { n: 333, d: 21, k: 7, epochs: 3 }],
  ['kmeans', { n: 2, d: 1, k: 1, epochs: 1 }],
];

/** Takes the choice of this number, or the last there is. */
function choosing(target: Target, level: number): Target {
  let asked = 0;
  return { ...target, predict: () => ({ cycles: asked++ === level ? 1 : 1000 - asked * 50, units: 1 }) };
}

describe.each(Object.entries(targets))('on %s', (_, target) => {
  test.each(CASES)('%s %o', (name, params) => {
    expect(runProgram(programNamed(name), params, target).mismatches).toEqual([]);
  });
});

test.each(CASES.flatMap(([name, params]) => [2, 5].map((level) => [name, params, level] as const)))(
  '%s %o, choice %i',
  (name, params, level) => {
    expect(runProgram(programNamed(name), params, choosing(demoTarget, level)).mismatches).toEqual([]);
  },
);

describe('what streams stays on chip', () => {
  const most = process.env.KILN_FULL ? 100 : 2;

  /** The first choices that load it once, before all steps, each once. */
  function keeping(name: string, params: Readonly<Record<string, number>>, target: Target): Target[] {
    const program = programNamed(name);
    const seen = new Set<string>();
    const found: Target[] = [];
    for (let choice = 0; found.length < most; choice++) {
      const built = program.build(program.resolve(params), { ...target, choice });
      const loops = printLoops(built);
      if (seen.has(loops)) return found;
      seen.add(loops);
      if (loops.includes('_kept')) found.push({ ...target, choice });
    }
    return found;
  }

  test.each(CASES.filter(([, { epochs }]) => epochs > 1))('%s %o', (name, params) => {
    const targets = keeping(name, params, demoTarget);
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(runProgram(programNamed(name), params, target).mismatches).toEqual([]);
  });

  test('it is chosen where that is predicted to be faster: logreg of the paper', () => {
    const fabric = fabricNamed('plasticine');
    const program = programNamed('logreg');
    const loops = printLoops(program.build(program.resolve({ n: 1536, d: 384, epochs: 5 }), choosingTarget(fabric)));
    expect(loops).toContain('load x[384, 0] [384, 384] -> x_kept1');
  });
});
