/** Random programs whose reader takes words of a FIFO where data says so, in this round or a later one; data may pick the words too. */
import { expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import type { Explicit } from '../../../src/frontend/dsl/explicit.ts';
import { checkExplicit } from '../../support/explicit-case.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const large = fabricNamed('demo', { grid: { columns: 6, rows: 6 } });
const PROGRAMS = process.env.KILN_FULL ? 300 : 12;

/** Sizes of one program. A round of the reader is `outer` x `inner` iterations; a round has `words` words of one writer, `more` of another one. */
function draw(rng: Rng) {
  const [outer, inner] = [rng.int(1, 5), rng.int(1, 8)];
  const slots = outer * inner;
  const words = rng.int(1, slots);
  const divisors = Array.from({ length: slots }, (_, i) => i + 1).filter((n) => slots % n === 0);
  return {
    rounds: rng.int(1, 4),
    outer,
    inner,
    slots,
    words,
    more: rng.int(0, 1) * rng.int(0, Math.min(3, slots - words)),
    /** The outer loop of the reader is a nest. */
    nested: rng.int(0, 1) === 1,
    lanes: [rng.int(1, 8), rng.int(1, 8)],
    steps: [divisors[rng.int(0, divisors.length - 1)], rng.int(1, 3), rng.int(1, 3)],
    schedule: (['pipe', 'seq'] as const)[rng.int(0, 1)],
    /** Data picks those words of the first writer that there are; there is no second one. */
    picking: rng.int(0, 2) === 0,
  };
}

type Drawn = ReturnType<typeof draw>;

/** Masks of every round, which gets so many words: all are taken in the end, and none before it is there. */
function drawMasks(rng: Rng, slots: number, gets: readonly number[]): number[] {
  let held = 0;
  return gets.flatMap((words, r) => {
    held += words;
    const room = gets.slice(r + 1).reduce((sum, later) => sum + slots - later, 0);
    const taken = Math.min(slots, Math.max(held - room, rng.int(0, held)));
    held -= taken;
    const order = Array.from({ length: slots }, (_, i) => ({ i, key: rng.next32() })).sort((a, b) => a.key - b.key);
    const places = new Set(order.slice(0, taken).map(({ i }) => i));
    return Array.from({ length: slots }, (_, i) => (places.has(i) ? rng.int(1, 9) : 0));
  });
}

function write(v: Explicit, drawn: Drawn): void {
  const { rounds, outer, inner, slots, words, more, nested, lanes, schedule, picking } = drawn;
  const [s, q, i] = drawn.steps;
  const from = v.dramIn('m', 'i32', [rounds * slots]);
  const picked = v.dramIn('p', 'i32', [rounds * slots]);
  const to = v.dramOut('y', 'i32', [rounds * slots]);
  v.nest(schedule, { t: { min: s, max: s * (rounds + 1), step: s } }, ({ t }) => {
    const at = t.add(-s).mul(slots / s);
    const masks = v.fifo('masks', 'i32', 8);
    v.load(from, [at], masks, { extent: [slots] });
    const f = v.fifo('f', 'i32', 8);
    const picks = v.fifo('picks', 'i32', 8);
    if (picking) v.load(picked, [t.add(-s).mul(slots / s)], picks, { extent: [words] });
    v.leaf({ w: { max: words, par: lanes[0] } }, ({ w }) =>
      f.enqueue(t.value.mul(100).add(w.value), picking ? { when: picks.dequeue() } : {}),
    );
    if (more > 0 && !picking) v.leaf({ e: more }, ({ e }) => f.enqueue(e.value.sub(t.value.mul(100))));
    const out = v.fifo('out', 'i32', 8);
    const take = () => {
      const mask = masks.dequeue();
      out.enqueue(f.dequeue({ when: mask }).add(mask));
    };
    const [a, b] = [
      { min: 1, max: 1 + outer * q, step: q },
      { max: inner * i, step: i, par: lanes[1] },
    ];
    if (nested) v.nest(schedule, { a }, () => v.leaf({ b }, take));
    else v.leaf({ a, b }, take);
    v.store(to, [at], out, { extent: [slots] });
  });
}

test(`${PROGRAMS} programs`, async () => {
  let later = 0;
  for (let n = 0; n < PROGRAMS; n++) {
    const rng = new Rng(`masks ${n}`);
    const drawn = draw(rng);
    const { rounds, slots, words, more, steps, picking } = drawn;
    const p = Int32Array.from({ length: rounds * slots }, () => rng.int(0, 2));
    const every = Array.from({ length: rounds }, (_, r) => {
      const t = steps[0] * (r + 1);
      const own = Array.from({ length: words }, (_, w) => 100 * t + w);
      return picking ? own.filter((_, w) => p[r * slots + w]) : [...own, ...Array.from({ length: more }, (_, e) => e - 100 * t)];
    });
    const all = every.flat();
    const gets = every.map((round) => round.length);
    const m = Int32Array.from(drawMasks(rng, slots, gets));
    let at = 0;
    const y = Int32Array.from(m, (mask) => (mask ? all[at++] + mask : 0));
    expect(at).toBe(all.length);
    if (m.subarray(0, slots).filter((mask) => mask).length < gets[0]) later++;
    try {
      await checkExplicit(picking ? large : demo, (v) => write(v, drawn), { m, p }, { outputs: { y } });
    } catch (error) {
      throw new Error(`program ${n}: ${JSON.stringify(drawn)}`, { cause: error });
    }
  }
  expect(later).toBeGreaterThan(PROGRAMS / 12);
});
