import { expect, test } from 'vitest';
import { parseLoops } from '../../../src/ir/loops-parse.ts';
import { verifyLoops } from '../../../src/ir/loops-verify.ts';

const good = `program "p" {}
dram in x i32 [64]
dram out y i32 [64]
arg alpha i32
result sum i32
memory tile i32 [32] @p.ts:6:1
memory acc i32 [32]
nest pipe (t: 0..64 step 32) @p.ts:7:1 {
  load x[t] [32] -> tile @p.ts:8:1
  leaf (k: 0..3, i: 0..32 par 16) @p.ts:9:1 {
    guard t + i < 60
    %0 = read tile[i] : i32
    %1 = arg alpha : i32
    %2 = mul %0 %1 : i32
    %3 = reduce add %2 over t k i : i32
    %4 = reduce mac %0 %1 over k from 0x00000000 : i32
    write acc[i] = %4
    result sum = %3
  }
  store acc -> y[t] [32]
}
`;

const codes = (text: string) => verifyLoops(parseLoops(text)).map(({ code }) => code);

test('a good program has no problems', () => {
  expect(codes(good)).toEqual([]);
});

const carried = 'write acc[i] = %4\n    result';

test.each<[string, string, string, string[]]>([
  ['a name of another kind', 'memory acc i32', 'memory x i32', ['E0201', 'E0202', 'E0202']],
  ['a table that is written', 'memory acc i32 [32]', `memory acc i32 [32] = [${new Array(32).fill(1).join(', ')}]`, ['E0226']],
  ['a table without its words', 'memory acc i32 [32]', 'memory acc i32 [32] = [1, 2]', ['E0226', 'E0226']],
  ['an unknown memory', 'read tile[i]', 'read tyle[i]', ['E0202']],
  ['an unknown array', 'load x[t]', 'load z[t]', ['E0202']],
  ['an unknown argument', '%1 = arg alpha', '%1 = arg beta', ['E0202']],
  ['an unknown result', 'result sum = ', 'result total = ', ['E0202', 'E0218']],
  ['a variable of no loop', 'read tile[i]', 'read tile[j]', ['E0203']],
  ['a variable of a loop elsewhere', 'load x[t]', 'load x[i]', ['E0203']],
  ['a wrong rank', 'read tile[i]', 'read tile[i, k]', ['E0204']],
  ['a wrong rank of a transfer', 'load x[t] [32]', 'load x[t, t] [32]', ['E0204']],
  ['a loop without iterations', 'k: 0..3', 'k: 3..3', ['E0205']],
  ['a loop backwards', 'k: 0..3', 'k: 0..3 step -1', ['E0205']],
  ['a loop in a loop of its name', 't: 0..64 step 32', 'k: 0..64 step 32', ['E0203', 'E0206', 'E0203', 'E0211', 'E0203']],
  ['an empty shape', 'memory acc i32 [32]', 'memory acc i32 [0]', ['E0207', 'E0209', 'E0208']],
  ['a load of an output', 'load x[t]', 'load y[t]', ['E0208']],
  ['a load of part of a memory', 'load x[t] [32]', 'load x[t] [16]', ['E0208']],
  ['a load before the array, of zeros', 'load x[t]', 'load x[t + -1]', []],
  ['a store before the array', 'y[t] [32]', 'y[t + -1] [32]', ['E0208']],
  ['a read beyond the memory', 'read tile[i]', 'read tile[i + 1]', ['E0209']],
  ['a write before the memory', 'write acc[i]', 'write acc[i + -1]', ['E0209']],
  ['mixed types', '%2 = mul %0 %1 : i32', '%2 = fmul %0 %1 : i32', ['E0210']],
  ['a wrong result type', '%2 = mul %0 %1 : i32', '%2 = mul %0 %1 : f32', ['E0210', 'E0210']],
  ['a macro of another type', '%2 = mul %0 %1 : i32', '%2 = macro exp %0 : i32', ['E0210']],
  ['a macro of too few operands', '%2 = mul %0 %1 : i32', '%2 = macro div %0 : i32', ['E0210']],
  ['a macro without its format', '%2 = mul %0 %1 : i32', '%2 = macro fixmul %0 %1 : i32', ['E0219']],
  ['a format out of range', '%2 = mul %0 %1 : i32', '%2 = macro fixdiv 17 %0 %1 : i32', ['E0219']],
  ['a format that means nothing', '%2 = mul %0 %1 : i32', '%2 = macro div 3 %0 %1 : i32', ['E0219']],
  ['a cast of two values', '%2 = mul %0 %1 : i32', '%2 = cast %0 %1 : i32', ['E0210']],
  ['a reduction over an outer loop only', 'over t k i', 'over t', ['E0211', 'E0211', 'E0213', 'E0215']],
  ['a reduction that leaves out a middle loop', 'over t k i', 'over t i', ['E0211']],
  ['lanes combined by mac', 'reduce add %2', 'reduce mac %2', ['E0210', 'E0211']],
  ['a lane that starts from nothing', 'over k from 0x00000000', 'over k', ['E0211']],
  ['a reduction of a reduction', 'reduce mac %0 %1 over k', 'reduce mac %0 %3 over k', ['E0211']],
  ['a guard on a loop of single lanes', 'guard t + i', 'guard k + i', ['E0213']],
  ['a leaf that reads what it writes', 'read tile[i]', 'read acc[i]', ['E0214']],
  ['a result that has lanes', 'result sum = %3', 'result sum = %4', ['E0215']],
  ['a write that depends on the reduced loop', 'write acc[i] = %4', 'write acc[k] = %4', ['E0215']],
  ['a memory nobody writes', 'load x[t] [32] -> tile @p.ts:8:1\n', '\n', ['E0217']],
  ['a result nobody sets', '    result sum = %3\n', '', ['E0218']],
  ['a carried place that is not written back', 'over k from 0x00000000', 'over k carried tile[i] over t first 0x00000000', ['E0212']],
  ['a carried place that moves', 'over k from 0x00000000', 'over k carried acc[k] over t first 0x00000000', ['E0212', 'E0212']],
  ['a reduction carried over its own loop', 'over k from 0x00000000', 'over k carried acc[i] over k first 0x00000000', ['E0212']],
  ['a bound that is no i32', 'k: 0..3', 'k: 0..3 below z[t]', ['E0202']],
  ['a bound beyond its memory', 'k: 0..3', 'k: 0..3 below tile[t + 1]', ['E0209']],
  ['a bound that depends on a loop inside', 'k: 0..3', 'k: 0..3 below tile[i]', ['E0203']],
  ['a bound that its loop writes', 'k: 0..3', 'k: 0..3 below acc[0]', ['E0227']],
  ['a bound of a loop in copies', 'k: 0..3', 'k: 0..3 below tile[0] par 3', ['E0227']],
  ['lanes that end at run time, left out of a reduction', 'i: 0..32 par 16', 'i: 0..32 below tile[0] par 16', ['E0211']],
  ['a transfer of as many words as data says', 'x[t] [32] ->', 'x[t] [32] from tile[0] below tile[1] ->', []],
  ['a start without a count', 'x[t] [32] ->', 'x[t] [32] from tile[0] ->', ['E0208']],
  ['a count beyond its memory', 'x[t] [32] ->', 'x[t] [32] below tile[t] ->', ['E0209']],
  ['a bound of run time', 'k: 0..3', 'k: 0..3 below tile[0]', []],
])('%s', (_, from, to, expected) => {
  expect(good).toContain(from);
  expect(codes(good.replace(from, to))).toEqual(expected);
});

test('a legal carried reduction', () => {
  expect(good).toContain(carried);
  expect(codes(good.replace('over k from 0x00000000', 'over k carried acc[i] over t first 0x00000000'))).toEqual([]);
});

test('a leaf needs a loop and an effect', () => {
  expect(codes('program "p" {}\nnest pipe () {\n leaf () { }\n leaf (i: 0..4) { }\n}')).toEqual(['E0216', 'E0216']);
});

test('all problems come at once, each with its place and what to do', () => {
  const bad = good.replace('load x[t]', 'load xx[t]').replace('read tile[i]', 'read tyle[i]');
  const found = verifyLoops(parseLoops(bad));
  expect(found.map(({ message, span, help }) => [message, span?.line, help])).toEqual([
    ['there is no array `xx`', 8, 'did you mean `x`?'],
    ['there is no memory `tyle`', 9, 'did you mean `tile`?'],
  ]);
});
