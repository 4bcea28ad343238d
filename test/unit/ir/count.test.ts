import { expect, test } from 'vitest';
import { countWork } from '../../../src/ir/count.ts';
import { parseLoops } from '../../../src/ir/loops-parse.ts';

test('iterations that guards let through, reductions, and what follows them', () => {
  const program = parseLoops(`program "p" {}
result r i32
memory m i32 [16]
nest pipe (t: 0..32 step 16, u: 0..3) {
  leaf (i: 0..16 par 8) {
    guard t + i < 20
    %0 = index i
    %1 = mul %0 %0 : i32
    %2 = reduce add %1 over t u i : i32
    %3 = neg %2 : i32
    %4 = mov %1 : i32
    %5 = sub %1 %0 : i32
    write m[i] = %4
    result r = %3
  }
  leaf (k: 0..5, j: 0..16 par 8) {
    %0 = index j
    %1 = reduce mac %0 %0 over k from 0x00000000 : i32
    write m[j] = %1
  }
}
`);
  const { operations, byOp } = countWork(program);
  expect(Object.fromEntries(byOp)).toEqual({ mul: 60, add: 60, neg: 1, mac: 2 * 3 * 5 * 16 });
  expect(operations).toBe(60 + 60 + 1 + 480);
});
