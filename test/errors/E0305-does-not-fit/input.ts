import { explicit, program, reduce } from 'kiln';

export default program({
  name: 'mine',
  params: {},
  build: () =>
    explicit(({ dramIn, result, sram, load, leaf }) => {
      const x = dramIn('x', 'i32', [8, 16]);
      const tile = sram('tile', 'i32', [8, 16]);
      const sum = result('sum', 'i32');
      const rows = result('rows', 'i32');
      const most = result('most', 'i32');
      load(x, [0, 0], tile);
      leaf({ i: { max: 16, par: 16 } }, ({ i }) => sum.set(reduce('add', tile.at(3, i), [i])));
      leaf({ r: 8, i: { max: 16, par: 4 } }, ({ r, i }) => rows.set(reduce('add', r.value.mul(i.value), [r, i])));
      leaf({ i: { max: 16, par: 4 } }, ({ i }) => most.set(reduce('max', tile.at(0, i), [i])));
    }),
  data: () => ({ arrays: { x: new Int32Array(128) } }),
  reference: () => ({ results: { sum: 0, rows: 0, most: 0 } }),
});
