/** Programs that do not fit: what they are told, and that the architecture they are told of is the smallest that does. */
import { expect, test } from 'vitest';
import { parseArch } from '../../../src/arch/parse.ts';
import type { Override } from '../../../src/arch/place.ts';
import type { Arch } from '../../../src/arch/schema.ts';
import { type Diagnostic, DiagnosticError } from '../../../src/base/diagnostic.ts';
import { Fabric } from '../../../src/fabric/graph.ts';
import { type Explicit, explicit } from '../../../src/frontend/dsl/explicit.ts';
import { reduce } from '../../../src/frontend/dsl/handles.ts';
import { program } from '../../../src/frontend/program.ts';
import { buildProgram } from '../../../src/sweep/point/build.ts';

/** A small fabric on which each of these programs would fit, but for one or two of its fields. */
const file = `
name: small
grid: { columns: 4, rows: 4 }
pcu: { lanes: 4, registers: 8, vectorIn: 6, ring: 8 }
pmu: { bankWords: 64 }
ag: { sides: [west, east, north, south] }
memory: { ports: 1, addressBits: 30 }
`;

function archOf(...settings: readonly string[]): Arch | undefined {
  const overrides = settings.map((text): Override => (/^\d+x\d+$/.test(text) ? { flag: '--grid', text } : { flag: '--set', text }));
  return parseArch(file, 'small.yaml', overrides).arch;
}

/** What the program is told; nothing when it fits. */
function told(arch: Arch, build: (v: Explicit) => void): readonly Diagnostic[] {
  const made = program({ name: 'case', params: {}, build: () => explicit(build), data: () => ({ arrays: {} }), reference: () => ({}) });
  try {
    buildProgram(new Fabric(arch), made, {}, { explain: true });
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

/** The settings named by the last message: `pcu.counters=3`, `4x4`. */
const settingsIn = (list: readonly Diagnostic[]): string[] => {
  const note = list.at(-1)?.notes.find((text) => text.startsWith('the program fits')) ?? '';
  return (/`([^`]*)`/.exec(note)?.[1] ?? '').split(/ ?--(?:set|grid) /).filter((text) => text !== '');
};

/** The nearest smaller changes: one field less, a column less, a row less. */
function smaller(setting: string, upwards = true): string[] {
  const grid = /^(\d+)x(\d+)$/.exec(setting);
  if (grid) return [`${Number(grid[1]) - 1}x${grid[2]}`, `${grid[1]}x${Number(grid[2]) - 1}`];
  const [field, value] = setting.split('=');
  if (value === 'true') return [`${field}=false`];
  if (/lanes|bankWords/.test(field)) return [`${field}=${Number(value) / 2}`];
  return [`${field}=${Number(value) + (upwards ? -1 : 1)}`];
}

/** A load of 64 words, a leaf over them, a result. */
const summed = (par: number) => (v: Explicit) => {
  const x = v.dramIn('x', 'i32', [64]);
  const sum = v.result('sum', 'i32');
  const tile = v.sram('tile', 'i32', [64]);
  v.load(x, [0], tile);
  v.leaf({ i: { max: 64, par } }, ({ i }) => sum.set(reduce('add', tile.at(i), [i])));
};

/** Sums of `inside` vectors that take turns. */
const taking = (inside: number, type: 'i32' | 'f32') => (v: Explicit) => {
  const x = v.dramIn('x', type, [8, 4 * inside]);
  const y = v.dramOut('y', type, [4 * inside]);
  const tile = v.sram('tile', type, [8, 4 * inside]);
  const sums = v.sram('sums', type, [4 * inside]);
  v.load(x, [0, 0], tile);
  v.leaf({ k: 8, j: { max: 4 * inside, par: 4 } }, ({ k, j }) =>
    sums.set([j], reduce('add', tile.at(k, j), [k], { kind: 'const', bits: 0 })),
  );
  v.store(y, [0], sums);
};

const cases: readonly {
  readonly name: string;
  readonly set: readonly string[];
  readonly build: (v: Explicit) => void;
  readonly codes: readonly string[];
  readonly fits: readonly string[];
  /** What the messages name beside it. */
  readonly names: readonly RegExp[];
}[] = [
  {
    name: 'counters of a compute unit',
    set: ['pcu.counters=2'],
    build: (v) => {
      const y = v.dramOut('y', 'i32', [3, 5, 8]);
      const all = v.sram('all', 'i32', [3, 5, 8]);
      v.leaf({ a: 3, b: 5, c: { max: 8, par: 4 } }, ({ a, b, c }) => all.set([a, b, c], a.value.add(b.value.mul(c.value))));
      v.store(y, [0, 0, 0], all);
    },
    codes: ['E0301'],
    fits: ['pcu.counters=3'],
    names: [/`a` \(3\), `b` \(5\), `c` \(2\)/],
  },
  {
    name: 'counters of a memory unit and an address generator',
    set: ['pmu.counters=2', 'ag.counters=1'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [6, 20]);
      const y = v.dramOut('y', 'i32', [2, 8]);
      const tile = v.sram('tile', 'i32', [3, 8]);
      const sums = v.sram('sums', 'i32', [8]);
      v.pipe({ t: 2 }, ({ t }) => {
        v.load(x, [t.mul(3), 4], tile);
        v.leaf({ r: 2, i: { max: 8, step: 4 }, k: 3, j: { max: 4, par: 4 } }, ({ r, i, k, j }) =>
          sums.set([i.add(j)], reduce('add', tile.at(k, i.add(j)).add(r.value), [k], { kind: 'const', bits: 0 })),
        );
        v.store(y, [t, 0], sums);
      });
    },
    codes: ['E0301', 'E0301'],
    fits: ['ag.counters=2', 'pmu.counters=5'],
    names: [/transfer of `x` needs 2 counters, the unit has 1/, /access to memory `tile` needs 5 counters, the unit has 2/],
  },
  {
    name: 'words of a line buffer',
    set: ['pmu.bankWords=16'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [6, 40]);
      const y = v.dramOut('y', 'i32', [6, 40]);
      v.pipe({ r: 6 }, ({ r }) => {
        const rows = v.lineBuffer('rows', 'i32', [3, 40]);
        const sums = v.sram('sums', 'i32', [40]);
        v.load(x, [r, 0], rows);
        v.leaf({ c: { max: 40, par: 4 } }, ({ c }) => sums.set([c], rows.at(0, c).add(rows.at(2, c))));
        v.store(y, [r, 0], sums);
      });
    },
    codes: ['E0302'],
    fits: ['pmu.bankWords=64'],
    names: [/a ring for 3 lines of 40 words/],
  },
  {
    name: 'writers of a memory',
    set: ['pmu.writeContexts=1'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [16]);
      const y = v.dramOut('y', 'i32', [24]);
      const tile = v.sram('tile', 'i32', [24]);
      const both = v.sram('both', 'i32', [16]);
      v.load(x, [0], both);
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => tile.set([i], both.at(i)));
      v.leaf({ j: { max: 16, par: 4 } }, ({ j }) => tile.set([j.add(8)], both.at(j).neg()));
      v.store(y, [0], tile);
    },
    codes: ['E0303'],
    fits: ['pmu.writeContexts=2'],
    names: [/1 writer for `leaf\d` \(.*fit\.test\.ts:\d+\)/],
  },
  {
    name: 'inputs of a compute unit',
    set: ['pcu.vectorIn=2', 'pcu.stages=2'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [3, 16]);
      const y = v.dramOut('y', 'i32', [16]);
      const [a, b, c] = ['a', 'b', 'c'].map((name) => v.sram(name, 'i32', [16]));
      const to = v.sram('to', 'i32', [16]);
      [a, b, c].forEach((tile, i) => {
        v.load(x, [i, 0], tile);
      });
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => to.set([i], a.at(i).select(b.at(i), c.at(i))));
      v.store(y, [0], to);
    },
    codes: ['E0305'],
    fits: ['pcu.vectorIn=3'],
    names: [/3 vector inputs/, /a read of `a`, a read of `b`, a read of `c`/],
  },
  {
    name: 'results of the host',
    set: ['host.results=1'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [16]);
      const tile = v.sram('tile', 'i32', [16]);
      v.load(x, [0], tile);
      for (const op of ['add', 'min', 'max'] as const)
        v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => v.result(op, 'i32').set(reduce(op, tile.at(i), [i])));
    },
    codes: ['E0305'],
    fits: ['host.results=3'],
    names: [/it needs more than 1 scalar input/],
  },
  {
    name: 'entries of the accumulators',
    set: [],
    build: taking(10, 'i32'),
    codes: ['E0309'],
    fits: ['pcu.ring=10'],
    names: [/`j` \(40, 4 lanes\)/],
  },
  {
    name: 'an addition that takes longer than the accumulators last',
    set: [],
    build: taking(3, 'f32'),
    codes: ['E0310'],
    fits: ['latency.float=3'],
    names: [/keeps 3 accumulators, fewer than the 4 cycles/, /`j` \(12, 4 lanes\)/],
  },
  {
    name: 'float operations',
    set: ['pcu.float=false'],
    build: taking(4, 'f32'),
    codes: ['E0262'],
    fits: ['pcu.float=true'],
    names: [/in f32, this target has no float operations/],
  },
  {
    name: 'lanes',
    set: [],
    build: summed(16),
    codes: ['E0312'],
    fits: ['pcu.lanes=16'],
    names: [/loop `i` asks for 16 lanes, the fabric has 4/],
  },
  {
    name: 'units',
    set: ['2x2'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [64]);
      const y = v.dramOut('y', 'i32', [64]);
      v.pipe({ t: { max: 64, step: 8, par: 4 } }, ({ t }) => {
        const [from, to] = [v.sram('from', 'i32', [8]), v.sram('to', 'i32', [8])];
        v.load(x, [t], from);
        v.leaf({ i: { max: 8, par: 4 } }, ({ i }) => to.set([i], from.at(i).add(1)));
        v.store(y, [t], to);
      });
    },
    codes: ['E0601', 'E0601'],
    fits: ['4x2'],
    names: [/compute units for `leaf/],
  },
  {
    name: 'tracks',
    set: ['network.vectorTracks=1', 'network.scalarTracks=1', 'network.controlTracks=1'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [5, 16]);
      const y = v.dramOut('y', 'i32', [16]);
      const tiles = [0, 1, 2, 3, 4].map((n) => {
        const tile = v.sram(`m${n}`, 'i32', [16]);
        v.load(x, [n, 0], tile);
        return tile;
      });
      const to = v.sram('to', 'i32', [16]);
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) =>
        to.set(
          [i],
          tiles.map((tile) => tile.at(i)).reduce((a, b) => a.add(b)),
        ),
      );
      v.store(y, [0], to);
    },
    codes: ['E060'],
    fits: ['network.vectorTracks=2'],
    names: [/vector/],
  },
  {
    name: 'several things at once',
    set: ['pcu.float=false', 'host.results=1', 'pcu.counters=1'],
    build: (v) => {
      const x = v.dramIn('x', 'i32', [8, 16]);
      const tile = v.sram('tile', 'i32', [8, 16]);
      v.load(x, [0, 0], tile);
      v.leaf({ i: { max: 16, par: 32 } }, ({ i }) => v.result('sum', 'i32').set(reduce('add', tile.at(3, i), [i])));
      v.leaf({ i: { max: 16, par: 4 } }, ({ i }) => v.result('float', 'i32').set(reduce('max', i.value.toFloat().mul(3).toInt(), [i])));
      v.leaf({ r: 8, i: { max: 16, par: 4 } }, ({ r, i }) => v.result('rows', 'i32').set(reduce('add', r.value.mul(i.value), [r, i])));
    },
    codes: ['E0312', 'E0311', 'E0301', 'E0305'],
    fits: ['pcu.lanes=32', 'pcu.float=true', 'pcu.counters=2', 'host.results=3'],
    names: [/float operations: `/],
  },
];

test.each(cases)('$name', ({ set, build, codes, fits, names }) => {
  const arch = archOf(...set) as Arch;
  const problems = told(arch, build);
  expect(problems.map(({ code }) => code)).toEqual(codes.map((code) => expect.stringContaining(code)));
  const text = problems.flatMap(({ message, notes }) => [message, ...notes]).join('\n');
  for (const name of names) expect(text).toMatch(name);
  expect(settingsIn(problems)).toEqual(fits);
  // It fits with that, and with no smaller change of any of these.
  expect(told(archOf(...set, ...fits) as Arch, build)).toEqual([]);
  for (const one of fits)
    for (const less of smaller(one, !one.startsWith('latency'))) {
      const almost = archOf(...set, ...fits.map((other) => (other === one ? less : other)));
      expect(almost && told(almost, build), less).not.toEqual([]);
    }
});

test('what no architecture can hold is told so', () => {
  const build = taking(40, 'i32');
  const [problem] = told(archOf() as Arch, build);
  expect(problem.help).toBe('let the loops inside the reduced one make at most 8 vectors; no architecture has `pcu.ring` above 16');
});
