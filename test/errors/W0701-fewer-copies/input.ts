import { explicit, program, reduce } from 'kiln';

export default program({
  name: 'mine',
  params: {},
  build: () =>
    explicit(({ dramIn, result, sram, pipe, load, leaf }) => {
      const x = dramIn('x', 'i32', [64]);
      const sum = result('sum', 'i32');
      pipe({ t: { max: 64, step: 8, par: 4 } }, ({ t }) => {
        const tile = sram('tile', 'i32', [8]);
        load(x, [t], tile);
        leaf({ i: { max: 8, par: 4 } }, ({ i }) => sum.set(reduce('add', tile.at(i), [t, i])));
      });
    }),
  data: () => ({ arrays: { x: new Int32Array(64) } }),
  reference: () => ({ results: { sum: 0 } }),
});
