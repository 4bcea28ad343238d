/** Branches that the loop around them decides, on the evaluator, the golden machine and in plain arithmetic. */
import { expect, test } from 'vitest';
import { resolveBranches } from '../../../src/compiler/passes/branches.ts';
import type { Condition } from '../../../src/frontend/dsl/counts.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import type { Expr } from '../../../src/frontend/dsl/expr.ts';
import type { Index } from '../../../src/frontend/dsl/index-expr.ts';
import type { Statement } from '../../../src/ir/loops.ts';
import { checkExplicit } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const N = 32;

/** `rounds` passes: one from a to b, which adds 1 to every word, the other back, which doubles them. */
const passes =
  (rounds: number, schedule: 'seq' | 'pipe', decide: (i: Index, v: Explicit) => Condition, other = true) =>
  (v: Explicit): void => {
    const [a, b] = [v.dramInOut('a', 'i32', [N]), v.dramInOut('b', 'i32', [N])];
    const pass =
      (name: string, [source, target]: [typeof a, typeof a], change: (word: Expr<'i32'>) => Expr<'i32'>) =>
      (): void => {
        const [from, to] = [v.fifo(`from_${name}`, 'i32', 8), v.fifo(`to_${name}`, 'i32', 8)];
        v.pipe({ [`t_${name}`]: { max: N, step: 8 } }, (loops) => {
          const t = loops[`t_${name}`];
          v.load(source, [t], from);
          v.leaf({ k: { max: 8, par: 8 } }, () => to.enqueue(change(from.dequeue())));
          v.store(target, [t], to);
        });
      };
    const yes = pass('yes', [a, b], (word) => word.add(1));
    const no = pass('no', [b, a], (word) => word.mul(2));
    v.nest(schedule, { i: rounds }, ({ i }) => v.when(decide(i, v), yes, other ? no : undefined));
  };

const a = Int32Array.from({ length: N }, (_, i) => i * 7 - 50);
const b = Int32Array.from({ length: N }, (_, i) => 3 - i);

/** Both arrays after all rounds. */
function after(rounds: number, taken: (i: number) => boolean, other = true): Record<string, Int32Array> {
  let now = { a, b };
  for (let i = 0; i < rounds; i++) {
    if (taken(i)) now = { a: now.a, b: now.a.map((word) => word + 1) };
    else if (other) now = { a: now.b.map((word) => word * 2), b: now.b };
  }
  return now;
}

/** Branches that are left for run time. */
const branchesIn = (statement: Statement): number =>
  statement.kind !== 'nest'
    ? 0
    : statement.body.reduce((sum, child) => sum + branchesIn(child), statement.loops.some(({ bound }) => bound) ? 1 : 0);

test.each<[string, number, 'seq' | 'pipe', (i: Index, v: Explicit) => Condition, (i: number) => boolean, number]>([
  ['every other round', 6, 'seq', (i) => i.value.and(1).eq(0), (i) => i % 2 === 0, 0],
  ['every other round, the other first', 4, 'pipe', (i) => i.value.and(1), (i) => i % 2 === 1, 0],
  ['an odd number of rounds', 7, 'seq', (i) => i.value.and(1).eq(0), (i) => i % 2 === 0, 0],
  ['never', 3, 'seq', () => 0, () => false, 0],
  ['always', 3, 'seq', (i) => i.value.ge(0), () => true, 0],
  ['one arm twice a round', 6, 'seq', (i) => i.value.mod(3).eq(0), (i) => i % 3 === 0, 2],
  ['no round', 5, 'seq', (i) => i.value.eq(1), (i) => i === 1, 2],
  ['as an argument says', 4, 'seq', (_, v) => v.argIn('n', 'i32'), () => true, 2],
])('%s', async (_, rounds, schedule, decide, taken, left) => {
  const build = passes(rounds, schedule, decide);
  expect(branchesIn(resolveBranches(explicit(build)).body)).toBe(left);
  if (left === 0) await checkExplicit(demo, build, { a, b }, { outputs: after(rounds, taken) });
});

test('one arm alone', async () => {
  const build = passes(5, 'seq', (i) => i.value.and(1).eq(1), false);
  await checkExplicit(demo, build, { a, b }, { outputs: after(5, (i) => i % 2 === 1, false) });
});

test('an arm that looks at the number of the round keeps its branch, unless it is the first of a round', async () => {
  const looking = (first: boolean) => (v: Explicit) => {
    const y = v.dramOut('y', 'i32', [8, 8]);
    v.pipe({ i: 8 }, ({ i }) => {
      const row = v.sram('row', 'i32', [8]);
      v.when(i.value.and(1).eq(first ? 0 : 1), () => {
        v.leaf({ k: { max: 8, par: 8 } }, ({ k }) => row.set([k], k.value.add(i.value)));
        v.store(y, [i, 0], row);
      });
    });
  };
  const rows = (first: boolean) =>
    Int32Array.from({ length: 64 }, (_, at) => (Math.floor(at / 8) % 2 === (first ? 0 : 1) ? (at % 8) + Math.floor(at / 8) : 0));
  for (const first of [true, false]) {
    expect(branchesIn(resolveBranches(explicit(looking(first))).body)).toBe(first ? 0 : 1);
    await checkExplicit(demo, looking(first), {}, { outputs: { y: rows(first) } });
  }
});
