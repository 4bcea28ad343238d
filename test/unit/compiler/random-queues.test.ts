/** Random chains of FIFOs: load, filter, a second writer, one or two readers, store; other lanes, rates and schedules each time. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { Rng } from '../../../src/base/rng.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import type { Expr } from '../../../src/frontend/dsl/expr.ts';
import type { Fifo } from '../../../src/frontend/dsl/fifos.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import type { Index, IndexLike } from '../../../src/frontend/dsl/index-expr.ts';
import { program } from '../../../src/frontend/program.ts';
import { DRAM_PROFILES } from '../../../src/sim/dram-profile.ts';
import { buildProgram } from '../../../src/sweep/point/build.ts';
import { runPoint } from '../../../src/sweep/point/point.ts';
import { fabricNamed } from '../../support/fabric.ts';

const demo = fabricNamed('demo');
const PROGRAMS = process.env.KILN_FULL ? 300 : 12;
const options = {
  witnesses: new Set(['evaluator', 'golden'] as const),
  given: { arrays: new Map(), args: new Map(), seed: 1 },
  profile: DRAM_PROFILES.pir2020,
  network: 'routed',
  poison: true,
  maxCycles: 100_000,
} as const;

const KINDS = ['all', 'every so many', 'the last pass', 'data', 'the first words', 'the last words'] as const;

/** Where a second writer stands: before or after the first one in a round, or after it in each of its passes (then it filters nothing). */
const SECONDS = ['none', 'before', 'after', 'each pass'] as const;

/** Sizes and the filter of one program. */
function draw(rng: Rng) {
  return {
    tiles: rng.int(1, 4),
    passes: rng.int(1, 3),
    words: rng.int(1, 40),
    lanes: [rng.int(1, 8), rng.int(1, 8)],
    kind: KINDS[rng.int(0, KINDS.length - 1)],
    m: rng.int(2, 4),
    readers: rng.int(1, 2),
    schedule: (['pipe', 'seq'] as const)[rng.int(0, 1)],
    second: SECONDS[rng.int(0, SECONDS.length - 1)],
    more: { words: rng.int(1, 12), lanes: rng.int(1, 8) },
  };
}

type Drawn = ReturnType<typeof draw>;

function isKept({ passes, words, kind, m }: Drawn, p: number, i: number, value: number): boolean {
  switch (kind) {
    case 'all':
      return true;
    case 'every so many':
      return i % m === 0;
    case 'the last pass':
      return p === passes - 1;
    case 'data':
      return value % 2 === 0;
    case 'the first words':
      return i < m;
    case 'the last words':
      return i >= words - m;
  }
}

/** The words of every tile that pass the filter. */
function filtered(drawn: Drawn, x: Int32Array): number[][] {
  const { tiles, passes, words, second } = drawn;
  return Array.from({ length: tiles }, (_, t) =>
    Array.from({ length: passes }, (_, p) => [
      ...Array.from({ length: words }, (_, i) => ({ i, value: x[(t * passes + p) * words + i] }))
        .filter(({ i, value }) => isKept(drawn, p, i, value))
        .map(({ value }) => value * 3 + p),
      ...(second === 'each pass' ? added(drawn, p) : []),
    ]).flat(),
  );
}

/** What the second writer adds. */
const added = ({ more }: Drawn, p: number): number[] => Array.from({ length: more.words }, (_, e) => 1000 + 10 * p + e);

/** The words of every round. */
function rounds(drawn: Drawn, x: Int32Array): number[][] {
  const tiles = filtered(drawn, x);
  // What data keeps differs from tile to tile, so all tiles are one round.
  const own = drawn.kind === 'data' ? [tiles.flat()] : tiles;
  const { second } = drawn;
  return own.map((words) => [...(second === 'before' ? added(drawn, 0) : []), ...words, ...(second === 'after' ? added(drawn, 0) : [])]);
}

function write(v: Explicit, drawn: Drawn, taken: number, all: number): void {
  const { tiles, passes, words, lanes, kind, m, readers, schedule, second, more } = drawn;
  const x = v.dramIn('x', 'i32', [tiles * passes * words]);
  const y = v.dramOut('y', 'i32', [all]);
  const sum = v.result('sum', 'i32');
  const produce = (into: Fifo<'i32'>, t: Index) =>
    v.nest(schedule, { p: passes }, ({ p }) => {
      const from = v.fifo('from', 'i32', 8);
      v.load(x, [t.mul(passes * words).add(p.mul(words))], from, { extent: [words] });
      v.leaf({ i: { max: words, par: lanes[0] } }, ({ i }) => {
        const value = from.dequeue();
        const when = {
          all: undefined,
          'every so many': i.value.mod(m).eq(0),
          'the last pass': p.value.eq(passes - 1),
          data: value.and(1).eq(0),
          'the first words': i.value.lt(m),
          'the last words': i.value.ge(words - m),
        }[kind];
        into.enqueue(value.mul(3).add(p.value), when && { when });
      });
      if (second === 'each pass') add(into, p.value.mul(10));
    });
  const add = (into: Fifo<'i32'>, to: number | Expr<'i32'>) =>
    v.leaf({ e: { max: more.words, par: more.lanes } }, ({ e }) => into.enqueue(e.value.add(1000).add(to)));
  const consume = (from: Fifo<'i32'>, at: IndexLike, over: readonly Index[]) => {
    const to = v.fifo('to', 'i32', 8);
    v.leaf({ k: { max: taken, par: lanes[1] } }, () => to.enqueue(from.dequeue().add(1)));
    v.store(y, [at], to, { extent: [taken] });
    v.leaf({ q: { max: taken, par: lanes[1] } }, ({ q }) => {
      sum.set(reduce('add', readers > 1 ? from.dequeue() : q.value, [...over, q]));
    });
  };
  const round = (make: (kept: Fifo<'i32'>) => void, at: IndexLike, over: readonly Index[]) => {
    const kept = v.fifo('kept', 'i32', 8);
    if (second === 'before') add(kept, 0);
    make(kept);
    if (second === 'after') add(kept, 0);
    consume(kept, at, over);
  };
  if (kind === 'data') v.pipe({}, () => round((kept) => v.nest(schedule, { t: tiles }, ({ t }) => produce(kept, t)), 0, []));
  else v.nest(schedule, { t: tiles }, ({ t }) => round((kept) => produce(kept, t), t.mul(taken), [t]));
}

test(`${PROGRAMS} programs`, async () => {
  let ran = 0;
  for (let n = 0; n < PROGRAMS; n++) {
    const rng = new Rng(`queues ${n}`);
    const any = draw(rng);
    const drawn: Drawn = any.second === 'each pass' ? { ...any, kind: 'all' } : any;
    const x = Int32Array.from({ length: drawn.tiles * drawn.passes * drawn.words }, () => rng.int(-50, 50));
    const kept = rounds(drawn, x);
    const all = kept.flat();
    const taken = kept[0].length;
    if (taken === 0) continue;
    const indices = kept.length * ((taken * (taken - 1)) / 2);
    const made = program({
      name: 'case',
      params: {},
      build: () => explicit((v) => write(v, drawn, taken, all.length)),
      data: () => ({ arrays: { x } }),
      reference: () => ({
        outputs: { y: Int32Array.from(all, (word) => word + 1) },
        results: { sum: drawn.readers > 1 ? all.reduce((a, b) => a + b) : indices },
      }),
    });
    try {
      const { problems, certificate, golden } = await runPoint(demo, buildProgram(demo, made, {}, {}), options);
      expect(problems, JSON.stringify(drawn)).toEqual([]);
      for (const { kind, cycles } of certificate.bounds)
        expect(cycles, `${kind} ${JSON.stringify(drawn)}`).toBeLessThanOrEqual(golden?.cycles ?? 0);
      ran++;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      expect(error.message, JSON.stringify(drawn)).toContain('whether its last vector fills up');
    }
  }
  expect(ran).toBeGreaterThan(PROGRAMS / 2);
});
