import { explicit, program } from 'kiln';

export default program({
  name: 'mine',
  params: { n: { default: 64, min: 1, max: 4096, doc: 'elements' } },
  build: ({ n }) =>
    explicit(({ dramIn, dramOut, sram, load, leaf, store }) => {
      const x = dramIn('x', 'i32', [n]);
      const y = dramOut('y', 'i32', [n]);
      const [row, made] = [sram('row', 'i32', [n]), sram('made', 'i32', [n])];
      load(x, [0], row);
      leaf({ i: { max: n, par: 4 } }, ({ i }) => {
        const left = i.value.gt(0).select(row.at(i.sub(1)), 0);
        const right = row.at(i).gt(0).select(row.at(i.add(1)), 0);
        made.set([i], left.add(right));
      });
      store(y, [0], made);
    }),
  data: ({ n }, rng) => ({ arrays: { x: Int32Array.from({ length: n }, () => rng.int(0, 9)) } }),
  reference: (_, { arrays }) => ({ outputs: { y: arrays.x } }),
});
