import { explicit, program } from 'kiln';
export default program({
  name: 'mine',
  params: {},
  build: () =>
    explicit((v) => {
      const x = v.dramIn('x', 'i32', [16]);
      const y = v.dramOut('y', 'i32', [16]);
      const a = v.sram('a', 'i32', [16]);
      const b = v.sram('b', 'i32', [16]);
      v.load(x, [0], a);
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => {
        b.set([i], (i.value.add(5) as any).div(a.at(i)));
      });
      v.store(y, [0], b);
    }),
  data: () => ({ arrays: { x: Int32Array.from({ length: 16 }, (_, i) => (i % 3) - 1) } }),
  reference: (_: any, { arrays: { x } }: any) => ({
    outputs: { z: x.map((d: number, i: number) => (d === 0 ? -1 : Math.trunc((i + 5) / d))) },
  }),
});
