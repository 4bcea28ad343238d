import { explicit, program, reduce } from 'kiln';
export default program({
  name: 'mine',
  params: {},
  build: () =>
    explicit((v) => {
      const x = v.dramIn('x', 'i32', [16]);
      const a = v.sram('a', 'i32', [16]);
      v.load(x, [0], a);
      const s = v.result('s', 'i32');
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => s.set(reduce('add', a.at(i), [i])));
    }),
  data: () => ({ arrays: { x: new Int32Array(15), y: new Int32Array(3) } }),
  reference: () => ({ results: { t: 3 } }),
});
