import { describe, expect, test } from 'vitest';
import type { LoopProgram } from '../../../src/ir/loops.ts';
import { parseLoops } from '../../../src/ir/loops-parse.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';
import { programs } from '../../../src/programs/index.ts';

const sample = `program "a \\"name\\"" {"n":64,"dtype":"f32"}
dram in x f32 [64] @dot.ts:4:13
dram out y f32 [2, 64]
arg alpha f32
result sum f32
memory tile f32 [32] @"a file.ts":1:2
memory c f32 [2, 4]
memory lut i32 [2, 2] = [3, -1, 0, 2147483647] @dot.ts:5:1
part lut$p1 i32 [1] of -4..1
nest seq () "everything" {
  nest pipe (t: 0..64 step 32, u: 4..-8 step -2 par 3) @dot.ts:7:5 {
    load x[t + -1] [32] -> tile "in"
    leaf (i: 0..32 par 16) {
      guard t + -2*i + 3 < 60
      %0 = read tile[i] : f32
      %1 = const 0x3f800000 : f32
      %2 = index t
      %3 = arg alpha : f32
      %4 = fma %0 %1 %3 : f32
      %5 = reduce fadd %4 over t i : f32
      %6 = reduce fadd %4 over i from 0x00000001 : f32
      %7 = reduce fma %0 %1 over t carried c[u, 0] over t u first 0xffffffff : f32
      %8 = cast %4 : i32
      %9 = macro fixmul 16 %8 %2 : i32
      %10 = macro exp %4 : f32
      write c[u, 3] = %7
      result sum = %5
    }
    store c -> y[0, 4*t + u] [2, 4] "out" @dot.ts:9:9
  }
}
`;

test('a text with every construct comes back as it was', () => {
  expect(printLoops(parseLoops(sample))).toBe(sample);
});

test('spaces and order of words are free where the printer decides', () => {
  const loose = sample.replaceAll('\n', '\n\n   ').replaceAll(', ', ' , ').replaceAll('step 32', 'step  32');
  expect(printLoops(parseLoops(loose))).toBe(sample);
});

describe('every shipped program', () => {
  test.each([...programs.values()].map((program) => [program.name, program] as const))('%s', (_, program) => {
    // Which of its choices a pattern program is made with is no part of the text.
    const { choice: _choice, ...built } = program.build(program.resolve());
    const text = printLoops(built);
    const back: LoopProgram = parseLoops(text);
    expect(printLoops(back)).toBe(text);
    expect(back).toEqual(built);
  });
});

test.each([
  ['result sum = %5', 'result sum = 5', /E0230.*expected `%` \(program:27:20\)/],
  ['fma %0 %1 %3', 'fmaa %0 %1 %3', /`fmaa` is no operation/],
  ['nest seq', 'nest sequ', /expected `pipe` or `seq` or `parallel` or `stream` \(program:10:6\)/],
  ['%4 = fma', '%3 = fma', /the next value is %4/],
  ['macro exp', 'macro exq', /`exq` is no macro/],
  ['load x', 'move x', /expected `load` or `store`/],
  ['tile f32 [32]', 'tile f64 [32]', /expected `i32` or `f32`/],
  ['{"n":64,', '{"n":,', /expected JSON/],
])('%s -> %s is refused at its place', (from, to, message) => {
  expect(() => parseLoops(sample.replace(from, to))).toThrow(message);
});

test('what follows the program is refused', () => {
  expect(() => parseLoops(`${sample}nest`)).toThrow(/expected the end/);
});
