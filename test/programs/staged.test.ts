/** Patterns of several stages, iterated ones among them, at every choice of tiles and copies. */
import { describe, expect, test } from 'vitest';
import { defaultTarget, type Target } from '../../src/frontend/program.ts';
import { programNamed } from '../../src/programs/index.ts';
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
