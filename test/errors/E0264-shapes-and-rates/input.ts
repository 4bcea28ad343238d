import { patterns, program } from 'kiln';
export default program({
  name: 'mine',
  params: { n: { default: 64, min: 1, max: 4096, doc: 'n' } },
  build: ({ n }, target) =>
    patterns(target, ({ input, map, zip, fold, filter, result, output }: any) => {
      const x = input('x', 'i32', [n]);
      const y = input('y', 'f32', [n]);
      const z = input('z', 'i32', [n + 1]);
      const p = map([x, z], (a: any, b: any) => a.add(b));
      const q = map([x, y], (a: any, b: any) => a.add(b));
      const even = filter(
        x,
        map([x], (a: any) => a.gt(3)),
      );
      const r = map([even, x], (a: any, b: any) => a.add(b));
      result('s', fold('add', p));
      result('t', fold('add', q));
      result('u', fold('add', r));
    }),
  data: () => ({ arrays: { x: new Int32Array(64), y: new Float32Array(64), z: new Int32Array(65) } }),
  reference: () => ({ results: { s: 0, t: 0, u: 0 } }),
});
