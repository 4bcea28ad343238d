/** `kiln synth`: what Yosys prints, read; cells counted by hierarchy and class; small units for real. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/base/diagnostic.ts';
import { isFlipFlop, transistorsOf } from '../../../src/report/synth/cells.ts';
import { AREA_CLASSES, classOf } from '../../../src/report/synth/classes.ts';
import { countNetlist, moduleName } from '../../../src/report/synth/count.ts';
import { lacksOf, lookUp, parseLiberty } from '../../../src/report/synth/liberty.ts';
import { parseBlif } from '../../../src/report/synth/netlist.ts';
import { longestPath } from '../../../src/report/synth/path.ts';
import { jobText, splitRtlil } from '../../../src/report/synth/rtlil.ts';
import { synthesise } from '../../../src/report/synth/synth.ts';
import { synthText } from '../../../src/report/synth/text.ts';
import { emitRtl, RTL_PATHS } from '../../../src/rtl/emit.ts';
import { writeAtomic } from '../../../src/tools/files.ts';
import { withScratch } from '../../../src/tools/scratch.ts';
import { countSelected } from '../../../src/tools/yosys.ts';
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
  const memory = (number: number) => `attribute \\src "x.sv:1"
module $paramod$12ab\\kiln_fifo
  attribute \\src "x.sv:2"
  wire width 33 input 1 \\data_i
  wire $add$x.sv:3$${number}_Y
  memory width 33 size 16 \\rest
  cell $add $add$x.sv:3$${number}
    connect \\Y $add$x.sv:3$${number}_Y
  end
end
`;
  const design = `autoidx 5
${memory(7)}module \\kiln_host
  wire input 1 \\clk_i
  cell $paramod$12ab\\kiln_fifo \\u_a
  end
  cell \\kiln_ram_1r1w \\u_b
  end
end
attribute \\blackbox 1
module \\kiln_ram_1r1w
  wire input 1 \\clk_i
end
`;

  test('a design, cut into modules', () => {
    const modules = splitRtlil(design);
    expect([...modules.values()].map(({ name, uses, memoryBits, blackBox }) => ({ name, uses, memoryBits, blackBox }))).toEqual([
      { name: '$paramod$12ab\\kiln_fifo', uses: [], memoryBits: 528, blackBox: false },
      { name: 'kiln_host', uses: ['$paramod$12ab\\kiln_fifo', 'kiln_ram_1r1w'], memoryBits: 0, blackBox: false },
      { name: 'kiln_ram_1r1w', uses: [], memoryBits: 0, blackBox: true },
    ]);
    const job = jobText(modules.get('kiln_host')!, modules);
    expect(job).toContain('attribute \\blackbox 1\nmodule $paramod$12ab\\kiln_fifo\n  wire width 33 input 1 \\data_i\nend\n');
    expect(job).toMatch(/module \\kiln_job\n {2}wire input 1 \\clk_i\n/);
  });

  test('the text of a module does not depend on what else there is', () => {
    const [one, other] = [7, 1234].map((number) => splitRtlil(memory(number)).get('$paramod$12ab\\kiln_fifo')?.text);
    expect(one).toBe(other);
    expect(one).not.toContain('src');
    // A table that Yosys makes of a `case` is named in a string, too.
    const rom = (number: number) =>
      splitRtlil(`module \\a\n  memory width 3 size 64 $rom$${number}\n  parameter \\MEMID "$rom$${number}"\nend\n`).get('a')?.text;
    expect(rom(77)).toBe(rom(5));
  });

  test('a netlist: cells, nets with their best names', () => {
    const netlist = parseBlif(
      '# x\n.model kiln_job\n.inputs clk_i d_i\n.outputs q_o\n.names $false\n.subckt $_NOT_ A=d_i Y=$a$1\n.cname $n\n.subckt $_DFF_P_ C=clk_i D=$a$1 Q=$q$2\n.cname $d\n.names $q$2 q_o\n1 1\n.end\n',
    );
    expect(netlist.counts).toEqual({ $_NOT_: 1, $_DFF_P_: 1 });
    expect(netlist.cells[1].pins.map(([pin, net]) => `${pin}=${netlist.nets[net]}`)).toEqual(['C=clk_i', 'D=$a$1', 'Q=q_o']);
    expect(netlist.nets[netlist.outputs.get('q_o')!]).toBe('q_o');
    expect(countSelected('a/x\na/y\n\n')).toBe(2);
  });
});

describe('the longest path', () => {
  const inverter = parseBlif('.inputs a_i\n.outputs y_o\n.subckt $_NOT_ A=a_i Y=y_o\n');

  test('crosses modules, from register to register', () => {
    const top = parseBlif(
      `.inputs clk_i
.outputs z_o
.subckt $_DFF_P_ C=clk_i D=c Q=first_q
.subckt inverter a_i=first_q y_o=a
.cname u_a
.subckt $_AND_ A=a B=first_q Y=b
.subckt inverter a_i=b y_o=c
.cname u_b
.subckt $_DFF_P_ C=clk_i D=b Q=second_q
.names second_q z_o
1 1
`,
    );
    const netlists = new Map([
      ['top', top],
      ['inverter', inverter],
    ]);
    expect(longestPath('top', netlists)).toEqual({ levels: 3, from: 'first_q', to: 'first_q' });
    expect(longestPath('inverter', netlists)).toEqual({ levels: 1, from: 'a_i', to: 'y_o' });
  });

  test('ends at what is written to a memory and at the pins of a black box, begins at what they give', () => {
    const top = parseBlif(
      `.inputs clk_i a_i
.outputs y_o
.subckt $_NOT_ A=a_i Y=n
.subckt kiln_ram_1r1w waddr_i=n rdata_o=r
.subckt $mem_v2 RD_ADDR[0]=r RD_EN=$true RD_DATA[0]=m WR_DATA[0]=w
.subckt $_NOT_ A=m Y=y_o
`,
    );
    expect(longestPath('top', new Map([['top', top]]))).toEqual({ levels: 2, from: 'r', to: 'y_o' });
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
      { name: 'kiln_pcu', cells: { $_NAND_: 5, kiln_stage: 2, [fifo]: 1 } },
      { name: 'kiln_stage', cells: { $_DFF_P_: 10, $_MUX_: 3, kiln_fu: 1, $mem_v2: 1 } },
      { name: 'kiln_fu', cells: { $_AND_: 100, $_DFF_P_: 1 } },
      { name: fifo, cells: { $_DFF_P_: 4, $mem_v2: 1, kiln_ram_1r1w: 1 } },
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

/** What stands in a file that is no Liberty, and what is said of it. */
const BROKEN: readonly (readonly [string, RegExp])[] = [
  ['', /E0950.*no `library`/],
  ['\x1f\x8b\x08\x00binary', /E0950.*no `library`|E0950.*expected/],
  ['library (x) {\n  cell (a) {\n    area : 1;\n', /E0950.*ends too early/],
  ['library (x) {\n  cell a {\n', /E0950.*line 2/],
  ['library (x) {\n  comment : "no end;\n}', /E0950.*quote/],
  [LIBERTY.replace('"0.1, 0.4"', '"0.1"'), /E0950.*too few numbers/],
];

/** The cells of `LIBERTY` with delays that are easy to add: whatever the load, 1 to rise and 2 to fall, the clock 0.5. */
const PLAIN = `library (plain) {
  delay_model : table_lookup;
  time_unit : "1ps";
  capacitive_load_unit (1, pf);
${['buf:A', '!A:inv', '!(A*B):nand2', '!(A+B):nor2'].map((cell) => plainGate(cell)).join('\n')}
  cell (dff) {
    area : 8.0;
    ff (IQ, IQN) { clocked_on : "CK"; next_state : "D"; }
    pin (CK) { direction : input; capacitance : 0.001; clock : true; }
    pin (D) { direction : input; capacitance : 0.001;
      timing () { related_pin : "CK"; timing_type : setup_rising; rise_constraint (scalar) { values ("30"); } fall_constraint (scalar) { values ("30"); } }
    }
    pin (Q) { direction : output; function : "IQ";
      timing () { related_pin : "CK"; timing_type : rising_edge; cell_rise (scalar) { values ("500"); } cell_fall (scalar) { values ("500"); } rise_transition (scalar) { values ("0"); } fall_transition (scalar) { values ("0"); } }
    }
  }
}
`;

function plainGate(cell: string): string {
  const logic = cell.startsWith('!') ? cell.slice(0, cell.indexOf(':')) : 'A';
  const name = cell.startsWith('!') ? cell.slice(cell.indexOf(':') + 1) : 'buf';
  const both = 'rise_transition (scalar) { values ("0"); } fall_transition (scalar) { values ("0"); }';
  const inputs = logic.includes('B') ? ['A', 'B'] : ['A'];
  const sense = logic.startsWith('!') ? 'negative_unate' : 'positive_unate';
  return `  cell (${name}) { area : ${name.length};
${inputs.map((pin) => `    pin (${pin}) { direction : input; capacitance : 0.001; }`).join('\n')}
    pin (Y) { direction : output; function : "${logic}";
${inputs.map((pin) => `      timing () { related_pin : "${pin}"; timing_sense : ${sense}; cell_rise (scalar) { values ("1000"); } cell_fall (scalar) { values ("2000"); } ${both} }`).join('\n')}
    }
  }`;
}

describe('Liberty files', () => {
  test('tables: linear between their points, by slew and load whichever comes first', () => {
    const table = {
      slews: [0, 1],
      loads: [0, 10],
      values: [
        [0, 10],
        [4, 14],
      ],
    };
    expect([lookUp(table, 0.5, 5), lookUp(table, 1, 20), lookUp({ slews: [0], loads: [0], values: [[7]] }, 3, 3)]).toEqual([7, 24, 7]);
    const turned = LIBERTY.replace('variable_1 : input_net_transition', 'variable_1 : total_output_net_capacitance').replace(
      'variable_2 : total_output_net_capacitance',
      'variable_2 : input_net_transition',
    );
    const rise = (text: string) => parseLiberty(text).cells.get('inv')!.arcs[0].rise;
    expect(rise(LIBERTY).values).toEqual([
      [0.1, 0.4],
      [0.2, 0.5],
    ]);
    expect(rise(turned)).toEqual({
      slews: [0.001, 0.5],
      loads: [0.01, 0.5],
      values: [
        [0.1, 0.2],
        [0.4, 0.5],
      ],
    });
  });

  test('nanoseconds of a path, by hand', () => {
    const library = parseLiberty(PLAIN);
    expect(library.nsPerUnit).toBe(0.001);
    const chain = parseBlif(
      '.inputs c\n.outputs z_o\n.subckt dff CK=c D=n3 Q=q\n.subckt inv A=q Y=n1\n.subckt nand2 A=n1 B=q Y=n2\n.subckt inv A=n2 Y=n3\n.names q z_o\n1 1\n',
    );
    // 0.5 to Q; rising Q: falls at 2.5, rises at 3.5, falls at 5.5; falling Q: 1.5, 3.5, 4.5; and 0.03 of setup.
    const path = longestPath('top', new Map([['top', chain]]), library);
    expect(path).toMatchObject({ levels: 3, from: 'q', to: 'q' });
    expect(path?.ns).toBeCloseTo(5.53, 9);
  });

  test('a circuit of known size, through Yosys: a shift register of two with an inverter between', { timeout: 60_000 }, async () => {
    await withScratch('liberty', async (dir) => {
      const libertyPath = join(dir, 'plain.lib');
      await writeAtomic(libertyPath, PLAIN);
      const text =
        'module kiln_host (input logic clk_i, input logic d_i, output logic q_o); logic a_q; always_ff @(posedge clk_i) begin a_q <= d_i; q_o <= !a_q; end endmodule\n';
      const report = await synthesise({ unit: 'host', files: [{ path: 'kiln_host.sv', text }], bankBits: 0, libertyPath });
      expect(report.total).toMatchObject({ cells: 3, flipFlops: 2, area: 2 * 8 + 3 });
      // 0.5 to Q, 2 to fall, 0.03 of setup.
      expect(report.path).toMatchObject({ levels: 1, from: 'a_q', to: 'q_o' });
      expect(report.path?.ns).toBeCloseTo(2.53, 9);
    });
  });

  test('cells, areas, registers', () => {
    const library = parseLiberty(LIBERTY);
    expect([...library.cells.keys()]).toEqual(['buf', 'inv', 'nand2', 'nor2', 'dff']);
    expect(library.cells.get('dff')).toMatchObject({ area: 8, flipFlop: true, outputs: ['Q'] });
    expect(library.cells.get('nand2')).toMatchObject({ area: 2, flipFlop: false, outputs: ['Y'] });
    expect(lacksOf(library)).toBeUndefined();
  });

  test('what will not do is refused', async () => {
    expect(lacksOf(parseLiberty('library (x) { /* cell (x) { */ }'))).toBe('it has no cell');
    expect(lacksOf(parseLiberty(`library (x) { ${gate('inv', 1, '!A', ['A'])} }`))).toBe('none of its cells is a flip-flop');
    const input = { unit: 'host', files: [], bankBits: 0 } as const;
    await withScratch('liberty', async (dir) => {
      const path = join(dir, 'empty.lib');
      await expect(synthesise({ ...input, libertyPath: path })).rejects.toThrow(/E0905/);
      await writeAtomic(path, 'library (x) { }\n');
      await expect(synthesise({ ...input, libertyPath: path })).rejects.toThrow(/E0950.*it has no cell/);
      for (const [broken, why] of BROKEN) {
        await writeAtomic(path, broken);
        await expect(synthesise({ ...input, libertyPath: path })).rejects.toThrow(why);
      }
      await expect(synthesise({ ...input, libertyPath: dir })).rejects.toThrow(DiagnosticError);
    });
  });
});

test('a module with one parameter, whose name BLIF cannot write, counts and carries paths', { timeout: 60_000 }, async () => {
  const part = `module kiln_part #(parameter int Width = 1) (input logic clk_i, input logic [Width-1:0] d_i, output logic [Width-1:0] q_o);
  logic [Width-1:0] q;
  always_ff @(posedge clk_i) q <= d_i;
  assign q_o = ~q;
endmodule
`;
  const host = `module kiln_host (input logic clk_i, input logic [2:0] d_i, output logic [2:0] q_o);
  logic [2:0] between;
  kiln_part #(.Width(3)) u_first (.clk_i, .d_i, .q_o(between));
  kiln_part #(.Width(3)) u_second (.clk_i, .d_i(between), .q_o);
endmodule
`;
  const files = Object.entries({ kiln_part: part, kiln_host: host }).map(([name, text]) => ({ path: `${name}.sv`, text }));
  const report = await synthesise({ unit: 'host', files, bankBits: 0 });
  expect(report.total.flipFlops).toBe(6);
  expect(report.modules.map(({ name, instances }) => `${instances} ${name}`)).toContain('2 kiln_part');
  expect(report.path).toMatchObject({ levels: 1, from: 'u_first.q[0]' });
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
    expect(report.path?.levels).toBeGreaterThan(3);
    expect(report.path?.from).toMatch(/^[\w.[\]]+$/);
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
      expect(report.path?.ns).toBeGreaterThan(0);
    });
  });
});
