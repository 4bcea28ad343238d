import { explicit, program, reduce } from 'kiln';

export default program({
  name: 'mine',
  params: { n: { default: 64, min: 1, max: 4096, doc: 'elements' } },
  build: ({ n }) =>
    explicit(({ dramIn, result, sram, load, leaf }) => {
      const x = dramIn('x', 'i32', [n]);
      const first = result('first', 'i32');
      const tile = sram('tile', 'i32', [n]);
      load(x, [0], tile);
      leaf({ i: { max: n, par: 16 } }, ({ i }) => first.set(reduce('add', tile.at(i), [i])));
    }),
  data: ({ n }, rng) => ({ arrays: { x: Int32Array.from({ length: n }, () => rng.int(0, 9)) } }),
  reference: (_, { arrays }) => ({ results: { first: arrays.x[0] } }),
});
