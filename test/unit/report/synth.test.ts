/** `kiln synth`: what Yosys prints, read; cells counted by hierarchy and class; small units for real. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { isFlipFlop, transistorsOf } from '../../../src/report/synth/cells.ts';
import { AREA_CLASSES, classOf } from '../../../src/report/synth/classes.ts';
import { countNetlist, moduleName } from '../../../src/report/synth/count.ts';
import { lacksOf, parseLiberty } from '../../../src/report/synth/liberty.ts';
import { synthesise } from '../../../src/report/synth/synth.ts';
import { synthText } from '../../../src/report/synth/text.ts';
import { emitRtl, RTL_PATHS } from '../../../src/rtl/emit.ts';
import { writeAtomic } from '../../../src/tools/files.ts';
import { withScratch } from '../../../src/tools/scratch.ts';
import { countSelected, parseDelays, parseLongestPath, parseStat } from '../../../src/tools/yosys.ts';
import { fabricNamed } from '../../support/fabric.ts';

/** A little library: enough for ABC, which wants a buffer and tables of delays, and for a register. */
const LIBERTY = `library (little) {
  delay_model : table_lookup;
  time_unit : "1ns";
  capacitive_load_unit (1, pf);
  lu_table_template (by_load) {
    variable_1 : input_net_transition;
    variable_2 : total_output_net_capacitance;
    index_1 ("0.01, 0.5");
    index_2 ("0.001, 0.5");
  }
${gate('buf', 1.5, 'A', ['A'])}
${gate('inv', 1, '!A', ['A'])}
${gate('nand2', 2, '!(A*B)', ['A', 'B'])}
${gate('nor2', 2, '!(A+B)', ['A', 'B'])}
  cell (dff) {
    area : 8.0;
    ff (IQ, IQN) { clocked_on : "CK"; next_state : "D"; }
    pin (CK) { direction : input; capacitance : 0.001; clock : true; }
    pin (D) { direction : input; capacitance : 0.001; }
    pin (Q) { direction : output; function : "IQ"; }
  }
}
`;

function gate(name: string, area: number, logic: string, inputs: readonly string[]): string {
  const table = 'values ("0.1, 0.4", "0.2, 0.5");';
  const tables = ['cell_rise', 'cell_fall', 'rise_transition', 'fall_transition'].map((kind) => `${kind} (by_load) { ${table} }`).join(' ');
  const sense = logic.startsWith('!') ? 'negative_unate' : 'positive_unate';
  const arc = (pin: string) => `      timing () { related_pin : "${pin}"; timing_sense : ${sense}; ${tables} }`;
  return `  cell (${name}) {
    area : ${area};
${inputs.map((pin) => `    pin (${pin}) { direction : input; capacitance : 0.001; }`).join('\n')}
    pin (Y) { direction : output; function : "${logic}"; max_capacitance : 1.0;
${inputs.map(arc).join('\n')}
    }
  }`;
}

describe('what Yosys prints', () => {
  test('figures of modules, though the hierarchy in between is no JSON', () => {
    const text = `{
   "creator": "Yosys",
   "modules": {
      "\\\\kiln_pcu": {
         "num_memory_bits":   64,
         "num_cells_by_type": {
            "$_AND_": 2,
            "$paramod$12ab\\\\kiln_fifo": 3
         }
      }
   },
   kiln_pcu    1
     "design": { }
}`;
    expect(parseStat(text)).toEqual([{ name: 'kiln_pcu', memoryBits: 64, cells: { $_AND_: 2, '$paramod$12ab\\kiln_fifo': 3 } }]);
  });

  test('longest paths, selections, delays', () => {
    expect(parseLongestPath('Longest topological path in kiln_pcu (length=130):\n    0: a')).toBe(130);
    expect(parseLongestPath('nothing')).toBeUndefined();
    expect(countSelected('a/x\na/y\n\\b/z\n')).toEqual(
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
    );
    const abc = "Extracting gate netlist of module `\\kiln_host' to `x'..\nABC: Gates = 1 Delay =   812.5 ps  Path = 3\n";
    expect(parseDelays(abc)).toEqual(new Map([['kiln_host', 812.5]]));
  });
});

test('cells cost what static gates cost, and registers by what they have', () => {
  const types = ['$_NOT_', '$_NAND_', '$_MUX_', '$_DFF_P_', '$_DFFE_PP_', '$_SDFF_PP0_', '$_SDFFE_PP0P_', '$_DFF_PN0_'];
  expect(types.map(transistorsOf)).toEqual([2, 4, 12, 16, 28, 22, 34, 22]);
  expect(types.map(isFlipFlop)).toEqual([false, false, false, true, true, true, true, true]);
  expect(['$mem_v2', 'kiln_fifo', '$paramod\\kiln_delay'].map(transistorsOf)).toEqual([undefined, undefined, undefined]);
});

test('every module of a fabric has a class, and units have theirs', () => {
  expect(
    ['kiln_fu_float', 'kiln_lane_fu', 'kiln_fifo', 'kiln_config', 'kiln_switch_pmu_scalar'].map((name) => classOf(name).logic),
  ).toEqual(['fu', 'fu', 'fifo', 'configuration', 'interconnect']);
  expect(classOf('kiln_stage')).toEqual({ logic: 'selection', state: 'registers' });
  expect(classOf('kiln_chain')).toEqual({ logic: 'control', state: 'control' });
});

test('modules count as often as they are there', () => {
  const fifo = '$paramod$12ab\\kiln_fifo';
  const count = countNetlist({
    top: 'kiln_pcu',
    modules: [
      { name: 'kiln_pcu', memoryBits: 0, cells: { $_NAND_: 5, kiln_stage: 2, [fifo]: 1 } },
      { name: 'kiln_stage', memoryBits: 0, cells: { $_DFF_P_: 10, $_MUX_: 3, kiln_fu: 1, $mem_v2: 1 } },
      { name: 'kiln_fu', memoryBits: 0, cells: { $_AND_: 100, $_DFF_P_: 1 } },
      { name: fifo, memoryBits: 0, cells: { $_DFF_P_: 4, $mem_v2: 1, kiln_ram_1r1w: 1 } },
    ],
    memoryBits: new Map([
      ['kiln_stage', 32],
      [fifo, 64],
    ]),
    copies: new Map([['kiln_stage', 4]]),
    bankBits: 1000,
  });
  expect(count.total).toEqual({
    cells: 5 + 2 * 13 + 2 * 101 + 4,
    flipFlops: 2 * 10 + 2 + 4,
    memoryBits: 2 * 32 + 64,
    scratchpadBits: 1000,
    area: 5 * 4 + 2 * (160 + 36 + 32 * 12) + 2 * (600 + 16) + 4 * 16 + 64 * 12 + 8000,
  });
  expect(count.classes.configuration).toMatchObject({ flipFlops: 8, area: 8 * 16 });
  expect(count.classes.registers).toMatchObject({ flipFlops: 12, area: 12 * 16 + 64 * 12 });
  expect(count.classes.fu.area).toBe(2 * 616);
  expect(AREA_CLASSES.reduce((sum, one) => sum + count.classes[one].area, 0)).toBeCloseTo(count.total.area, 6);
  expect(count.modules.map(({ name, instances }) => `${instances} ${name}`)).toContain('2 kiln_fu');
  expect(count.parts.map(({ name, instances, figures }) => [name, instances, figures.flipFlops])).toEqual([
    ['kiln_stage', 2, 22],
    ['kiln_fifo', 1, 4],
  ]);
});

test('names of variants', () => {
  expect(["$paramod\\kiln_delay\\Width=s32'0010", '$paramod$5d7b\\kiln_chain', 'kiln_pcu'].map(moduleName)).toEqual([
    'kiln_delay',
    'kiln_chain',
    'kiln_pcu',
  ]);
});

describe('Liberty files', () => {
  test('cells, areas, registers', () => {
    const library = parseLiberty(LIBERTY);
    expect([...library.keys()]).toEqual(['buf', 'inv', 'nand2', 'nor2', 'dff']);
    expect(library.get('dff')).toEqual({ area: 8, flipFlop: true });
    expect(library.get('nand2')).toEqual({ area: 2, flipFlop: false });
    expect(lacksOf(library)).toBeUndefined();
  });

  test('what will not do is refused', async () => {
    expect(lacksOf(parseLiberty('/* cell (x) { */'))).toBe('it has no cell');
    expect(lacksOf(parseLiberty(gate('inv', 1, '!A', ['A'])))).toBe('none of its cells is a flip-flop');
    const input = { unit: 'host', files: [], bankBits: 0 } as const;
    await withScratch('liberty', async (dir) => {
      const path = join(dir, 'empty.lib');
      await expect(synthesise({ ...input, libertyPath: path })).rejects.toThrow(/E0905/);
      await writeAtomic(path, 'library (x) { }\n');
      await expect(synthesise({ ...input, libertyPath: path })).rejects.toThrow(/E0950.*it has no cell/);
      await expect(synthesise({ ...input, libertyPath: dir })).rejects.toThrow(DiagnosticError);
    });
  });
});

describe('the host of tiny', { timeout: 300_000 }, () => {
  const fabric = fabricNamed('tiny');
  const emitted = new Map(emitRtl(fabric).map(({ path, text }) => [path, text]));
  // The host instantiates FIFOs and token counters only; reading less is faster.
  const paths = ['kiln_fifo', 'kiln_token_in', 'kiln_event', 'kiln_ram_1r1w', 'kiln_host'].map((name) => `rtl/${name}.sv`);
  const files = paths.map((path) => ({ path, text: emitted.get(path) as string }));

  test('without a library: registers, memories, levels', async () => {
    expect(emitted.get(RTL_PATHS.synthesis)).toContain(paths[4]);
    const report = await synthesise({ unit: 'host', files, bankBits: 0 });
    const { args, results } = fabric.arch.host;
    // A FIFO a result, in whose memory the entries lie.
    expect(report.total.memoryBits).toBe(results * fabric.arch.fifo.scalar * 33);
    expect(report.total.flipFlops).toBeGreaterThan(32 * results + args);
    expect(report.total.flipFlops).toBeLessThan(2000);
    expect(report.levels).toBeGreaterThan(3);
    expect(report.areaUnit).toBe('transistors');
    const text = synthText(report);
    expect(text).toMatch(/^kiln_host: /);
    expect(text).toContain('FIFOs');
  });

  test('with one: areas of its cells, a delay', async () => {
    await withScratch('liberty', async (dir) => {
      const libertyPath = join(dir, 'little.lib');
      await writeAtomic(libertyPath, LIBERTY);
      const report = await synthesise({ unit: 'host', files, bankBits: 0, libertyPath });
      expect(report.areaUnit).toBe('µm²');
      expect(report.total.area).toBeGreaterThan(8 * report.total.flipFlops);
      expect(report.total.cells).toBeGreaterThan(report.total.flipFlops);
      expect(report.slowest?.ns).toBeGreaterThan(0);
    });
  });
});
