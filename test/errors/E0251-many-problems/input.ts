import { explicit, program, reduce } from 'kiln';
export default program({
  name: 'mine',
  params: {},
  build: () =>
    explicit((v) => {
      const x = v.dramIn('x', 'f32', [16]);
      const y = v.dramOut('y', 'i32', [16]);
      const a = v.sram('a', 'f32', [16]);
      const b = v.sram('b', 'i32', [8]);
      v.load(x, [0], a);
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => b.set([i], a.at(i) as any));
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => b.set([i], (a.at(i) as any).add(i.value)));
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => b.set([i], (a as any).at(i, i).toInt()));
      v.store(y as any, [0], a);
      v.store(y, [0, 3] as any, b);
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => b.set([20], 3));
      v.leaf({ i: { max: 16, par: 3 } }, ({ i }) => b.set([i], 3.5));
      v.leaf({ i: { max: NaN, par: 4 } }, ({ i }) => b.set([i], 3));
      v.sram('c', 'i32', [0]);
      v.sram('d', 'i32', [2.5]);
      v.sram('d', 'i32', [-1]);
      v.sram('e', 'u8' as any, [4]);
    }),
  data: () => ({ arrays: { x: new Float32Array(16) } }),
  reference: () => ({ outputs: { y: new Int32Array(16) } }),
});
