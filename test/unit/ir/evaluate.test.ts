import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { evaluate } from '../../../src/ir/evaluate.ts';
import type { ElementType, Leaf, LoopProgram, Reduce, Statement, Value } from '../../../src/ir/loops.ts';
import { verifyLoops } from '../../../src/ir/loops-verify.ts';
import { signatureOf } from '../../../src/ir/op-types.ts';
import { bitsOf, EVAL, floatOf } from '../../../src/ops/eval.ts';
import { OP_NAMES, OPS, type Op } from '../../../src/ops/table.ts';

const latency = { simple: 1, multiply: 2, float: 4 };
const v = (name: string, coef = 1) => ({ base: 0, terms: [{ var: name, coef }] });
const at = (base: number) => ({ base, terms: [] });
const loop = (name: string, max: number, par = 1, step = 1, min = 0) => ({ var: name, min, max, step, par });
const pipe = (loops: ReturnType<typeof loop>[], body: Statement[]): Statement => ({ kind: 'nest', schedule: 'pipe', loops, body });

interface Parts {
  readonly inputs: Record<string, { type: ElementType; shape: number[]; data: number[] }>;
  readonly outputs?: Record<string, { type: ElementType; shape: number[] }>;
  readonly memories: Record<string, { type: ElementType; shape: number[] }>;
  readonly results?: Record<string, ElementType>;
  readonly args?: Record<string, { type: ElementType; bits: number }>;
  readonly body: Statement;
}

/** Verifies and runs; words come back as unsigned patterns. */
function run(parts: Parts, options: Partial<Parameters<typeof evaluate>[3]> = {}) {
  const scalars = (list: Record<string, { type: ElementType }>) => Object.entries(list).map(([name, { type }]) => ({ name, type }));
  const program: LoopProgram = {
    name: 'test',
    params: {},
    dram: [
      ...Object.entries(parts.inputs).map(([name, { type, shape }]) => ({ name, type, shape, role: 'in' as const })),
      ...Object.entries(parts.outputs ?? {}).map(([name, { type, shape }]) => ({ name, type, shape, role: 'out' as const })),
    ],
    args: scalars(parts.args ?? {}),
    results: Object.entries(parts.results ?? {}).map(([name, type]) => ({ name, type })),
    memories: Object.entries(parts.memories).map(([name, memory]) => ({ name, ...memory })),
    body: parts.body.kind === 'nest' ? parts.body : { kind: 'nest', schedule: 'pipe', loops: [], body: [parts.body] },
  };
  expect(verifyLoops(program)).toEqual([]);
  const inputs = new Map(Object.entries(parts.inputs).map(([name, { data }]) => [name, Uint32Array.from(data, (word) => word >>> 0)]));
  const args = new Map(Object.entries(parts.args ?? {}).map(([name, { bits }]) => [name, bits]));
  return evaluate(program, inputs, args, { latency, ...options });
}

/** The documented order, written out: lanes neighbours first, vectors round a ring, its entries pairwise. */
function treeByHand(op: Op, vectors: readonly (readonly (number | undefined)[])[], ring: number, init?: number): number {
  const join = (a: number | undefined, b: number | undefined) => (a === undefined ? b : b === undefined ? a : EVAL[op](a, b, 0));
  const pairwise = (list: readonly (number | undefined)[]): number | undefined => {
    let level = [...list];
    while (level.length > 1) level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => join(level[2 * i], level[2 * i + 1]));
    return level[0];
  };
  const entries: (number | undefined)[] = new Array(ring).fill(undefined);
  entries[0] = init;
  for (const [n, vector] of vectors.entries()) entries[n % ring] = join(entries[n % ring], pairwise(vector));
  return (pairwise(entries) ?? 0) >>> 0;
}

describe('reductions over lanes', () => {
  const sumLeaf = (op: Op, n: number, par: number, limit: number, init: Reduce['init'] = { kind: 'none' }): Leaf => ({
    kind: 'leaf',
    loops: [loop('i', n, par)],
    values: [
      { kind: 'read', memory: 'm', index: [v('i')], type: 'f32' },
      { kind: 'reduce', op, args: [0], over: ['i'], init, type: 'f32' },
    ],
    effects: [{ kind: 'result', name: 'r', value: 1 }],
    guards: limit < n ? [{ index: v('i'), limit }] : [],
  });

  test.each([
    ['fadd', 1, 1, 1],
    ['fadd', 37, 8, 4],
    ['fadd', 64, 16, 4],
    ['fadd', 100, 5, 3],
    ['fadd', 33, 4, 6],
    ['fmul', 29, 4, 2],
    ['fmin', 29, 4, 4],
    ['fmax', 29, 3, 4],
  ] as const)('%s of %i in %i lanes, ring of %i', (op, n, par, ring) => {
    const rng = new Rng(`${op}${n}`);
    for (const [limit, init] of [
      [n, undefined],
      [Math.ceil(n / 2), undefined],
      [n - 1, bitsOf(3.25)],
      [0, bitsOf(-1)],
      [0, undefined],
    ] as const) {
      const data = Array.from({ length: n }, () =>
        bitsOf(op === 'fmul' ? rng.float32(0.5, 2) : rng.float32(-1e6, 1e6) * (rng.chance(0.3) ? 1e-9 : 1)),
      );
      const body = [
        { kind: 'load' as const, dram: 'x', memory: 'm', offset: [at(0)], extent: [n] },
        sumLeaf(op, n, par, limit, init === undefined ? { kind: 'none' } : { kind: 'const', bits: init >>> 0 }),
      ];
      const parts: Parts = {
        inputs: { x: { type: 'f32', shape: [n], data } },
        memories: { m: { type: 'f32', shape: [n] } },
        results: { r: 'f32' },
        body: pipe([], body),
      };
      const own = { ...latency, float: OPS[op].latency === 'float' ? ring : 4, simple: OPS[op].latency === 'simple' ? ring : 1 };
      const vectors = Array.from({ length: Math.ceil(n / par) }, (_, w) =>
        Array.from({ length: par }, (_, l) => (w * par + l < limit && w * par + l < n ? data[w * par + l] : undefined)),
      );
      const expected = treeByHand(op, vectors, ring, init);
      expect(run(parts, { latency: own }).results.get('r')).toBe(expected);
      expect(run(parts, { latency: own, evalOp: EVAL }).results.get('r')).toBe(expected);
    }
  });

  test('the order shows: another ring gives another sum', () => {
    const rng = new Rng('order');
    const data = Array.from({ length: 200 }, () => bitsOf(rng.float32(-1e6, 1e6)));
    const body = pipe([], [{ kind: 'load', dram: 'x', memory: 'm', offset: [at(0)], extent: [200] }, sumLeaf('fadd', 200, 8, 200)]);
    const parts: Parts = {
      inputs: { x: { type: 'f32', shape: [200], data } },
      memories: { m: { type: 'f32', shape: [200] } },
      results: { r: 'f32' },
      body,
    };
    const sums = [1, 2, 3, 4].map((float) => run(parts, { latency: { ...latency, float } }).results.get('r'));
    expect(new Set(sums).size).toBeGreaterThan(1);
  });

  test('a reduction over tiles goes on from one leaf to the next', () => {
    const n = 24;
    const data = Array.from({ length: n }, (_, i) => i + 1);
    const leaf: Leaf = {
      kind: 'leaf',
      loops: [loop('i', 8, 4)],
      values: [
        { kind: 'read', memory: 'm', index: [v('i')], type: 'i32' },
        { kind: 'reduce', op: 'add', args: [0], over: ['t', 'i'], init: { kind: 'const', bits: 1000 }, type: 'i32' },
        { kind: 'arg', name: 'scale', type: 'i32' },
        { kind: 'op', op: 'mul', args: [1, 2], type: 'i32' },
      ],
      effects: [{ kind: 'result', name: 'r', value: 3 }],
      guards: [
        {
          index: {
            base: 0,
            terms: [
              { var: 't', coef: 1 },
              { var: 'i', coef: 1 },
            ],
          },
          limit: 20,
        },
      ],
    };
    const load: Statement = { kind: 'load', dram: 'x', memory: 'm', offset: [v('t')], extent: [8] };
    const parts: Parts = {
      inputs: { x: { type: 'i32', shape: [n], data } },
      memories: { m: { type: 'i32', shape: [8] } },
      results: { r: 'i32' },
      args: { scale: { type: 'i32', bits: 3 } },
      body: pipe([loop('t', n, 1, 8)], [load, leaf]),
    };
    expect(run(parts).results.get('r')).toBe(3 * (1000 + 210));
  });
});

describe('accumulators of single lanes', () => {
  const matrix = (rows: number, columns: number, f: (i: number, j: number) => number) =>
    Array.from({ length: rows * columns }, (_, at) => f(Math.floor(at / columns), at % columns));

  test('carried over tiles of k, ragged in every dimension, floats in order of k', () => {
    const [m, n, k, ti, tj, tk] = [3, 5, 7, 2, 4, 3];
    const rng = new Rng('carried');
    const a = matrix(m, k, () => bitsOf(rng.float32(-1, 1)));
    const b = matrix(k, n, () => bitsOf(rng.float32(-1, 1)));
    const leaf: Leaf = {
      kind: 'leaf',
      loops: [loop('i', ti), loop('k', tk), loop('j', tj, 2)],
      values: [
        { kind: 'read', memory: 'ma', index: [v('i'), v('k')], type: 'f32' },
        { kind: 'read', memory: 'mb', index: [v('k'), v('j')], type: 'f32' },
        {
          kind: 'reduce',
          op: 'fma',
          args: [0, 1],
          over: ['k'],
          init: { kind: 'carried', memory: 'mc', index: [v('i'), v('j')], over: ['kk'], first: bitsOf(0.5) >>> 0 },
          type: 'f32',
        },
      ],
      effects: [{ kind: 'write', memory: 'mc', index: [v('i'), v('j')], value: 2 }],
      guards: [],
    };
    const parts: Parts = {
      inputs: { a: { type: 'f32', shape: [m, k], data: a }, b: { type: 'f32', shape: [k, n], data: b } },
      outputs: { c: { type: 'f32', shape: [m, n] } },
      memories: { ma: { type: 'f32', shape: [ti, tk] }, mb: { type: 'f32', shape: [tk, tj] }, mc: { type: 'f32', shape: [ti, tj] } },
      body: pipe(
        [loop('ii', m, 1, ti), loop('jj', n, 1, tj)],
        [
          pipe(
            [loop('kk', k, 1, tk)],
            [
              { kind: 'load', dram: 'a', memory: 'ma', offset: [v('ii'), v('kk')], extent: [ti, tk] },
              { kind: 'load', dram: 'b', memory: 'mb', offset: [v('kk'), v('jj')], extent: [tk, tj] },
              leaf,
            ],
          ),
          { kind: 'store', dram: 'c', memory: 'mc', offset: [v('ii'), v('jj')], extent: [ti, tj] },
        ],
      ),
    };
    const expected = matrix(m, n, (i, j) => {
      let sum = bitsOf(0.5);
      for (let p = 0; p < k; p++) sum = EVAL.fma(a[i * k + p], b[p * n + j], sum);
      return sum >>> 0;
    });
    expect([...(run(parts).outputs.get('c') ?? [])]).toEqual(expected);
    expect([...(run(parts, { evalOp: EVAL }).outputs.get('c') ?? [])]).toEqual(expected);
  });

  test('words beyond the end are zeros on chip and not stored', () => {
    const copy: Leaf = {
      kind: 'leaf',
      loops: [loop('i', 4, 4)],
      values: [
        { kind: 'read', memory: 'm', index: [v('i')], type: 'i32' },
        { kind: 'const', type: 'i32', bits: 7 },
        { kind: 'op', op: 'add', args: [0, 1], type: 'i32' },
        { kind: 'reduce', op: 'add', args: [2], over: ['t', 'i'], init: { kind: 'none' }, type: 'i32' },
      ],
      effects: [
        { kind: 'write', memory: 'w', index: [v('i')], value: 2 },
        { kind: 'result', name: 'r', value: 3 },
      ],
      guards: [],
    };
    const parts: Parts = {
      inputs: { x: { type: 'i32', shape: [6], data: [1, 2, 3, 4, 5, 6] } },
      outputs: { y: { type: 'i32', shape: [6] } },
      memories: { m: { type: 'i32', shape: [4] }, w: { type: 'i32', shape: [4] } },
      results: { r: 'i32' },
      body: pipe(
        [loop('t', 12, 1, 4)],
        [
          { kind: 'load', dram: 'x', memory: 'm', offset: [v('t')], extent: [4] },
          copy,
          { kind: 'store', dram: 'y', memory: 'w', offset: [v('t')], extent: [4] },
        ],
      ),
    };
    const { outputs, results } = run(parts);
    expect([...(outputs.get('y') ?? [])]).toEqual([8, 9, 10, 11, 12, 13]);
    expect(results.get('r')).toBe(21 + 12 * 7);
  });
});

test('guarded iterations write nothing, and a memory keeps its words', () => {
  const fill = (value: number, limit: number): Leaf => ({
    kind: 'leaf',
    loops: [loop('i', 6, 4)],
    values: [{ kind: 'const', type: 'i32', bits: value }],
    effects: [{ kind: 'write', memory: 'm', index: [v('i')], value: 0 }],
    guards: limit < 6 ? [{ index: v('i'), limit }] : [],
  });
  const parts: Parts = {
    inputs: {},
    outputs: { y: { type: 'i32', shape: [6] } },
    memories: { m: { type: 'i32', shape: [6] } },
    body: pipe([], [fill(1, 6), fill(2, 3), { kind: 'store', dram: 'y', memory: 'm', offset: [at(0)], extent: [6] }]),
  };
  expect([...(run(parts).outputs.get('y') ?? [])]).toEqual([2, 2, 2, 1, 1, 1]);
});

test('every operation, by generated text and by table, on corners and random patterns', () => {
  const rng = new Rng('ops');
  const n = 400;
  const pattern = () => (rng.chance(0.5) ? rng.float32Bits() : rng.next32());
  const columns = [0, 1, 2].map(() => Array.from({ length: n }, pattern));
  for (const op of OP_NAMES) {
    const { args, result } = signatureOf(op);
    for (const any of ['i32', 'f32'] as const) {
      const types = args.map((type) => (type === 'any' ? any : type));
      const type = result === 'any' ? any : result;
      const values: Value[] = types.map((t, a) => ({ kind: 'read', memory: `m${a}`, index: [v('i')], type: t }));
      values.push({ kind: 'op', op, args: types.map((_, a) => a), type });
      const leaf: Leaf = {
        kind: 'leaf',
        loops: [loop('i', n, 8)],
        values,
        effects: [{ kind: 'write', memory: 'w', index: [v('i')], value: types.length }],
        guards: [],
      };
      const parts: Parts = {
        inputs: Object.fromEntries(types.map((t, a) => [`x${a}`, { type: t, shape: [n], data: columns[a] }])),
        outputs: { y: { type, shape: [n] } },
        memories: { ...Object.fromEntries(types.map((t, a) => [`m${a}`, { type: t, shape: [n] }])), w: { type, shape: [n] } },
        body: pipe(
          [],
          [
            ...types.map((_, a): Statement => ({ kind: 'load', dram: `x${a}`, memory: `m${a}`, offset: [at(0)], extent: [n] })),
            leaf,
            { kind: 'store', dram: 'y', memory: 'w', offset: [at(0)], extent: [n] },
          ],
        ),
      };
      const expected = Array.from({ length: n }, (_, i) => EVAL[op](columns[0][i] | 0, columns[1][i] | 0, columns[2][i] | 0) >>> 0);
      expect([op, ...(run(parts).outputs.get('y') ?? [])]).toEqual([op, ...expected]);
      expect([op, ...(run(parts, { evalOp: EVAL }).outputs.get('y') ?? [])]).toEqual([op, ...expected]);
    }
  }
});

test('words that only move keep the pattern of a NaN; arithmetic gives the one NaN', () => {
  const odd = 0xffc12345;
  const values: Value[] = [
    { kind: 'read', memory: 'm', index: [v('i')], type: 'f32' },
    { kind: 'op', op: 'fadd', args: [0, 0], type: 'f32' },
  ];
  const leaf: Leaf = {
    kind: 'leaf',
    loops: [loop('i', 1)],
    values,
    effects: [
      { kind: 'write', memory: 'a', index: [v('i')], value: 0 },
      { kind: 'write', memory: 'b', index: [v('i')], value: 1 },
    ],
    guards: [],
  };
  const word = { type: 'f32' as const, shape: [1] };
  const { outputs } = run({
    inputs: { x: { ...word, data: [odd] } },
    outputs: { p: word, q: word },
    memories: { m: word, a: word, b: word },
    body: pipe(
      [],
      [
        { kind: 'load', dram: 'x', memory: 'm', offset: [at(0)], extent: [1] },
        leaf,
        { kind: 'store', dram: 'p', memory: 'a', offset: [at(0)], extent: [1] },
        { kind: 'store', dram: 'q', memory: 'b', offset: [at(0)], extent: [1] },
      ],
    ),
  });
  expect(outputs.get('p')?.[0]).toBe(odd);
  expect(outputs.get('q')?.[0]).toBe(0x7fc00000);
  expect(floatOf(outputs.get('q')?.[0] ?? 0)).toBeNaN();
});

test('missing and misshapen inputs are told together', () => {
  const leaf: Leaf = {
    kind: 'leaf',
    loops: [loop('i', 1)],
    values: [{ kind: 'index', var: 'i' }],
    effects: [{ kind: 'write', memory: 'm', index: [v('i')], value: 0 }],
    guards: [],
  };
  const program: LoopProgram = {
    name: 'test',
    params: {},
    dram: [
      { name: 'x', type: 'i32', shape: [3], role: 'in' },
      { name: 'y', type: 'i32', shape: [4], role: 'in' },
    ],
    args: [{ name: 'alpha', type: 'f32' }],
    results: [],
    memories: [{ name: 'm', type: 'i32', shape: [1] }],
    body: { kind: 'nest', schedule: 'pipe', loops: [], body: [leaf] },
  };
  expect(() => evaluate(program, new Map([['y', new Uint32Array(5)]]), new Map(), { latency })).toThrow(
    /E0220.*`x` is missing[\s\S]*E0220.*`y` holds 5 words, the program reads 4[\s\S]*E0221.*`alpha`/,
  );
});
