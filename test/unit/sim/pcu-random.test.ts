import { describe, expect, test } from 'vitest';
import type { Arch } from '../../../src/arch/schema.ts';
import { Rng } from '../../../src/base/rng.ts';
import { createPcu } from '../../../src/sim/bench.ts';
import { archNamed } from '../../support/fabric.ts';
import { LiteralPcu } from '../../support/literal-pcu.ts';
import { randomPcu } from '../../support/random-units.ts';

const ROUNDS = process.env.KILN_FULL ? 6000 : 250;
const CYCLES = 220;

const ARCHS: Record<string, Arch> = {
  tiny: archNamed('tiny'),
  oneLane: archNamed('tiny', { pcu: { lanes: 1, stages: 3, registers: 3 } }),
  wide: archNamed('tiny', { pcu: { lanes: 32, stages: 4, registers: 5, ring: 8 }, latency: { simple: 2, multiply: 3, float: 5 } }),
  integer: archNamed('tiny', { pcu: { lanes: 8, stages: 8, registers: 4, ring: 2, float: false } }),
};

/** Drives the simulator and the literal model with one stimulus and compares everything they show, every cycle. */
function compare(arch: Arch, seed: string): { sent: number } {
  const rng = new Rng(seed);
  const config = randomPcu(arch, rng);
  const bench = createPcu(arch, config);
  const { unit } = bench;
  const literal = new LiteralPcu(arch, config);
  const { lanes } = arch.pcu;
  const eager = rng.pick([0.3, 0.7, 1]);
  const drain = rng.pick([0.2, 0.7, 1]);
  const floats = rng.chance(0.5);
  let sent = 0;
  const word = () => (rng.chance(0.2) ? rng.int(-4, 6) : floats ? rng.float32Bits() : rng.int32()) | 0;
  for (let t = 0; t < CYCLES; t++) {
    /** Compares without the cost of an assertion that holds. */
    const same = (got: unknown, wanted: unknown, what: string, p: number | string) => {
      if (got !== wanted) expect.fail(`${seed}, cycle ${t}, ${what} ${p}: ${got} instead of ${wanted}`);
    };
    const after: (() => void)[] = [];
    unit.inputs.vector.forEach((fifo, p) => {
      same(fifo.count, literal.vectorIn[p].length, 'vector input', p);
      if (!fifo.ready || !rng.chance(eager)) return;
      const mask = rng.chance(0.6) ? (lanes === 32 ? -1 : (1 << lanes) - 1) : rng.int32() & (lanes === 32 ? -1 : (1 << lanes) - 1);
      const data = Array.from({ length: lanes }, (_, i) => ((mask >> i) & 1 ? word() : 0));
      fifo.push(data, mask, 0);
      after.push(() => literal.vectorIn[p].push({ data, mask, last: 0 }));
    });
    unit.inputs.scalar.forEach((fifo, p) => {
      same(fifo.count, literal.scalarIn[p].length, 'scalar input', p);
      if (!fifo.ready || !rng.chance(eager)) return;
      const value = rng.chance(0.7) ? rng.int(-3, 8) : word();
      fifo.push([value]);
      after.push(() => literal.scalarIn[p].push(value));
    });
    unit.inputs.control.forEach((counter, p) => {
      same(counter.count, literal.tokens[p], 'token input', p);
      if (!counter.ready || !rng.chance(eager)) return;
      counter.pushed();
      after.push(() => literal.tokens[p]++);
    });
    unit.outputs.vector.forEach((fifo, p) => {
      const queue = literal.vectorOut[p];
      same(fifo.count, queue.length, 'vector output', p);
      if (fifo.count === 0) return;
      for (let i = 0; i < lanes; i++) same(fifo.word(i), queue[0].data[i], `vector output ${p}, lane`, i);
      same(fifo.masks[fifo.head], queue[0].mask, 'mask of vector output', p);
      same(fifo.lasts[fifo.head], queue[0].last, 'last of vector output', p);
      if (!rng.chance(drain)) return;
      sent++;
      fifo.pop();
      after.push(() => queue.shift());
    });
    unit.outputs.scalar.forEach((fifo, p) => {
      const queue = literal.scalarOut[p];
      same(fifo.count, queue.length, 'scalar output', p);
      if (fifo.count === 0) return;
      same(fifo.word(), queue[0].word, 'scalar output', p);
      same(fifo.lasts[fifo.head], queue[0].last, 'last of scalar output', p);
      if (!rng.chance(drain)) return;
      sent++;
      fifo.pop();
      after.push(() => queue.shift());
    });
    unit.outputs.control.forEach((counter, p) => {
      same(counter.count, literal.pending[p], 'token output', p);
      if (counter.count === 0 || !rng.chance(drain)) return;
      counter.pop();
      after.push(() => literal.pending[p]--);
    });
    const armed = t >= 2;
    bench.cycle(armed);
    literal.cycle(armed);
    for (const act of after) act();
    same(unit.issued === 1, literal.issued, 'issue', '');
    same(unit.quiet(), literal.finished && literal.empty, 'quiet', '');
  }
  expect(
    bench.errors.some(({ cause }) => cause === 18),
    `${seed}: tap collision`,
  ).toBe(literal.collision);
  return { sent };
}

describe.each(Object.keys(ARCHS))('random PCUs on %s', (name) => {
  test('agree with the page taken literally, cycle by cycle', () => {
    let sent = 0;
    for (let i = 0; i < ROUNDS; i++) sent += compare(ARCHS[name], `${name}/${i}`).sent;
    // The proof is worth something only if things come out.
    expect(sent).toBeGreaterThan(ROUNDS * 10);
  });
});
