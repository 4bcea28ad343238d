import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuseRanges } from '../../../src/compiler/passes/ranges.ts';
import type { Leaf, LoopProgram, Value } from '../../../src/ir/loops.ts';
import type { Op } from '../../../src/ops/table.ts';

const COMPARE: Record<string, (a: number, b: number) => number> = {
  lt: (a, b) => +((a | 0) < (b | 0)),
  le: (a, b) => +((a | 0) <= (b | 0)),
  ltu: (a, b) => +(a >>> 0 < b >>> 0),
  and: (a, b) => a & b,
  sub: (a, b) => (a - b) | 0,
  mov: (a) => a,
};

function evaluate(leaf: Leaf, id: number, inputs: readonly number[]): number {
  const value = leaf.values[id];
  if (value.kind === 'const') return value.bits | 0;
  if (value.kind === 'read') return inputs[Number(value.memory.slice(1))];
  if (value.kind !== 'op') throw new Error('not in this test');
  const [a, b] = value.args.map((arg) => evaluate(leaf, arg, inputs));
  return COMPARE[value.op](a, b);
}

/** A conjunction of compares of `inputs` values with constants. */
function predicate(terms: readonly { input: number; op: Op; bound: number; constFirst: boolean }[]): LoopProgram {
  const values: Value[] = [0, 1].map((i) => ({ kind: 'read', memory: `m${i}`, index: [], type: 'i32' }));
  let all: number | undefined;
  for (const { input, op, bound, constFirst } of terms) {
    const c = values.push({ kind: 'const', type: 'i32', bits: bound >>> 0 }) - 1;
    const compare = values.push({ kind: 'op', op, args: constFirst ? [c, input] : [input, c], type: 'i32' }) - 1;
    all = all === undefined ? compare : values.push({ kind: 'op', op: 'and', args: [all, compare], type: 'i32' }) - 1;
  }
  const leaf: Leaf = {
    kind: 'leaf',
    loops: [{ var: 'i', min: 0, max: 4, step: 1, par: 4 }],
    values,
    effects: [{ kind: 'result', name: 'r', value: all as number }],
    guards: [],
  };
  return {
    name: 'p',
    params: {},
    dram: [],
    args: [],
    results: [],
    memories: [],
    body: { kind: 'nest', schedule: 'pipe', loops: [], body: [leaf] },
  };
}

const answer = (program: LoopProgram, inputs: readonly number[]) => evaluate(leafOf(program), leafOf(program).effects[0].value, inputs);
const leafOf = (program: LoopProgram) => program.body.body[0] as Leaf;
const edge = fc.constantFrom(0, 1, -1, 5, 24, 9999, 2 ** 31 - 1, -(2 ** 31));

test('a fused predicate is true exactly where the written one is', () => {
  const term = fc.record({
    input: fc.constantFrom(0, 1),
    op: fc.constantFrom<Op>('lt', 'le'),
    bound: fc.oneof(edge, fc.integer()),
    constFirst: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(term, { minLength: 2, maxLength: 6 }),
      fc.array(fc.oneof(edge, fc.integer()), { minLength: 2, maxLength: 2 }),
      (terms, inputs) => {
        const program = predicate(terms);
        const fused = fuseRanges(program);
        const near = [...inputs, ...terms.flatMap((t) => [t.bound - 1, t.bound, t.bound + 1])].map((x) => x | 0);
        for (const x of near) for (const y of near.slice(0, 4)) expect(answer(fused, [x, y])).toBe(answer(program, [x, y]));
      },
    ),
    { numRuns: 400, seed: 11 },
  );
});

test('two ranges take four operations instead of seven', () => {
  const program = predicate([
    { input: 0, op: 'lt', bound: 0, constFirst: true },
    { input: 0, op: 'lt', bound: 9999, constFirst: false },
    { input: 1, op: 'le', bound: 0, constFirst: true },
    { input: 1, op: 'le', bound: 9999, constFirst: false },
  ]);
  const count = (leaf: Leaf) => {
    const seen = new Set<number>();
    const visit = (id: number): void => {
      const value = leaf.values[id];
      if (value.kind !== 'op' || seen.has(id)) return;
      seen.add(id);
      value.args.forEach(visit);
    };
    visit(leaf.effects[0].value);
    return seen.size;
  };
  expect(count(leafOf(program))).toBe(7);
  expect(count(leafOf(fuseRanges(program)))).toBe(4);
});
