/**
 * What must not compile. `tsc` reads this file: each `@ts-expect-error` fails the build when the line below it
 * is accepted. It is never run.
 */
import { explicit, operate, patterns, program, reduce, type Target } from 'kiln';

declare const target: Target;

explicit(({ dramIn, dramOut, result, sram, table, pipe, load, store, leaf, guard }) => {
  const x = dramIn('x', 'f32', [64, 8]);
  const y = dramOut('y', 'f32', [64, 8]);
  const row = sram('row', 'f32', [8]);
  const words = sram('words', 'i32', [8]);
  const lut = table('lut', 'f32', [8, 2], (i, j) => i + j);
  // @ts-expect-error the function of a table has the indices of its shape
  table('odd', 'f32', [8], (i, j) => i + j);
  const sum = result('sum', 'f32');
  pipe({ t: 64 }, ({ t }) => {
    load(x, [t, 0], row);
    store(y, [t, 0], row);
    // @ts-expect-error an output is not loaded
    load(y, [t, 0], row);
    // @ts-expect-error an input is not stored
    store(x, [t, 0], row);
    // @ts-expect-error the array has two dimensions
    load(x, [t], row);
    // @ts-expect-error floats do not go into a memory of integers
    load(x, [t, 0], words);
    leaf({ i: { max: 8, par: 4 } }, ({ i }) => {
      sum.set(reduce('add', row.at(i).mul(row.at(i)).add(1.5), [t, i]));
      words.set([i], row.at(i).lt(0).select(words.at(i), 3));
      guard(t.add(i.mul(2)), 9);
      // @ts-expect-error a table is only read
      lut.set([i, 0], lut.at(i, 1));
      // @ts-expect-error f32 and i32 do not mix
      row.at(i).add(words.at(i));
      // @ts-expect-error the memory has one dimension
      row.at(i, i);
      // @ts-expect-error an index is not data
      row.at(i).add(i);
      // @ts-expect-error data is not an index
      row.at(words.at(i));
      // @ts-expect-error there is no loop j
      ({}) as { i: typeof i }['j'];
      // @ts-expect-error floats have no bits to combine
      row.at(i).and(1);
      // @ts-expect-error integers are converted already
      words.at(i).toInt();
      // @ts-expect-error the result is a float
      sum.set(words.at(i));
      // @ts-expect-error indices are added with `add`
      row.at(i + 1);
      // @ts-expect-error an index times an index is not affine
      row.at(i.mul(t));
      // @ts-expect-error lanes are not combined by subtraction
      reduce('sub', row.at(i), [i]);
      operate('bdot2', words.at(i), 3, row.at(i))
        .exp()
        .sub(operate('fscale', row.at(i), words.at(i)));
      words.at(i).div(3).fixMul(words.at(i), 8).asFloat().pow(2).asInt().mod(words.at(i));
      // @ts-expect-error the exponent of a scaling is an integer
      operate('fscale', row.at(i), row.at(i));
      // @ts-expect-error fma takes three
      operate('fma', row.at(i), row.at(i));
      // @ts-expect-error the result is an integer
      operate('bpack', row.at(i), row.at(i)).exp();
      // @ts-expect-error integers have no logarithm
      words.at(i).log();
      // @ts-expect-error floats have no remainder
      row.at(i).mod(2);
      // @ts-expect-error a choice is made between values of one type
      row.at(i).lt(0).select(words.at(i), row.at(i));
    });
  });
});

patterns(target, ({ input, map, outer, filter, flatMap, scan, groupBy, fold, output, result }) => {
  const x = input('x', 'f32', [64]);
  const n = input('n', 'i32', [32]);
  const m = input('m', 'f32', [64, 64]);
  output(
    'y',
    map([x, n], (a, b) => b.lt(0).select(a, 0)),
  );
  result('sum', fold('add', filter(x, n)));
  const positive = filter(x, (a) => a.gt(0));
  output('positive', positive);
  result(
    'logs',
    fold(
      'add',
      map([positive], (a) => a.log()),
    ),
  );
  output('running', scan('max', m));
  output('runs', scan('add', positive));
  output(
    'groups',
    groupBy(
      'add',
      4,
      map([positive], (a) => a.toInt()),
      positive,
    ),
  );
  output(
    'both',
    flatMap([x], (a) => [a, { value: a.neg(), when: a.lt(0) }]),
  );
  // @ts-expect-error a predicate is an integer
  filter(x, (a) => a.abs());
  // @ts-expect-error a mask has the shape of what it masks
  filter(m, n);
  const some = filter(m, (a) => a.gt(0));
  // @ts-expect-error what is left of a matrix has no rows to scan
  scan('add', some);
  // @ts-expect-error whether an element is there is an integer
  flatMap([x], (a) => [{ value: a, when: a }]);
  // @ts-expect-error filtered elements have no places to be combined at with others
  map([positive, x], (a, b) => a.add(b));
  // @ts-expect-error keys are integers
  groupBy('add', 4, positive, positive);
  // @ts-expect-error a scan is a collection
  result('last', scan('add', x));
  // @ts-expect-error vectors and matrices are not combined element by element
  map([x, m], (a, b) => a.add(b));
  // @ts-expect-error elements of different types are not added
  map([x, n], (a, b) => a.add(b));
  // @ts-expect-error an outer product is of vectors
  outer(x, m, (a, b) => a.mul(b));
  // @ts-expect-error a mask is of integers
  filter(x, x);
  // @ts-expect-error a result is one value
  result('all', x);
  // @ts-expect-error an output is a collection
  output('one', fold('add', x));
});

program({
  name: 'typed',
  params: { n: { default: 4, min: 1, max: 8, doc: '' }, dtype: { default: 'i32', choices: ['i32', 'f32'], doc: '' } },
  build: ({ n, dtype }, { lanes }) => {
    const size: number = n + lanes;
    // @ts-expect-error only the words of the list
    const wrong: 'f64' = dtype;
    return patterns(target, ({ input, fold, result }) => result('r', fold('add', input(`x${wrong}`, dtype, [size]))));
  },
  data: (params) => {
    // @ts-expect-error there is no such parameter
    params.m;
    return { arrays: {} };
  },
  reference: () => ({}),
});
