/** Programs that keep something in the fabric, each of another kind, for runs that are started again without a load. */
import type { Fabric } from '../../src/fabric/graph.ts';
import { argWords, inputWords } from '../../src/frontend/check.ts';
import { type Explicit, explicit } from '../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../src/frontend/dsl/handles.ts';
import { type Program, program } from '../../src/frontend/program.ts';
import { DRAM_PROFILES } from '../../src/sim/dram-profile.ts';
import { buildProgram } from '../../src/sweep/point/build.ts';
import { argumentRegisters, dramImage } from '../../src/sweep/point/image.ts';
import { inputsOf } from '../../src/sweep/point/inputs.ts';
import { blur } from './blur.ts';

const words = (length: number) => Int32Array.from({ length }, (_, i) => ((i * 53) % 97) - 40);

const of = (build: (v: Explicit) => void, length: number): Program =>
  program({
    name: 'case',
    params: {},
    build: () => explicit(build),
    data: () => ({ arrays: { x: words(length), image: words(length) } }),
    reference: () => ({}),
  });

/** By what it keeps. */
export const keepers: Readonly<Record<string, Program>> = {
  'a line buffer that holds all lines': of(blur(words(9 * 26), 9, 26).build, 9 * 26),
  'a line buffer of more lines than it has places': of(blur(words(270 * 18), 270, 18).build, 270 * 18),
  'lines of several pictures, read at a place that moves': of(
    (v) => {
      const x = v.dramIn('x', 'i32', [2, 140, 16]);
      const y = v.dramOut('y', 'i32', [2, 140, 16]);
      v.pipe({ p: 2, r: { max: 140 } }, ({ p, r }) => {
        const rows = v.lineBuffer('rows', 'i32', [4, 16]);
        const sums = v.sram('sums', 'i32', [16]);
        v.load(x, [p, r, 0], rows);
        v.leaf({ k: 4, c: { max: 16, par: 8 } }, ({ k, c }) =>
          sums.set([c], reduce('add', rows.at(k, c), [k], { kind: 'const', bits: 0 })),
        );
        v.store(y, [p, r, 0], sums);
      });
    },
    2 * 140 * 16,
  ),
  'a table': of((v) => {
    const x = v.dramIn('x', 'i32', [64]);
    const y = v.dramOut('y', 'i32', [64]);
    const [from, to] = [v.sram('from', 'i32', [64]), v.sram('to', 'i32', [64])];
    const table = v.table('table', 'i32', [64], (i) => i * i);
    v.load(x, [0], from);
    v.leaf({ i: { max: 64, par: 8 } }, ({ i }) => to.set([i], from.at(i).add(table.at(i))));
    v.store(y, [0], to);
  }, 64),
  'sums that stay in accumulators, and one that stays in memory': of((v) => {
    const x = v.dramIn('x', 'i32', [8, 32]);
    const y = v.dramOut('y', 'i32', [32]);
    const total = v.result('total', 'i32');
    const sums = v.sram('sums', 'i32', [32]);
    v.memreduce(sums, { t: 8 }, ({ t }) => {
      const tile = v.sram('tile', 'i32', [32]);
      v.load(x, [t, 0], tile);
      return tile;
    });
    v.leaf({ i: { max: 32, par: 8 } }, ({ i }) => total.set(reduce('add', sums.at(i), [i])));
    v.store(y, [0], sums);
  }, 8 * 32),
  'a memory that a run folds into': of((v) => {
    const x = v.dramIn('x', 'i32', [8, 32]);
    const y = v.dramOut('y', 'i32', [32]);
    const sums = v.sram('sums', 'i32', [32]);
    v.load(x, [3, 0], sums);
    v.memfold(sums, { t: 8 }, ({ t }) => {
      const tile = v.sram('tile', 'i32', [32]);
      v.load(x, [t, 0], tile);
      return tile;
    });
    v.store(y, [0], sums);
  }, 8 * 32),
  'words that a predicate leaves unwritten': of((v) => {
    const x = v.dramIn('x', 'i32', [64]);
    const y = v.dramOut('y', 'i32', [64]);
    const [from, to] = [v.sram('from', 'i32', [64]), v.sram('to', 'i32', [64])];
    v.load(x, [0], from);
    v.leaf({ i: { max: 64, par: 8 } }, ({ i }) => to.set([i], from.at(i), { when: from.at(i).gt(0) }));
    v.store(y, [0], to);
  }, 64),
  'a FIFO': of((v) => {
    const x = v.dramIn('x', 'i32', [5, 36]);
    const sums = v.result('sums', 'i32');
    v.pipe({ t: 5 }, ({ t }) => {
      const tile = v.sram('tile', 'i32', [36]);
      const kept = v.fifo('kept', 'i32', 36);
      v.load(x, [t, 0], tile);
      v.leaf({ i: { max: 36, par: 4 } }, ({ i }) => kept.enqueue(tile.at(i).mul(3)));
      v.leaf({ i: { max: 36, par: 1 } }, ({ i }) => sums.set(reduce('add', kept.dequeue().add(1), [t, i])));
    });
  }, 5 * 36),
  'tiles with several buffers, branches, and an array that is loaded and stored': of((v) => {
    const x = v.dramInOut('x', 'i32', [6, 32]);
    v.seq({ t: 6 }, ({ t }) => {
      const tile = v.sram('tile', 'i32', [32]);
      const flag = v.reg('flag', 'i32');
      v.load(x, [t, 0], tile);
      v.leaf({ i: { max: 32, par: 8 } }, ({ i }) => flag.set(reduce('add', tile.at(i), [i])));
      v.when(flag.value.gt(0), () => {
        const more = v.sram('more', 'i32', [32]);
        v.leaf({ i: { max: 32, par: 8 } }, ({ i }) => more.set([i], tile.at(i).add(1)));
        v.store(x, [t, 0], more);
      });
    });
  }, 6 * 32),
};

/** A program compiled, with its data, as either machine takes it. */
export function readyToStart(fabric: Fabric, made: Program, seed = 1) {
  const { params, loops, kbit, host } = buildProgram(fabric, made, {}, {});
  const inputs = inputsOf(made, params, loops, { arrays: new Map(), args: new Map(), seed });
  const image = dramImage(fabric.arch, host, kbit, inputWords(inputs));
  return { kbit, options: { image, args: argumentRegisters(fabric.arch, host, argWords(loops, inputs)), dram: DRAM_PROFILES.pir2020 } };
}
