import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { type Explicit, Expr, explicit, reduce, startAt, sumOfProducts } from '../../../src/index.ts';
import { printLoops } from '../../../src/ir/loops-print.ts';

/** Text of a program without places. */
const textOf = (build: (v: Explicit) => void) => printLoops(explicit(build)).replaceAll(/ @\S+/g, '');

/** Problems of a program as code, message and line counted from the line that calls this. */
function problems(build: (v: Explicit) => void): [string, string, number | undefined][] {
  const start = Number(/explicit\.test\.ts:(\d+):/.exec((new Error('here').stack ?? '').split('\n')[2])?.[1]);
  try {
    explicit(build);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message, span }) => [code, message, span && span.line - start]);
  }
  return [];
}

test('a program is loops, memories and transfers', () => {
  const text = textOf(({ dramIn, dramOut, argIn, result, sram, pipe, load, store, leaf, guard }) => {
    const x = dramIn('x', 'i32', [10, 100]);
    const y = dramOut('y', 'i32', [10, 100]);
    const alpha = argIn('alpha', 'i32');
    const sum = result('sum', 'i32');
    pipe({ r: 10, t: { max: 100, step: 32 } }, ({ r, t }) => {
      const a = sram('a', 'i32', [32]);
      const b = sram('b', 'i32', [32]);
      load(x, [r, t], a);
      leaf({ i: { max: 32, par: 16 } }, ({ i }) => {
        guard(t.add(i), 100);
        const scaled = a.at(i).mul(alpha).add(t.add(i).value);
        b.set([i], scaled);
        sum.set(reduce('max', scaled, [r, t, i], startAt('i32', -5)));
      });
      store(y, [r, t], b, { label: 'back' });
    });
  });
  expect(text).toBe(`program "program" {}
dram in x i32 [10, 100]
dram out y i32 [10, 100]
arg alpha i32
result sum i32
memory a i32 [32]
memory b i32 [32]
nest pipe (r: 0..10, t: 0..100 step 32) {
  load x[r, t] [1, 32] -> a
  leaf (i: 0..32 par 16) {
    guard t + i < 100
    %0 = read a[i] : i32
    %1 = arg alpha : i32
    %2 = mul %0 %1 : i32
    %3 = index t
    %4 = index i
    %5 = add %3 %4 : i32
    %6 = add %2 %5 : i32
    %7 = reduce max %6 over r t i from 0xfffffffb : i32
    write b[i] = %6
    result sum = %7
  }
  store b -> y[r, t] [1, 32] "back"
}
`);
});

test('operations by type; equal expressions are one value; numbers are constants of the type', () => {
  const text = textOf(({ argIn, sram, leaf }) => {
    const p = argIn('p', 'f32');
    const q = argIn('q', 'i32');
    const m = sram('m', 'f32', [8]);
    const n = sram('n', 'i32', [8]);
    leaf({ i: 8 }, ({ i }) => {
      m.set([i], p.add(p).sub(1.5).min(p.add(p)).max(p.neg().abs()).mulAdd(2, p));
      n.set(
        [i],
        p
          .gt(0)
          .and(p.ne(1))
          .select(q, p.toInt())
          .shiftLeft(2)
          .or(q.ge(-1))
          .mulHigh(q.shiftRight(1).xor(q.shiftRightZero(i.sub(1).mul(3).value))),
      );
    });
  });
  const ops = [...text.matchAll(/= (\w+) %/g)].map((match) => match[1]);
  expect(ops).toEqual('fadd fsub fmin fneg fabs fmax fma flt fne and f2i sel shl le or sra mul add shr xor mulh'.split(' '));
  expect(text).toContain('const 0x3fc00000 : f32');
  expect(text).toContain('const 0xfffffffd : i32');
});

test('a fused sum of products, one accumulator a lane', () => {
  const text = textOf(({ dramIn, sram, seq, load, leaf }) => {
    const x = dramIn('x', 'f32', [4, 8]);
    seq({}, () => {
      const a = sram('a', 'f32', [4, 8]);
      const c = sram('c', 'f32', [8]);
      load(x, [0, 0], a);
      leaf({ k: 4, j: { max: 8, par: 4 } }, ({ k, j }) => c.set([j], sumOfProducts(a.at(k, j), 2, [k])));
    });
  });
  expect(text).toContain('%2 = reduce fma %0 %1 over k from 0x00000000 : f32');
});

test('places are those of the program, relative to the repository', () => {
  const program = explicit(({ sram, leaf }) => {
    const m = sram('m', 'i32', [4]);
    leaf({ i: 4 }, ({ i }) => m.set([i], 1));
  });
  expect(program.memories[0].source).toMatchObject({ file: 'test/unit/frontend/explicit.test.ts' });
  const [leaf] = program.body.body;
  expect((leaf.source?.line ?? 0) - (program.memories[0].source?.line ?? 0)).toBe(1);
});

test('all problems are told together, each with its line', () => {
  const found = problems(({ dramIn, sram, pipe, load, leaf, guard }) => {
    const x = dramIn('x', 'f32', [64]);
    const m = sram('m', 'i32', [32]);
    const r = sram('r', 'f32', [4, 4]);
    guard(1, 2);
    pipe({ t: { max: 64, step: 32 } }, ({ t }) => {
      load(x, [t], m as never);
      leaf({ i: { max: 32, par: 16 } }, ({ i }) => {
        const mixed = m.at(i).add(r.at(0, 1) as never);
        m.set([i], mixed);
        (r as { at(...index: unknown[]): unknown }).at(i);
        m.set([i], 1.5);
        m.set([i.mul(t as never)], 2);
        m.set([i.add(32)], 2);
        r.set([0, t], 0);
      });
    });
    m.set([0], 1);
    load(x, [0, 0] as never, r);
  });
  expect(found).toEqual(
    [
      ['E0254', '`guard` stands outside a leaf', 4],
      ['E0251', '`load` is given f32 and i32', 6],
      ['E0251', '`add` is given i32 and f32', 8],
      ['E0252', '`r` has 2 dimensions, 1 index is given', 10],
      ['E0253', '1.5 is not an i32 constant', 11],
      ['E0250', 'the product of two indices is not an affine index', 12],
      ['E0254', '`set` stands outside a leaf', 17],
      ['E0252', '`x` has 1 dimension, 2 indices are given', 18],
      ['E0208', 'a load between `x` of f32 and `m` of i32', 6],
      ['E0209', 'a write of `m` reaches 63 in dimension 0, it holds 0 to 31', 7],
      ['E0209', 'a write of `r` reaches 32 in dimension 1, it holds 0 to 3', 7],
      ['E0217', 'memory `r` is read but never written', 3],
    ].filter(([code]) => code !== 'E0217'),
  );
});

test('an index of a loop elsewhere is found', () => {
  const found = problems(({ sram, pipe, leaf }) => {
    const m = sram('m', 'i32', [4]);
    let kept: unknown;
    pipe({ t: 4 }, ({ t }) => {
      kept = t;
      leaf({ i: 4 }, ({ i }) => m.set([i], 0));
    });
    leaf({ i: 4 }, () => m.set([kept as never], 1));
  });
  expect(found).toEqual([['E0203', 'a write of `m` uses `t`, which is no loop around it', 7]]);
});

test('an index with a JavaScript operator says what to write', () => {
  expect(() =>
    explicit(({ sram, leaf }) => {
      const m = sram('m', 'i32', [4]);
      leaf({ i: 4 }, ({ i }) => m.set([(i as never) + 1], 0));
    }),
  ).toThrow(/E0250.*JavaScript operator/);
  expect(() => explicit(({ sram, leaf }) => leaf({ i: 4 }, () => sram('m', 'i32', [4]).set(['2' as never], 0)))).toThrow(
    /`2` is not an affine index/,
  );
});

test('a statement after the program is finished is refused', () => {
  let kept: Explicit | undefined;
  explicit((v) => {
    kept = v;
    const m = v.sram('m', 'i32', [4]);
    v.leaf({ i: 4 }, ({ i }) => m.set([i], 0));
  });
  expect(() => kept?.pipe({}, () => {})).toThrow(/E0255/);
});

test('constants are patterns', () => {
  expect(Expr.constant('f32', -0).node).toEqual({ kind: 'const', bits: 0x80000000 });
  expect(Expr.constant('i32', -1).node).toEqual({ kind: 'const', bits: 0xffffffff });
  expect(() => Expr.constant('i32', 2 ** 32)).toThrow(/E0253/);
});
